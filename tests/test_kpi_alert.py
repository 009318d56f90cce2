from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools.alert import alarms, streak
from .common import KpiCase

CHECK = "odoo.addons.crm_roi.models.base.attempt"
NO, YES, UNKNOWN = False, True, None


@tagged("post_install", "-at_install")
class TestAlertTools(BaseCase):
    def test_so_many_in_a_row(self):
        for flags, length, expected in (
            ([], 1, None),
            ([YES], 1, True),
            ([NO], 1, False),
            ([YES], 2, None),
            ([YES, YES], 2, True),
            ([NO, YES], 2, None),
            ([YES, UNKNOWN, YES], 2, None),
            ([YES, YES, UNKNOWN], 2, None),
            ([YES, YES, NO], 2, False),
        ):
            self.assertIs(streak(flags, length), expected, (flags, length))

    def test_once_an_episode(self):
        self.assertEqual(alarms([YES, YES, YES, NO, YES, YES], 2), [1, 5])
        self.assertEqual(alarms([YES, YES, UNKNOWN, YES, YES], 2), [1], "nothing recovered")
        self.assertEqual(alarms([NO, NO], 1), [])


class AlertCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.kpi.alert"].search([]).active = False
        # Weeks of the owner's language, as everywhere on his screen.
        figures = cls.env["crm.kpi.figures"].with_user(cls.manager)
        cls.weeks = [figures._period("last_week")]
        for _number in range(3):
            cls.weeks.insert(0, cls.weeks[0].previous())
        cls.win_rate = cls.env["crm.kpi"].search([("code", "=", "win_rate")])
        cls.manager.email = "manager@example.com"
        cls.Snapshot._take_stocks()
        today = cls.company._kpi_today("Europe/Brussels")
        cls.Snapshot._refresh(today - timedelta(days=1), today)

    def setUp(self):
        super().setUp()
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: 60,
        )

    def alert(self, **vals):
        return self.env["crm.kpi.alert"].create({
            "kpi_id": self.win_rate.id, "condition": "below", "value": 0.5, "step": "week",
            "periods": 2, "owner_id": self.manager.id, "company_id": self.company.id, **vals,
        })

    def close(self, week, won=0, lost=0, **vals):
        moment = datetime.combine(week.first + timedelta(days=1), time(12))
        for outcome, count in (("won", won), ("lost", lost)):
            for _number in range(count):
                self._lead(outcome, created=moment, closed=moment, **vals)
        self.Snapshot._refresh(week.first, week.stop)

    def run_alerts(self, alert, again=True):
        if again:
            alert.checked_day = False
        self.env["crm.kpi.alert"]._run_alerts()

    def activities(self, alert):
        return self.env["mail.activity"].search([
            ("res_model", "=", alert._name), ("res_id", "=", alert.id),
        ])


