from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.comparison import (
    MIN_CASES,
    MIN_MONTHS,
    Comparison,
    compare_ratios,
    compare_shares,
)
from ...tools.formula import Formula

MONTHS = 12  # at most: then both periods hold every season once
LARGE, VERY_LARGE = 0.10, 0.25  # changes relative to the value before


class CrmRoiFeatureVerdict(models.AbstractModel):
    """What a feature has done, measured: its KPI in the months since it was switched on against
    the same months of the year before."""

    _name = "crm.roi.feature.verdict"
    _description = "Measured Verdict of a CRM Feature"

    @api.depends("kpi_id", "switched_on", "roi")
    @api.depends_context("company", "lang")
    def _compute_verdict(self):
        windows = {feature: feature._windows() for feature in self}
        months = self._kpi_months(windows)
        for feature in self:
            window = windows[feature]
            found = feature._compare(window, months) if window else Comparison()
            score, reason = feature._score(window, found)
            feature.update({
                "kpi_before": _or_false(found.before),
                "kpi_after": _or_false(found.after),
                "kpi_low": _or_false(found.low),
                "kpi_high": _or_false(found.high),
                "score": _or_false(score),
                "score_reason": reason,
                **feature._verdict_texts(window, found),
            })

    # -- What is compared ------------------------------------------------------------------

    def _windows(self):
        """:return: ``(start before, start after, months)``, None when there is nothing to compare.

        Whole calendar months only, so that both periods are equally long.
        """
        if not self.switched_on or self.kpi_id.code not in self.env["crm.kpi.snapshot"]._fields:
            return None
        company = self.env.company
        today = company._kpi_today(company._kpi_timezone())
        start = self.switched_on + relativedelta(day=1)
        if start < self.switched_on:
            start += relativedelta(months=1)
        passed = relativedelta(today, start)
        months = min(passed.years * 12 + passed.months, MONTHS)
        return (start - relativedelta(years=1), start, months) if months > 0 else None

    @api.model
    def _kpi_months(self, windows):
        """:return: dict ``{first day of a month: {code: values}}`` of all KPIs, read at once"""
        used = {feature: window for feature, window in windows.items() if window}
        if not used:
            return {}
        codes = list({feature.kpi_id.code for feature in used})
        first = min(window[0] for window in used.values())
        last = max(start + relativedelta(months=count) for _before, start, count in used.values())
        values = self.env["crm.kpi"]._values(
            codes, first, last, [("company_id", "=", self.env.company.id)], ["day:month"])
        return {key[0]: by_code for key, by_code in values.items()}

    def _compare(self, window, months):
        start_before, start_after, count = window
        code = self.kpi_id.code
        before, after = (
            [months.get(start + relativedelta(months=number), {}).get(code) for number in
             range(count)]
            for start in (start_before, start_after)
        )
        field = self.env["crm.kpi.snapshot"]._fields[code]
        if getattr(field, "interval", None) == "wilson":
            return compare_shares(_pooled(before), _pooled(after))
        divided = self._is_ratio_of_sums(field)
        return compare_ratios(_pairs(before, divided), _pairs(after, divided))

    @api.model
    def _is_ratio_of_sums(self, field):
        """Can numerators and denominators of months be added up? Not those made of ratios."""
        if not getattr(field, "formula", None):
            return False
        kinds = map(self.env["crm.kpi.snapshot"]._kpi_kind, Formula(field.formula).names)
        return "/" in field.formula and "formula" not in kinds

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the records behind the KPI before or after.

        :param figure: ``"kpi_before_text"`` or ``"kpi_after_text"``
        :return: dict of an ``ir.actions.act_window``
        :raise UserError: there is nothing to compare
        """
        self.ensure_one()
        self.check_access("read")
        window = self._windows()
        if not window:
            raise UserError(self.env._(
                "“%s”: nothing is compared yet. Enter its KPI and the day it was switched on.",
                self.display_name,
            ))
        before, after, months = window
        start = before if figure == "kpi_before_text" else after
        return self.env["crm.kpi.snapshot"].action_drill(self.kpi_id.code, [
            ("day", ">=", start), ("day", "<", start + relativedelta(months=months)),
            ("company_id", "=", self.env.company.id),
        ])

    # -- In words --------------------------------------------------------------------------

    def _verdict_texts(self, window, found):
        kpi = self.kpi_id
        if not window:
            return {"kpi_before_text": False, "kpi_after_text": False, "kpi_change_text": False,
                    "window_text": False, "verdict": self._why_not_compared()}
        change = kpi._text(found.change, is_change=True)
        if found.low is not None:
            change = self.env._(
                "%(change)s (%(low)s to %(high)s)", change=change,
                low=kpi._text(found.low, is_change=True),
                high=kpi._text(found.high, is_change=True))
        return {
            "kpi_before_text": kpi._text(found.before),
            "kpi_after_text": kpi._text(found.after),
            "kpi_change_text": change,
            "window_text": self._window_text(window),
            "verdict": self._verdict_text(found),
        }

    def _why_not_compared(self):
        if not self.kpi_id:
            return self.env._("Choose the KPI that should improve.")
        if not self.switched_on:
            return self.env._("Enter the day it was switched on.")
        return self.env._("No whole month has passed since it was switched on.")

    @api.model
    def _window_text(self, window):
        before, after, count = window

        def span(start):
            last = start + relativedelta(months=count - 1)
            return " – ".join(format_date(self.env, day, date_format="MMM yyyy")
                              for day in (start, last))

        return self.env._("%(after)s against %(before)s", after=span(after), before=span(before))

    def _verdict_text(self, found):
        if found.before is None or found.after is None:
            return self.env._("No figures of this KPI in one of the periods.")
        good = self._goodness(found)
        if good is None:
            return self.env._("Too few figures to tell a change from chance.")
        return {
            1: self.env._("Improved more than by chance."),
            0: self.env._("No change beyond chance."),
            -1: self.env._("Got worse more than by chance."),
        }[good]

    def _goodness(self, found):
        """:return: 1 better, -1 worse, 0 neither, None when it cannot be told"""
        if found.direction is None or self.kpi_id.better == "none":
            return None
        return found.direction if self.kpi_id.better == "higher" else -found.direction

    # -- The score -------------------------------------------------------------------------

    def _score(self, window, found):
        """:return: ``(0 to 10 or None, the reason in words)``"""
        if not window:
            return None, self.env._("No score: %s", self._why_not_compared())
        if self.kpi_id.better == "none":
            return None, self.env._("No score: neither more nor less of this KPI is better.")
        good = self._goodness(found)
        if good is None:
            return None, self._why_no_interval(found)
        score, reasons = self._score_of_change(good, found)
        extra, reason = self._score_of_roi()
        score += extra
        reasons.append(reason)
        return min(max(score, 0), 10), " ".join(reasons)

    @api.model
    def _why_no_interval(self, found):
        return self.env._(
            "No score: it takes at least %(months)s months, and %(cases)s cases for a share, in "
            "both periods; the smaller one has %(found)s.",
            months=MIN_MONTHS, cases=MIN_CASES, found=found.cases)

    @api.model
    def _score_of_change(self, good, found):
        if good == 0:
            return 5, [self.env._("5: the KPI shows no change that is larger than chance.")]
        size = abs(found.relative or 0.0)
        extra = (size >= LARGE) + (size >= VERY_LARGE)
        if good > 0:
            reasons = [self.env._("7: the KPI improved more than chance explains.")]
        else:
            reasons = [self.env._("3: the KPI got worse, more than chance explains.")]
        if extra:
            limit = f"{(VERY_LARGE if extra > 1 else LARGE):.0%}"
            reasons.append(self.env._(
                "%(points)s: the change is at least %(limit)s of the value before.",
                points=f"{'+' if good > 0 else '−'}{extra}", limit=limit))
        return (7 + extra if good > 0 else 3 - extra), reasons

    def _score_of_roi(self):
        """:return: ``(points, reason)`` of what studies attribute to the feature"""
        if self.roi is False:
            return 0, self.env._(
                "Not attributed: other causes are possible; a study of the feature, with teams "
                "that did not change, could tell them apart.")
        if self.roi_low > 0:
            return 1, self.env._("+1: a study finds that it earned more than it cost.")
        if self.roi_high < 0:
            return -2, self.env._("−2: a study finds that it earned less than it cost.")
        return 0, self.env._("A study cannot tell whether it earned more than it cost.")


def _or_false(value):
    return False if value is None else value


def _pooled(months):
    """Hits and cases of a share over months."""
    known = [values for values in months if values and values["denominator"]]
    return (sum(values["numerator"] or 0 for values in known),
            sum(values["denominator"] for values in known))


def _pairs(months, divided):
    """``(numerator, denominator)`` of each month that has a figure."""
    known = [values for values in months if values and values["value"] is not None]
    if divided:
        return [(values["numerator"], values["denominator"]) for values in known]
    return [(values["value"], 1) for values in known]
