"""The demo story: its planted facts without a database, and a small one loaded into Odoo.

Figures of the loaded database are read with SQL and compared with what the story's own events
add up to, not with totals kept anywhere.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ..demo import story, world
from ..demo.loader import load
from ..demo.orders import round_two

TODAY = date(2026, 6, 17)


def status(deal):
    """Outcome as the events of a deal tell it."""
    last = [move.what for move in deal.moves if move.what in ("won", "lost", "reopened", "void")]
    return {"reopened": "open"}.get(last[-1], last[-1]) if last else "open"


def median_answer(deals):
    """Median hours until a salesperson answers, over the enquiries he answered."""
    return median(
        (deal.answered - deal.created).total_seconds() / 3600 for deal in deals
        if deal.answered and deal.answered > deal.created)


@tagged("post_install", "-at_install")
class TestStoryPlan(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = story.plan(7, TODAY)
        cls.deals = cls.plan.deals
        cls.decided = [deal for deal in cls.deals
                       if deal.kind == "opportunity" and status(deal) in ("won", "lost")]

    def phase(self, moment):
        return "after" if moment.date() >= self.plan.rollout else "before"

    def rate(self, deals):
        return sum(status(deal) == "won" for deal in deals) / len(deals)

    def test_same_seed_same_story(self):
        self.assertEqual(story.plan(3, TODAY, 0.1), story.plan(3, TODAY, 0.1))
        self.assertNotEqual(story.plan(3, TODAY, 0.1), story.plan(4, TODAY, 0.1))

    def test_size(self):
        confirmed = [order for order in self.plan.orders if order.state == "sale"]
        self.assertTrue(4000 <= len(self.deals) <= 6000, len(self.deals))
        self.assertGreaterEqual(len(confirmed), 1200)
        self.assertGreaterEqual(len({order.customer.key for order in confirmed}), 700)
        self.assertGreaterEqual(len(self.plan.customers), 800)
        self.assertGreaterEqual(
            sum(len(deal.talks) + len(deal.moves) for deal in self.deals), 12000)

    def test_planted_win_rate(self):
        """Before and after are as planted to the nearest deal; the other teams do not change."""
        effect = story.PLANTED_EFFECT
        for team in world.TEAMS.values():
            for phase in ("before", "after"):
                deals = [deal for deal in self.decided
                         if deal.team == team.key and self.phase(deal.closed) == phase]
                planned = effect[f"win_rate_{phase}"] if team.key == effect["team"] \
                    else team.win_rate
                self.assertGreater(len(deals), 150)
                self.assertAlmostEqual(self.rate(deals), planned, delta=1.5 / len(deals))
        self.assertAlmostEqual(
            effect["win_rate_after"] - effect["win_rate_before"], effect["win_rate_lift"])

    def test_planted_response(self):
        def change(team):
            by_phase = defaultdict(list)
            for deal in self.deals:
                if deal.team == team:
                    by_phase[self.phase(deal.created)].append(deal)
            return median_answer(by_phase["after"]) / median_answer(by_phase["before"])

        self.assertLess(change(story.PLANTED_EFFECT["team"]), 0.7)
        self.assertTrue(0.8 < change(story.PLANTED_EFFECT["placebo_team"]) < 1.25)

    def test_planted_bottleneck(self):
        stays = defaultdict(list)
        for deal in self.deals:
            if deal.kind != "opportunity":
                continue
            entered, stage = deal.converted or deal.created, None
            for move in deal.moves:
                if move.what in ("stage", "won"):
                    stays[move.old].append((move.at - entered).total_seconds() / 86400)
                    entered, stage = move.at, move.new
            self.assertEqual(stage or deal.stage, deal.stage)
        medians = {stage: median(days) for stage, days in stays.items()}
        planted = story.PLANTED_BOTTLENECK
        slowest = medians.pop(planted["stage"])
        self.assertAlmostEqual(slowest, planted["median_days"], delta=6)
        self.assertLess(max(medians.values()), planted["others_at_most"] + 3)

    def test_planted_channels(self):
        leads, revenue = Counter(), Counter()
        for deal in self.deals:
            leads[deal.source] += 1
            revenue[deal.source] += deal.revenue if status(deal) == "won" else 0
        new = [source for source in leads if source in world.SOURCES]
        bad, good = (story.PLANTED_CHANNELS[key] for key in ("looks_good", "is_good"))
        self.assertEqual(max(new, key=leads.get), bad)
        self.assertLess(revenue[bad] / sum(revenue.values()), 0.05)
        self.assertLess(leads[good] / sum(leads.values()), 0.07)
        self.assertEqual(max(new, key=lambda s: revenue[s] / leads[s]), good)
        self.assertGreater(revenue[good] / leads[good], 10 * revenue[bad] / leads[bad])

    def test_luck_and_skill(self):
        by_rep = defaultdict(list)
        for deal in self.decided:
            by_rep[deal.rep].append(deal)
        lucky, skilled = story.PLANTED_LUCK["rep"], story.PLANTED_SKILL["rep"]
        rates = {rep: self.rate(deals) for rep, deals in by_rep.items()}
        self.assertEqual(max(rates, key=rates.get), lucky)
        self.assertLess(len(by_rep[lucky]), 30)
        self.assertEqual(max(by_rep, key=lambda rep: len(by_rep[rep])), skilled)
        others = [rate for rep, rate in rates.items() if rep not in (lucky, skilled)]
        self.assertGreater(rates[skilled], max(others))
        answers = {rep: median_answer([d for d in self.deals if d.rep == rep]) for rep in rates}
        self.assertEqual(min(answers, key=answers.get), skilled)

    def test_time_order(self):
        for deal in self.deals:
            dates = [deal.created, deal.converted, deal.closed]
            dates = [moment for moment in dates if moment]
            self.assertEqual(dates, sorted(dates), deal.title)
            moments = dates + [move.at for move in deal.moves] + [t.at for t in deal.talks]
            self.assertLess(max(moments).date(), self.plan.today, deal.title)
            self.assertEqual(deal.moves, sorted(deal.moves, key=lambda move: move.at))
            self.assertEqual(bool(deal.closed), status(deal) != "open", deal.title)

    def test_what_makes_it_life(self):
        """Everything a report must cope with is in the story."""
        has = {
            "no source": [d for d in self.deals if not d.source],
            "no salesperson": [d for d in self.deals if d.team and not d.rep],
            "no team": [d for d in self.deals if not d.team],
            "void": [d for d in self.deals if d.outcome == "void"],
            "merged": [d for d in self.deals if d.duplicate],
            "reopened": [d for d in self.deals if any(m.what == "reopened" for m in d.moves)],
            "taken over": [d for d in self.deals if any(m.what == "user" for m in d.moves)],
            "deadline moved": [d for d in self.deals if len(d.deadlines) > 1],
            "overdue": [d for d in self.deals if d.kind == "opportunity" and d.outcome == "open"
                        and d.deadlines[-1] < self.plan.today],
            "unanswered": [d for d in self.deals if d.rep and not d.answered],
            "overdue activity": [d for d in self.deals
                                 if any(t.due < self.plan.today for t in d.tasks)],
            "cancelled": [o for o in self.plan.orders if o.state == "cancel" and not o.deal],
            "credited": [o for o in self.plan.orders if o.refund],
            "foreign currency": [o for o in self.plan.orders if o.currency not in ("EUR", "USD")],
        }
        self.assertFalse([name for name, found in has.items() if len(found) < 10])

    def test_amounts_are_estimates(self):
        for deal in self.deals:
            if deal.outcome != "won" and deal.revenue:
                self.assertEqual(deal.revenue, round_two(deal.revenue), deal.title)
        self.assertEqual([round_two(x) for x in (18342, 955, 0, 101)], [18000, 960, 0, 100])

    def test_scale_is_checked(self):
        with self.assertRaisesRegex(ValueError, "scale of the demo story is 5"):
            story.plan(7, TODAY, 5)


@tagged("post_install", "-at_install")
class TestStoryLoaded(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.before = {model: cls.last_id(model) for model in ("crm.lead", "sale.order")}
        cls.steps = []
        with mute_logger("odoo.models.unlink"):
            cls.plan = load(
                cls.env, scale=0.02, today=TODAY,
                progress=lambda share, label: cls.steps.append(share))
        cls.env.flush_all()

    @classmethod
    def last_id(cls, model):
        return cls.env[model].with_context(active_test=False).search(
            [], order="id desc", limit=1).id or 0

    def rows(self, query, *args):
        return self.env.execute_query(SQL(query, *args))

    def test_progress(self):
        self.assertEqual((self.steps[0], self.steps[-1]), (0, 1))
        self.assertEqual(self.steps, sorted(self.steps))

    def test_leads(self):
        found = Counter({
            (kind, team, won): count for kind, team, won, count in self.rows(
                """SELECT l.type, t.name->>'en_US', CASE WHEN l.won_status <> 'pending'
                          THEN l.won_status WHEN l.active THEN 'open' ELSE 'void' END, COUNT(*)
                     FROM crm_lead l LEFT JOIN crm_team t ON t.id = l.team_id
                 GROUP BY 1, 2, 3""")})
        told = Counter(
            (deal.kind, world.TEAMS[deal.team].name if deal.team else None, status(deal))
            for deal in self.plan.deals)
        self.assertEqual(found, told)
        self.assertGreater(sum(told.values()), 60)

    def test_won_revenue(self):
        found = dict(self.rows(
            """SELECT t.name->>'en_US', SUM(l.expected_revenue)::float FROM crm_lead l
                 JOIN crm_team t ON t.id = l.team_id WHERE l.won_status = 'won' GROUP BY 1"""))
        told = defaultdict(float)
        for deal in self.plan.deals:
            if status(deal) == "won":
                told[world.TEAMS[deal.team].name] += deal.revenue
        self.assertEqual(set(found), set(told))
        for team, amount in told.items():
            self.assertAlmostEqual(found[team], amount, 2)

    def test_dates(self):
        found = self.rows(
            """SELECT name, create_date, date_conversion, date_closed FROM crm_lead
             ORDER BY create_date, name""")
        told = sorted((deal.created, deal.title, deal.converted, deal.closed)
                      for deal in self.plan.deals)
        self.assertEqual(
            [(created, name, converted, closed) for name, created, converted, closed in found],
            told)

    def test_orders(self):
        found = {(team, currency, state): (count, amount, margin)
                 for team, currency, state, count, amount, margin in self.rows(
            """SELECT t.name->>'en_US', c.name, o.state, COUNT(*), SUM(o.amount_untaxed)::float,
                      SUM(o.margin)::float
                 FROM sale_order o JOIN crm_team t ON t.id = o.team_id
                 JOIN res_currency c ON c.id = o.currency_id
                WHERE o.id > %s GROUP BY 1, 2, 3""", self.before["sale.order"])}
        told = defaultdict(lambda: [0, 0.0, 0.0])
        for order in self.plan.orders:
            sums = told[world.TEAMS[order.team].name, order.currency, order.state]
            for line in order.lines:
                net = line.quantity * line.price * (1 - line.discount / 100)
                sums[1] += net
                sums[2] += net - line.quantity * line.cost
            sums[0] += 1
        self.assertEqual(set(found), set(told))
        for key, (count, amount, margin) in told.items():
            self.assertEqual(found[key][0], count)
            self.assertAlmostEqual(found[key][1], amount, 1)
            self.assertAlmostEqual(found[key][2], margin, 1)

    def test_order_rates(self):
        """The rate on an order is that of its own month, in units for one of the company's."""
        rates = {(world.COMPANIES[company]["name"], code, day): rate
                 for company, code, day, rate in self.plan.rates}
        found = self.rows(
            """SELECT p.name, c.name, o.date_order::date, o.currency_rate::float
                 FROM sale_order o JOIN res_company y ON y.id = o.company_id
                 JOIN res_partner p ON p.id = y.partner_id
                 JOIN res_currency c ON c.id = o.currency_id
                WHERE o.id > %s AND c.id <> y.currency_id""", self.before["sale.order"])
        self.assertTrue(found)
        for company, code, day, rate in found:
            self.assertAlmostEqual(rate, rates[company, code, day.replace(day=1)], 4)

    def test_credit_notes(self):
        found = sum(amount for (amount,) in self.rows(
            """SELECT m.amount_untaxed::float FROM account_move m
                WHERE m.move_type = 'out_refund' AND m.state = 'posted' AND EXISTS (
                      SELECT FROM account_move_line l
                        JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                        JOIN sale_order_line s ON s.id = r.order_line_id
                       WHERE l.move_id = m.id AND s.order_id > %s)""", self.before["sale.order"]))
        told = sum(line.quantity * line.price * (1 - line.discount / 100)
                   for order in self.plan.orders if order.refund
                   for line in (order.lines if order.refund == "all" else order.lines[-1:]))
        self.assertGreater(told, 0)
        self.assertAlmostEqual(found, told, 1)

    def test_chatter(self):
        """Each change is one message, dated and signed by the salesperson; nothing is doubled."""
        found = Counter(dict(self.rows(
            """SELECT f.name, COUNT(*) FROM mail_tracking_value v
                 JOIN ir_model_fields f ON f.id = v.field_id
                 JOIN mail_message m ON m.id = v.mail_message_id AND m.model = 'crm.lead'
                 JOIN crm_lead l ON l.id = m.res_id
                WHERE v.create_date = m.date AND m.create_date = m.date
                  AND f.name IN ('stage_id', 'type') GROUP BY 1""")))
        moves = Counter(move.what for deal in self.plan.deals for move in deal.moves)
        self.assertEqual(found, Counter(stage_id=moves["stage"] + moves["won"], type=moves["type"]))
        talks = Counter(talk.by for deal in self.plan.deals for talk in deal.talks
                        if talk.kind == "call")
        calls = Counter(dict(self.rows(
            """SELECT u.login, COUNT(*) FROM mail_message m
                 JOIN res_users u ON u.partner_id = m.author_id
                WHERE m.model = 'crm.lead' AND m.mail_activity_type_id = %s GROUP BY 1""",
            self.env.ref("mail.mail_activity_data_call").id)))
        self.assertEqual(calls, talks)
        last = self.rows("SELECT MAX(date) FROM mail_message WHERE model = 'crm.lead'")[0][0]
        self.assertLess(last.date(), self.plan.today)

    def test_time_in_stage(self):
        """Odoo's own time in stage, read from the tracked changes, is the story's."""
        deal = max((d for d in self.plan.deals if status(d) == "won"),
                   key=lambda d: len(d.moves))
        lead = self.env["crm.lead"].search([("name", "=", deal.title)])
        stage = self.env["crm.stage"].search([("name", "=", "Negotiation")])
        told, entered = timedelta(), deal.converted or deal.created
        for move in deal.moves:
            if move.what in ("stage", "won"):
                if move.old == "negotiation":
                    told += move.at - entered
                entered = move.at
        self.assertTrue(told)
        self.assertAlmostEqual(
            lead.duration_tracking[str(stage.id)], told.total_seconds(), delta=5)

    def test_activities(self):
        domain = [("res_model", "=", "crm.lead")]
        planned = self.env["mail.activity"].search(
            [*domain, ("activity_type_id.category", "!=", "meeting")])
        tasks = [task for deal in self.plan.deals for task in deal.tasks if task.kind != "meeting"]
        self.assertEqual(sorted(planned.mapped("date_deadline")), sorted(t.due for t in tasks))
        done = self.env["mail.activity"].with_context(active_test=False).search(
            [*domain, ("active", "=", False)])
        self.assertEqual(done.mapped("date_done"), done.mapped("date_deadline"))
        talks = [talk for deal in self.plan.deals for talk in deal.talks
                 if talk.kind in ("call", "meeting")]
        self.assertEqual(len(done), len(talks))

    def test_nothing_is_sent(self):
        self.assertFalse(self.env["mail.mail"].search_count(
            [("state", "in", ("outgoing", "exception"))]))

    def test_companies(self):
        names = [company["name"] for company in world.COMPANIES.values()]
        companies = self.env["res.company"].search([("name", "in", names)], order="id")
        self.assertEqual(companies.mapped("currency_id.name"), ["EUR", "USD"])
        self.assertEqual(companies.mapped("resource_calendar_id.tz"),
                         ["Europe/Brussels", "America/New_York"])
        director = self.env["res.users"].search([("login", "=", "director")])
        self.assertEqual(director.company_ids, companies)
        self.assertTrue(director.has_group("sales_team.group_sale_manager"))
        self.assertTrue(director.has_group("crm.group_use_lead"))
        ryan = self.env["res.users"].search([("login", "=", "ryan")])
        self.assertEqual(ryan.company_ids, companies[1])
        self.assertFalse(ryan.has_group("sales_team.group_sale_salesman_all_leads"))

    def test_second_load_is_refused(self):
        count = self.env["crm.lead"].with_context(active_test=False).search_count([])
        with self.assertRaisesRegex(UserError, rf"already has {count} leads.*make clean"):
            load(self.env, scale=0.02)
