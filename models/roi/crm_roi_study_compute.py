from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.panel import month_day, month_number

LINES = ("kpi_ids", "effect_ids", "part_ids", "month_ids")


class CrmRoiStudyCompute(models.Model):
    """Computes the results of a study and keeps them, for those who may only read them too."""

    _inherit = "crm.roi.study"

    def action_compute(self):
        """Compute the results from the data as they are now."""
        self.check_access("write")
        for study in self:
            study._check_comparable()
            study._recompute()

    def _check_comparable(self):
        if self.baseline_id.state != "confirmed":
            raise UserError(self.env._(
                "Study “%(study)s”: baseline “%(baseline)s” is not frozen yet. Open it and freeze "
                "it, so that the figures from before can no longer change.",
                study=self.name, baseline=self.baseline_id.name,
            ))
        if self.baseline_id.currency_id != self.company_id.currency_id:
            raise UserError(self.env._(
                "Study “%(study)s”: baseline “%(baseline)s” is in %(old)s, %(company)s now works "
                "in %(new)s. Make a baseline in %(new)s.",
                study=self.name, baseline=self.baseline_id.name,
                old=self.baseline_id.currency_id.name, company=self.company_id.name,
                new=self.company_id.currency_id.name,
            ))

    @api.private
    def _recompute(self):
        """Replace the results by those of the data as they are now."""
        for study in self:
            results = study._results()
            # Nobody has the right to write results; who may write the study may have them computed.
            own = study.sudo()
            lines = {
                name: [fields.Command.clear()] + [
                    fields.Command.create({
                        **vals, "company_id": study.company_id.id,
                        "currency_id": study.company_id.currency_id.id,
                    })
                    for vals in results.pop(name)
                ]
                for name in LINES
            }
            own.write({
                **lines, **results, "state": "computed", "computed_by_id": self.env.uid,
                "computed_at": fields.Datetime.now(),
                "currency_id": study.company_id.currency_id.id,
            })

    def _results(self):
        """The results of the data as they are now, without writing them.

        :return: dict of field values; those of lines are lists of values
        """
        self.ensure_one()
        figures = self._figures()
        effects = self._effects(figures)
        used, effect = self._used(effects)
        months = self._month_rows(figures, effect)
        kinds = [row["kind"] for row in months]
        rates = figures.rates[figures.treated]
        return {
            "method_used": used or False,
            "margin_rate_before": rates[0], "margin_rate_after": rates[1],
            "observed_months": kinds.count("observed"),
            "projected_months": kinds.count("projected"),
            **self._return_values(months),
            "warning_data": self._warnings(figures, effects, used, months),
            "kpi_ids": self._kpi_rows(figures),
            "effect_ids": self._effect_rows(figures, effects, used),
            "part_ids": self._part_rows(figures),
            "month_ids": months,
        }

    # ------------------------------------------------------------------
    # What to bear in mind
    # ------------------------------------------------------------------

    def _warnings(self, figures, effects, used, months):
        """:return: list of ``[code, data]``, put into words when read"""
        found = self.baseline_id._warnings()
        found += self._warnings_of_months(figures)
        found += self._warnings_of_money(figures, months)
        reason = next((reason for method, _effect, reason in effects if method == used), None)
        if reason:
            found.append([reason.code, reason.data])
        return found

    def _warnings_of_months(self, figures):
        found = []
        before, after = len(figures.months_before), len(figures.months_after)
        stop = self.date_to + timedelta(days=1)
        start = max(self.date_from, self.switch_date)
        if before and after and len(figures.season) != after:
            found.append(["length", {"before": len(figures.season), "after": after}])
        if not {m % 12 for m in figures.months_after} <= {m % 12 for m in figures.season}:
            found.append(["season", {}])
        if start.day > 1:
            found.append(["partial", {"day": str(start)}])
        if stop.day > 1:
            found.append(["partial", {"day": str(self.date_to)}])
        if self.date_from > self.switch_date and (
            month_number(self.date_from) > month_number(self.switch_date)
        ):
            found.append(["late", {"switch": str(self.switch_date), "first": str(self.date_from)}])
        if figures.gaps:
            found.append(["gap", {"months": [str(month_day(month)) for month in figures.gaps]}])
        if month_number(self.baseline_id.date_to) >= month_number(self.switch_date):
            found.append(["overlap", {"switch": str(self.switch_date)}])
        return found

    def _warnings_of_money(self, figures, months):
        found = []
        rates = figures.rates[figures.treated]
        has_orders = figures.before.ratio(
            figures.treated, figures.season, "order_margin", "order_revenue"
        )
        if self.margin_basis == "orders" and None not in rates and has_orders is None:
            found.append(["margin_after", {}])
        if any(row["cost"] is None for row in months):
            found.append(["no_rate", {}])
        elif not any(row["cost"] for row in months):
            found.append(["no_cost", {}])
        left_out = self._cost_left_out()
        if left_out:
            found.append(["cost_left_out", {"amount": left_out, "day": str(self.cost_from)}])
        if self.horizon == "projected":
            found.append(["projected", {}])
        return found

    # ------------------------------------------------------------------
    # Results are written by nobody; an assumption that changes makes them old
    # ------------------------------------------------------------------

    @api.model
    def _result_fields(self):
        """Names of the stored fields that `_recompute` fills in."""
        return {
            name for name, field in self._fields.items()
            if field.store and field.readonly and not field.compute and not field.related
            and name not in models.MAGIC_COLUMNS
            and not name.startswith(("message_", "activity_"))
        }

    @api.model
    def _settings(self):
        # A study keeps what it found and becomes outdated, so that old figures can be compared.
        return set()

    def _results_refusal(self, names):
        return self.env._(
            "The results of a study are computed and cannot be entered: %(fields)s. Change the "
            "assumptions and compute again.",
            fields=", ".join(sorted(self._fields[name].string for name in names)),
        )

    def write(self, vals):
        result = super().write(vals)
        assumptions = {
            name for name in vals.keys() - self._result_fields() - {"name", "note"}
            if not name.startswith(("message_", "activity_"))
        }
        if assumptions and "state" not in vals:
            self._mark_outdated()
        return result

    def _mark_outdated(self):
        """An assumption is another one than at the last run."""
        # Only the state is written, and who changes an assumption may write the study.
        self.filtered(lambda study: study.state == "computed").sudo().write(
            {"state": "outdated"}
        )
