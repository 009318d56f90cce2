from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_costs import CostCase


@tagged("post_install", "-at_install")
class TestCostRecurrence(CostCase):
    """Recurring entries: each period once, none before it begins, none that was deleted."""

    def recurring(self, date_from, date_to=None, recurrence="monthly", **vals):
        return self.cost(30, date_from, date_to, recurrence=recurrence, **vals)

    def dates(self, cost):
        return sorted((period.date_from, period.date_to) for period in cost.period_ids)

    @freeze_time("2026-05-02 12:00")
    def test_months_that_have_begun(self):
        cost = self.recurring("2026-01-01", "2026-01-31", team_id=self.team.id, note="Contract 7")
        self.assertEqual(self.dates(cost), [
            (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2026, 3, 31)),
            (date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31)),
        ])
        period = cost.period_ids.sorted("date_from")[-1]
        self.assertEqual(
            (period.amount, period.team_id, period.note, period.recurrence, period.period_number),
            (30, self.team, "Contract 7", "none", 4),
        )
        self.assertAlmostEqual(sum(self.by_day(cost + cost.period_ids).values()), 150, 6)
        self.Cost._generate_all_periods()
        self.Cost._generate_all_periods()
        self.assertEqual(cost.period_count, 4)
        with freeze_time("2026-05-31 22:30"):  # the first of June in Brussels
            self.Cost._generate_all_periods()
        self.assertEqual(cost.period_count, 5)

    @freeze_time("2026-05-02 12:00")
    def test_the_end_of_the_month_stays_the_end(self):
        cost = self.recurring("2026-01-31")
        self.assertEqual([first for first, _last in self.dates(cost)], [
            date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
        ])
        self.assertTrue(all(last >= first for first, last in self.dates(cost)))

    @freeze_time("2026-05-02 12:00")
    def test_years_and_leap_days(self):
        cost = self.recurring("2024-02-29", "2025-02-28", "yearly")
        self.assertEqual(self.dates(cost), [
            (date(2025, 2, 28), date(2026, 2, 28)), (date(2026, 2, 28), date(2027, 2, 28)),
        ])

    @freeze_time("2026-05-02 12:00")
    def test_until_a_day_and_shortened_later(self):
        cost = self.recurring("2026-01-01", "2026-01-31", recurrence_until="2026-03-31")
        self.assertEqual(len(self.dates(cost)), 2)
        cost.recurrence_until = "2026-02-15"
        self.assertEqual(self.dates(cost), [(date(2026, 2, 1), date(2026, 2, 28))])
        cost.recurrence_until = False
        self.assertEqual(len(self.dates(cost)), 4)

    @freeze_time("2026-05-02 12:00")
    def test_a_deleted_or_changed_period_stays_so(self):
        cost = self.recurring("2026-01-01", "2026-01-31")
        march = cost.period_ids.filtered(lambda period: period.date_from.month == 3)
        april = cost.period_ids.filtered(lambda period: period.date_from.month == 4)
        march.unlink()
        april.write({"amount": 99, "date_from": "2026-04-02"})
        self.Cost._generate_all_periods()
        self.assertEqual(len(self.dates(cost)), 3)
        self.assertEqual(april.amount, 99)

    @freeze_time("2026-05-02 12:00")
    def test_written_anew_on_request(self):
        cost = self.recurring("2026-01-01", "2026-01-31")
        cost.amount = 40
        self.assertEqual(set(cost.period_ids.mapped("amount")), {30})
        cost.action_rewrite_periods()
        self.assertEqual(cost.period_ids.mapped("amount"), [40, 40, 40, 40])

    @freeze_time("2026-05-02 12:00")
    def test_periods_keep_their_money_when_the_recurring_entry_goes(self):
        cost = self.recurring("2026-01-01", "2026-01-31")
        periods = cost.period_ids
        cost.unlink()
        self.assertAlmostEqual(sum(self.by_day(periods).values()), 120, 6)

    @freeze_time("2026-05-02 12:00")
    def test_each_period_is_converted_at_its_own_first_day(self):
        currency = self.env["res.currency"].create({"name": "QQE", "symbol": "q"})
        for day, rate in (("2026-01-01", 1.0), ("2026-03-15", 2.0)):
            self.env["res.currency.rate"].create([
                {"currency_id": currency.id, "name": day, "rate": rate,
                 "company_id": self.company.id},
                {"currency_id": self.company.currency_id.id, "name": day, "rate": 1.0,
                 "company_id": self.company.id},
            ])
        cost = self.recurring("2026-01-01", "2026-01-31", currency_id=currency.id)
        amounts = cost.period_ids.sorted("date_from").mapped("amount_company")
        self.assertEqual(amounts, [30, 30, 15, 15])

    @freeze_time("2026-05-02 12:00")
    def test_no_recurrence_of_a_period_nor_before_it_begins(self):
        cost = self.recurring("2026-01-01", "2026-01-31")
        with self.assertRaisesRegex(ValidationError, "cannot recur"):
            cost.period_ids[0].recurrence = "monthly"
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self.recurring("2026-01-01", recurrence_until="2025-12-31")

    def test_the_nightly_action_generates_and_goes_on_when_it_cannot(self):
        with freeze_time("2026-05-02 12:00"):
            cost = self.recurring("2026-01-01", "2026-01-31")
        with freeze_time("2026-07-02 12:00"):
            self.Snapshot._keep_costs()
        self.assertEqual(cost.period_count, 6)

    @freeze_time("2026-05-02 12:00")
    def test_a_copy_recurs_by_itself(self):
        cost = self.recurring("2026-01-01", "2026-01-31")
        twin = cost.copy({"recurrence_until": "2026-02-28"})
        self.assertEqual((cost.period_count, twin.period_count), (4, 1))
        self.assertEqual(cost.action_open_periods()["domain"][1], ("id", "=", cost.id))
