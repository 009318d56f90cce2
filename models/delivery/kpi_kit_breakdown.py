"""Sections of a report kit that cut its figures: by team, salesperson, source, and over time."""

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_date

from ...tools.chart import Chart, Series
from ...tools.kit import Cell, Column, Section
from ...tools.report_period import CALENDAR, ReportPeriod

# Figures that fit beside each other in a mail, and on paper.
IN_MAIL, ON_PAPER = 3, 7
# Steps of a trend.
STEPS = 12
# Looks of a trend: weeks for short periods, else months.
WEEKLY_PERIODS = {"last_week", "this_week", "last_7"}


class KpiKitBreakdown(models.AbstractModel):
    _name = "crm.kpi.kit.breakdown"
    _description = "Breakdowns in a Report Kit"

    @api.model
    def _breakdowns(self, schedule, figures, period, scope):
        """:return: list of sections, None for one without figures"""
        _ = self.env._
        sections = []
        if not figures:
            return sections
        if schedule.with_trend:
            sections.append(self._trend(schedule, figures, period, scope))
        for wanted, dimension, title, label in (
            (schedule.with_teams, "team_id", _("By Sales Team"), _("Sales Team")),
            (schedule.with_people, "user_id", _("By Salesperson"), _("Salesperson")),
            (schedule.with_sources, "source_id", _("By Source"), _("Source")),
        ):
            if wanted:
                sections.append(self._by_dimension(figures, period, scope, dimension, title, label))
        return sections

    @api.model
    def _by_dimension(self, figures, period, scope, dimension, title, label, key=None):
        codes = [figure["code"] for figure in figures]
        lines = self.env["crm.kpi.figures"]._by(codes, period, scope, dimension)
        known = [figure for figure in figures
                 if any(line[figure["code"]] not in (None, 0) for line in lines)]
        lines = [line for line in lines if any(line[one["code"]] not in (None, 0) for one in known)]
        lines.sort(key=lambda line: -(known and line[known[0]["code"]] or 0))
        columns = [Column(label)] + [
            Column(one["name"], True, self._adds_up(one), self._depth(number))
            for number, one in enumerate(known)
        ]
        longest = self._longest(lines, known[0]) if known else None
        rows = [
            [self._words(line["name"]), *(
                self._number(one, line[one["code"]], period, {**scope, dimension: line["id"]},
                             share=None if number else self._share(line[one["code"]], longest))
                for number, one in enumerate(known))]
            for line in lines
        ]
        total = [self._words(self.env._("Total"))] + [
            self._number(one, one["value"], period, scope) for one in known]
        return Section(
            key or dimension, title, columns, rows, total=total if rows else None,
            empty=self.env._("Nothing was measured in this period."),
            chart_columns=(1,) if known else (),
        )

    @api.model
    def _depth(self, number):
        return (number >= IN_MAIL) + (number >= ON_PAPER)

    @api.model
    def _adds_up(self, figure):
        """Whether figures of people and teams add up: counts and amounts, no ratios."""
        return figure["kind"] != "formula" and figure["unit"] in ("count", "currency")

    @api.model
    def _longest(self, lines, figure):
        return max((line[figure["code"]] or 0 for line in lines), default=0)

    @api.model
    def _share(self, value, longest):
        return max(value / longest, 0.0) if value and longest and longest > 0 else 0.0

    # ------------------------------------------------------------------
    # Over time
    # ------------------------------------------------------------------

    @api.model
    def _trend(self, schedule, figures, period, scope):
        """The last twelve weeks or months up to the end of the period."""
        Figures = self.env["crm.kpi.figures"]
        step = "week" if schedule.period in WEEKLY_PERIODS else "month"
        back = relativedelta(weeks=STEPS) if step == "week" else relativedelta(months=STEPS)
        start = ReportPeriod.of(f"this_{step}", period.stop - relativedelta(days=1),
                                Figures._week_start())
        span = ReportPeriod(start.stop - back, start.stop)
        series = Figures._series([one["code"] for one in figures], span, scope, step)
        days = [day for day, _value in next(iter(series.values()), [])]
        labels, short = ([self._step_label(day, step, is_short) for day in days]
                         for is_short in (False, True))
        first = figures[0]
        longest = max((value or 0 for _day, value in series[first["code"]]), default=0)
        rows = [
            [Cell(labels[place], labels[place]), *(
                self._number(one, series[one["code"]][place][1],
                             ReportPeriod(days[place], days[place] + CALENDAR[step], step), scope,
                             share=None if number else
                             self._share(series[one["code"]][place][1], longest))
                for number, one in enumerate(figures))]
            for place in range(len(days))
        ]
        title = self.env._("Trend by Week") if step == "week" else self.env._("Trend by Month")
        label = self.env._("Week from") if step == "week" else self.env._("Month")
        return Section(
            "trend", title,
            [Column(label)] + [Column(one["name"], True, False, self._depth(number))
                               for number, one in enumerate(figures)],
            rows, chart=self._trend_chart(first, short, label, series),
            axis=lambda number: self._number(first, number).text, chart_columns=(1,),
            chart_kind="line", empty=self.env._("Nothing was measured in this period."),
        )

    @api.model
    def _step_label(self, day, step, is_short):
        """A step in a table, or short enough for an axis."""
        pattern = "MMM yyyy" if step == "month" else "d MMM" if is_short else None
        return format_date(self.env, day, date_format=pattern)

    @api.model
    def _trend_chart(self, figure, labels, label, series):
        values = [value for _day, value in series[figure["code"]]]
        known = [value for value in values if value is not None]
        if not known:
            return None
        text = self.env._("%(kpi)s: %(last)s in the latest step; lowest %(low)s, highest %(high)s.",
                          kpi=figure["name"], low=self._number(figure, min(known)).text,
                          high=self._number(figure, max(known)).text,
                          last=self._number(figure, values[-1]).text)
        return Chart("lines", labels, [Series(figure["name"], values, "gain")], label, text=text)
