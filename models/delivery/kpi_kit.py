"""A report kit as its reader may see it: sections of figures, built once for all renderings."""

from odoo import api, models
from odoo.tools import format_date

from ...tools.kit import Cell, Column, Kit, Section
from ...tools.report_period import ONE_DAY, ReportPeriod
from ..kpi.crm_kpi_text import NO_DATA

# How numbers of a unit are kept in a cell; everything else is a float.
KINDS = {"count": "integer", "percent": "percent", "currency": "money",
         "currency_per_day": "money", "days": "days"}
SCOPE_FIELDS = {"teams": ("team_id", "team_ids"), "people": ("user_id", "person_ids")}


class KpiKit(models.AbstractModel):
    """Everything is read with the rights, company, language and time zone of the reader: the user
    of the environment."""

    _name = "crm.kpi.kit"
    _inherit = ["crm.kpi.kit.breakdown", "crm.kpi.kit.selling", "crm.kpi.kit.lists",
                "crm.kpi.kit.paper"]
    _description = "Content of a Report Kit"

    @api.model
    def _build(self, schedule, day, hidden=()):
        """:param schedule: the report kit, with the reader's environment or one of more rights
        :param day: day its period is seen from (date)
        :param hidden: codes of KPIs that whoever looks on may not see
        :return: a ``tools.kit.Kit``
        """
        schedule = schedule.with_context(lang=self.env.lang)
        Figures = self.env["crm.kpi.figures"]
        period = ReportPeriod.of(schedule.period, day, Figures._week_start())
        scope = self._scope(schedule)
        # Names of KPIs only; which of them the reader may see is asked when they are read.
        chosen = (schedule.sudo().main_kpi_id | schedule.sudo().kpi_ids).mapped("code")
        codes = [code for code in chosen if code not in hidden]
        figures = Figures._figures(codes, period, scope)
        selling = self._selling_figures(schedule, period, scope, hidden)
        sections = [self._key_figures(figures, period, scope)]
        sections += self._breakdowns(schedule, figures, period, scope)
        sections += self._selling(schedule, figures, selling, period, scope)
        sections += self._lists(schedule, period, scope)
        period_text = schedule._period_words(period.first, period.stop)
        currency = self.env.company.currency_id
        return Kit(
            title=schedule.name, note=schedule.note or "",
            facts=self._facts(schedule, period, period_text),
            sections=[one for one in sections if one],
            definitions=self._definitions(figures, selling), figures=figures,
            currency=(currency.symbol, currency.position == "before", currency.decimal_places),
            period=(period.first, period.stop - ONE_DAY),
            period_text=period_text,
            is_rtl=self.env["res.lang"]._get_data(code=self.env.lang).direction == "rtl",
        )

    @api.model
    def _scope(self, schedule):
        """:return: scope as ``crm.kpi.figures`` takes it"""
        if schedule.scope == "own":
            return {"user_id": self.env.user.id}
        if schedule.scope in SCOPE_FIELDS:
            name, chosen = SCOPE_FIELDS[schedule.scope]
            # What the kit is about; its figures are read with the reader's rights.
            return {name: schedule.sudo()[chosen].ids}
        return {}

    @api.model
    def _scope_words(self, schedule):
        if schedule.scope == "own":
            return self.env._("%(person)s's own figures", person=self.env.user.name)
        if schedule.scope in SCOPE_FIELDS:
            # Names of teams and colleagues the kit is about; whoever made it chose them.
            return ", ".join(schedule[SCOPE_FIELDS[schedule.scope][1]].sudo().mapped("name"))
        if self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return self.env._("Whole company")
        return self.env._("What %(person)s may see", person=self.env.user.name)

    @api.model
    def _facts(self, schedule, period, period_text):
        """:return: list of ``(label, text)``"""
        facts = [
            (self.env._("Company"), self.env.company.name),
            (self.env._("Period"), period_text),
            (self.env._("About"), self._scope_words(schedule)),
            (self.env._("For"), self.env.user.name),
        ]
        measured = self._measured_until(period)
        if measured:
            facts.append((self.env._("Measured until"), format_date(self.env, measured)))
        return facts

    @api.model
    def _measured_until(self, period):
        """:return: the last measured day when the period is not over or not measured, else None"""
        nights = self.env["crm.kpi.snapshot.day"]._read_group(
            [("company_id", "=", self.env.company.id), ("day", ">=", period.first),
             ("day", "<", period.stop)], [], ["day:max"])
        last = nights[0][0]
        is_whole = last and (period.stop - last).days == 1
        return None if is_whole else last

    # ------------------------------------------------------------------
    # Cells
    # ------------------------------------------------------------------

    @api.model
    def _number(self, figure, value, period=None, scope=None, **look):
        """A cell with a figure of a KPI; that of a period leads to its records."""
        known = None if value is None or value is False else value
        if period and known is not None:
            look["url"] = self.env["crm.kpi.figures"]._drill_url(figure["code"], period, scope)
        kind = KINDS.get(figure["unit"], "float")
        if kind == "integer" and known is not None and known != int(known):
            kind = "float"
        text = self.env["crm.kpi.figures"]._text(figure["code"], known)
        return Cell(known, text, kind, **look)

    @api.model
    def _words(self, text, tone=""):
        return Cell(text or None, text or "", "text", tone)

    @api.model
    def _fraction(self, value):
        if value is None:
            return Cell(None, NO_DATA, "percent")
        return Cell(value, self.env["crm.kpi"]._unit_text("percent", value), "percent")

    # ------------------------------------------------------------------
    # The figures
    # ------------------------------------------------------------------

    @api.model
    def _key_figures(self, figures, period, scope):
        _ = self.env._
        return self._kpi_section(
            figures, period, scope, "kpis", _("Key Figures"),
            [_("“Before” is the period before; a running period is compared with as many days. "
               "“–” means that there is no data, not zero.")],
            _("The kit has no KPI that you may see. Choose KPIs in the kit."),
        )

    @api.model
    def _kpi_section(self, figures, period, scope, key, title, notes, empty=""):
        """A line for each figure, with what it is compared with."""
        _ = self.env._
        has_target = any(figure["target"] is not None for figure in figures)
        has_status = any(self._status(figure)[0] for figure in figures)
        target = 1 if has_target else 2
        columns = (
            Column(_("KPI")), Column(_("Value"), True), Column(_("Before"), True),
            Column(_("Change"), True), Column(_("Target"), True, depth=target),
            Column(_("Target Reached"), True, depth=target),
            Column(_("Status"), depth=0 if has_status else 2),
            Column(_("Records"), True, depth=1), Column(_("95 % Low"), True, depth=1),
            Column(_("95 % High"), True, depth=1),
        )
        rows = [self._kpi_row(figure, period, scope) for figure in figures]
        return Section(key, title, columns, rows, notes=notes, empty=empty)

    @api.model
    def _kpi_row(self, figure, period, scope):
        Figures = self.env["crm.kpi.figures"]
        change, before = Figures._change_text(figure), period.compared(Figures._today())
        tone = {True: "good", False: "bad", None: ""}[figure["improved"]]
        is_number = figure["change_kind"] == "number" and figure["unit"] != "percent"
        status, status_tone = self._status(figure)
        return (
            self._words(figure["name"]),
            self._number(figure, figure["value"], period, scope),
            self._number(figure, figure["previous"], before, scope),
            Cell(figure["change"], change, "percent", tone) if is_number
            else Cell(change, change, "text", tone),
            self._number(figure, figure["target"]), self._fraction(figure["attainment"]),
            self._words(status, status_tone), self._count(figure["n"]),
            self._number(figure, figure["low"]), self._number(figure, figure["high"]),
        )

    @api.model
    def _count(self, number):
        if number is None:
            return Cell(None, NO_DATA, "integer")
        return Cell(round(number), self.env["crm.kpi"]._unit_text("count", round(number)),
                    "integer")

    @api.model
    def _status(self, figure):
        """:return: ``(text, tone)`` of what a company expects"""
        _ = self.env._
        if figure["error"]:
            return figure["error"], "bad"
        paces = {"ahead": _("ahead of target"), "on_track": _("on track"),
                 "behind": _("behind target")}
        words = {"good": _("good"), "warning": _("needs attention"), "bad": _("bad")}
        texts = [words.get(figure["status"]), paces.get(figure["pace"])]
        tone = figure["status"] or {"ahead": "good", "behind": "warning"}.get(figure["pace"], "")
        return ", ".join(text for text in texts if text), tone

    @api.model
    def _definitions(self, figures, more):
        _ = self.env._
        known = {figure["code"]: figure for figure in (*figures, *more)}
        better = dict(self.env["crm.kpi"]._fields["better"]._description_selection(self.env))
        units = dict(self.env["crm.kpi"]._fields["unit"]._description_selection(self.env))
        return Section(
            "definitions", _("Definitions"),
            (Column(_("KPI")), Column(_("Definition")), Column(_("Unit")), Column(_("Good"))),
            [tuple(map(self._words, (
                figure["name"], figure["definition"], units.get(figure["unit"]),
                better.get(figure["better"])))) for figure in known.values()],
        )
