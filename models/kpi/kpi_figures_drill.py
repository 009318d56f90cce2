from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .kpi_figures import SCOPE


class KpiFigures(models.AbstractModel):
    """From a figure to its records, wherever the figure is shown.

    A screen keeps a request beside each figure; who clicks sends it back, and it is read with the
    rights of that person.
    """

    _inherit = "crm.kpi.figures"

    @api.model
    @api.readonly
    def action_drill(self, request):
        """Action that opens the records behind a figure; a ratio opens those it divides by.

        :param request: dict as :meth:`_drill_request` makes it, or as for
            :meth:`spreadsheet_fetch_figures`; with ``previous`` the records of the period that it
            is compared with
        :return: dict of an ``ir.actions.act_window``
        :raise AccessError: one of the companies is not the user's
        :raise UserError: there is no such KPI for this user, or a day is no day
        """
        code, reader = request.get("code"), self
        if request.get("companies"):
            reader = self.with_context(allowed_company_ids=request["companies"])
        if not reader._kpis([code]):
            raise UserError(self.env._("There is no KPI “%s”, or it is not for you.", code))
        today, period = reader._today(), reader._drill_period(request)
        days = period.compared(today) if request.get("previous") else period.elapsed(today)
        domain = Domain("day", ">=", days.first) & Domain("day", "<", days.stop)
        snapshot = reader.env["crm.kpi.snapshot"]
        if request.get("last"):
            snapshot = snapshot.with_context(kpi_stock="last")
        action = snapshot.action_drill(code, domain & reader._scope_domain(request.get("scope")))
        if request.get("companies"):
            # The companies of the figure, whichever are switched on where it is read.
            action["context"]["allowed_company_ids"] = reader.env.companies.ids
        return action

    @api.model
    def _drill_period(self, request):
        first, stop = request.get("first"), request.get("stop")
        damaged = UserError(self.env._(
            "“%(first)s” to “%(stop)s” is no period: the link is damaged. Open the mail again, or "
            "look at the figure on the KPI board.", first=first or "", stop=stop or "",
        ))
        if bool(first) != bool(stop):
            raise damaged
        try:
            return self._dashboard_period(request)
        except (TypeError, ValueError) as error:
            raise damaged from error

    @api.model
    def _drill_request(self, code, period, scope=None):
        """What :meth:`action_drill` needs to open the records of a figure of :meth:`_figures`.

        :return: dict that can be stored as JSON
        """
        period = self._period(period)
        return {
            "code": code, "first": str(period.first), "stop": str(period.stop),
            "unit": period.unit, "scope": scope or {}, "companies": self.env.companies.ids,
        }

    @api.model
    def _drill_url(self, code, period, scope=None):
        """Address of the records behind a figure of :meth:`_figures`, for a mail.

        It holds no figure, and whoever follows it reads with the own rights.
        """
        request = self._drill_request(code, period, scope)
        values = {
            "kpi": code, "first": request["first"], "stop": request["stop"],
            "unit": request["unit"], "companies": _joined(request["companies"]),
            **{name: _joined(self._scope_ids(ids)) for name, ids in request["scope"].items()
               if name in SCOPE},
        }
        return f"{self.get_base_url()}/odoo/kpi-records?{urlencode(values, safe=',')}"


def _joined(ids):
    return ",".join(str(id_ or 0) for id_ in ids)
