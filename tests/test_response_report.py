"""The response report against counts by hand; quartiles without names."""

from datetime import timedelta
from statistics import median

from odoo.fields import Datetime
from odoo.tests import BaseCase, tagged

from ..tools.quartiles import quarter, quartiles
from .activity_common import ActivityCase


class TestQuartiles(BaseCase):
    def test_quartiles(self):
        self.assertEqual(quartiles([5, 1, 2, 4, 3]), (2, 3, 4, 5))
        self.assertIsNone(quartiles([1, 2, 3, 4]))
        self.assertEqual(
            [quarter(value, (2, 3, 4, 5)) for value in (1, 2, 3, 4, 5)], [1, 1, 2, 3, 4]
        )


@tagged("post_install", "-at_install", "fault")
class TestResponseReport(ActivityCase):
    def setUp(self):
        super().setUp()
        self.today = Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        self.first = str(self.today.date() - timedelta(days=40))

    def enquiry(self, hours, days=10, **values):
        """A lead of some days ago, answered after so many hours; ``None``: not yet."""
        created = self.today - timedelta(days=days)
        lead = self._lead(created=str(created), **values)
        if hours is not None:
            self.say(lead, created + timedelta(hours=hours), lead.user_id)
            lead._kpi_recompute_sql(lead.ids)
        return lead

    def measure(self):
        self.Snapshot._refresh(self.first, str(self.today.date()), self.company)

    def report(self, user=None, **values):
        return self.env["crm.response.report"].with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids
        ).create({"period": "last_30", **values})

    def test_lines_by_team(self):
        second = self._team("Second", self.company)
        for hours in (1, 3, 30, None, None):
            self.enquiry(hours)
        self.enquiry(7, team_id=second.id)
        self.enquiry(5, days=60)
        self.measure()
        lines = {line.name: line for line in self.report().line_ids}
        self.assertEqual(set(lines), {"North Team", "Second", "All"})
        north = lines["North Team"]
        self.assertEqual((north.expected, north.unanswered, north.in_time), (5, 0.4, 0.4))
        # With nobody waiting less than the answered ones, the median is that of all five.
        self.assertEqual(north.median, median([1, 3, 30, 240, 240]))
        self.assertEqual(north.hours, 11.3)
        self.assertEqual((lines["All"].expected, lines["Second"].median), (6, 7))

    def test_a_median_needs_half_of_the_answers(self):
        for hours in (1, None, None, None):
            self.enquiry(hours)
        self.measure()
        line = self.report().line_ids[:1]
        self.assertIs(line.median, False)
        self.assertEqual(line.hours, 1)

    def test_a_lost_lead_has_waited_until_it_was_lost(self):
        lead = self.enquiry(None)
        lead.action_set_lost()
        self._date(lead, date_closed=str(lead.create_date + timedelta(hours=2)))
        for hours in (1, 4, 6):
            self.enquiry(hours)
        self.measure()
        # One of four left after two hours: half of the three others' curve is reached at 4.
        self.assertEqual(self.report().line_ids[:1].median, 4)

    def test_an_empty_period(self):
        self.assertFalse(self.report(period="last_7").line_ids)

    def test_A5_a_rep_sees_his_own(self):
        self.enquiry(1)
        self.enquiry(9, user_id=self.colleague.id)
        self.measure()
        line = self.report(self.rep, dimension="user_id").line_ids[:1]
        self.assertEqual((line.name, line.expected, line.median), (self.rep.name, 1, 1))
        self.assertEqual(self.report(self.rep, dimension="user_id").line_ids[-1].expected, 1)
        self.assertEqual(self.report(self.manager).line_ids[-1].expected, 2)

    def test_A5_quartiles_name_nobody(self):
        users = self.rep + self.colleague
        for number in range(3):
            users += self._user(
                f"kpi_more_{number}", "sales_team.group_sale_salesman", self.company
            )
            self._join(self.team, users[-1])
        lead = self._lead(created=str(self.today - timedelta(days=10)))
        for number, user in enumerate(users):
            own = lead if user == self.rep else self._lead(
                created=str(self.today - timedelta(days=10)), user_id=user.id)
            for _call in range(number * 2 + 1):
                self.done(own, self.call_out, self.today - timedelta(days=2), user)
        self.measure()

        def compare(user):
            comparison = self.env["crm.activity.comparison"].with_user(user).with_context(
                allowed_company_ids=self.company.ids
            ).create({"period": "last_7"})
            line = comparison.line_ids.filtered(lambda line: line.name == "Calls")
            return (line.mine, line.lower, line.middle, line.upper), comparison.group_text

        values, text = compare(self.rep)
        self.assertEqual(values, (1, 3, 5, 7))
        self.assertIn("5 people of North Team", text)
        users[-1].crm_team_member_ids.active = False
        values, text = compare(self.rep)
        self.assertEqual(values, (1, False, False, False))
        self.assertIn("only your own", text)
