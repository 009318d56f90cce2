"""Follow-up rules: who gets which activity when, and that no cause brings a second one."""

from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KpiCase

BATCH = "odoo.addons.crm_roi.models.followup.lead_followup_engine.BATCH"


class FollowupCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["crm.lead.followup.rule"]
        cls.Rule.search([]).active = False
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.leader = cls._user(
            "followup_leader", "sales_team.group_sale_salesman_all_leads", cls.company
        )
        cls.team.user_id = cls.leader
        cls.now = cls.env.cr.now().replace(microsecond=0)

    def setUp(self):
        super().setUp()
        # Progress is committed for real by the scheduled job; a test only notes the steps.
        self.progress = []
        self.time_left = 60
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress",
            lambda _cron, processed=0, **_kw: self.progress.append(processed) or self.time_left,
        )

    def _rule(self, cause="silence", days=7, **values):
        return self.Rule.create({
            "name": cause, "cause": cause, "days": days, "company_id": self.company.id,
            "summary": "Call {customer} about {lead}", **values,
        })

    def _old_lead(self, days=30, **values):
        lead = self._lead(**values)
        self._ago(lead, days)
        return lead

    def _ago(self, lead, days):
        self._date(
            lead, create_date=self.now - timedelta(days=days),
            date_open=self.now - timedelta(days=days),
        )

    def _message(self, record, days, author=None, note=False):
        message = record.message_post(
            body="Text", author_id=(author or self.rep.partner_id).id, message_type="comment",
            subtype_xmlid="mail.mt_note" if note else "mail.mt_comment",
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE id = %s",
            [self.now - timedelta(days=days), message.id],
        )
        return message

    def _run(self):
        # A day later for the rules, so that they are due again.
        self.Rule.search([]).last_day = False
        count = self.Rule._run_followups()
        self.env.invalidate_all()
        return count

    def _activities(self, leads):
        return self.env["mail.activity"].search([
            ("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids),
        ])


@tagged("post_install", "-at_install")
class TestFollowup(FollowupCase):
    def test_silence(self):
        silent, written, noted, met, planned = (self._old_lead(name=n) for n in "ABCDE")
        self._message(silent, 8)
        self._message(written, 6, author=self.env["res.partner"].create({"name": "Customer"}))
        self._message(noted, 1, note=True)
        self.env["calendar.event"].create({
            "name": "Visit", "opportunity_id": met.id, "user_id": self.rep.id,
            "start": self.now - timedelta(days=2), "stop": self.now - timedelta(days=2),
        })
        planned.activity_schedule(activity_type_id=self.call.id, user_id=self.rep.id)
        rule = self._rule(delay_days=2)
        self.assertEqual(self._run(), 2)
        found = self.env["crm.lead.followup"].search([("rule_id", "=", rule.id)])
        self.assertEqual(found.lead_id, silent + noted)
        activity = self._activities(silent)
        self.assertEqual(activity.user_id, self.rep)
        self.assertEqual(activity.activity_type_id, self.call)
        self.assertEqual(activity.summary, "Call A about A")
        self.assertTrue(activity.automated)
        today = rule._local_today(self.rep)
        self.assertEqual((activity.date_deadline - today).days, 2)
        self.assertEqual(found.activity_id, activity + self._activities(noted))

    def test_a_cause_is_followed_up_once(self):
        lead = self._old_lead()
        self._rule()
        self.assertEqual([self._run(), self._run()], [1, 0])
        self._activities(lead).action_feedback(feedback="No answer")
        self.assertEqual(self._run(), 0, "there was contact: the activity was done")
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE model = 'crm.lead' AND res_id = %s",
            [self.now - timedelta(days=9), lead.id],
        )
        self.assertEqual(self._run(), 1, "silent again since another contact: another cause")

    def test_a_deleted_activity_does_not_come_back(self):
        lead = self._old_lead()
        self._rule()
        self._run()
        self._activities(lead).unlink()
        self.assertEqual(self._run(), 0)

    def test_quotation_without_answer(self):
        def quoted(days):
            lead = self._old_lead(partner_id=self.env["res.partner"].create({"name": "C"}).id)
            order = self.env["sale.order"].create({
                "partner_id": lead.partner_id.id, "opportunity_id": lead.id,
                "company_id": self.company.id,
            })
            order.state = "sent"
            order.date_order = self.now - timedelta(days=days)
            return lead, order

        open_lead, _order = quoted(10)
        quoted(2)
        reminded, order = quoted(10)
        self._message(order, 3)
        answered, order = quoted(10)
        self._message(order, 4, author=answered.partner_id)
        called, order = quoted(10)
        called.activity_schedule(activity_type_id=self.call.id, user_id=self.rep.id)
        called.activity_ids.action_feedback()
        confirmed, order = quoted(10)
        order.state = "sale"
        rule = self._rule("quotation")
        self.assertEqual(set(rule._matching_lead_ids()), set(open_lead.ids))
        self.assertEqual(self._run(), 1)
        self.assertEqual(self._run(), 0)

    def test_deadline(self):
        today = self._today()
        days = {-1: False, 0: True, 5: True, 6: False}
        leads = {
            n: self._old_lead(date_deadline=today + timedelta(days=n)) for n in days
        }
        rule = self._rule("deadline", days=5, summary="In {days} days")
        found = set(rule._matching_lead_ids())
        self.assertEqual({n: lead.id in found for n, lead in leads.items()}, days)
        self._run()
        self.assertEqual(self._activities(leads[5]).summary, "In 5 days")
        leads[5].date_deadline = today + timedelta(days=4)
        leads[5].activity_ids.unlink()
        self.assertEqual(self._run(), 1, "another date is another cause")

    def test_no_next_activity(self):
        idle, fresh, planned = self._old_lead(10), self._old_lead(1), self._old_lead(10)
        self._message(idle, 0)
        planned.activity_schedule(activity_type_id=self.call.id, user_id=self.rep.id)
        rule = self._rule("no_activity", days=3, skip_planned=False)
        self.assertEqual(rule._matching_lead_ids(), idle.ids, fresh)

    def test_who_gets_it(self):
        gone = self._user("followup_gone", "sales_team.group_sale_salesman", self.company)
        foreign = self.other_manager
        unassigned = self._old_lead(user_id=False)
        archived = self._old_lead(user_id=gone.id)
        other = self._old_lead()
        nobody = self._old_lead(user_id=False, team_id=False)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET user_id = %s WHERE id = %s", [foreign.id, other.id]
        )
        gone.active = False
        self._rule()
        self._run()
        self.assertEqual(
            self._activities(unassigned + archived + other).user_id, self.leader
        )
        self.assertEqual(len(self._activities(unassigned + archived + other)), 3)
        self.assertFalse(self._activities(nobody))
        self._rule("no_activity", days=0, assign_to="leader")
        own = self._old_lead()
        self.Rule.search([("cause", "=", "silence")]).active = False
        self._run()
        self.assertEqual(self._activities(own).user_id, self.leader)

    def test_nobody_is_shown_a_lead_he_may_not_open(self):
        lead = self._old_lead()
        self.env["ir.rule"].create({
            "name": "Secret", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "domain_force": [("id", "!=", lead.id)],
        })
        self._rule()
        self._run()
        self.assertFalse(self._activities(lead))
        found = self.env["crm.lead.followup"].search([("lead_id", "=", lead.id)])
        self.assertEqual((found.result, found.user_id), ("no_access", self.rep))

    def test_best_leads_first_and_no_more_than_the_limit(self):
        leads = self.Lead.concat(*(self._old_lead(expected_revenue=100 * n) for n in range(5)))
        self._rule(daily_limit=2)
        with patch(BATCH, 1):
            self.assertEqual(self._run(), 2)
        self.assertEqual(set(self._activities(leads).mapped("res_id")), set(leads[3:].ids))
        tomorrow = self._today() + timedelta(days=1)
        with patch.object(self.env.registry["res.company"], "_kpi_today", lambda *a: tomorrow):
            self.assertEqual(self._run(), 2)

    def test_closed_leads_and_those_of_others_are_left_alone(self):
        open_lead = self._old_lead()
        for values in (
            {"outcome": "won"}, {"outcome": "lost"}, {"outcome": "void"}, {"type": "lead"},
            {"company_id": self.other_company.id, "team_id": self.other_team.id,
             "user_id": self.other_manager.id},
        ):
            self._ago(self._lead(**values), 30)
        rule = self._rule()
        self.assertEqual(rule._matching_lead_ids(), open_lead.ids)
        rule.company_id = False
        rule.lead_type = "all"
        self.assertEqual(len(rule._matching_lead_ids()), 3)
        rule.write({"company_id": self.company.id, "team_id": self.team.id})
        self.assertEqual(len(rule._matching_lead_ids()), 2)

    def test_activities_of_a_plan(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        plan = self.env["mail.activity.plan"].create({
            "name": "Revive", "res_model": "crm.lead", "company_id": False,
            "template_ids": [
                Command.create({"activity_type_id": self.call.id, "summary": "Call"}),
                Command.create({
                    "activity_type_id": todo.id, "summary": "Check", "delay_count": 3,
                    "responsible_type": "other", "responsible_id": self.leader.id,
                }),
            ],
        })
        lead = self._old_lead()
        self._rule(plan_id=plan.id)
        self.assertEqual(self._run(), 1)
        self.assertEqual(
            {one.summary: one.user_id for one in self._activities(lead)},
            {"Call": self.rep, "Check": self.leader},
        )

    def test_texts_are_in_the_language_of_who_gets_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.lang = "fr_FR"
        rule = self._rule(note="<p>Ask {customer}</p>")
        rule.with_context(lang="fr_FR").summary = "Appeler {customer}"
        lead = self._old_lead(partner_name="<b>Bad</b> & Sons")
        self._run()
        activity = self._activities(lead)
        self.assertEqual(activity.summary, "Appeler <b>Bad</b> & Sons")
        self.assertEqual(activity.note, "<p>Ask &lt;b&gt;Bad&lt;/b&gt; &amp; Sons</p>")

    def test_days_are_those_of_the_company_at_any_hour(self):
        """Near midnight the day in London is another one than in Brussels or where a reader is."""
        self.assertEqual(self.company._kpi_timezone(), "Europe/Brussels")
        self.rep.tz = "America/Los_Angeles"
        rule = self._rule()
        for since, now, days in (
            ("2026-03-01 22:30", "2026-03-09 22:30", 8),  # 23:30 and 23:30 in Brussels
            ("2026-03-01 23:30", "2026-03-09 22:30", 7),  # already the 2nd
            ("2026-03-01 22:30", "2026-03-09 23:30", 9),  # already the 10th
            ("2026-03-28 22:30", "2026-04-05 21:30", 8),  # summer time has begun
            ("2026-03-28 22:30", "2026-04-05 22:30", 9),
        ):
            followup = self.env["crm.lead.followup"].new({
                "rule_id": rule.id, "company_id": self.company.id, "user_id": self.rep.id,
                "since": since, "lead_id": self._lead().id,
            })
            with patch.object(self.env.cr, "now", lambda now=now: datetime.fromisoformat(now)):
                self.assertEqual(rule._words(followup)["days"], str(days), (since, now))

    def test_unknown_words_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "user_password"):
            self._rule(summary="Hello {user_password}")

    def test_people_are_not_buried_in_notices(self):
        self._old_lead()
        self._rule()
        before = self.env["mail.message"].search_count([])
        self._run()
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    def test_merged_leads_keep_what_was_followed_up(self):
        first, second = self._old_lead(30, email_from="a@b.example"), self._old_lead(20)
        self._message(second, 12)
        rule = self._rule()
        self._run()
        survivor = (first + second)._merge_opportunity()
        self._activities(survivor).unlink()
        found = self.env["crm.lead.followup"].search([("rule_id", "=", rule.id)])
        self.assertEqual(found.lead_id, survivor)
        self.assertEqual(len(found), 2)
        self.assertEqual(self._run(), 0)

    def test_the_log_can_not_be_forged(self):
        self._old_lead()
        self._rule()
        self._run()
        found = self.env["crm.lead.followup"].search([]).with_user(self.manager)
        for attack in (lambda: found.write({"cause": "x"}), found.unlink):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                attack()


