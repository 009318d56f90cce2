from collections import defaultdict
from datetime import datetime, time

import pytz

from odoo import api, models

from ...tools.attainment import (
    MIN_SHARE,
    attainment,
    elapsed_share,
    month_starts,
    pace,
    prorated,
    target_status,
    threshold_status,
)
from ...tools.report_period import CALENDAR, ReportPeriod

NO_EXPECTATION = dict.fromkeys((
    "target", "attainment", "pace", "projected", "benchmark", "benchmark_source", "status",
))
MONTH = CALENDAR["month"]
MONEY = ("currency", "currency_per_day")


class KpiFigures(models.AbstractModel):
    """What is expected of KPIs: targets, where a period is heading, benchmarks, thresholds."""

    _inherit = "crm.kpi.figures"

    @api.model
    def _add_expectations(self, figures, kpis, period, scope):
        """Add target, pace, benchmark and status to figures; a few queries for all of them."""
        targets = self._targets(kpis, period, scope)
        working_days = self._working_days(period)
        benchmarks = self._benchmarks(kpis)
        for figure, kpi in zip(figures, kpis, strict=True):
            figure.update(NO_EXPECTATION, **benchmarks.get(kpi, {}))
            amount, weights = targets.get(kpi, (None, None))
            figure.update(self._judged(kpi, figure["value"], amount, period, working_days, weights))

    @api.model
    def _judged(self, kpi, value, target, period, working_days, weights=None):
        """:return: dict of ``target, attainment, projected, pace, status``"""
        is_running = period.is_running(self._today())
        projected = self._projected(kpi, value, period, working_days, weights)
        reached = None
        if kpi.better != "none":
            reached = attainment(projected, target, kpi.better)
        now = attainment(projected if kpi.better == "lower" else value, target, kpi.better)
        status = target_status(reached, is_running)
        if kpi.kind != "flow":
            status = threshold_status(
                value, kpi.threshold_warning, kpi.threshold_alarm, kpi.better) or status
        return {"target": target, "attainment": now, "projected": projected,
                "pace": pace(reached, is_running), "status": status}

    @api.model
    def _projected(self, kpi, value, period, working_days, weights=None):
        """Where a KPI will stand when the period ends, if it goes on as it did.

        What is summed over time grows with the working days, or with last year's season when its
        target does; ratios and levels are taken to stay. ``None`` while too little is over.
        """
        if value is None or kpi.kind != "flow" or not period.is_running(self._today()):
            return value
        share = elapsed_share(
            period.first, period.stop, self._today(), working_days, weights)
        return value / share if share and share >= MIN_SHARE else None

    @api.model
    def _working_days(self, period):
        """Days the company works on, in all months the period touches; set of dates."""
        if not period.is_running(self._today()):
            return set()
        months = month_starts(period.first, period.stop)
        if not months:
            return set()
        # Only which days people work on is read, and everybody may know that.
        calendar = self.env.company.sudo().resource_calendar_id
        zone = pytz.timezone(self.env.company._kpi_timezone())
        first, stop = (
            zone.localize(datetime.combine(day, time.min)) for day in
            (months[0], months[-1] + MONTH)
        )
        unusual = calendar._get_unusual_days(first, stop, self.env.company)
        return {datetime.fromisoformat(day).date() for day, off in unusual.items() if not off}

    # ------------------------------------------------------------------
    # Targets
    # ------------------------------------------------------------------

    @api.model
    def _targets(self, kpis, period, scope=None):
        """Targets of KPIs in a period: of exactly this scope, never made up from others.

        Who sees only own figures has the targets of their own.

        :return: dict ``{crm.kpi: (amount, {month: weight} when seasonal, else None)}``
        """
        holders = self._target_holders(scope)
        if not holders or period.first >= period.stop:
            return {}
        months = self._target_months(kpis, period, holders)
        found = {}
        for kpi in kpis:
            of_kpi = [months.get((kpi.id, holder)) for holder in holders]
            if all(of_kpi):
                found[kpi] = self._total_target(kpi, period, holders, of_kpi)
        return {kpi: target for kpi, target in found.items() if target[0] is not None}

    @api.model
    def _target_holders(self, scope):
        """:return: list of ``(company id, team id or False, user id or False)`` of a scope"""
        scope = scope or {}
        if scope.get("source_id"):
            return []
        users, teams = (self._scope_ids(scope.get(name)) for name in ("user_id", "team_id"))
        sees_all = self.env.user.has_group("sales_team.group_sale_salesman_all_leads")
        if not sees_all and not self.env.su and users != [self.env.uid]:
            return []
        companies = scope.get("company_ids") or self.env.company.ids
        return [(company, team, user) for company in companies for team in teams for user in users]

    @api.model
    def _scope_ids(self, value):
        if isinstance(value, (list, tuple)):
            return list(value) or [False]
        return [value or False]

    @api.model
    def _target_months(self, kpis, period, holders):
        """Targets of the months a period touches.

        A salesperson's targets count in whatever team they are set, unless a team is asked for.

        :return: dict ``{(kpi id, holder): [crm.kpi.target.month]}``
        """
        companies, teams, users = (set(part) for part in zip(*holders, strict=True))
        domain = [
            ("kpi_id", "in", kpis.ids), ("company_id", "in", list(companies)),
            ("month", ">=", period.first.replace(day=1)), ("month", "<", period.stop),
            ("user_id", "in", list(users)),
        ]
        any_team = teams == {False} and users != {False}
        if not any_team:
            domain.append(("team_id", "in", list(teams)))
        found = defaultdict(list)
        for month in self.env["crm.kpi.target.month"].search(domain):
            team = False if any_team else month.team_id.id
            found[month.kpi_id.id, (month.company_id.id, team, month.user_id.id)].append(month)
        return found

    @api.model
    def _total_target(self, kpi, period, holders, months_of_holders):
        """:return: ``(amount or None, weights or None)`` of a KPI for all holders together"""
        is_ratio = kpi.kind == "formula"
        parts = []
        for months in months_of_holders:
            for same in self._by_team(months):
                parts.append(self._target_part(kpi, period, same))
        amounts = [amount for amount, _weights in parts]
        if None in amounts or (is_ratio and len(parts) > 1):
            return None, None
        weights = parts[0][1] if len(parts) == 1 else None
        return sum(amounts), weights

    @api.model
    def _by_team(self, months):
        by_team = defaultdict(list)
        for month in months:
            by_team[month.team_id].append(month)
        # A target for all teams holds those for single teams.
        whole = by_team.get(self.env["crm.team"])
        return [whole] if whole else by_team.values()

    @api.model
    def _target_part(self, kpi, period, months):
        rate = self._target_rate(kpi, months[0], period)
        amounts = {month.month: month.amount * rate for month in months}
        amount = prorated(amounts, period.first, period.stop, kpi.kind == "flow")
        is_seasonal = amount is not None and all(month.is_seasonal for month in months)
        return amount, amounts if is_seasonal and sum(amounts.values()) else None

    @api.model
    def _target_rate(self, kpi, month, period):
        """Rate from a target's currency to the current company's, at the period's end or today."""
        currency = self.env.company.currency_id
        if kpi.unit not in MONEY or month.currency_id in (currency, self.env["res.currency"]):
            return 1.0
        return self.env["res.currency"]._get_conversion_rate(
            month.currency_id, currency, self.env.company, min(period.stop, self._today()))

    # ------------------------------------------------------------------
    # Benchmarks
    # ------------------------------------------------------------------

    @api.model
    def _benchmarks(self, kpis):
        """:return: dict ``{crm.kpi: {"benchmark": value, "benchmark_source": text}}``"""
        company, today = self.env.company, self._today()
        latest = self.env["crm.kpi.benchmark"]._latest(kpis, company.kpi_industry_id, today.year)
        found = {}
        for kpi in kpis:
            benchmark = latest.get(kpi)
            if benchmark:
                found[kpi] = {
                    "benchmark": self._benchmark_value(benchmark),
                    "benchmark_source": f"{benchmark.source} ({benchmark.year})",
                }
            elif kpi.benchmark:
                found[kpi] = {"benchmark": kpi.benchmark,
                              "benchmark_source": self.env._("Own value of the company")}
        return found

    @api.model
    def _benchmark_value(self, benchmark):
        currency, today = self.env.company.currency_id, self._today()
        if benchmark.unit not in MONEY or benchmark.currency_id == currency:
            return benchmark.value
        day = min(today, ReportPeriod.of("this_year", today.replace(
            year=benchmark.year, month=1, day=1)).stop)
        return benchmark.value * self.env["res.currency"]._get_conversion_rate(
            benchmark.currency_id, currency, self.env.company, day)