@tagged("post_install", "-at_install")
class TestKpiAlert(AlertCase):
    def test_two_bad_weeks_tell_the_owner_once(self):
        self.close(self.weeks[-2], won=1, lost=3)
        self.close(self.weeks[-1], won=1, lost=2)
        alert = self.alert()
        for _night in range(3):
            self.run_alerts(alert)
        activity = self.activities(alert)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("33.3 %", activity.summary)
        self.assertIn("50.0 %", activity.note)
        self.assertEqual(alert.state, "firing")
        event = alert.event_ids
        self.assertEqual((event.kind, event.day), ("fired", self.weeks[-1].first))
        self.assertAlmostEqual(event.value, 1 / 3)

    def test_one_bad_week_of_two_tells_nobody(self):
        self.close(self.weeks[-2], won=3, lost=1)
        self.close(self.weeks[-1], won=1, lost=3)
        alert = self.alert()
        self.run_alerts(alert)
        self.assertEqual((alert.state, len(self.activities(alert))), ("ok", 0))

    def test_recovered_it_is_armed_again(self):
        self.close(self.weeks[-1], won=1, lost=3)
        alert = self.alert(periods=1)
        self.run_alerts(alert)
        self.close(self.weeks[-1], won=9)
        self.run_alerts(alert)
        self.assertEqual(alert.state, "ok")
        self.close(self.weeks[-1], lost=30)
        self.run_alerts(alert)
        self.assertEqual(alert.event_ids.sorted("id").mapped("kind"),
                         ["fired", "recovered", "fired"])
        self.assertEqual(len(self.activities(alert)), 2)

    def test_a_week_without_figures_changes_nothing(self):
        alert = self.alert(periods=1)
        self.run_alerts(alert)
        self.assertEqual((alert.state, alert.problem), ("ok", False))
        alert.state = "firing"
        self.run_alerts(alert)
        self.assertEqual(alert.state, "firing")

    def test_a_running_week_is_not_judged(self):
        running = self.weeks[-1].next()
        moment = datetime.combine(running.first, time(0, 30))
        self._lead("lost", created=moment, closed=moment)
        self.Snapshot._refresh(running.first, running.stop)
        alert = self.alert(periods=1)
        self.run_alerts(alert)
        self.assertEqual(alert.state, "ok")

    def test_thresholds_of_the_dictionary_and_what_is_better(self):
        for code, outcome in (("win_rate", "lost"), ("lost_count", "lost")):
            kpi = self.env["crm.kpi"].search([("code", "=", code)])
            kpi.with_company(self.company).write({"threshold_warning": 0.5})
            alert = self.alert(kpi_id=kpi.id, condition="warning", periods=1)
            self.close(self.weeks[-1], **{outcome: 1})
            self.run_alerts(alert)
            self.assertEqual(alert.state, "firing", code)

    def test_limits_are_written_in_the_unit_of_the_kpi(self):
        """As a manager reads them: 37 %, not 0.37."""
        Kpi = self.env["crm.kpi"].with_company(self.company)
        rate, revenue, leads = (
            Kpi.search([("code", "=", code)]) for code in ("win_rate", "won_revenue", "lead_count"))
        rate.write({"threshold_warning": 0.3, "threshold_alarm": 0.255})
        def text(kpi, condition, value=False, **values):
            alert = self.env["crm.kpi.alert"].new({
                "kpi_id": kpi.id, "condition": condition, "value": value,
                "company_id": self.company.id, **values})
            return alert.limit_text
        self.assertEqual(text(rate, "below", 0.37), "37.0 %")
        self.assertEqual(text(rate, "below", 0.0), "0.0 %")
        self.assertEqual(text(rate, "warning"), "30.0 %")
        self.assertEqual(text(rate, "alarm"), "25.5 %")
        self.assertEqual(text(revenue, "above", 12300), "12,300\xa0€")
        self.assertEqual(text(leads, "below", 12), "12")
        self.assertEqual(text(revenue, "target"), "Target")
        rate.write({"threshold_warning": 0, "threshold_alarm": 0})
        self.assertEqual(text(rate, "alarm"), "–")

    def test_a_missing_threshold_is_a_problem_not_an_alarm(self):
        self.close(self.weeks[-1], lost=1)
        alert = self.alert(condition="alarm", periods=1)
        self.run_alerts(alert)
        self.assertEqual(alert.state, "ok")
        self.assertIn("no such threshold", alert.problem)

    def test_look_now_by_its_owner_tells(self):
        alert = self.alert(periods=1)
        self.close(self.weeks[-1], won=1, lost=4)
        alert.with_user(self.manager).action_check()
        self.assertEqual(alert.state, "firing")
        self.assertEqual(len(alert.event_ids), 1)

    def test_a_threshold_counts_from_its_value_on(self):
        self.win_rate.with_company(self.company).write({
            "threshold_warning": 0.5, "threshold_alarm": 0.25,
        })
        alert = self.alert(condition="alarm", periods=1)
        self.close(self.weeks[-1], won=1, lost=3)
        self.run_alerts(alert)
        self.assertEqual(alert.state, "firing")

    def test_a_target_of_which_no_pace_is_known_yet_is_not_missed(self):
        alert = self.alert(condition="target", step="month", periods=1)

        def figures(figures, codes, period, scope=None, compare="previous"):
            return [{"value": 1, "target": 20, "better": "higher", "pace": None}]

        Figures = self.env["crm.kpi.figures"]
        with patch.object(type(Figures), "_figures", figures):
            *_rest, bad = alert._judged(Figures, 1)[-1]
        self.assertIsNone(bad)

    def test_a_missed_target(self):
        alert = self.alert(condition="target", step="month", periods=2)
        Figures = type(self.env["crm.kpi.figures"])

        def figures(value, pace):
            def _figures(figures, codes, period, scope=None, compare="previous"):
                is_running = period.is_running(figures._today())
                return [{"value": value, "target": 0.4, "better": "higher",
                         "pace": pace if is_running else None}]
            return _figures

        for value, pace, state in (
            (0.5, "behind", "ok"), (0.3, "on_track", "ok"), (0.3, "behind", "firing"),
            (0.5, "behind", "firing"), (0.5, "ahead", "ok"),
        ):
            with patch.object(Figures, "_figures", figures(value, pace)):
                self.run_alerts(alert)
            self.assertEqual(alert.state, state, (value, pace))

    def test_rights_are_those_of_the_owner(self):
        """The same figures: bad for the salesperson, good for the manager who sees all."""
        self.close(self.weeks[-1], lost=1)
        self.close(self.weeks[-1], won=9, user_id=self.colleague.id)
        own = self.alert(owner_id=self.rep.id, periods=1)
        all_ = self.alert(periods=1)
        self.run_alerts(own + all_)
        self.assertEqual((own.state, all_.state), ("firing", "ok"))

    def test_a_team_is_looked_at_alone(self):
        team = self._team("South Team", self.company)
        self.close(self.weeks[-1], lost=1)
        self.close(self.weeks[-1], won=9, team_id=team.id)
        bad = self.alert(team_id=self.team.id, periods=1)
        good = self.alert(team_id=team.id, periods=1)
        self.run_alerts(bad + good)
        self.assertEqual((bad.state, good.state), ("firing", "ok"))

    def test_who_may_not_see_the_kpi_is_told_nothing(self):
        restricted = self.env["crm.kpi"].search([
            ("is_restricted", "=", True), ("better", "!=", "none")], limit=1)
        alert = self.alert(kpi_id=restricted.id, owner_id=self.rep.id)
        self.run_alerts(alert)
        self.assertIn("may not see", alert.problem)

    def test_an_owner_who_left(self):
        alert = self.alert()
        self.manager.active = False
        self.run_alerts(alert)
        self.assertIn("does not work in", alert.problem)

    def test_nobody_gives_an_alert_away_or_takes_one(self):
        mine = self.alert(owner_id=self.rep.id).with_user(self.rep)
        mine.value = 0.4
        for change in ({"owner_id": self.manager.id}, {"company_id": self.other_company.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint(), \
                    mute_logger("odoo.addons.base.models.ir_rule"):
                mine.write(change)
        theirs = self.alert()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            theirs.with_user(self.rep).read(["value"])
        with self.assertRaises(AccessError), self.env.cr.savepoint(), \
                mute_logger("odoo.addons.base.models.ir_rule"):
            self.env["crm.kpi.alert"].with_user(self.rep).create({
                "kpi_id": self.win_rate.id, "value": 1, "owner_id": self.manager.id,
                "company_id": self.company.id,
            })

    def test_history_is_for_whom_was_told(self):
        self.close(self.weeks[-1], lost=1)
        alert = self.alert(periods=1)
        self.run_alerts(alert)
        alert.owner_id = self.rep
        self.env.invalidate_all()
        self.assertFalse(alert.with_user(self.rep).event_ids)
        self.env.invalidate_all()
        self.assertEqual(len(alert.with_user(self.manager).event_ids), 1)

    def test_by_message(self):
        self.close(self.weeks[-1], lost=1)
        alert = self.alert(periods=1, channel="mail")
        self.run_alerts(alert)
        message = self.env["mail.message"].search([
            ("model", "=", alert._name), ("res_id", "=", alert.id),
            ("partner_ids", "in", self.manager.partner_id.ids),
        ])
        self.assertEqual(len(message), 1)
        self.assertIn("0.0 %", message.subject)

    @mute_logger(CHECK)
    def test_one_that_fails_stops_no_other(self):
        self.close(self.weeks[-1], lost=1)
        poison, fine = self.alert(periods=1), self.alert(periods=1)
        Alert = type(poison)
        real = Alert._judged

        def judged(alert, *args):
            if alert == poison:
                raise ValueError("poison")
            return real(alert, *args)

        with patch.object(Alert, "_judged", judged):
            self.run_alerts(poison + fine)
        self.assertEqual((poison.problem, fine.state), ("ValueError: poison", "firing"))
        self.run_alerts(poison)
        self.assertEqual((poison.problem, poison.state), (False, "firing"))

    def test_looked_at_once_a_night(self):
        alert = self.alert()
        self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 1)
        self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 0)
        alert.checked_day -= timedelta(days=1)
        self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 1)

    def test_another_definition_is_another_episode(self):
        self.close(self.weeks[-1], lost=1)
        alert = self.alert(periods=1)
        self.run_alerts(alert)
        alert.value = 0.6
        self.assertEqual((alert.state, alert.checked_day), ("ok", False))
        self.run_alerts(alert, again=False)
        self.assertEqual(len(self.activities(alert)), 2)

    def test_preview_of_twelve_months_with_the_rights_of_who_looks(self):
        self.close(self.weeks[-3], lost=1)
        self.close(self.weeks[-2], won=1)
        self.close(self.weeks[-1], lost=1, user_id=self.colleague.id)
        alert = self.alert(periods=1)
        manager, rep = (alert.with_user(user) for user in (self.manager, self.rep))
        self.assertEqual(manager.preview.count("/"), 4, "two days")
        self.assertEqual(len(manager.preview_chart["labels"]), 52)
        alert.owner_id = self.rep
        self.assertEqual(rep.preview.count("/"), 2, "one day")

    def test_preview_agrees_with_what_really_happens(self):
        self.close(self.weeks[-2], lost=1)
        self.close(self.weeks[-1], lost=1)
        alert = self.alert()
        _judged, positions = alert._past_alarms(alert._as_owner())
        self.run_alerts(alert)
        self.assertEqual(positions, [51])
        self.assertEqual(alert.state, "firing")

    def test_what_makes_no_sense_is_refused(self):
        neither = self.env["crm.kpi"].search([("better", "=", "none")], limit=1)
        for vals in (
            {"value": False}, {"condition": "target", "step": "week"},
            {"condition": "alarm", "kpi_id": neither.id}, {"owner_id": self.other_manager.id},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.alert(**vals)
