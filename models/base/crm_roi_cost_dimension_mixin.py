from odoo import models
from odoo.tools import SQL


class CrmRoiCostDimensionMixin(models.AbstractModel):
    """Records that costs name: deleting one keeps the costs, with its name as a label."""

    _name = "crm.roi.cost.dimension.mixin"
    _description = "Dimension of Costs"

    def unlink(self):
        self.check_access("unlink")
        self._label_costs()
        return super().unlink()

    def _label_costs(self):
        """Note the names of these records on the costs that name them."""
        Cost = self.env["crm.roi.cost"]
        field = next(
            field for field in Cost._fields.values()
            if field.type == "many2one" and field.comodel_name == self._name
        )
        if not self.ids:
            return
        Cost.flush_model([field.name, "deleted_labels"])
        # Whoever may delete a campaign need not be allowed to see what it cost.
        self.env.execute_query(SQL(
            """UPDATE crm_roi_cost SET deleted_labels = concat_ws('; ', deleted_labels, label)
               FROM (VALUES %(labels)s) AS gone(id, label) WHERE %(column)s = gone.id""",
            labels=SQL(", ").join(
                SQL("(%s, %s)", record.id, record._cost_label(field)) for record in self
            ),
            column=SQL.identifier(Cost._table, field.name),
        ))
        Cost.invalidate_model(["deleted_labels"])

    def _cost_label(self, field):
        return f"{field._description_string(self.env)}: {self.display_name}"
