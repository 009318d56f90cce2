"""The figures of a funnel: one cohort, or two side by side."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.comparison import compare_shares
from ..tools.funnel import MIN_CASES, bottleneck, slowest, stay, steps_of
from ..tools.period import day_start
from ..tools.report_period import KEYS, ReportPeriod
from ..tools.statistics import wilson
from .crm_funnel_report import WINDOW

WINDOWS = (30, 60, 90, 180, 365)
PERIODS = ("last_365", "this_year", "last_year", "this_quarter", "last_quarter", "last_90")
COMPARED = ("none", "previous", "last_year", "teams")
# One grouped query for a side of the funnel, by stage and lost reason.
MEASURES = (
    "__count", "reached:sum", "done_days:array_agg", "running_days:array_agg", "lost:sum",
    "value_lost:count", "value_lost:sum",
)


class CrmFunnelReport(models.Model):
    _inherit = "crm.funnel.report"

    @api.model
    @api.readonly
    def funnel_figures(self, domain, options):
        """Everything the funnel shows, of what the user may read.

        :param domain: on this report, such as ``[("team_id", "=", 3)]``
        :param options: dict with ``period`` (a key of ``ReportPeriod``), ``window`` (days),
            ``first_stage_id``, ``compare`` (``none``, ``previous``, ``last_year``, ``teams``) and
            ``team_ids`` (two of them); all may be left out
        :return: dict ``{"options", "choices", "sides", "differences"}``
        :raise UserError: an option that there is not
        """
        self.browse().check_access("read")
        options = self._funnel_options(options)
        model = self._funnel_model(options)
        sides = [
            model._funnel_side(Domain(domain) & scope, label)
            for label, scope in self._funnel_scopes(options)
        ]
        return {
            "options": options,
            "choices": self._funnel_choices(),
            "currency_id": self.env.company.currency_id.id,
            "sides": sides,
            "differences": model._funnel_differences(*sides) if len(sides) == 2 else [],
        }

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    @api.model
    def _funnel_options(self, options):
        try:
            known = {
                "period": str(options.get("period") or PERIODS[0]),
                "window": int(options.get("window") or WINDOW),
                "first_stage_id": int(options.get("first_stage_id") or 0),
                "compare": str(options.get("compare") or COMPARED[0]),
                "team_ids": [int(team) for team in options.get("team_ids") or ()][:2],
            }
        except (TypeError, ValueError, AttributeError) as error:
            raise UserError(self.env._("The funnel cannot read these options: %s", error)) from None
        if known["period"] not in KEYS or known["compare"] not in COMPARED:
            raise UserError(self.env._(
                "The funnel knows no period “%(period)s” or comparison “%(compare)s”. Choose one "
                "of its lists.", period=known["period"], compare=known["compare"],
            ))
        return known

    @api.model
    def _funnel_model(self, options):
        return self.with_context(
            funnel_first=options["first_stage_id"], funnel_window=options["window"],
        )

    @api.model
    def _funnel_choices(self):
        names = dict(zip(PERIODS, (
            self.env._("Last 365 days"), self.env._("This year"), self.env._("Last year"),
            self.env._("This quarter"), self.env._("Last quarter"), self.env._("Last 90 days"),
        ), strict=True))
        stages = self.with_context(funnel_first=False)._stages()
        teams = self.env["crm.team"].search([])
        return {
            "period": [{"id": key, "name": name} for key, name in names.items()],
            "window": [{"id": days, "name": self.env._("%s days", days)} for days in WINDOWS],
            "first_stage_id": [
                {"id": stage.id, "name": stage.name} for stage in stages if not stage.is_won
            ],
            "compare": [
                {"id": "none", "name": self.env._("Nothing")},
                {"id": "previous", "name": self.env._("The period before")},
                {"id": "last_year", "name": self.env._("The year before")},
                {"id": "teams", "name": self.env._("Two teams")},
            ],
            "team": [{"id": team.id, "name": team.display_name} for team in teams],
        }

    @api.model
    def _funnel_scopes(self, options):
        """:return: list of ``(label, domain)`` of the sides"""
        company = self.env.company
        today = company._kpi_today(company._kpi_timezone())
        period = ReportPeriod.of(options["period"], today)
        now = self._period_domain(period)
        if options["compare"] == "teams" and len(options["team_ids"]) == 2:
            teams = self.env["crm.team"].browse(options["team_ids"])
            return [
                (team.display_name, now & Domain("team_id", "=", team.id))
                for team in teams.exists()
            ]
        scopes = [(self._period_label(period), now)]
        if options["compare"] in ("previous", "last_year"):
            earlier = period.compared(today, options["compare"])
            scopes.append((self._period_label(earlier), self._period_domain(earlier)))
        return scopes

    @api.model
    def _period_domain(self, period):
        """Days of the company one works in."""
        timezone = self.env.company._kpi_timezone()
        return (
            Domain("cohort_at", ">=", day_start(period.first, timezone))
            & Domain("cohort_at", "<", day_start(period.stop, timezone))
        )

    # ------------------------------------------------------------------
    # One side
    # ------------------------------------------------------------------

    @api.model
    def _funnel_side(self, domain, label):
        rows = {}
        for place, *row in self._read_group(domain, ["place", "lost_reason_id"], MEASURES):
            rows.setdefault(place, []).append(row)
        reasons = {place: self._funnel_reasons(some) for place, some in rows.items()}
        heads = self._steps()
        found = [_sum(rows.get(place, ())) for place in range(1, len(heads) + 1)]
        steps = steps_of([row[1] or 0 for row in found])
        stays = [stay(row[2], row[3]) for row in found]
        counted = steps[0].reached if steps else 0
        won = steps[-1].reached if steps else 0
        side = {
            "label": label,
            "cohort": found[0][0] if found else 0,
            "counted": counted,
            "won": won,
            "won_rate": won / counted if counted else None,
            "won_interval": wilson(won, counted),
            "steps": [
                {
                    "place": place, "stage_id": stage.id, "name": name,
                    "is_won": place == len(heads),
                    "share": step.reached / counted if counted else None,
                    **step._asdict(),
                    **_stay_values(item), **_loss_values(row),
                    "reasons": reasons.get(place, []),
                }
                for place, ((stage, name), step, item, row) in enumerate(
                    zip(heads, steps, stays, found, strict=True), 1)
            ],
        }
        stall, slow = bottleneck(steps), slowest(stays)
        side["bottleneck"] = stall.place + 1 if stall and stall.is_clear else None
        side["words"] = self._funnel_words(side, steps, stays, stall, slow)
        return side

    @api.model
    def _funnel_reasons(self, rows):
        """:param rows: of one stage, ``[lost reason, *MEASURES]``
        :return: list of ``{"id", "name", "count", "value"}``, the most frequent first
        """
        found = [
            {"id": reason.id, "name": reason.name or self.env._("No reason given"), "count": lost,
             "value": value if known == lost else None}
            for reason, _count, _reached, _done, _running, lost, known, value in rows if lost
        ]
        return sorted(found, key=lambda line: (-line["count"], not line["id"], line["id"]))

    @api.model
    def _funnel_differences(self, side, other):
        """For each step how much larger the share of the first side is, with 95 % interval."""
        found = []
        for step, against in zip(side["steps"], other["steps"], strict=True):
            if step["went_on"] is None or against["went_on"] is None:
                found.append(None)
                continue
            change = compare_shares(
                (against["went_on"], against["reached"]), (step["went_on"], step["reached"]),
                min_cases=MIN_CASES,
            )
            found.append({
                "change": change.change, "low": change.low, "high": change.high,
                "is_clear": bool(change.direction),
            })
        return found


def _sum(rows):
    """:return: list of the ``MEASURES`` over all lost reasons"""
    total = [0, 0, [], [], 0, 0, 0.0]
    for _reason, *row in rows:
        for place, value in enumerate(row):
            if isinstance(value, list):
                total[place] += [item for item in value if item is not None]
            elif value:
                total[place] += value
    return total


def _stay_values(item):
    return {
        "visits": item.visits, "running": item.running, "median": item.median.days,
        "median_low": item.median.low, "median_high": item.median.high, "long": item.long.days,
    }


def _loss_values(row):
    """An amount without an exchange rate makes the total unknown."""
    lost, known, value = row[4] or 0, row[5], row[6]
    return {"lost": lost, "value_lost": (value or 0.0) if known == lost else None}
