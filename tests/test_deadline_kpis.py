from datetime import date

from odoo.tests import tagged

from .common import KpiCase

NAMES = ("dated_closed_count", "pushed_closed_count", "deadline_push_total", "pushed_deal_share",
         "pushes_per_deal")


@tagged("post_install", "-at_install", "fault")
class TestDeadlineKpis(KpiCase):
    """Postponed deals against plain Python over the deals closed in March."""

    def deal(self, outcome, closed, pushes, has_date=True, **values):
        lead = self._lead("open" if outcome == "open" else outcome, closed=closed,
                          created="2026-02-01 12:00", **values)
        if has_date:
            lead.date_deadline = "2026-02-10"
        for month in range(pushes):
            lead.date_deadline = date(2026, 3 + month, 28)
        return lead

    def figures(self, domain=()):
        self.env.flush_all()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id), ("day", ">=", "2026-03-01"),
             ("day", "<", "2026-04-01"), *domain], [], [f"{name}:avg" for name in NAMES])[0]

    def test_closed_deals_and_how_often_they_were_postponed(self):
        march = [
            self.deal("won", "2026-03-05 12:00", 0), self.deal("won", "2026-03-05 12:00", 2),
            self.deal("lost", "2026-03-31 21:59", 3, user_id=self.colleague.id),
            self.deal("lost", "2026-03-20 12:00", 1),
        ]
        self.deal("won", "2026-03-06 12:00", 0, has_date=False)
        self.deal("won", "2026-03-31 22:00", 2)  # April in Brussels
        self.deal("won", "2026-02-28 12:00", 1)
        self.deal("open", None, 2)
        self.deal("void", "2026-03-07 12:00", 2)
        self.deal("won", "2026-03-07 12:00", 2, type="lead")
        pushes = [deal.deadline_push_count for deal in march]
        self.assertEqual(pushes, [0, 2, 3, 1])
        pushed = sum(count > 0 for count in pushes)
        self.assertEqual(
            self.figures(),
            (len(march), pushed, sum(pushes), pushed / len(march), sum(pushes) / len(march)))
        own = [count for deal, count in zip(march, pushes, strict=True)
               if deal.user_id == self.rep]
        self.assertEqual(
            self.figures([("user_id", "=", self.rep.id)]),
            (3, 2, sum(own), 2 / 3, sum(own) / 3))

    def test_C1_without_an_expected_closing_there_is_no_share(self):
        self.deal("won", "2026-03-06 12:00", 0, has_date=False)
        *_counts, share, mean = self.figures()
        # 0 equals False, but is not the same.
        self.assertIs(share, False)
        self.assertIs(mean, False)

    def test_a_later_postponement_restates_its_day(self):
        deal = self.deal("won", "2026-03-05 12:00", 1)
        self.assertEqual(self.figures()[2], 1)
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        deal.date_deadline = "2026-12-31"
        self.env.flush_all()
        self.env.cr.execute("SELECT company_id, day FROM crm_kpi_dirty_day")
        self.assertIn((self.company.id, date(2026, 3, 5)), self.env.cr.fetchall())
        self.assertEqual(self.figures()[2], 2)
