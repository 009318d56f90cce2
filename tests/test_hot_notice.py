"""Hot leads: who is told, once for each crossing, in his hours, not too often."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.scoring.lead_score_engine import Crossing
from ..tools.quiet import is_quiet
from .test_followup import FollowupCase

NOON = datetime(2026, 6, 17, 12)  # a Wednesday


class HotCase(FollowupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Hot = cls.env["crm.lead.hot"]
        # Scores are set by the tests; one of them has a rule of its own.
        cls.env["crm.lead.score.set"].search([("state", "=", "live")]).active = False
        cls.company.write({"hot_daily_cap": 5, "hot_repeat_days": 7})
        cls.rep.tz = cls.leader.tz = "Europe/Brussels"

    def setUp(self):
        super().setUp()
        self._at(NOON)

    def _at(self, moment):
        """Pretend that it is this local moment for everybody."""
        self.patch(
            self.env.registry["crm.lead.hot"], "_local_now", lambda _self, _user: moment
        )

    def _hot_lead(self, score=80, **values):
        lead = self._lead(**values)
        self._set_score(lead, score)
        return lead

    def _set_score(self, leads, score):
        """As scoring stores it and tells it."""
        before = {lead: lead.is_hot for lead in leads}
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE crm_lead SET lead_score = %s, is_hot = %s, lead_grade = %s WHERE id = ANY(%s)",
            score, score >= 60, "A1" if score >= 60 else "B2", leads.ids,
        ))
        self.env.invalidate_all()
        crossed = leads.filtered(lambda lead: lead.is_hot and not before[lead])
        cooled = leads.filtered(lambda lead: not lead.is_hot and before[lead])
        self.env["crm.lead.score.guard"]._tell(Crossing(crossed.ids, cooled.ids))

    def _tell(self):
        sent = self.Hot._run_notices()
        self.env.invalidate_all()
        return sent

    def _notices(self, user):
        return self.env["mail.message"].search([
            ("message_type", "=", "user_notification"), ("model", "=", "crm.lead"),
            ("notified_partner_ids", "in", user.partner_id.ids),
        ])

    def _states(self, leads):
        return [self.Hot.search([("lead_id", "=", lead.id)], limit=1).state for lead in leads]


@tagged("post_install", "-at_install", "fault")
class TestHotNotice(HotCase):
    def test_salesperson_is_told_and_gets_a_call(self):
        lead = self._hot_lead(contact_name="Ann", phone="+32 2 290 34 90")
        self.assertEqual(self._tell(), 1)
        activity = self._activities(lead)
        self.assertEqual(
            (activity.user_id, activity.activity_type_id, activity.date_deadline,
             activity.summary), (self.rep, self.call, NOON.date(), "Hot lead, score 80"),
        )
        notice = self._notices(self.rep)
        self.assertEqual((len(notice), notice.res_id), (1, lead.id))
        self.assertIn("KPI lead", notice.subject)
        for text in ("80", "A1", "Ann", "+32 2 290 34 90", "Call"):
            self.assertIn(text, notice.body)
        crossing = self.Hot.search([("lead_id", "=", lead.id)])
        self.assertEqual(
            (crossing.state, crossing.user_id, crossing.score, crossing.activity_id),
            ("notified", self.rep, 80, activity),
        )

    def test_a_real_score_that_crosses_tells(self):
        """From the rule to the call, through the end of the transaction."""
        rules = self.env["crm.lead.score.set"].create({
            "name": "Hot Rules", "state": "live", "company_id": self.company.id, "hot": 60,
        })
        self.env["crm.lead.score.rule"].create([
            {"name": "Three stars", "set_id": rules.id, "dimension": name, "points": 80,
             "domain": "[('priority', '=', '3')]"} for name in ("fit", "engagement")
        ])
        lead = self._lead()
        self.env.cr.flush()
        self.assertFalse(lead.is_hot)
        for _turn in range(3):
            lead.write({"priority": "3", "description": "More"})
            self.env.cr.flush()
            self.env.invalidate_all()
            self.assertTrue(lead.is_hot)
            self._tell()
        self.assertEqual(len(self._notices(self.rep)), 1)
        self.assertIn("+80 Three stars", self._notices(self.rep).body)
        self.assertEqual(len(self._activities(lead)), 1)

    def test_the_leader_is_told_of_unassigned_leads(self):
        lead = self._hot_lead(user_id=False)
        self._tell()
        self.assertEqual(self._activities(lead).user_id, self.leader)
        self.assertIn("Nobody is assigned", self._notices(self.leader).body)
        nobody = self._hot_lead(user_id=False, team_id=False)
        self.assertEqual((self._tell(), self._states(nobody)), (0, ["pending"]))
        nobody.user_id = self.rep
        self.env.flush_all()
        self.assertEqual((self._tell(), self._states(nobody)), (1, ["notified"]))

    def test_once_for_each_crossing(self):
        lead = self._hot_lead()
        self._tell()
        for score in (81, 82):
            self._set_score(lead, score)
        self.assertEqual(self._tell(), 0)
        self._activities(lead).action_feedback()
        self._set_score(lead, 50)
        self._set_score(lead, 70)
        self.assertEqual((self._tell(), self._states(lead)), (0, ["repeated"]))
        self.env.cr.execute(
            "UPDATE crm_lead_hot SET notified = notified - interval '8 days'"
            " WHERE state = 'notified'"
        )
        self._set_score(lead, 50)
        self._set_score(lead, 70)
        self.assertEqual(self._tell(), 1, "another crossing, long after the first")

    def test_no_second_call_while_the_first_is_open(self):
        lead = self._hot_lead()
        self._tell()
        self.env.cr.execute("UPDATE crm_lead_hot SET notified = notified - interval '30 days'")
        self._set_score(lead, 50)
        self._set_score(lead, 70)
        self.assertEqual((self._tell(), self._states(lead)), (0, ["repeated"]))

    def test_cooled_closed_and_old_crossings_are_no_news(self):
        cooled, won, lost, old = (self._hot_lead() for _n in range(4))
        self._set_score(cooled, 50)
        won.action_set_won()
        lost.action_set_lost()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead_hot SET date = date - interval '8 days' WHERE lead_id = %s", [old.id]
        )
        self.assertEqual(self._tell(), 0)
        self.assertEqual(
            self._states(cooled + won + lost + old), ["cooled", "closed", "closed", "expired"]
        )

    def test_quiet_hours_wait(self):
        lead = self._hot_lead()
        for moment in (
            NOON.replace(hour=19), NOON.replace(hour=23), NOON.replace(hour=7, minute=59),
            NOON + timedelta(days=3), NOON + timedelta(days=4),
        ):
            self._at(moment)
            self.assertEqual(self._tell(), 0, moment)
        self._at(NOON.replace(hour=8))
        self.assertEqual((self._tell(), self._states(lead)), (1, ["notified"]))

    def test_quiet_hours_table(self):
        def hours(quiet_from, quiet_to):
            return [h for h in range(24) if is_quiet(
                NOON.replace(hour=h), quiet_from, quiet_to, quiet_weekend=True)]

        self.assertEqual(hours(22, 2), [0, 1, 22, 23])
        self.assertEqual(hours(12, 14), [12, 13])
        self.assertEqual(hours(8, 8), [])
        self.assertFalse(is_quiet(NOON + timedelta(days=3), 8, 8, quiet_weekend=False))

    def test_daily_cap_takes_the_best(self):
        self.company.hot_daily_cap = 3
        leads = self.Lead.concat(*(self._lead() for _n in range(5)))
        for number, lead in enumerate(leads):
            self._set_score(lead, 70 + number)
        self.assertEqual([self._tell(), self._tell()], [3, 0])
        self.assertEqual(
            self._states(leads), ["pending", "pending", "notified", "notified", "notified"]
        )
        self._at(NOON + timedelta(days=1))
        self.assertEqual(self._tell(), 2)
        self.assertEqual(len(self._notices(self.rep)), 5)

    def test_cap_of_the_team_and_notices_switched_off(self):
        self.team.hot_daily_cap = 0
        lead = self._hot_lead()
        self.assertEqual((self._tell(), self._states(lead)), (0, ["switched_off"]))
        self.team.hot_daily_cap = 1
        leads = self._hot_lead() + self._hot_lead()
        self.assertEqual((self._tell(), sorted(self._states(leads))), (1, ["notified", "pending"]))
        self.company.hot_notice = False
        self.assertEqual(self._tell(), 0)
        self.assertEqual(sorted(self._states(leads)), ["notified", "switched_off"])

    def test_a_notice_without_activity(self):
        self.company.hot_activity_type_id = False
        lead = self._hot_lead()
        self.assertEqual(self._tell(), 1)
        self.assertFalse(self._activities(lead))
        self.assertNotIn("Scheduled", self._notices(self.rep).body)

    def test_inbox_or_mail_and_language_are_the_recipients(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.write({"notification_type": "inbox", "lang": "fr_FR"})
        self.leader.notification_type = "email"
        seen = []
        Qweb = self.env.registry["ir.qweb"]
        render = Qweb._render
        self.patch(Qweb, "_render", lambda qweb, template, *args, **kwargs: (
            template == "crm_roi.lead_hot_notice" and seen.append(qweb.env.lang),
            render(qweb, template, *args, **kwargs),
        )[1])
        self._hot_lead()
        self._hot_lead(user_id=False)
        self._tell()
        kinds = {
            notice.res_partner_id: notice.notification_type
            for notice in (self._notices(self.rep) + self._notices(self.leader)).notification_ids
        }
        self.assertEqual(
            kinds, {self.rep.partner_id: "inbox", self.leader.partner_id: "email"}
        )
        self.assertEqual(sorted(seen), ["en_US", "fr_FR"])

    def test_nobody_is_shown_a_lead_he_may_not_open(self):
        lead = self._hot_lead()
        self.env["ir.rule"].create({
            "name": "Secret", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "domain_force": [("id", "!=", lead.id)],
        })
        self.assertEqual((self._tell(), self._states(lead)), (0, ["no_access"]))
        self.assertFalse(self._notices(self.rep))

    def test_merge_does_not_tell_again(self):
        first, second = self._lead(email_from="a@b.example"), self._hot_lead()
        self._tell()
        survivor = (first + second)._merge_opportunity()
        self.assertEqual(self.Hot.search([("lead_id", "=", survivor.id)]).state, "notified")
        self._set_score(survivor, 50)
        self._set_score(survivor, 90)
        self.assertEqual(self._tell(), 0)

    def test_hot_and_untouched(self):
        touched, untouched = self._hot_lead(), self._hot_lead()
        for lead in touched + untouched:
            self._ago(lead, 20)
        self._tell()
        self.env.cr.execute("UPDATE crm_lead_hot SET date = date - interval '3 days'")
        self._message(touched, 1)
        rule = self._rule("hot", days=2, skip_planned=False)
        self.assertEqual(rule._matching_lead_ids(), untouched.ids)

    def test_D11_one_lead_that_fails_stops_no_other(self):
        bad, good = self._hot_lead(90), self._hot_lead(80)
        model = self.env.registry["crm.lead"]
        notify = model.message_notify

        def broken(lead, **values):
            if lead == bad:
                raise ValueError("planted fault")
            return notify(lead, **values)

        with (patch.object(model, "message_notify", broken),
              mute_logger("odoo.addons.crm_roi.models.base.attempt")):
            self.assertEqual(self._tell(), 1)
        self.assertEqual(self._states(bad + good), ["pending", "notified"])
        self.assertFalse(self._activities(bad))
        self.assertEqual(self._tell(), 0, "it waits")
        self.Hot.search([("lead_id", "=", bad.id)]).next_try = False
        self.assertEqual(self._tell(), 1)

    def test_saving_a_lead_does_not_wait_for_notices(self):
        """The crossing is one statement and a wake-up; nothing is sent while somebody saves."""
        lead = self._lead()
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET is_hot = TRUE WHERE id = %s", [lead.id])
        self.Hot._record_crossing([])
        with self.assertQueryCount(8):
            self.Hot._record_crossing(lead.ids)
        self.assertFalse(self._activities(lead))
