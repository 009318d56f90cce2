from datetime import date

from odoo.tests import tagged
from odoo.tools import SQL

from .common import KpiCase

FLOWS = ("lead_count", "won_count", "won_revenue")


@tagged("post_install", "-at_install", "fault")
class TestDimensionDeleted(KpiCase):
    def _totals(self):
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], ["day:day"],
            [f"{name}:sum" for name in (*FLOWS, "open_count")],
        )

    def test_H5_figures_stay_when_a_person_team_or_source_is_deleted(self):
        user = self._user("kpi_gone", "sales_team.group_sale_salesman", self.company)
        team = self._team("Gone Team", self.company)
        source = self.env["utm.source"].create({"name": "Gone Source"})
        for vals in (
            {"user_id": user.id, "team_id": team.id, "source_id": source.id},
            {"user_id": False, "team_id": team.id, "source_id": source.id},
            {"user_id": False, "team_id": False, "source_id": False},
            {"user_id": user.id, "team_id": False, "source_id": source.id},
        ):
            self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00", **vals)
            self._lead("open", "2026-03-02 10:00", **vals)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.Snapshot._take_stocks(self.company)
        before = self._totals()
        self.assertEqual(before[0][1:4], (8, 0, 0))
        self.assertEqual(before[1][2:4], (4, 4000))
        self.assertEqual(before[-1][-1], 4)
        leads = self.Lead.search([("company_id", "=", self.company.id)])
        leads.write({"user_id": False})
        self.env.flush_all()
        for record, column in ((user, "user_id"), (team, "team_id"), (source, "source_id")):
            record.unlink()
            self.env.flush_all()
            self.assertEqual(self._totals(), before, column)
            self.assertNotIn(record.id, {row[0] for row in self._rows(column)})
        self.assertEqual(len([row for row in self._rows("day") if row[0] == date(2026, 3, 2)]), 1)

    def test_H5_unknown_amounts_stay_unknown(self):
        for user in (self.rep, self.env["res.users"]):
            self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00", user_id=user.id)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.env.cr.execute(SQL(
            "UPDATE crm_kpi_snapshot SET won_revenue = NULL WHERE user_id = %s", self.rep.id
        ))
        self.rep.unlink()
        revenue, won = self.Snapshot._read_group(
            [("day", "=", "2026-03-20")], [], ["won_revenue:sum", "won_count:sum"]
        )[0]
        self.assertIs(revenue, False)
        self.assertEqual(won, 2)
