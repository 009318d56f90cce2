"""Faults and abuse of scoring rules (catalogue B)."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.scoring.lead_score_engine import Crossing
from .test_lead_score import ScoreCase

HEAVY = "%a" * 10
CLOCK = "odoo.addons.crm_roi.models.base.res_company.ResCompany._kpi_today"
NO_DOMAINS = (
    "user.sudo()", "lambda: 1", "9**9**9", "[('name', '=', user.name)]", "__import__('os')",
    "[('id', 'in', [x for x in range(9)])]", "", "[", "[('name', '=', 'a'", "{'a': 1}", "'name'",
    "1", "None", "[('name',)]", "[('name', '=', 'a', 'b')]", "['|', ('name', '=', 'a')]",
    "['&']", "[1, 2]", "(" * 300 + ")" * 300, "[('create_date', '>=', context_today())]",
    "[('name', '=', f'{1}')]", "[('name', '=', 'a')] + []", "[('name', '=', open('x'))]",
    "[('name', '=', 'a')]; 1",
)


@tagged("post_install", "-at_install", "fault")
class TestFaultScoring(ScoreCase):
    def setUp(self):
        super().setUp()
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60,
        )
        self.Set = self.env["crm.lead.score.set"]

    def _refused(self, domain, message=""):
        with self.subTest(domain=domain[:60]), self.assertRaises(ValidationError) as caught:
            self._rule(domain=domain)
        self.assertIn("Reason", str(caught.exception))
        self.assertIn(message, str(caught.exception))

    def _run(self):
        self.Set._run_scoring()
        self.env.invalidate_all()

    def test_B1_text_that_is_no_domain_is_refused(self):
        self.assertGreater(len(NO_DOMAINS), 20)
        for text in NO_DOMAINS:
            self._refused(text or " ")

    def test_B2_wrong_fields_operators_and_types_are_refused(self):
        for domain in (
            "[('no_such_field', '=', 1)]", "[('name', '~', 'a')]",
            "[('expected_revenue', '>', 'abc')]", "[('partner_id.no_such', '=', 1)]",
            "[('create_date', '>=', 'yesterday')]", "[('create_date', '=', 'today')]",
            "[('team_id', 'any', 'abc')]", "[('name', 'any', [('a', '=', 1)])]",
            "[('partner_id', 'child_of', 1)]", "[('lead_properties.x', '=', 1)]",
        ):
            self._refused(domain)

    def test_B2_rule_that_breaks_later_is_switched_off_and_the_others_count(self):
        field = self.env["ir.model.fields"].create({
            "name": "x_kpi_size", "ttype": "integer", "field_description": "Size",
            "model_id": self.env["ir.model"]._get_id("crm.lead"),
        })
        fragile = self.Rule.with_user(self.manager).create({
            "name": "fragile", "set_id": self.rules.id, "points": 30,
            "domain": "[('x_kpi_size', '>', 1)]",
        })
        self._rule("solid", points=20, domain="[('expected_revenue', '>', 1)]")
        lead = self._lead(x_kpi_size=5)
        self._run()
        self.assertEqual(lead.lead_score_fit, 50)
        field.unlink()
        lead.expected_revenue = 2000
        self.env.cr.flush()
        with mute_logger("odoo.addons.crm_roi.models.scoring.lead_score_guard"):
            self._run()
        self.assertEqual(fragile.state, "broken")
        self.assertIn("x_kpi_size", fragile.broken_reason)
        self.assertIn("switched off", fragile.message_ids[0].body)
        self.assertEqual(fragile.message_ids[0].notified_partner_ids, self.manager.partner_id)
        self.assertEqual(lead.lead_score_fit, 20)
        fragile.domain = "[('expected_revenue', '>', 1)]"
        self.assertEqual(fragile.state, "ok")
        self.assertFalse(fragile.broken_reason)
        self._run()
        self.assertEqual(lead.lead_score_fit, 50)

    @mute_logger("odoo.addons.crm_roi.models.scoring.lead_score_guard",
                 "odoo.addons.crm_roi.models.scoring.crm_lead_score_pending", "odoo.sql_db")
    def test_B2_failing_sql_is_found_and_saving_is_not_blocked(self):
        self._rule("solid", points=20, domain="[('expected_revenue', '>', 1)]")
        broken = self._rule("failing", points=30, domain="[('name', '=', 'x')]")
        lead = self._lead()
        condition = type(self.Engine)._rule_condition

        def failing(engine, rule, *args):
            sql, names = condition(engine, rule, *args)
            return (SQL("1 / 0 = 1"), names) if rule == broken else (sql, names)

        self.env.cr.flush()
        self.patch(type(self.Engine), "_rule_condition", failing)
        self.patch(type(self.env["crm.lead.score.guard"]), "_rule_condition", failing)
        self.env.registry.clear_cache()
        lead.expected_revenue = 900
        self.env.cr.flush()
        self.assertEqual(lead.expected_revenue, 900)
        self.assertTrue(
            self.env["crm.lead.score.queue"].search([("lead_id", "=", lead.id)]), "queued"
        )
        self._run()
        self.assertEqual(broken.state, "broken")
        self.assertIn("division by zero", broken.broken_reason)
        self.assertEqual(lead.lead_score_fit, 20)

    def test_B2_managers_are_told_when_a_rule_has_no_author(self):
        standard = self.env.ref("crm_roi.crm_lead_score_rule_need_high")
        standard._switch_off("its field is gone")
        told = standard.message_ids[0].notified_partner_ids
        self.assertIn(self.manager.partner_id, told)
        self.assertNotIn(self.rep.partner_id, told)

    def test_B2_app_that_records_an_event_is_missing(self):
        if "mailing.trace" in self.env:
            self.skipTest("mass mailing is installed")
        with self.assertRaisesRegex(ValidationError, "not recorded"):
            self._rule(condition_type="activity", event="mailing_open")

    def test_B3_fields_that_are_not_stored_are_refused(self):
        for domain in (
            "[('is_overdue', '=', True)]", "[('stage_age_days', '>', 3)]",
            "[('meeting_display_date', '!=', False)]", "[('activity_ids', '!=', False)]",
        ):
            self._refused(domain, "stored")

    def _many_leads(self, count, length=40):
        self.env.flush_all()
        self.env.execute_query(SQL(
            """INSERT INTO crm_lead (name, type, active, company_id, won_status, create_date)
               SELECT repeat('a', %s) || n, 'opportunity', TRUE, %s, 'pending', now()
               FROM generate_series(1, %s) n""", length, self.company.id, count,
        ))

    def test_B4_heavy_patterns_are_evaluated_in_sql_only(self):
        self._many_leads(10_000)
        rules = self._rule(points=10, domain=f"[('name', '=like', '{HEAVY}b%')]")
        rules |= self._rule(points=10, domain=f"[('name', 'ilike', '{HEAVY}')]")
        ids = self.env["crm.lead"].search([("company_id", "=", self.company.id)]).ids
        self.assertGreaterEqual(len(ids), 10_000)
        # In Python the pattern would take days: this would not come back.
        self.env["crm.lead.score.guard"]._score_batch(ids)
        scored = self.env["crm.lead"].search_count([
            ("id", "in", ids), ("lead_score_date", "!=", False),
        ])
        self.assertEqual(scored, len(ids))
        self.assertEqual(rules.mapped("state"), ["ok", "ok"])

    def test_B4_statistics_of_an_empty_table_are_renewed_first(self):
        self._many_leads(300)
        guard = self.env["crm.lead.score.guard"]
        ids = self.env["crm.lead"].search([("company_id", "=", self.company.id)]).ids
        with (
            patch.object(type(guard), "_believed_leads", lambda guard: 1.0),
            patch.object(type(guard), "_analyze") as analyze,
        ):
            guard._score_batch(ids)
        analyze.assert_called_once_with()
        guard._analyze()
        self.assertGreaterEqual(guard._believed_leads(), 300)

    def test_B4_python_never_sees_a_condition(self):
        names = ("filtered_domain", "_as_predicate", "safe_eval")
        sources = {
            path: text for path, text in _sources().items() if "score" in path
        }
        self.assertGreater(len(sources), 10)
        for path, text in sources.items():
            for name in names:
                self.assertNotIn(f"{name}(", text, path)

    @mute_logger("odoo.addons.crm_roi.models.scoring.lead_score_guard", "odoo.sql_db")
    def test_B4_rule_that_takes_too_long_is_switched_off(self):
        slow = self._rule("slow", points=30)
        self._rule("solid", points=20)
        lead = self._lead()
        condition = type(self.Engine)._rule_condition

        def sleepy(engine, rule, *args):
            sql, names = condition(engine, rule, *args)
            return (SQL("pg_sleep(2) IS NOT NULL"), names) if rule == slow else (sql, names)

        self.env.cr.flush()
        self.patch(type(self.env["crm.lead.score.guard"]), "_rule_condition", sleepy)
        self.env.registry.clear_cache()
        guard = "odoo.addons.crm_roi.models.scoring.lead_score_guard"
        with patch(f"{guard}.TIMEOUT_JOB", 300), patch(f"{guard}.TIMEOUT_RULE", 300):
            crossing = self.env["crm.lead.score.guard"]._score_batch(lead.ids)
        self.assertFalse(crossing.cooled)
        self.assertEqual(slow.state, "broken")
        self.env.invalidate_all()
        self.assertEqual(lead.lead_score_fit, 20)

    @mute_logger("odoo.addons.crm_roi.models.scoring.crm_lead_score_pending", "odoo.sql_db")
    def test_B4_a_slow_rule_keeps_no_lead_from_being_saved(self):
        self._rule("slow", points=30)
        lead = self._lead()
        self.env.cr.flush()
        saving = self.env["crm.lead.score.saving"]
        condition = type(saving)._rule_condition
        self.env.cr.execute("SET LOCAL statement_timeout = '54321ms'")

        def save():
            lead.expected_revenue += 1
            self.env.flush_all()
            lead._lead_score_run_pending()
            self.env.invalidate_all()
            self.env.cr.execute("SHOW statement_timeout")
            self.assertEqual(self.env.cr.fetchone()[0], "54321ms")
            waiting = self.env["crm.lead.score.queue"].search([("lead_id", "=", lead.id)])
            return bool(waiting)

        self.assertFalse(save())
        self.assertEqual(lead.lead_score_fit, 30)

        def sleepy(engine, rule, *args):
            _sql, names = condition(engine, rule, *args)
            return SQL("pg_sleep(2) IS NOT NULL"), names

        self.patch(type(saving), "_rule_condition", sleepy)
        self.env.registry.clear_cache()
        revenue = lead.expected_revenue
        with patch("odoo.addons.crm_roi.models.scoring.crm_lead_score_pending.TIMEOUT_SAVE", 300):
            self.assertTrue(save(), "left to the scheduled action")
        self.assertEqual(lead.expected_revenue, revenue + 1)

    def test_closing_a_lead_does_not_score_it(self):
        self._rule(domain="[('expected_revenue', '>', 1)]")
        leads = self._lead(), self._lead(), self._lead()
        self.env.cr.flush()
        scored = []
        self.patch(
            type(self.env["crm.lead.score.saving"]), "_score_saved",
            lambda saving, ids, limit: scored.extend(ids) or Crossing([], []),
        )
        leads[0].action_set_won()
        leads[1].action_set_lost()
        leads[2].expected_revenue += 1
        self.env.cr.flush()
        self.assertEqual(scored, leads[2].ids)

    def test_B5_rules_are_no_oracle(self):
        for domain in (
            "[('user_id.login', '=', 'admin')]", "[('user_id.password', '!=', False)]",
            "[('partner_id.bank_ids', '!=', False)]", "[('message_ids.body', 'ilike', 'a')]",
            "[('user_id', 'ilike', 'admin')]", "[('user_id', '=', 'admin')]",
            "[('partner_id.user_ids.login', '=', 'admin')]",
            "[('partner_id', 'any', [('signup_type', '!=', False)])]",
            "[('create_uid.login', '=', 'admin')]", "[('company_id.name', 'ilike', 'a')]",
            "[('team_id.member_ids', '!=', False)]", "[('order_ids.amount_total', '>', 1)]",
        ):
            self._refused(domain)
        self._rule(domain=f"[('user_id', '=', {self.rep.id})]")

    def test_B5_salespeople_do_not_write_rules(self):
        for user in (self.rep, self.colleague):
            Rule = self.Rule.with_user(user)
            with self.assertRaises(AccessError):
                Rule.create({"name": "mine", "set_id": self.rules.id})
            with self.assertRaises(AccessError):
                Rule.action_preview({"name": "mine", "set_id": self.rules.id, "domain": "[]"})

    def test_B6_size_is_limited(self):
        term = "('name', '=', 'a')"
        self._refused("[" + "'|', " * 9_999 + ", ".join([term] * 10_000) + "]", "64 kB")
        self._refused(f"[('id', 'in', {list(range(200_000))})]", "64 kB")
        self._rule(domain=f"[('id', 'in', {list(range(8_000))})]")

    def test_B7_scores_do_not_score_themselves(self):
        for domain in (
            "[('lead_score', '>', 10)]", "[('lead_score_fit', '>', 10)]", "[('is_hot', '=', True)]",
            "[('lead_grade', '=', 'A1')]", "[('lead_score_date', '!=', False)]",
        ):
            self._refused(domain, "score")
        for user in (self.rep, self.manager):
            lead = self._lead()
            with self.assertRaisesRegex(UserError, "measured"):
                lead.with_user(user).lead_score = 100

    @mute_logger("odoo.sql_db")
    def test_B8_points_are_numbers_of_a_reasonable_size(self):
        for points in (float("nan"), float("inf"), -float("inf"), 1e308, 1e6 + 1, -1e6 - 1):
            with self.subTest(points=points), \
                    self.assertRaisesRegex(CheckViolation, "points_range"), \
                    self.env.cr.savepoint():
                self._rule(points=points)
        for points in (0, -15, 0.5, 1e6, -1e6):
            self._rule(points=points)
        for half_life in (-1, float("nan"), 1e9):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._rule(half_life=half_life)

    def test_B8_extreme_points_and_ages_make_a_score(self):
        self._rule(dimension="engagement", points=1e6, half_life=0.001, fades_from="create_date")
        self._rule(dimension="engagement", points=-1e6, half_life=36500, fades_from="create_date")
        lead = self._lead(created="1990-01-01 00:00")
        self._score(lead)
        self.assertEqual((lead.lead_score_engagement, lead.lead_grade), (0, "C3"))

    def test_B10_create_adds_few_queries(self):
        self._rule(domain="[('expected_revenue', '>', 1)]")
        values = {"name": "Imported", "company_id": self.company.id, "team_id": self.team.id}
        self.Lead.create(values)
        self.env.cr.flush()
        for count, most in ((1, 8), (100, 8), (300, 5)):
            self.Lead.create([values] * count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Lead._lead_score_run_pending()
            self.assertLessEqual(self.env.cr.sql_log_count - before, most, count)
        waiting = self.env["crm.lead.score.queue"].search_count([("lead_id", "!=", False)])
        self.assertEqual(waiting, 300)
        self._run()
        self.assertFalse(self.Lead.search([
            ("company_id", "=", self.company.id), ("lead_score", "=", False),
        ]))

    def test_B11_interrupted_pass_is_resumed(self):
        leads = self.Lead.create([
            {"name": f"Lead {n}", "company_id": self.company.id} for n in range(25)
        ])
        self.env.cr.flush()
        self._run()
        dates = leads.mapped("lead_score_date")
        self._rule(points=40)
        steps = "odoo.addons.crm_roi.models.scoring.crm_lead_score_pass"
        calls = []

        def stop_soon(cron, processed=0, **kwargs):
            calls.append(processed)
            return 0 if len(calls) == 3 else 60

        self.patch(self.env.registry["ir.cron"], "_commit_progress", stop_soon)
        with patch(f"{steps}.PASS_BATCH", 10):
            self._run()
            scored = leads.filtered(lambda lead: lead.lead_score_fit == 40)
            self.assertEqual(scored, leads[15:], "newest first")
            self.assertEqual(self.rules.pass_progress, 40)
            self.assertEqual((leads - scored).mapped("lead_score_date"), dates[:15])
            self._run()
        self.assertEqual(set(leads.mapped("lead_score_fit")), {40})
        self.assertEqual((self.rules.pass_lead_id, self.rules.pass_progress), (0, 100))

    def test_B12_merged_leads_are_scored_anew(self):
        self._rule(dimension="fit", points=40, domain="[('expected_revenue', '>=', 500)]")
        self._rule(
            dimension="engagement", points=60, condition_type="activity", event="meeting",
        )
        first, second = self._lead(expected_revenue=900), self._lead(expected_revenue=10)
        now = datetime.now().replace(microsecond=0)
        self.env["calendar.event"].create({
            "name": "Meeting", "opportunity_id": second.id, "user_id": self.rep.id,
            "start": now - timedelta(hours=1), "stop": now,
        })
        self.env.cr.flush()
        self.assertEqual((first.lead_score, second.lead_score), (20, 30))
        survivor = (first + second).merge_opportunity()
        self.env.cr.flush()
        self.assertEqual(
            (survivor.lead_score_fit, survivor.lead_score_engagement), (40, 60)
        )

    def test_B12_copies_are_scored_anew(self):
        self._rule(points=40, domain="[('expected_revenue', '>=', 500)]")
        lead = self._lead(expected_revenue=900)
        copy = lead.copy({"expected_revenue": 100})
        self.assertFalse(copy.lead_score_date)
        self.env.cr.flush()
        self.assertEqual((lead.lead_score_fit, copy.lead_score_fit), (40, 0))

    def test_B13_scores_follow_the_calendar(self):
        self._rule("fresh", points=20, domain="[('create_date', '>=', 'today -7d')]")
        self._rule("soon", points=30, domain="[('date_deadline', '<=', 'today +10d')]")
        self._rule("new", dimension="engagement", points=80, fades_from="create_date",
                   half_life=10)
        lead = self._lead(created="2026-03-01 12:00", date_deadline="2026-03-31")
        for day, fit, engagement in ((1, 20, 80), (8, 20, 49), (9, 0, 46), (21, 30, 20)):
            self._score(lead, datetime(2026, 3, day, 13))
            self.assertEqual(
                (lead.lead_score_fit, lead.lead_score_engagement), (fit, engagement), day
            )

    def test_B13_days_are_the_company_s(self):
        self._rule("today", points=20, domain="[('create_date', '>=', 'today')]")
        # Half past eleven in the evening of 1 March in Brussels is already 2 March in Tokyo.
        lead = self._lead(created="2026-03-01 22:30")
        self._score(lead, datetime(2026, 3, 1, 22, 45))
        self.assertEqual(lead.lead_score_fit, 20)
        self._score(lead, datetime(2026, 3, 1, 23, 15))
        self.assertEqual(lead.lead_score_fit, 0)
        self.company.kpi_tz = "America/New_York"
        self._score(lead, datetime(2026, 3, 1, 23, 15))
        self.assertEqual(lead.lead_score_fit, 20)

    def test_B13_the_night_scores_all_leads(self):
        self._rule("new", dimension="engagement", points=80, fades_from="create_date",
                   half_life=10)
        lead = self._lead(created="2026-03-01 12:00")
        self._run()
        self._date(lead, create_date=datetime.now() - timedelta(days=10))
        with patch(CLOCK, lambda *args, **kwargs: date(2026, 3, 2)):
            self._run()
        self.assertEqual(lead.lead_score_engagement, 40)
        self.assertEqual(self.rules.pass_day, date(2026, 3, 2))

    def test_B14_language_of_the_reader_does_not_matter(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.stage_open.with_context(lang="fr_FR").name = "Ouvert"
        lead = self._lead()
        rule = self._rule(points=40, domain="[('stage_id.name', '=', 'KPI Open')]")
        french = self.Rule.with_context(lang="fr_FR").create({
            "name": "Raison", "set_id": self.rules.id, "points": 30,
            "domain": "[('stage_id.name', '=', 'Ouvert')]",
        })
        self.assertEqual((rule.lang or "en_US", french.lang), ("en_US", "fr_FR"))
        for lang in ("en_US", "fr_FR"):
            self.env.registry.clear_cache()
            self.Engine.with_context(lang=lang)._score_leads(lead.ids)
            self.env.invalidate_all()
            self.assertEqual(lead.lead_score_fit, 70, lang)
        rewritten = rule.with_context(lang="fr_FR")
        rewritten.points = rule.points
        self.assertEqual(rule.lang or "en_US", "en_US", "points are in no language")
        rewritten.domain = french.domain
        self.assertEqual(rule.lang, "fr_FR", "the condition is now in the language of its author")
        french.with_context(lang="en_US").name = "French reason"
        self.rep.lang = "fr_FR"
        lead = lead.with_user(self.rep).with_context(lang="fr_FR")
        self.assertIn("+30 Raison", lead._lead_score_sentences())

    def test_B15_rules_of_a_company_score_its_leads_only(self):
        shared = self.env.ref("crm_roi.crm_lead_score_set_standard")
        shared.rule_ids.active = False
        self._rule("ours", points=40)
        self.Rule.create([
            {"name": "everybody's", "set_id": shared.id, "points": 20},
            {"name": "west", "set_id": shared.id, "points": 30,
             "company_id": self.other_company.id},
        ])
        ours = self._lead()
        theirs = self._lead(
            company_id=self.other_company.id, team_id=self.other_team.id, user_id=False,
        )
        nobodys = self._lead(company_id=False, team_id=False, user_id=False)
        self._score(ours + theirs + nobodys)
        self.assertEqual((ours + theirs + nobodys).mapped("lead_score_fit"), [40, 50, 20])
        rules = self.Rule.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids,
        )
        self.assertFalse(rules.search([("set_id", "=", self.rules.id)]))
        self.assertEqual(len(rules.search([("set_id", "=", shared.id)])), 2)

    def test_A12_reasons_show_nothing_of_unreadable_records(self):
        hidden = self.env["res.partner"].create({
            "name": "Hidden Customer", "company_id": self.other_company.id,
        })
        self._rule("of a known customer", domain="[('partner_id.name', 'ilike', 'hidden')]")
        lead = self._lead()
        self.env.execute_query(SQL(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s", hidden.id, lead.id,
        ))
        self.env.invalidate_all()
        html = lead.with_user(self.rep).lead_score_reasons
        self.assertIn("of a known customer", html)
        self.assertNotIn("Hidden Customer", html)


def _sources():
    from .access_checker import source_files

    return source_files()
