from odoo import api, fields, models


class CrmKpi(models.Model):
    """Custom KPIs whose field the server could not load: kept, left out, and they say why."""

    _inherit = "crm.kpi"

    problem = fields.Char(
        "Why It Is Left Out", readonly=True,
        help="The KPI comes back by itself once it can be read again.",
    )

    @api.model
    def _sync(self):
        result = super()._sync()
        # Runs at the end of an installation or upgrade, as the method it extends.
        Kpi = self.sudo().with_context(active_test=False)
        back = Kpi.search([("problem", "!=", False)]).filtered(
            lambda kpi: kpi.code in self.env["crm.kpi.snapshot"]._fields)
        back._tell_custom(False)
        back.write({"problem": False, "active": True})
        return result

    def _drop_undeclared(self):
        """Targets, alerts and kits hang on a KPI: a field that only failed to load takes none of
        them with it. One that somebody has archived stays archived."""
        kept = self.filtered("field_id.crm_kpi_declaration")
        for kpi in kept.filtered("active"):
            kpi.write({"active": False, "problem": kpi._problem_of_field()})
            kpi._tell_custom(kpi.problem)
        return super(CrmKpi, self - kept)._drop_undeclared()

    def _problem_of_field(self):
        error = self.field_id._crm_kpi_load_error() or self.env._(
            "what it is computed from cannot be read")
        return self.env._("This KPI could not be loaded and is left out: %s.", error)

    def _tell_custom(self, problem):
        for kpi in self:
            self.env["crm.kpi.custom"].search([("code", "=", kpi.code)]).problem = problem
