import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import get_lang

from ...tools.growth import change
from ...tools.report_period import ReportPeriod
from .kpi_engine import BROKEN, TRANSIENT

_logger = logging.getLogger(__name__)

SCOPE = ("team_id", "user_id", "source_id")
NOTHING = {"value": None, "n": None, "low": None, "high": None}


class KpiFigures(models.AbstractModel):
    """What boards, digests, kits and alerts say of KPIs: one place for value, change and target.

    Everything is read with the rights, company, language and context of the user of the
    environment; a KPI that is not for this user is absent. Levels are averages of a period's
    nights, or its last night with the context ``kpi_stock="last"``.
    """

    _name = "crm.kpi.figures"
    _description = "KPI Figures"

    @api.model
    def _figures(self, codes, period, scope=None, compare="previous"):
        """Figures of KPIs in a period, in a constant number of queries.

        :param codes: list of KPI codes
        :param period: :class:`ReportPeriod` or one of its keys, such as ``"this_month"``
        :param scope: ``None`` or dict of ``team_id``, ``user_id``, ``source_id`` (an id or ids),
            ``company_ids`` (the current company when omitted)
        :param compare: ``"previous"``, ``"last_year"`` or ``None``; a running period is compared
            with as many days as are over
        :return: list of dicts in the order of ``codes``, without those the user may not read:
            ``code, name, unit, kind, better, definition, value, previous, change`` (a fraction),
            ``change_kind`` ("number", "new", "none"), ``improved`` (bool or None), ``target,
            attainment, pace`` ("ahead", "on_track", "behind"), ``projected, benchmark,
            benchmark_source, status`` ("good", "warning", "bad"), ``n, low, high, error,
            currency_id``; ``None`` where there is nothing to say
        """
        period, today = self._period(period), self._today()
        kpis = self._kpis(codes)
        known = kpis.mapped("code")
        domain = self._scope_domain(scope)
        elapsed = period.elapsed(today)
        now, errors = self._read(known, elapsed, domain)
        before = {}
        if compare:
            before, _errors = self._read(known, period.compared(today, compare), domain)
        figures = [
            self._figure(kpi, now.get(kpi.code, NOTHING), before.get(kpi.code, NOTHING),
                         errors.get(kpi.code))
            for kpi in kpis
        ]
        self._add_expectations(figures, kpis, period, scope)
        return figures

    @api.model
    def _figure(self, kpi, now, before, error):
        kind, fraction = change(now["value"], before["value"])
        is_money = kpi.unit in ("currency", "currency_per_day")
        return {
            "code": kpi.code, "name": kpi.name, "unit": kpi.unit, "kind": kpi.kind,
            "better": kpi.better, "definition": kpi.definition,
            "value": now["value"], "previous": before["value"],
            "change": fraction, "change_kind": kind,
            "improved": self._is_improved(kpi.better, now["value"], before["value"]),
            "n": now["n"], "low": now["low"], "high": now["high"], "error": error,
            "currency_id": self.env.company.currency_id.id if is_money else None,
        }

    @api.model
    def _is_improved(self, better, value, previous):
        """Whether a change is for the better; ``None`` without a change or where neither is."""
        if better == "none" or value is None or previous is None or value == previous:
            return None
        return (value > previous) == (better == "higher")

    @api.model
    def _series(self, codes, period, scope=None, step="month"):
        """Values over time, for a small chart.

        :param step: ``"day"``, ``"week"`` or ``"month"``
        :return: dict ``{code: [(first day of the step, value or None), …]}``, ascending, one
            point for each step of the finished part of the period
        """
        period = self._period(period).elapsed(self._today())
        codes = self._kpis(codes).mapped("code")
        domain = self._scope_domain(scope)
        rows, _errors = self._read_groups(codes, period, domain, [f"day:{step}"])
        starts = self._steps(period, step)
        return {
            code: [(day, self._value_of(rows, (day,), code)) for day in starts] for code in codes
        }

    @api.model
    def _steps(self, period, step):
        key = "today" if step == "day" else f"this_{step}"
        current = ReportPeriod.of(key, period.first, self._week_start())
        starts = []
        while current.first < period.stop:
            starts.append(current.first)
            current = current.next()
        return starts

    @api.model
    def _by(self, codes, period, scope=None, dimension="team_id"):
        """Values for each team, salesperson, source or company.

        :param dimension: ``"team_id"``, ``"user_id"``, ``"source_id"`` or ``"company_id"``
        :return: list of dicts ``{"id": int or False, "name": str, code: value or None, …}``, by
            name, what belongs to nobody last
        """
        period = self._period(period).elapsed(self._today())
        codes = self._kpis(codes).mapped("code")
        rows, _errors = self._read_groups(codes, period, self._scope_domain(scope), [dimension])
        lines = [
            {"id": record.id, "name": record.display_name or self.env._("Unassigned"),
             **{code: self._value_of(rows, (record,), code) for code in codes}}
            for (record,) in rows
        ]
        return sorted(lines, key=lambda line: (not line["id"], line["name"].casefold()))

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _kpis(self, codes):
        """Dictionary records the user may read, in the order of ``codes``; archived ones too."""
        Kpi = self.env["crm.kpi"].with_context(active_test=False)
        if not (Kpi.has_access("read") and self.env["crm.kpi.snapshot"].has_access("read")):
            return Kpi
        found = {kpi.code: kpi for kpi in Kpi.search([("code", "in", list(codes))])}
        return Kpi.union(*(found[code] for code in codes if code in found))

    @api.model
    def _today(self):
        company = self.env.company
        return company._kpi_today(company._kpi_timezone())

    @api.model
    def _week_start(self):
        """First day of the week in the user's language: 0 is Monday."""
        return int(get_lang(self.env).week_start) - 1

    @api.model
    def _period(self, period):
        """A :class:`ReportPeriod`, seen from the company's today, from one or from its key."""
        if isinstance(period, ReportPeriod):
            return period
        return ReportPeriod.of(period, self._today(), self._week_start())

    @api.model
    def _scope_domain(self, scope):
        """Domain on ``crm.kpi.snapshot`` of a scope; leads shared by all companies count, too."""
        scope = scope or {}
        companies = scope.get("company_ids") or self.env.company.ids
        domain = Domain("company_id", "in", [*companies, False])
        for name in SCOPE:
            if name in scope:
                ids = scope[name]
                domain &= Domain(name, "in", ids if isinstance(ids, (list, tuple)) else [ids])
        return domain

    @api.model
    def _read(self, codes, period, domain):
        """:return: ``({code: values}, {code: error})`` of a period"""
        groups, errors = self._read_groups(codes, period, domain, [])
        return groups.get((), {}), errors

    @api.model
    def _read_groups(self, codes, period, domain, groupby):
        """Values by group; KPIs that fail are left out and explained, the others stay.

        :return: ``({group: {code: values}}, {code: error})``
        """
        if not codes or period.first >= period.stop:
            return {}, {}
        try:
            return self._try_values(codes, period, domain, groupby), {}
        except TRANSIENT:
            raise
        except BROKEN:
            return self._read_one_by_one(codes, period, domain, groupby)

    @api.model
    def _read_one_by_one(self, codes, period, domain, groupby):
        groups, errors = {}, {}
        for code in codes:
            try:
                found = self._try_values([code], period, domain, groupby)
            except TRANSIENT:
                raise
            except BROKEN as error:
                _logger.warning("KPI %s cannot be computed: %s", code, error)
                errors[code] = self.env._("This KPI could not be computed.")
                continue
            for group, values in found.items():
                groups.setdefault(group, {}).update(values)
        return groups, errors

    @api.model
    def _try_values(self, codes, period, domain, groupby):
        with self.env.cr.savepoint(flush=False):
            return self.env["crm.kpi"]._values(codes, period.first, period.stop, domain, groupby)

    @api.model
    def _value_of(self, rows, group, code):
        return rows.get(group, {}).get(code, NOTHING)["value"]
