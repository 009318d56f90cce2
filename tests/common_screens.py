# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A small company whose figures are known by heart, for the tests of the screens."""

from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL

MANAGER = "kpi_manager"
SALESPERSON = "kpi_salesperson"


class ScreensCase(HttpCase):
    """North closed 8 deals on one day, 3 of them won (salesperson: 2, 1 won); South none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Screens", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.manager, cls.salesperson = (
            new_test_user(
                cls.env,
                login=login,
                password=login,
                groups=group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="Europe/Brussels",
            )
            for login, group in (
                (MANAGER, "sales_team.group_sale_manager"),
                (SALESPERSON, "sales_team.group_sale_salesman"),
            )
        )
        cls.north, cls.south = cls.env["crm.team"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("North", "South")]
        )
        cls.source = cls.env["utm.source"].create({"name": "Screens Fair"})
        # Noon some weeks ago: the same local day in any time zone, and in the last 12 months.
        cls.closed_on = Date.today() - timedelta(days=40)
        cls.created_on = Date.today() - timedelta(days=130)
        cls._make_leads()
        cls.env["crm.kpi.snapshot"]._refresh(
            cls.created_on, Date.today(), companies=cls.company
        )

    @classmethod
    def _make_leads(cls):
        won_stage = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        values = {
            "type": "opportunity",
            "company_id": cls.company.id,
            "source_id": cls.source.id,
            "expected_revenue": 1000.0,
        }
        closed = [(cls.salesperson, True), (cls.salesperson, False)]
        closed += [(cls.manager, True)] * 2 + [(cls.manager, False)] * 4
        leads = cls.env["crm.lead"].create(
            [
                {
                    **values,
                    "name": f"Deal {number}",
                    "user_id": user.id,
                    "team_id": cls.north.id,
                    **({"stage_id": won_stage.id} if is_won else {}),
                }
                for number, (user, is_won) in enumerate(closed)
            ]
        )
        for lead, (_user, is_won) in zip(leads, closed, strict=True):
            if is_won:
                lead.action_set_won()
            else:
                lead.action_set_lost()
        still_open = cls.env["crm.lead"].create(
            [
                {**values, "name": "Open", "user_id": user.id, "team_id": cls.south.id}
                for user in (cls.manager, cls.salesperson)
            ]
        )
        cls.env.flush_all()
        cls._date(leads | still_open, "create_date", cls.created_on)
        cls._date(leads, "date_closed", cls.closed_on)

    @classmethod
    def _date(cls, leads, name, day):
        """Set a date the ORM keeps for itself, at noon UTC of ``day``."""
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET %s = %s WHERE id IN %s",
                SQL.identifier(name),
                f"{day} 12:00:00",
                tuple(leads.ids),
            )
        )
        leads.invalidate_recordset()
