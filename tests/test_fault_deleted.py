from datetime import date

from odoo.tests import tagged
from odoo.tools import SQL

from .access_checker import own_models
from .common import KpiCase

SECRET = "Zacharias Marker"
# Tables that may point at partners with more than SET NULL, each reviewed.
POINTING = {
    "crm_kpi_target", "crm_kpi_target_month",  # what somebody was to reach goes with them
    "crm_roi_bill_rule",  # a vendor, whose bills keep the contact anyway
    # go with the customer
    "crm_customer_month", "crm_customer_tier_change", "crm_customer_tier_override",
    "crm_customer_value",
}


@tagged("post_install", "-at_install", "fault")
class TestFaultDeleted(KpiCase):
    """H5: people, teams and customers go, the figures stay, and no personal data with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaver = cls._user("kpi_leaver", "sales_team.group_sale_salesman", cls.company)
        cls.gone_team = cls._team("Gone Team", cls.company)
        cls.gone_source = cls.env["utm.source"].create({"name": "Gone Source"})
        for outcome, closed in (("open", None), ("won", "2026-03-20"), ("lost", "2026-03-20")):
            for user in (cls.leaver, cls.rep, cls.env["res.users"]):
                for team in (cls.gone_team, cls.team, cls.env["crm.team"]):
                    for source in (cls.gone_source, cls.web, cls.env["utm.source"]):
                        cls._lead(
                            outcome, "2026-03-10 12:00", closed and f"{closed} 12:00",
                            user_id=user.id, team_id=team.id, source_id=source.id,
                        )
        cls.Snapshot._refresh("2026-03-01", "2026-04-01", cls.company)
        cls.Snapshot._take_stocks(cls.company)

    def totals(self):
        """Sum of each fact by day, straight from the table."""
        self.env.flush_all()
        facts = list(self.Snapshot._kpi_facts())
        self.env.cr.execute(SQL(
            "SELECT day, %s FROM crm_kpi_snapshot WHERE company_id = %s GROUP BY day ORDER BY day",
            SQL(", ").join(SQL("SUM(%s)", SQL.identifier(name)) for name in facts),
            self.company.id,
        ))
        return [dict(zip(["day", *facts], row, strict=True)) for row in self.env.cr.fetchall()]

    def keys(self):
        return self._rows("day", "company_id", "team_id", "user_id", "source_id")

    def delete_and_compare(self, record, dimension):
        before, rows = self.totals(), len(self.keys())
        self.assertTrue(self.Snapshot.search_count([(dimension, "=", record.id)]))
        self.assertEqual(before[0]["lead_count"], 81)
        gone = record.id
        record.unlink()
        self.assertEqual(self.totals(), before)
        self.assertLess(len(self.keys()), rows, "rows were joined")
        self.assertEqual(len(set(self.keys())), len(self.keys()), "no row is doubled")
        self.env.cr.execute(SQL(
            "SELECT FROM crm_kpi_snapshot WHERE %s = %s", SQL.identifier(dimension), gone
        ))
        self.assertFalse(self.env.cr.rowcount)
        # The same figures come out when they are measured again from what is left.
        merged = self._rows(
            "day", "team_id", "user_id", "source_id", "lead_count", "won_count", "lost_count",
            "won_revenue", "open_count", "open_revenue",
        )
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(sorted(map(repr, self._rows(
            "day", "team_id", "user_id", "source_id", "lead_count", "won_count", "lost_count",
            "won_revenue", "open_count", "open_revenue",
        ))), sorted(map(repr, merged)))

    def test_H5_team_deleted(self):
        self.delete_and_compare(self.gone_team, "team_id")

    def test_H5_salesperson_deleted(self):
        self.delete_and_compare(self.leaver, "user_id")

    def test_H5_source_deleted(self):
        self.delete_and_compare(self.gone_source, "source_id")

    def test_H5_all_of_them_deleted(self):
        before = self.totals()
        (self.gone_team + self.team).unlink()
        self.leaver.unlink()
        (self.gone_source + self.web).unlink()
        self.assertEqual(self.totals(), before)
        self.assertEqual(len(set(self.keys())), len(self.keys()))

    def test_H5_an_unknown_amount_stays_unknown(self):
        """A total that could not be measured does not become one by joining rows."""
        self.env.cr.execute(
            """UPDATE crm_kpi_snapshot SET won_revenue = NULL
               WHERE day = '2026-03-20' AND team_id = %s AND user_id = %s AND source_id = %s""",
            [self.gone_team.id, self.rep.id, self.web.id],
        )
        self.assertEqual(self.env.cr.rowcount, 1)
        self.gone_team.unlink()
        joined = self.Snapshot.search([
            ("day", "=", date(2026, 3, 20)), ("team_id", "=", False),
            ("user_id", "=", self.rep.id), ("source_id", "=", self.web.id),
        ])
        self.env.cr.execute("SELECT won_revenue FROM crm_kpi_snapshot WHERE id = %s", joined.ids)
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_H5_negative_control_without_joining_the_figures_change(self):
        before = self.totals()
        self.env.cr.execute(
            "DELETE FROM crm_kpi_snapshot WHERE team_id = %s", [self.gone_team.id]
        )
        self.assertNotEqual(self.totals(), before)

    # -- personal data -------------------------------------------------------------------------

    def stored_text(self):
        """Everything the addon's own tables hold, as text, without what it takes in for import."""
        found = []
        for name in own_models(self.env):
            model = self.env[name]
            if not model._abstract and model._auto and not model._transient:
                self.env.cr.execute(SQL("SELECT t::text FROM %s t", SQL.identifier(model._table)))
                found += [row for (row,) in self.env.cr.fetchall()]
        return found

    def test_H5_no_personal_data_in_figures(self):
        partner = self.env["res.partner"].create({
            "name": SECRET, "email": f"{SECRET}@example.com", "phone": "0470 12 34 56",
        })
        lead = self._lead("won", "2026-03-10 12:00", "2026-03-20 12:00", name=SECRET,
                          partner_id=partner.id, contact_name=SECRET, email_from=partner.email)
        order = self.env["sale.order"].create({
            "partner_id": partner.id, "company_id": self.company.id, "client_order_ref": SECRET,
        })
        order.action_confirm()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.Snapshot._take_stocks()
        text = self.stored_text()
        self.assertGreater(len(text), 50)
        self.assertFalse([row for row in text if SECRET in row or "0470" in row])
        before = self.totals()
        lead.partner_id = False
        order._action_cancel()
        order.unlink()
        partner.unlink()
        self.assertEqual(self.totals(), before)

    def test_H5_no_table_of_ours_keeps_a_partner_from_going(self):
        self.env.cr.execute(
            """SELECT conrelid::regclass::text, confdeltype FROM pg_constraint
               WHERE contype = 'f' AND confrelid = 'res_partner'::regclass"""
        )
        # A vendor that is deleted leaves its costs (SET NULL), as tests of costs show; what says
        # something of a customer alone goes with the customer (CASCADE).
        pointing = {table for table, deleted in self.env.cr.fetchall()
                    if deleted not in ("n", "c") or table == "crm_lead"}
        ours = {self.env[name]._table for name in own_models(self.env)}
        self.assertIn("crm_lead", pointing)
        self.assertLessEqual(ours & pointing, POINTING)
