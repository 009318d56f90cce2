"""Months, cohorts, balance and the curve of customers against pandas and by hand."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import numpy as np

from odoo.tests import tagged

from .customer_common import TODAY, CustomerCase


def month_of(day):
    return day.year * 12 + day.month - 1


def month_end(number):
    return date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)


@tagged("post_install", "-at_install", "fault")
class TestCustomerRetention(CustomerCase):
    def draw(self, count=60):
        """Purchases at random; :return: dict of the sets of months by customer"""
        random = np.random.default_rng(31)
        months = defaultdict(set)
        for number in range(count):
            partner = self._customer(f"Customer {number}")
            for _order in range(random.integers(1, 10)):
                day = TODAY - timedelta(days=int(random.integers(1, 600)))
                self._purchase(partner, day, 100)
                months[partner.id].add(month_of(day))
        return months

    def expected(self, months):
        """Rows (customer, month, status) of months that are over, by sets."""
        now = month_of(TODAY)
        rows = set()
        for partner, active in months.items():
            for month in range(min(active), now):
                if month in active:
                    before = any(other < month for other in active)
                    status = "new" if not before else (
                        "kept" if month - 1 in active else "reactivated"
                    )
                    rows.add((partner, month_end(month), status))
                elif month - 1 in active:
                    rows.add((partner, month_end(month), "lapsed"))
        return rows

    def months(self):
        rows = self.env["crm.customer.month"].search([("company_id", "=", self.company.id)])
        return {(row.partner_id.id, row.date, row.status) for row in rows}

    def test_months_agree_with_sets(self):
        months = self.draw()
        self._refresh()
        self.assertEqual(self.months(), self.expected(months))
        self.assertEqual(len({status for *_key, status in self.months()}), 4)

    def test_balance_adds_up(self):
        self.draw()
        self._refresh()
        counts = Counter((day, status) for _partner, day, status in self.months())
        days = sorted({day for day, _status in counts})
        active = {
            day: sum(counts[day, status] for status in ("new", "kept", "reactivated"))
            for day in days
        }
        for before, after in zip(days, days[1:], strict=False):
            self.assertEqual(active[before], counts[after, "kept"] + counts[after, "lapsed"])

    def test_the_running_month_is_not_a_loss(self):
        partner = self._customer()
        self._purchase(partner, date(2026, 4, 20))
        self._purchase(partner, date(2026, 5, 20))
        self._refresh(today=date(2026, 5, 31))
        self.assertEqual(self.months(), {(partner.id, date(2026, 4, 30), "new")})
        self._refresh(today=date(2026, 6, 1))
        self.assertEqual(self.months(), {
            (partner.id, date(2026, 4, 30), "new"), (partner.id, date(2026, 5, 31), "kept"),
        })
        self._refresh(today=date(2026, 7, 1))
        self.assertIn((partner.id, date(2026, 6, 30), "lapsed"), self.months())

    def test_months_follow_their_orders(self):
        partner = self._customer()
        order = self._purchase(partner, date(2026, 3, 5))
        self._purchase(partner, date(2026, 4, 5))
        self._refresh()
        order.state = "cancel"
        self._refresh()
        self.assertEqual(self.months(), {
            (partner.id, date(2026, 4, 30), "new"), (partner.id, date(2026, 5, 31), "lapsed"),
        })

    def test_kpis_of_retention(self):
        months = self.draw()
        self._refresh()
        self.Snapshot._refresh(date(2024, 1, 1), TODAY, self.company)
        expected = Counter((day, status) for _partner, day, status in self.expected(months))
        names = ("previous_customer_count", "retained_customer_count",
                 "reactivated_customer_count", "lapsed_customer_count", "retention_rate")
        rows = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], ["day:month"],
            [f"{name}:{'avg' if name == 'retention_rate' else 'sum'}" for name in names],
        )
        found = 0
        for month, previous, kept, back, lapsed, rate in rows:
            day = month_end(month_of(month))
            self.assertEqual(kept or 0, expected[day, "kept"])
            self.assertEqual(back or 0, expected[day, "reactivated"])
            self.assertEqual(lapsed or 0, expected[day, "lapsed"])
            total = expected[day, "kept"] + expected[day, "lapsed"]
            self.assertEqual(previous or 0, total)
            if total:
                found += 1
                self.assertAlmostEqual(rate, expected[day, "kept"] / total)
        self.assertGreater(found, 10)

    def test_a_late_change_marks_its_months(self):
        partner = self._customer()
        self._purchase(partner, date(2026, 3, 5))
        self._refresh()
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        self._refresh()
        self.assertFalse(self.env["crm.kpi.dirty.day"]._days(self.company.id))
        self._purchase(partner, date(2026, 4, 5))
        self._refresh()
        self.assertEqual(
            self.env["crm.kpi.dirty.day"]._days(self.company.id),
            [date(2026, 4, 30), date(2026, 5, 31)],
        )

    def test_cohorts_agree_with_sets(self):
        months = self.draw()
        self._refresh()
        now = month_of(TODAY)
        cohorts = defaultdict(list)
        for active in months.values():
            if min(active) < now:
                cohorts[min(active)].append(active)
        rows = self.env["crm.customer.cohort"].search([("company_id", "=", self.company.id)])
        found = {
            (month_of(row.cohort_date), row.months_since): (row.customer_count, row.active_count)
            for row in rows
        }
        self.assertEqual(len(found), len(rows))
        expected = {
            (cohort, step): (len(members), sum(cohort + step in one for one in members))
            for cohort, members in cohorts.items() for step in range(now - cohort)
        }
        self.assertEqual(found, expected)
        # totals are ratios of sums
        groups = self.env["crm.customer.cohort"]._read_group(
            [("company_id", "=", self.company.id)], ["months_since"], ["share:avg"]
        )
        for step, share in groups:
            cells = [value for (_cohort, at), value in expected.items() if at == step]
            self.assertAlmostEqual(
                share, sum(active for _size, active in cells) / sum(size for size, _a in cells)
            )

    def test_curve(self):
        first, second, third = self._customer(), self._customer(), self._customer()
        self._purchase(first, 400)
        self._purchase(first, 300)
        self._purchase(second, 90)
        self._purchase(third, 500)
        self._refresh()
        rows = self.env["crm.customer.curve"].search([("company_id", "=", self.company.id)])
        curve = {(row.days, row.kind): row for row in rows}
        # at day 100 two are still watched, one of them buys again
        self.assertAlmostEqual(curve[120, "kaplan_meier"].share, 1 / 2)
        self.assertAlmostEqual(curve[120, "naive"].share, 1 / 3)
        self.assertEqual(curve[90, "kaplan_meier"].share, 0)
        self.assertEqual(max(row.days for row in rows), 480, "nobody was watched for longer")

    def test_own_documents_only(self):
        self._purchase(self._customer(), 100)
        self._purchase(self._customer(), 100, user_id=self.colleague.id)
        self._refresh()
        mine = [("company_id", "=", self.company.id), ("status", "=", "new")]
        self.assertEqual(self.env["crm.customer.month"].with_user(self.rep).search_count(mine), 1)
        self.assertEqual(
            self.env["crm.customer.month"].with_user(self.manager).search_count(mine), 2
        )
        self.assertFalse(self.env["crm.customer.cohort"].with_user(self.rep).has_access("read"))

    def test_F6_merge_joins_the_months(self):
        one, two = self._customer(), self._customer()
        self._purchase(one, date(2026, 3, 5))
        self._purchase(two, date(2026, 3, 9))
        self._purchase(two, date(2026, 4, 9))
        self._refresh()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (one + two).ids, one, extra_checks=False
        )
        self.assertEqual(self.months(), {
            (one.id, date(2026, 3, 31), "new"), (one.id, date(2026, 4, 30), "kept"),
            (one.id, date(2026, 5, 31), "lapsed"),
        })


@tagged("post_install", "-at_install")
class TestCustomerFollowUp(CustomerCase):
    def test_one_click_plans_one_call(self):
        partner = self._customer()
        self._purchase(partner, 500)
        self._refresh()
        row = self.row(partner).with_user(self.manager)
        self.assertEqual(row.lifecycle_stage, "lapsed")
        self.assertEqual(row.value_at_stake, 40)
        row.action_follow_up()
        self.assertEqual(partner.activity_ids.user_id, self.rep)
        self.assertTrue(row.next_activity_date)
        row.action_follow_up()
        self.assertEqual(len(partner.activity_ids), 1)

    def test_last_contact(self):
        partner = self._customer()
        contact = self.Partner.create({"name": "Contact", "parent_id": partner.id})
        self._purchase(partner, 100)
        self._refresh()
        row = self.row(partner)
        self.assertFalse(row.last_contact_date)
        partner.message_post(body="internal", message_type="comment",
                             subtype_xmlid="mail.mt_note", date="2026-05-20 12:00:00")
        contact.message_post(body="hello", message_type="comment", subtype_xmlid="mail.mt_comment",
                             date="2026-05-10 12:00:00")
        lead = self._lead(partner_id=contact.id)
        lead.message_post(body="offer", message_type="email", subtype_xmlid="mail.mt_comment",
                          date="2026-05-15 23:30:00")
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual(row.last_contact_date, date(2026, 5, 16), "in the company's time zone")

    def test_explanation_says_how(self):
        partner = self._customer()
        self._purchase(partner, 100, 1000)
        self._purchase(partner, 200, 3000)
        self._refresh()
        text = self.row(partner).explanation
        self.assertIn("2 order days", text)
        self.assertIn("40 % margin", text)
