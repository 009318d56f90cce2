from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CrmKpiBenchmark(models.Model):
    """What others reach: the value of a ratio in an industry, with its source and year."""

    _name = "crm.kpi.benchmark"
    _inherit = ["crm.roi.company.mixin"]
    _description = "KPI Benchmark"
    _order = "year desc, kpi_id, id"
    _rec_names_search = ["kpi_id.name", "industry_id", "source"]

    kpi_id = fields.Many2one(
        "crm.kpi", "KPI", required=True, index=True, ondelete="cascade",
        domain="[('kind', '=', 'formula')]",
        help="A ratio: totals of other companies say nothing about yours.",
    )
    industry_id = fields.Many2one(
        "res.partner.industry", required=True, index=True, ondelete="restrict",
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.today().year - 1, aggregator=None,
        help="The year the figure is of.",
    )
    value = fields.Float(
        required=True, digits=False, aggregator=None,
        help="In the unit of the KPI. Percentages as fractions: 0.25 is 25 %.",
    )
    source = fields.Char(
        required=True, help="Where the figure is published: study, page, address."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="cascade",
        falsy_value_label=_lt("All companies"), help="Empty: for all companies of the industry.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id,
        help="Of amounts of money.",
    )
    unit = fields.Selection(related="kpi_id.unit")
    value_text = fields.Char("Value with Unit", compute="_compute_value_text")

    _kpi_industry_year_uniq = models.UniqueIndex(
        "(kpi_id, industry_id, year, COALESCE(company_id, 0))",
        "There is a benchmark of this KPI, industry and year already.",
    )
    _year_sensible = models.Constraint(
        "CHECK(year BETWEEN 1970 AND 2100)", "Enter the year of the figure, such as 2025."
    )

    @api.depends("kpi_id", "industry_id", "year")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for benchmark in self:
            parts = [benchmark.kpi_id.name, benchmark.industry_id.name, str(benchmark.year)]
            benchmark.display_name = " · ".join(part for part in parts if part)

    @api.depends("value", "kpi_id", "currency_id")
    @api.depends_context("lang")
    def _compute_value_text(self):
        Figures = self.env["crm.kpi.figures"]
        for benchmark in self:
            benchmark.value_text = benchmark.kpi_id and Figures._text(
                benchmark.kpi_id.code, benchmark.value, benchmark.currency_id
            )

    @api.constrains("kpi_id", "source")
    def _check_comparable(self):
        for benchmark in self:
            if benchmark.kpi_id.kind != "formula":
                raise ValidationError(self.env._(
                    "“%s” is a total: those of other companies say nothing about yours. Choose a "
                    "ratio.", benchmark.kpi_id.name,
                ))
            if not (benchmark.source or "").strip():
                raise ValidationError(self.env._(
                    "“%s”: say where the figure is published.", benchmark.display_name,
                ))

    @api.model
    def _latest(self, kpis, industry, year):
        """The newest benchmark of each KPI in an industry; a company's own before shared ones.

        :param year: later ones do not count
        :return: dict ``{crm.kpi: crm.kpi.benchmark}``
        """
        if not industry:
            return {}
        found = {}
        for benchmark in self.search(Domain([
            ("kpi_id", "in", kpis.ids), ("industry_id", "=", industry.id), ("year", "<=", year),
            ("company_id", "in", (self.env.company.id, False)),
        ]), order="year desc, company_id, id"):
            found.setdefault(benchmark.kpi_id, benchmark)
        return found
