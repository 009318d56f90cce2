"""From a figure of the sales cycle to the opportunities it was computed from."""

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .sales_cycle_engine import YEARS

WON, LOST, OPEN = "won", "lost", "open"
# Which opportunities each figure was computed from.
COUNTED = {
    "started_count": (WON, LOST, OPEN), "close_days": (WON, LOST, OPEN),
    "win_share": (WON, LOST, OPEN), "closed_days": (WON, LOST), "won_count": (WON,),
    "mean_won_days": (WON,), "quarter_won_days": (WON,), "median_won_days": (WON,),
    "most_won_days": (WON,), "lost_count": (LOST,), "open_count": (OPEN,),
}


class CrmSalesCycle(models.Model):
    _inherit = "crm.sales.cycle"

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the opportunities behind a figure, as far as they may be read.

        :param figure: name of a field
        :return: dict of an ``ir.actions.act_window``
        :raise UserError: the field is no figure
        """
        self.ensure_one()
        self.check_access("read")
        if figure not in COUNTED:
            raise UserError(self.env._("There are no opportunities behind “%s”.", figure))
        return {
            "type": "ir.actions.act_window", "res_model": "crm.lead",
            "name": f"{self.display_name}: {self._fields[figure]._description_string(self.env)}",
            "views": [(self.env.ref("crm.crm_case_tree_view_oppor").id, "list"), (False, "form")],
            "domain": list(self._counted_domain(COUNTED[figure])),
            "context": {"active_test": False, "create": False},
        }

    def _counted_domain(self, outcomes):
        """Opportunities as they were when the figures were computed."""
        seen = self.computed_at
        closed = Domain("date_closed", "<=", seen)
        by_outcome = {
            WON: Domain("won_status", "=", "won") & closed,
            LOST: Domain("won_status", "=", "lost") & closed,
            OPEN: Domain("won_status", "=", "pending") & Domain("active", "=", True)
            | Domain("won_status", "!=", "pending") & Domain("date_closed", ">", seen),
        }
        return (
            Domain("type", "=", "opportunity") & self._whose_domain() & self._began_domain()
            & Domain.OR(by_outcome[outcome] for outcome in outcomes)
        )

    def _whose_domain(self):
        main = self.env["res.company"]._kpi_main_company()
        companies = [self.company_id.id, *([False] if self.company_id == main else [])]
        domain = Domain("company_id", "in", companies)
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        return domain

    def _began_domain(self):
        """When they became opportunities; what was closed before that is left out, by its id."""
        seen = self.computed_at
        converted, created = (
            Domain(name, ">=", seen - relativedelta(years=YEARS)) & Domain(name, "<=", seen)
            for name in ("date_conversion", "create_date")
        )
        # Wrong dates of a few leads, no figures: the list itself is read with the own rights.
        own = [SQL("%s = %s", SQL.identifier(name), self[name].id)
               for name in ("team_id", "user_id") if self[name]]
        wrong = self.env.execute_query(SQL(
            """SELECT id FROM crm_lead
               WHERE type = 'opportunity' AND won_status <> 'pending' AND date_trunc('second',
                     date_closed) < date_trunc('second', COALESCE(date_conversion, create_date))
                 AND COALESCE(date_conversion, create_date) >= %s
                 AND COALESCE(company_id, %s) = %s AND %s""",
            seen - relativedelta(years=YEARS), self.env["res.company"]._kpi_main_company().id,
            self.company_id.id, SQL(" AND ").join(own) if own else SQL("TRUE"),
        ))
        began = converted | (Domain("date_conversion", "=", False) & created)
        return began & Domain("id", "not in", [id_ for (id_,) in wrong])
