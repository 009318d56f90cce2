# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Download of the KPI pivot as XLSX.

The browser says how the table is laid out; the figures are computed here again, with the rights
of the user, so that a file can neither be forged nor show more than its reader may see.
"""

import json

from werkzeug.exceptions import BadRequest, UnprocessableEntity

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request
from odoo.tools import osutil

from ..reports.pivot_sheet import PivotLayout, render_pivot
from ..reports.xlsx import TooLargeForSheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What of the browser's context changes figures or labels; anything else is not taken over.
CONTEXT_KEYS = ("allowed_company_ids", "kpi_stock", "lang", "tz")


class KpiPivotExport(http.Controller):
    @http.route(
        "/crm_roi/kpi_pivot/export_xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def export_xlsx(self, data, token=None):
        """Return the KPI pivot laid out as in ``data`` (an uploaded JSON file) as an XLSX file.

        :param token: sent along by the web client with every download; not used
        :raises BadRequest: ``data`` is no layout of a KPI pivot
        :raises UnprocessableEntity: the table does not fit a sheet; the web client shows why
        """
        request_data = _read_json(data)
        context = request_data.get("context") or {}
        model = _fact_table(request_data.get("model", "crm.kpi.snapshot")).with_context(
            **{key: context[key] for key in CONTEXT_KEYS if key in context}
        )
        try:
            layout = PivotLayout.from_json(model, request_data)
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(model.env._("This is not a KPI pivot: %s", error)) from error
        try:
            content = render_pivot(model, layout)
        except (TooLargeForSheet, UserError) as error:
            raise UnprocessableEntity(_for_dialog(UserError(str(error)))) from error
        filename = osutil.clean_filename(f"{layout.title}.xlsx")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(filename)),
            ],
        )


def _fact_table(name):
    """Return the model a pivot shows; only tables of KPI facts can be written this way."""
    model = request.env.get(name) if isinstance(name, str) else None
    if model is None or model._abstract or not hasattr(model, "_kpi_fields"):
        raise BadRequest(request.env._("The model of the pivot is no table of KPIs."))
    return model


def _read_json(data):
    try:
        content = json.load(data) if hasattr(data, "read") else json.loads(data)
    except ValueError as error:
        raise BadRequest(request.env._("The layout of the pivot is not valid JSON.")) from error
    if not isinstance(content, dict):
        raise BadRequest(request.env._("The layout of the pivot is not a JSON object."))
    return content


def _for_dialog(error):
    """Return ``error`` in the form that the web client's downloads show as a dialog."""
    data = http.serialize_exception(error)
    return json.dumps({"code": 0, "message": str(error), "data": data})
