from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class CrmRoiWords(models.AbstractModel):
    """Reasons and warnings, kept as a code with its data and said in the reader's language."""

    _name = "crm.roi.words"
    _description = "Reasons and Warnings in Words"

    def _words_of(self, warnings):
        """:param warnings: list of ``[code, data]``
        :return: text, one line for each; False when there is none"""
        return "\n".join(self._words(code, data) for code, data in warnings) or False

    def _words(self, code, data):
        """One reason or warning as a sentence."""
        return getattr(self, f"_words_{code}")(**data)

    @api.model
    def _day(self, text):
        return format_date(self.env, fields.Date.to_date(text))

    @api.model
    def _months(self, texts):
        return ", ".join(
            format_date(self.env, fields.Date.to_date(text), date_format="MMM yyyy")
            for text in texts
        )

    @api.model
    def _evidence_text(self, method):
        return {
            "did": self.env._(
                "compared with teams that did not change (difference-in-differences)"),
            "its": self.env._(
                "compared with its own earlier trend and season (interrupted time series)"),
            "before_after": self.env._(
                "before and after only, so not attributed: other things changed too"),
        }.get(method, False)

    # Reasons why a method cannot answer --------------------------------

    def _words_no_before(self):
        return self.env._(
            "The baseline has no won revenue of these teams for any month before the change.")

    def _words_no_after(self):
        return self.env._(
            "No whole month since the change has been measured yet.")

    def _words_no_margin(self):
        return self.env._(
            "No order tells the margin rate. State a margin rate in the assumptions.")

    def _words_no_control(self):
        return self.env._(
            "There is no team for comparison. Name teams that did not change.")

    def _words_no_team_figures(self, team):
        name = self.env["crm.team"].browse(team).display_name if team else False
        if name:
            return self.env._("The figures of team “%s” are not known for every month.", name)
        return self.env._("The baseline has no figures by team.")

    def _words_few_months(self, before, after, needed):
        return self.env._(
            "It needs %(needed)s whole months on each side; there are %(before)s before and "
            "%(after)s after the change.", needed=needed, before=before, after=after)

    def _words_empty_before(self):
        return self.env._(
            "The teams for comparison had no margin before the change.")

    def _words_pre_trend(self, p):
        return self.env._(
            "The teams were drifting apart before the change already (p = %.3f), so the "
            "comparison says little.", p)

    # What to bear in mind ----------------------------------------------

    def _words_short(self, months):
        return self.env._(
            "The baseline has %s months. Twelve hold every season once.", months)

    def _words_uneven(self, months):
        return self.env._(
            "The baseline has %s months, so some seasons count more often than others.", months)

    def _words_not_whole(self, day):
        return self.env._(
            "The baseline begins or ends within a month (%s); that month is left out.",
            self._day(day))

    def _words_baseline_gap(self, months):
        return self.env._("The baseline has no figures for %s.", self._months(months))

    def _words_definition(self, codes):
        known = dict(self.env["crm.roi.baseline.line"]._selection_code())
        return self.env._(
            "What these KPIs count has changed since the baseline was frozen: %s.",
            ", ".join(known.get(code, code) for code in codes))

    def _words_differs(self, count, total):
        return self.env._(
            "Leads or orders of the baseline's period were changed afterwards: %(count)s of "
            "%(total)s figures would differ now. The frozen ones count.", count=count, total=total)

    def _words_length(self, before, after):
        return self.env._(
            "The periods are not equally long: %(before)s months before, %(after)s after. "
            "Averages of a month are compared.", before=before, after=after)

    def _words_season(self):
        return self.env._(
            "The period has seasons that the baseline has not; before and after are not alike.")

    def _words_partial(self, day):
        return self.env._("The month of %s is not whole and is left out.", self._day(day))

    def _words_late(self, switch, first):
        return self.env._(
            "The change went live on %(switch)s. What it brought before %(first)s is not counted.",
            switch=self._day(switch), first=self._day(first))

    def _words_gap(self, months):
        return self.env._(
            "These months were not measured on every day; what they brought is counted as "
            "nothing: %s.", self._months(months))

    def _words_overlap(self, switch):
        return self.env._(
            "The baseline reaches beyond %s, when the change went live; those months are left "
            "out.", self._day(switch))

    def _words_margin_after(self):
        return self.env._(
            "The baseline has no orders: the margin rate of today is taken for both periods.")

    def _words_no_rate(self):
        return self.env._(
            "Some costs have no exchange rate yet, so the cost is not known. Enter the rate.")

    def _words_no_cost(self):
        return self.env._("No cost is entered, so there is nothing to set the gain against.")

    def _words_cost_left_out(self, amount, day):
        return self.env._(
            "Costs of %(amount)s before %(day)s are not counted.",
            amount=format_amount(self.env, amount, self.currency_id), day=self._day(day))

    def _words_projected(self):
        return self.env._(
            "Projected months are an assumption: they repeat the average of the observed ones.")
