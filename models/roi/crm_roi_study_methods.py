from odoo import models

from ...tools import effect as tool
from ...tools.effect import Refused
from ...tools.panel import Group
from .crm_roi_study_figures import REVENUE

# Below it, teams were drifting apart before the change already.
DRIFT = 0.05


class CrmRoiStudyMethods(models.Model):
    """The gain by each method that can answer, best evidence first."""

    _inherit = "crm.roi.study"

    def _effects(self, figures):
        """:return: list of ``(method, Effect or None, Refused or None)``, best evidence first"""
        found = []
        for method in ("did", "its", "before_after"):
            try:
                self._check_sides(figures)
                effect = getattr(self, f"_effect_{method}")(figures)
                found.append((method, effect, self._doubt(effect)))
            except Refused as reason:
                found.append((method, None, reason))
        return found

    def _check_sides(self, figures):
        if not figures.months_before:
            raise Refused("no_before")
        if not figures.months_after:
            raise Refused("no_after")
        if None in figures.rates[figures.treated]:
            raise Refused("no_margin")

    def _doubt(self, effect):
        if effect.pre_trend_p is not None and effect.pre_trend_p < DRIFT:
            return Refused("pre_trend", p=effect.pre_trend_p)
        return None

    def _used(self, effects):
        """The effect a study rests on: the stated method, else the first one beyond doubt."""
        for method, effect, reason in effects:
            if method == self.method or (self.method == "auto" and not reason):
                return (method, effect) if effect else (None, None)
        return None, None

    def _effect_before_after(self, figures):
        treated = figures.treated
        return tool.before_after(
            self._margins(figures, treated, 0, figures.season),
            self._margins(figures, treated, 1, figures.months_after),
        )

    def _effect_its(self, figures):
        treated = figures.treated
        sides = [
            dict(zip(months, self._margins(figures, treated, side, months), strict=True))
            for side, months in enumerate((figures.months_before, figures.months_after))
        ]
        return tool.interrupted_series(*sides, start=min(figures.months_after))

    def _effect_did(self, figures):
        if not figures.control:
            raise Refused("no_control")
        groups = self._teams_apart(figures)
        sides = ({}, {})
        for name, (team, whole) in groups.items():
            for side, (panel, months) in enumerate((
                (figures.before, figures.months_before), (figures.after, figures.months_after),
            )):
                if None in panel.series(team, months, REVENUE):
                    raise Refused("no_team_figures", team=name or False)
                rates = whole if None not in figures.rates[whole] else figures.treated
                sides[side][name] = self._margins(figures, team, side, months, scale_by=rates)
        treated = set(self.treated_team_ids.ids) or {0}
        return tool.difference_in_differences(*sides, treated)

    def _teams_apart(self, figures):
        """:return: dict ``{team id: (Group of the team, group it belongs to)}``; teams that
        changed but were not listed are 0"""
        teams = {
            team: (Group(teams=(team,)), figures.control) for team in figures.control.teams
        }
        if figures.treated.teams is None:
            return {0: (figures.treated, figures.treated), **teams}
        changed = {team: (Group(teams=(team,)), figures.treated) for team in figures.treated.teams}
        return {**changed, **teams}

    def _effect_rows(self, figures, effects, used):
        return [
            {
                "sequence": number, "method": method, "is_used": method == used,
                "n_before": len(self._months_of(method, figures)),
                "n_after": len(figures.months_after),
                "refused_code": reason.code if reason else False,
                "refused_data": reason.data if reason else False,
                **(self._effect_values(effect) if effect else {}),
            }
            for number, (method, effect, reason) in enumerate(effects)
        ]

    def _months_of(self, method, figures):
        return figures.season if method == "before_after" else figures.months_before

    def _effect_values(self, effect):
        count, money = len(effect.months), self.currency_id.round
        return {
            "gain": money(effect.estimate * count), "low": money(effect.low * count),
            "high": money(effect.high * count), "monthly": money(effect.estimate),
            "standard_error": money(effect.standard_error), "p_value": effect.p,
            "permutation_p": effect.permutation_p, "pre_trend_p": effect.pre_trend_p,
        }
