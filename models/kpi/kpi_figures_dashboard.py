import json
from collections import defaultdict
from statistics import median

from odoo import api, fields, models

from ...tools.report_period import ReportPeriod
from .crm_kpi_text import NO_DATA

# What a cell of a dashboard may ask for, beside the texts below.
SHOWN = ("name", "unit", "value", "previous", "change", "improved", "target", "attainment", "pace",
         "projected", "benchmark", "benchmark_source", "status", "n", "low", "high", "error")


REQUEST = ("first", "stop", "unit", "scope", "last", "middle")
# Fewer could be told apart.
LEAST_COLLEAGUES = 3


class KpiFigures(models.AbstractModel):
    """Figures for the cells of spreadsheet dashboards."""

    _inherit = "crm.kpi.figures"

    @api.model
    @api.readonly
    def spreadsheet_fetch_figures(self, requests):
        """Figures for many cells in one call, with the rights of the caller.

        :param requests: list of dicts: ``code``; ``first`` and ``stop`` (ISO dates, the day after
            the last; omitted for all time); ``unit`` (``"month"``, … of the calendar, or
            ``"days"``); ``scope`` (dict of ids as for :meth:`_figures`); ``last`` (levels of the
            last night instead of averages); ``middle`` (with the middle of the reader's team)
        :return: list in the order of the requests: dict of ``SHOWN`` and texts, or ``False`` for
            a KPI that does not exist or is not for this user
        """
        codes = defaultdict(list)
        keys = [self._dashboard_key(request) for request in requests]
        for key, request in zip(keys, requests, strict=True):
            codes[key].append(request["code"])
        found = {key: self._dashboard_figures(codes[key], json.loads(key)) for key in codes}
        return [
            found[key].get(request["code"], False)
            for key, request in zip(keys, requests, strict=True)
        ]

    @api.model
    def _dashboard_key(self, request):
        """What requests must share to be read together."""
        return json.dumps(
            {name: request.get(name) for name in REQUEST},
            sort_keys=True,
        )

    @api.model
    def _dashboard_figures(self, codes, request):
        reader = self.with_context(kpi_stock="last") if request["last"] else self
        period = self._dashboard_period(request)
        compare = "previous" if request["first"] else None
        figures = reader._figures(list(dict.fromkeys(codes)), period, request["scope"], compare)
        is_running = period.is_running(self._today())
        middles = reader._middles(codes, period, request["scope"]) if request["middle"] else {}
        return {
            figure["code"]: {
                **self._dashboard_figure(figure, is_running), **middles.get(figure["code"], {}),
            } for figure in figures
        }

    @api.model
    def _middles(self, codes, period, scope):
        """Median and ends over the reader's teams, nobody named; nothing for who may not read
        the figures of the others.

        :return: dict ``{code: {"middle", "middle_low", "middle_high", "middle_n"}}``
        """
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return {}
        colleagues = self.env.user.crm_team_ids.member_ids
        lines = self._by(codes, period, {**(scope or {}), "user_id": colleagues.ids}, "user_id")
        found = {}
        for code in codes:
            values = [line[code] for line in lines if line.get(code) is not None]
            if len(values) >= LEAST_COLLEAGUES:
                found[code] = {"middle": median(values), "middle_low": min(values),
                               "middle_high": max(values), "middle_n": len(values)}
        return found

    @api.model
    def _dashboard_period(self, request):
        if request.get("first") and request.get("stop"):
            first, stop = map(fields.Date.to_date, (request["first"], request["stop"]))
            return ReportPeriod(first, stop, request.get("unit") or "days")
        first = self.env["crm.kpi.snapshot"]._read_group([], [], ["day:min"])[0][0]
        today = self._today()
        return ReportPeriod(first or today, today)

    @api.model
    def _dashboard_figure(self, figure, is_running):
        attained = self._share_text(figure["attainment"])
        return {
            **{name: figure[name] for name in SHOWN},
            "change_text": self._arrow_text(figure),
            "attainment_text": f"{attained} {self._pace_text(figure['pace'], is_running)}".strip(),
            "basis_text": self._basis_text(figure),
            "tile_text": self._tile_text(figure),
        }

    @api.model
    def _arrow_text(self, figure):
        """The change with an arrow up or down, so that nobody has to tell colours apart."""
        text = self._change_text(figure)
        if text == NO_DATA or figure["previous"] is None:
            return text
        difference = figure["value"] - figure["previous"]
        return f"{'▲' if difference > 0 else '▼' if difference < 0 else '='} {text}"

    @api.model
    def _basis_text(self, figure):
        """How many records a figure rests on, and the interval of a share."""
        if figure["unit"] == "count" or figure["n"] is None:
            return ""
        count = self.env._("n = %s", self.env["crm.kpi"]._unit_text("count", figure["n"]))
        if figure["low"] is None:
            return count
        low, high = (self._text(figure["code"], figure[side]) for side in ("low", "high"))
        return self.env._("%(count)s · %(low)s to %(high)s", count=count, low=low, high=high)

    @api.model
    def _tile_text(self, figure):
        """Below a big figure: its change, and how much of the target is reached."""
        if figure["error"]:
            return figure["error"]
        change = self._arrow_text(figure)
        if figure["attainment"] is None:
            return change
        return self.env._("%(change)s · %(share)s of target", change=change,
                          share=self._share_text(figure["attainment"]))
