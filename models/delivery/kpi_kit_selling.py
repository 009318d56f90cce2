"""How selling happens, in a report kit: answers, the pipeline, activities, and the funnel."""

from odoo import api, models

from ...tools.kit import Cell, Column, Section
from ..kpi.crm_kpi_text import NO_DATA

# In the order of the work: answering, moving on, and what people did for it.
SELLING = (
    "first_response_expected_count", "first_response_service_level",
    "first_response_hours_average", "first_response_unanswered_rate",
    "first_response_waiting_count", "stage_entry_count", "reopened_count", "call_count",
    "email_count", "meeting_count", "activities_per_won", "overdue_activity_count",
)
# Columns for teams and people; the first ones fit into a mail.
BY_DIMENSION = (
    "first_response_expected_count", "first_response_service_level", "call_count",
    "meeting_count", "first_response_hours_average", "stage_entry_count", "activities_per_won",
    "first_response_unanswered_rate", "email_count",
)


class KpiKitSelling(models.AbstractModel):
    _name = "crm.kpi.kit.selling"
    _description = "How Selling Happens in a Report Kit"

    @api.model
    def _selling_figures(self, schedule, period, scope, hidden):
        """:return: figures of the section, empty when the kit is without"""
        if not schedule.with_selling:
            return []
        codes = [code for code in SELLING if code not in hidden]
        return self.env["crm.kpi.figures"]._figures(codes, period, scope)

    @api.model
    def _selling(self, schedule, told, figures, period, scope):
        """:param told: figures that the kit shows already; each stands once
        :param figures: those of :meth:`_selling_figures`
        :return: list of sections, None for one without figures
        """
        _ = self.env._
        if not figures:
            return []
        known = {figure["code"] for figure in told}
        sections = [self._kpi_section(
            [figure for figure in figures if figure["code"] not in known],
            period, scope, "selling", _("How Selling Happens"),
            [_("Leads belong to their salesperson, activities to whoever did them.")],
        )]
        of = {figure["code"]: figure for figure in figures}
        columns = [of[code] for code in BY_DIMENSION if code in of]
        for wanted, dimension, title, label in (
            (schedule.with_teams, "team_id", _("Selling by Sales Team"), _("Sales Team")),
            (schedule.with_people, "user_id", _("Selling by Salesperson"), _("Salesperson")),
        ):
            if wanted:
                sections.append(self._by_dimension(
                    columns, period, scope, dimension, title, label, f"selling_{dimension}"))
        return [*sections, self._funnel(scope)]

    # ------------------------------------------------------------------
    # The funnel
    # ------------------------------------------------------------------

    @api.model
    def _funnel(self, scope):
        """The funnel as it opens: a year of opportunities, each watched for as long."""
        Funnel = self.env["crm.funnel.report"]
        if not Funnel.has_access("read"):
            return None
        domain = self.env["crm.kpi.figures"]._scope_domain(scope)
        side = Funnel.funnel_figures(domain, {})["sides"][0]
        _ = self.env._
        columns = (
            Column(_("Stage")), Column(_("Reached"), True), Column(_("Going On"), True),
            Column(_("Half Left Within"), True), Column(_("Reached Next"), True, depth=1),
            Column(_("95 % Low"), True, depth=1), Column(_("95 % High"), True, depth=1),
            Column(_("Lost Here"), True, depth=1), Column(_("Value Lost"), True, depth=1),
        )
        # Without anybody to count, the sentence says why.
        rows = [self._funnel_row(step, side["counted"])
                for step in side["steps"]] if side["counted"] else []
        entered = _("Opportunities that entered the funnel: %s.", side["label"])
        return Section(
            "funnel", _("Where Deals Stall"), columns, rows,
            notes=[entered, *side["words"]] if rows else [],
            empty=" ".join([entered, *side["words"]]), chart_columns=(1,),
        )

    @api.model
    def _funnel_row(self, step, counted):
        loss = self._money(step["value_lost"]) if step["lost"] else Cell(None, NO_DATA, "money")
        return (
            self._words(step["name"]), self._integer(step["reached"], step["reached"] / counted),
            self._fraction(step["rate"]), self._days(step["median"]), self._count(step["went_on"]),
            self._fraction(step["low"]), self._fraction(step["high"]),
            self._integer(step["lost"]), loss,
        )

    @api.model
    def _days(self, days):
        text = NO_DATA if days is None else self.env["crm.kpi"]._unit_text("days", days)
        return Cell(days, text, "days")
