"""A company whose figures of one week are known by heart, and a kit about it."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command

from .common import KpiCase

# A Monday; the week before it holds the deals.
MONDAY = datetime(2026, 3, 16, 12)


class KitCase(KpiCase):
    """In the week: the rep won 1,000 and 3,000 and lost one, the colleague won 500, nobody's deal
    of 250 was won; the week before: 1,000. Another company won 9,999."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.kpi.report.schedule"].with_context(active_test=False).search([]).unlink()
        for user, outcome, closed, amount in (
            (cls.rep, "won", "2026-03-10 12:00", 1000), (cls.rep, "won", "2026-03-11 12:00", 3000),
            (cls.rep, "lost", "2026-03-11 12:00", 700), (cls.rep, "won", "2026-03-03 12:00", 1000),
            (cls.colleague, "won", "2026-03-12 12:00", 500),
            (cls.env["res.users"], "won", "2026-03-12 12:00", 250),
        ):
            cls._lead(outcome, "2026-02-20 12:00", closed, user_id=user.id,
                      expected_revenue=amount, source_id=cls.web.id)
        cls._lead("won", "2026-02-20 12:00", "2026-03-10 12:00", user_id=cls.other_manager.id,
                  expected_revenue=9999, company_id=cls.other_company.id,
                  team_id=cls.other_team.id)
        cls.Snapshot._refresh("2026-02-15", "2026-03-16", cls.company + cls.other_company)
        cls.kpis = {kpi.code: kpi for kpi in cls.env["crm.kpi"].search([])}
        cls.Log = cls.env["crm.kpi.report.log"]
        cls.Kit = cls.env["crm.kpi.report.schedule"]
        cls.moment = MONDAY - timedelta(days=30)

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(self.env.cr, "now", lambda: self.moment))
        self.commits, self.left = 0, float("inf")
        self.patch(self.env.registry["ir.cron"], "_commit_progress", self._progress)
        for user in self.rep + self.colleague + self.manager + self.other_manager:
            user.write({"tz": "UTC", "email": f"{user.login}@example.com"})

    def _progress(self, processed=0, **_values):
        self.commits += 1
        return self.left

    def make_kit(self, *users, codes=("won_revenue", "won_count", "win_rate"), **values):
        """A weekly kit, switched on a month before the Monday."""
        return self.Kit.create({
            "name": "Weekly", "company_id": self.company.id, "with_xlsx": False,
            "kpi_ids": [Command.set([self.kpis[code].id for code in codes])],
            "recipient_ids": [Command.create({"user_id": user.id}) for user in users], **values,
        })

    def run_kits(self, moment=MONDAY):
        """Run the scheduled action as of a moment; only the new mails are returned."""
        self.moment = moment
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.Kit._run_kits()
        return self.env["mail.mail"].search([("id", ">", before)], order="id")

    def built(self, kit, user, day=None):
        return kit._as_reader(user)._build(kit, day or MONDAY.date())

    def log_of(self, kit, user):
        self.Log.invalidate_model()
        return self.Log.search([("schedule_id", "=", kit.id), ("user_id", "=", user.id)])
