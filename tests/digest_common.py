"""A digest, its recipients and figures of last week that tell whose they are."""

from datetime import datetime, time, timedelta

from ..tools.report_period import ReportPeriod
from .common import KpiCase


class DigestCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["digest.digest"].search([]).write({"state": "deactivated"})
        cls.Row = cls.env["crm.digest.mail"]
        today = cls.company._kpi_today("Europe/Brussels")
        cls.week = ReportPeriod.of("last_week", today)
        cls.before = cls.week.previous()
        for user in cls.rep, cls.colleague, cls.manager, cls.other_manager:
            user.email = f"{user.login}@example.com"
        cls.kpis = cls.kpi("won_count", "win_rate", "average_deal_size")
        cls.digest = cls.env["digest.digest"].create({
            "name": "Week", "periodicity": "weekly", "is_crm": True,
            "company_id": cls.company.id, "crm_kpi_ids": cls.kpis.ids,
            "user_ids": cls.manager.ids, "next_run_date": today,
        })

    def setUp(self):
        super().setUp()
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: 60,
        )

    @classmethod
    def kpi(cls, *codes):
        kpis = cls.env["crm.kpi"].search([("code", "in", codes)])
        return kpis.sorted(lambda kpi: codes.index(kpi.code))

    @classmethod
    def close(cls, period, won=0, lost=0, revenue=1000, **vals):
        """Deals closed on the third day of a period, measured."""
        moment = datetime.combine(period.first + timedelta(days=2), time(12))
        for outcome, count in (("won", won), ("lost", lost)):
            for _number in range(count):
                cls._lead(outcome, created=moment, closed=moment, expected_revenue=revenue, **vals)
        cls.Snapshot._refresh(period.first, period.stop)

    def send(self, digest=None):
        """Run Odoo's scheduled action and ours; return the mails made."""
        before = self.env["mail.mail"].sudo().search([])
        self.env["digest.digest"].browse((digest or self.digest).ids)._cron_send_digest_email()
        self.Row._run_mails()
        return self.env["mail.mail"].sudo().search([]) - before

    def due(self, digest=None, days=0):
        digest = digest or self.digest
        digest.next_run_date = self.env.cr.now().date() - timedelta(days=days)
        return digest