@tagged("post_install", "-at_install", "fault")
class TestFaultFollowup(FollowupCase):
    def test_D1_a_run_that_is_cut_off_goes_on(self):
        leads = self.Lead.concat(*(self._old_lead() for _n in range(5)))
        self._rule(daily_limit=0)
        with patch(BATCH, 2):
            self.time_left = 0
            self.Rule._run_followups()
            self.assertEqual(len(self._activities(leads)), 0)
            self.patch(
                self.env.registry["ir.cron"], "_commit_progress",
                lambda _cron, processed=0, remaining=None, **_kw: int(remaining is not None),
            )
            self.Rule._run_followups()
            self.assertEqual(len(self._activities(leads)), 2)
            self.Rule._run_followups()
            self.Rule._run_followups()
            self.assertEqual(len(self._activities(leads)), 5)
            self.assertFalse(self.Rule._due_rules())

    def test_a_rule_runs_once_a_day(self):
        self._rule()
        self.Rule._run_followups()
        self._old_lead()
        self.assertEqual(self.Rule._run_followups(), 0)

    def test_a_broken_rule_stops_no_other(self):
        lead = self._old_lead(date_deadline=self._today())
        bad, good = self._rule(sequence=1), self._rule("deadline", sequence=2)
        Engine = self.env.registry["crm.lead.followup.rule"]

        def broken(_self, _days):
            raise ValueError("planted fault")

        self.patch(Engine, "_cause_silence", broken)
        with mute_logger("odoo.addons.crm_roi.models.base.attempt"):
            self.assertEqual(self._run(), 1)
        self.assertEqual((bad.problem, good.problem), ("ValueError: planted fault", False))
        self.assertEqual(len(self._activities(lead)), 1)
        self.assertNotIn(bad, self.Rule._due_rules())
        bad.days = 8
        self.assertIn(bad, self.Rule._due_rules())
        self.assertFalse(bad.problem)

    def test_B11_two_runs_of_the_same_rule_do_not_meet(self):
        """A run that read the leads before another one claimed them can not claim them again."""
        self._old_lead()
        rule = self._rule()
        self.env.flush_all()
        first = self.env["crm.lead.followup"].browse(rule._claim(10))
        self.assertEqual((len(first), rule._claim(10)), (1, []))
        with (self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"),
              self.env.cr.savepoint()):
            self.env.cr.execute(
                """INSERT INTO crm_lead_followup (rule_id, lead_id, cause, date, day, result)
                   SELECT rule_id, lead_id, cause, date, day, result FROM crm_lead_followup
                   WHERE id = %s""", [first.id],
            )
