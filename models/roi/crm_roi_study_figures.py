from dataclasses import dataclass
from datetime import timedelta

from odoo import models

from ...tools.panel import Group, Panel, month_number, same_season

REVENUE = "won_revenue"


@dataclass(frozen=True)
class StudyFigures:
    """What a study compares: monthly figures before and after, of whom, in which months.

    :param season: the months before whose season occurs after, for plain comparisons
    :param gaps: whole months of the period that were not measured
    """

    before: Panel
    after: Panel
    treated: Group
    control: Group | None
    months_before: list
    months_after: list
    season: list
    gaps: list
    rates: dict


class CrmRoiStudyFigures(models.Model):
    """Which months and teams a study compares, and their margins."""

    _name = "crm.roi.study"
    _inherit = ["crm.roi.study", "crm.roi.panel"]

    def _figures(self):
        """:return: `StudyFigures`, from the frozen baseline and the snapshots as they are now"""
        self.ensure_one()
        before, treated, control = self.baseline_id._figures(), self._treated(), self._control()
        stop = self.date_to + timedelta(days=1)
        start = max(self.date_from, self.switch_date)
        measured, gaps = self._measured_months(self.company_id, start, stop)
        teams = self.treated_team_ids + self.control_team_ids
        after = self._panel(self.company_id, measured, self._needed_teams(teams))
        known = before.known_months(treated, REVENUE)
        months_before = [month for month in known if month < month_number(self.switch_date)]
        months_after = after.known_months(treated, REVENUE)
        season = same_season(months_before, months_after)
        rates = {
            group: self._margin_rates(before, after, group, season, months_after)
            for group in (treated, control) if group
        }
        return StudyFigures(before, after, treated, control, months_before, months_after, season,
                            gaps, rates)

    def _needed_teams(self, teams):
        """Ids of the only teams to read; empty for all, which the rest of a company needs."""
        if self.treated_team_ids:
            return teams.ids
        return self.baseline_id.team_ids.ids

    def _treated(self):
        if self.treated_team_ids:
            return Group(teams=tuple(self.treated_team_ids.ids))
        return Group(without=tuple(self.control_team_ids.ids))

    def _control(self):
        teams = tuple(self.control_team_ids.ids)
        return Group(teams=teams) if teams else None

    def _margin_rates(self, before, after, group, months_before, months_after):
        """Margin per unit of revenue before and after, ``None`` when no order tells it.

        Where orders tell it on one side only (an old system without them), it is taken for both.
        """
        if self.margin_basis == "stated":
            return self.margin_rate_stated, self.margin_rate_stated
        rates = [
            panel.ratio(group, months, "order_margin", "order_revenue")
            for panel, months in ((before, months_before), (after, months_after))
        ]
        return tuple(next((r for r in (rate, *rates) if r is not None), None) for rate in rates)

    def _margins(self, figures, group, side, months, scale_by=None):
        """Monthly margins of a group: won revenue times the group's margin rate on that side."""
        panel = figures.after if side else figures.before
        rate = figures.rates[scale_by or group][side]
        return [revenue * rate for revenue in panel.series(group, months, REVENUE)]
