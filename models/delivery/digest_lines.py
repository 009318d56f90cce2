"""The lines of CRM KPIs in a digest."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

# Of a change that is for the better, for the worse, or neither; dark enough to read.
COLORS = {True: "#0a6b2d", False: "#b3261e", None: "#374151"}


class DigestLines(models.Model):
    _inherit = "digest.digest"

    crm_preview = fields.Html(
        compute="_compute_crm_preview", sanitize=False, groups="sales_team.group_sale_salesman",
    )

    @api.depends("crm_kpi_ids", "periodicity", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_crm_preview(self):
        for digest in self:
            user = self.env.user
            lines = digest._crm_lines(user)
            digest.crm_preview = lines and self.env["ir.qweb"]._render(
                "crm_roi.digest_crm_lines",
                {"crm_lines": lines, "crm": digest._crm_words(user, lines)},
                minimal_qcontext=True,
            )

    def _compute_kpis(self, company, user):
        """Odoo's figures, and a line for each chosen KPI; one that fails empties no mail."""
        return self._safe_kpis(company, user) + [
            {"kpi_name": f"crm_kpi_{line['code']}", "kpi_fullname": line["name"],
             "kpi_action": False, "kpi_col1": {}, "kpi_col2": {}, "kpi_col3": {}, "crm_line": line}
            for line in self._crm_lines(user)
        ]

    def _safe_kpis(self, company, user):
        try:
            with self.env.cr.savepoint():
                return super()._compute_kpis(company, user)
        except Exception as error:  # whatever any addon's figure raises
            _logger.warning("A figure of digest %s failed: %s", self.id, error)
            self.invalidate_recordset(flush=False)
        kpis = []
        for name in self._get_kpi_fields():
            try:
                with self.env.cr.savepoint():
                    kpis += super(
                        DigestLines, self.with_context(crm_digest_only=name)
                    )._compute_kpis(company, user)
            except Exception as error:  # this is the one
                _logger.warning("Figure %s of digest %s is left out: %s", name, self.id, error)
                self.invalidate_recordset(flush=False)
        return kpis

    def _get_kpi_fields(self):
        names = super()._get_kpi_fields()
        only = self.env.context.get("crm_digest_only")
        return [name for name in names if not only or name == only]

    def _crm_lines(self, user):
        """Lines of a recipient, with his rights and in his language.

        :return: list of dicts of texts, one for each KPI the user may read, as the template
            ``crm_roi.digest_crm_lines`` shows them. Empty for who has no right to read KPIs.
        """
        self.ensure_one()
        kpis = self._crm_kpis()
        figures = self._crm_figures_of(user)
        if not kpis or not figures.env["crm.kpi.snapshot"].has_access("read"):
            return []
        return [
            self._crm_line(figures, figure)
            for figure in figures._figures(kpis.mapped("code"), self._crm_period())
        ]

    def _crm_figures_of(self, user):
        company = self._crm_company(user)
        # Nobody gets more rights: figures are read as the one they are sent to.
        return self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=company.ids, lang=user.lang, tz=user.tz
        )

    def _crm_line(self, figures, figure):
        code = figure["code"]
        money = figures.env["res.currency"].browse(figure["currency_id"])
        shown = {
            name: figures._text(code, figure[name], money)
            for name in ("value", "previous", "target")
        }
        return {
            "code": code, "name": figure["name"], "problem": figure["error"] or "", **shown,
            "url": "" if figure["value"] is None else figures._drill_url(code, self._crm_period()),
            "change": figures._change_text(figure), "arrow": _arrow(figure),
            "color": COLORS[figure["improved"]],
            "has_target": figure["target"] is not None,
            "attainment": "" if figure["attainment"] is None else self.env["crm.kpi"]._unit_text(
                "percent", figure["attainment"]),
        }

    def _crm_words(self, user, lines):
        """What the template needs beside the lines, for the eyes of ``user``."""
        period, lang = self._crm_period(), user.lang
        days = [
            format_date(self.env, day, lang_code=lang)
            for day in (period.first, period.stop - timedelta(days=1))
        ]
        is_rtl = self.env["res.lang"]._get_data(code=lang).direction == "rtl"
        return {
            "company": self._crm_company(user).name,
            "period": " – ".join(dict.fromkeys(days)),
            "direction": "rtl" if is_rtl else "ltr",
            "start": "right" if is_rtl else "left",
            "end": "left" if is_rtl else "right",
            "has_targets": any(line["has_target"] for line in lines),
        }

    def _crm_mail_company(self, company):
        """The company a mail names: the digest's own when it tells of CRM figures."""
        return self.company_id if self._crm_kpis() and self.company_id else company


def _arrow(figure):
    value, previous = figure["value"], figure["previous"]
    if value is None or previous is None or value == previous:
        return ""
    return "▲" if value > previous else "▼"
