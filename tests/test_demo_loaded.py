"""A small demo story loaded into Odoo.

Figures of the database are read with SQL and compared with what the story's own events add up to,
not with totals kept anywhere.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from unittest.mock import patch

import pytz

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ..demo import world
from ..demo.loader import load
from ..demo.stocks import nights
from .test_demo_story import TODAY, status


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

    def test_stage_history_is_the_story(self):
        """Every win, loss and reopening the story tells is a row, on its day."""
        found = Counter(self.rows(
            """SELECT kind, date_trunc('second', entered_at) FROM crm_stage_event
               WHERE kind IN ('won', 'lost', 'reopened')"""))
        told = Counter(
            (move.what, move.at.replace(microsecond=0)) for deal in self.plan.deals
            for move in deal.moves
            if deal.kind == "opportunity" and move.what in ("won", "lost", "reopened"))
        self.assertEqual(found, told)

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
                WHERE m.model = 'crm.lead' AND m.mail_activity_type_id IN (
                      SELECT id FROM mail_activity_type WHERE category = 'phonecall')
                GROUP BY 1""")))
        self.assertEqual(calls, talks)
        # The same calls, credited to who made them, are the facts that KPIs count.
        facts = self.env["crm.activity.fact"]._read_group(
            [("kind", "=", "call"), ("lead_id.create_date", "<", TODAY)], ["user_id"], ["__count"]
        )
        self.assertEqual(Counter({user.login: count for user, count in facts}), talks)
        last = self.rows("SELECT MAX(date) FROM mail_message WHERE model = 'crm.lead'")[0][0]
        self.assertLess(last.date(), self.plan.today)

    def test_first_response(self):
        """The answer that counts is the first call, mail or meeting of somebody who did not enter
        the enquiry himself."""
        found = {(title, created): at for title, created, at in self.rows(
            "SELECT name, create_date, first_response_date FROM crm_lead")}
        told = {}
        for deal in self.plan.deals:
            moments = [talk.at for talk in deal.talks if talk.kind in ("out", "call")]
            moments += [m.start for m in deal.meetings if m.start.date() < TODAY]
            by_rep = deal.born == "opportunity"
            told[deal.title, deal.created] = min(moments) if moments and not by_rep else None
        self.assertEqual(found, told)
        self.assertGreater(len([moment for moment in told.values() if moment]), 40)

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

    def stocks(self, day):
        """Levels of a night by team, salesperson and source."""
        return {tuple(row[:4]): tuple(row[4:]) for row in self.rows(
            """SELECT company_id, team_id, user_id, source_id, open_count, open_revenue::float,
                      overdue_count, dated_count
                 FROM crm_kpi_snapshot WHERE day = %s AND open_count > 0""", day)}

    def test_past_pipeline(self):
        """Each past night holds the deals that were open, and the customers of its last year."""
        for ago in (2, 40, 400, 900):
            day = TODAY - timedelta(days=ago)
            is_open, active = 0, set()
            for deal in [deal for deal in self.plan.deals if deal.kind == "opportunity"]:
                if self.day(deal, deal.converted or deal.created) <= day:
                    moves = [move.what for move in deal.moves if self.day(deal, move.at) <= day
                             and move.what in ("won", "lost", "reopened")]
                    is_open += not moves or moves[-1] == "reopened"
            for order in self.plan.orders:
                age = (day - self.day(order, order.at)).days
                returned = order.refund == "all" and order.refunded_at <= day
                if order.state == "sale" and 0 <= age < 365 and not returned:
                    active.add(order.customer.key)
            found = self.rows(
                """SELECT SUM(open_count), SUM(active_customer_count), BOOL_AND(has_stock)
                     FROM crm_kpi_snapshot WHERE day = %s""", day)
            self.assertEqual(found, [(is_open, len(active), True)], day)

    def day(self, record, moment):
        zone = world.COMPANIES[world.TEAMS[record.team].company]["tz"]
        return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date()

    def test_last_night_is_measured(self):
        """What the story would say of its last night is what the KPIs measure on the records."""
        last = TODAY - timedelta(days=1)
        self.assertFalse(self.stocks(last))
        with patch.object(type(self.env["res.company"]), "_kpi_today", lambda *args: TODAY):
            self.env["crm.kpi.snapshot"]._take_stocks()
        measured = self.stocks(last)
        self.assertGreater(sum(values[0] for values in measured.values()), 0)
        told = {}
        for (company, _day, team, rep, source), values in nights(self.plan, last, TODAY).items():
            if values[0]:
                key = (self.by_name("res.company", world.COMPANIES[company]["name"]),
                       self.by_name("crm.team", world.TEAMS[team].name),
                       self.by_name("res.users", world.REPS[rep].name),
                       self.by_name("utm.source", dict(
                           {key: s.name for key, s in world.SOURCES.items()},
                           account=world.ACCOUNT_SOURCE[1])[source]) if source else None)
                told[key] = (values[0], values[1], values[3], values[5])
        self.assertEqual(measured, told)

    def by_name(self, model, name):
        return self.env[model].search([("name", "=", name)]).id

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

    def test_costs(self):
        """What the ledger holds by category, against the entries of the story by hand."""
        told = Counter()
        for cost in self.plan.costs:
            months = (TODAY.year - cost.start.year) * 12 + TODAY.month - cost.start.month
            times = {"none": 1, "monthly": months + 1,
                     "yearly": months // 12 + 1}[cost.recurrence]
            work = cost.work
            amount = work and work["quantity"] * work["people"] * work["unit_cost"]
            if "loss_rate" in work:
                amount *= work["hours_per_week"] * work["loss_rate"] / 2
            told[cost.company, cost.category] += round((amount or cost.amount) * times, 2)
        names = {company["name"]: key for key, company in world.COMPANIES.items()}
        for table, amount in (("cost", "amount"), ("cost", "amount_company"), ("day", "amount")):
            model = self.env[f"crm.roi.cost{'.day' if table == 'day' else ''}"]
            rows = model.sudo()._read_group([], ["company_id", "category_id"], [f"{amount}:sum"])
            found = {(names[company.name], category.code): total
                     for company, category, total in rows if company.name in names}
            self.assertEqual(set(found), set(told))
            for key, total in found.items():
                # Read together, the dollars of days are converted.
                if table == "cost" or key[0] == "eu":
                    self.assertAlmostEqual(total, told[key], 2, f"{table} {key}")

    def test_second_load_is_refused(self):
        count = self.env["crm.lead"].with_context(active_test=False).search_count([])
        with self.assertRaisesRegex(UserError, rf"already has {count} leads.*make clean"):
            load(self.env, scale=0.02)
