from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

YEAR = relativedelta(years=1)


class CrmKpiTargetCopy(models.TransientModel):
    """Copies targets to the next year, perhaps larger or smaller."""

    _name = "crm.kpi.target.copy"
    _description = "Copy Targets to the Next Year"
    _rec_names_search = ["target_ids"]

    target_ids = fields.Many2many(
        "crm.kpi.target", required=True, string="Targets",
        default=lambda self: self.env.context.get("active_ids"),
    )
    change = fields.Float(
        "Change", help="How much larger the new targets are: 0.1 is 10 % more, -0.1 is 10 % less. "
                       "Of KPIs where lower is better, a smaller target is the harder one.",
    )
    existing_count = fields.Integer(compute="_compute_existing_count")

    @api.depends("target_ids")
    def _compute_existing_count(self):
        for wizard in self:
            wizard.existing_count = len(wizard.target_ids) - len(wizard._missing())

    def _missing(self):
        """The targets whose next year has no target yet."""
        taken = Domain.OR(
            target._holder_domain() & Domain([
                ("date_from", "<=", target.date_to + YEAR),
                ("date_to", ">=", target.date_from + YEAR),
            ]) for target in self.target_ids
        )
        existing = self.env["crm.kpi.target"].search(taken)
        return self.target_ids.filtered(lambda target: not existing.filtered(
            lambda other: target._has_same_holder(other)
            and other.date_from <= target.date_to + YEAR
            and other.date_to >= target.date_from + YEAR
        ))

    def action_copy(self):
        """Create the targets of the next year; those that are there already stay as they are."""
        self.ensure_one()
        if self.change <= -1:
            raise UserError(self.env._(
                "A target cannot become 0 or less. Enter a change above -100 %."))
        missing = self._missing()
        if not missing:
            raise UserError(self.env._(
                "All of these targets have one in the next year already. Change those instead."))
        copies = self.env["crm.kpi.target"].create([
            {**target._copied(), "amount": self._grown(target),
             "date_from": target.date_from + YEAR} for target in missing
        ])
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_target_action")
        return {**action, "domain": [("id", "in", copies.ids)], "context": {}}

    def _grown(self, target):
        grown = target.amount * (1 + self.change)
        # Money and numbers without the digits that a percentage brings.
        return round(grown, 2) if target.kind == "flow" else round(grown, 6)
