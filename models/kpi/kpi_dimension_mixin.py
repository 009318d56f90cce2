from odoo import api, models
from odoo.tools import SQL


class KpiDimensionMixin(models.AbstractModel):
    """Records that KPI rows are broken down by: deleting one keeps its figures.

    Its rows join the rows without that dimension, so totals stay and no row is doubled.
    """

    _name = "crm.kpi.dimension.mixin"
    _description = "KPI Dimension"

    @api.readonly
    def action_open_kpis(self):
        """:return: the KPI pivot of this team, salesperson or source, as a window action"""
        self.ensure_one()
        snapshot = self.env["crm.kpi.snapshot"]
        snapshot.check_access("read")
        dimension = next(
            name for name, field in snapshot._fields.items()
            if field.type == "many2one" and field.comodel_name == self._name
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_snapshot_action")
        return {
            **action, "name": self.env._("KPIs of %s", self.display_name),
            "domain": [(dimension, "=", self.id)],
        }

    def unlink(self):
        self.check_access("unlink")
        snapshot = self.env["crm.kpi.snapshot"]
        for name, field in snapshot._fields.items():
            if field.type == "many2one" and field.comodel_name == self._name and field.store:
                self._kpi_merge_rows(snapshot, name)
        return super().unlink()

    @api.private
    def _kpi_merge_rows(self, snapshot, dimension):
        """Move the rows of these records to the rows where ``dimension`` is empty."""
        keys = [SQL.identifier(name) for name in
                ("day", "company_id", "team_id", "user_id", "source_id")]
        gone = SQL.identifier(dimension)
        facts = snapshot._kpi_facts()
        totals = {
            # An unknown flow keeps its total unknown; a stock is empty where no night was taken.
            SQL.identifier(name): SQL("SUM(%s)", SQL.identifier(name)) if fact.is_stock
            else SQL("CASE WHEN COUNT(*) = COUNT(%(fact)s) THEN SUM(%(fact)s) END",
                     fact=SQL.identifier(name))
            for name, fact in facts.items()
        }
        added = [
            SQL("%(fact)s = COALESCE(kpi.%(fact)s + EXCLUDED.%(fact)s, kpi.%(fact)s,"
                " EXCLUDED.%(fact)s)", fact=SQL.identifier(name)) if fact.is_stock
            else SQL("%(fact)s = kpi.%(fact)s + EXCLUDED.%(fact)s", fact=SQL.identifier(name))
            for name, fact in facts.items()
        ]
        self.env.execute_query(SQL(
            """WITH moved AS (DELETE FROM crm_kpi_snapshot WHERE %(gone)s = ANY(%(ids)s)
                              RETURNING *)
               INSERT INTO crm_kpi_snapshot AS kpi (%(keys)s, currency_id, has_stock, %(facts)s)
               SELECT %(kept)s, MAX(currency_id), bool_or(has_stock), %(totals)s
               FROM moved GROUP BY %(grouped)s
               ON CONFLICT (day, COALESCE(company_id, 0), COALESCE(team_id, 0),
                            COALESCE(user_id, 0), COALESCE(source_id, 0))
               DO UPDATE SET has_stock = kpi.has_stock OR EXCLUDED.has_stock, %(added)s""",
            gone=gone, ids=list(self.ids), keys=SQL(", ").join(keys),
            facts=SQL(", ").join(totals), totals=SQL(", ").join(totals.values()),
            kept=SQL(", ").join(SQL("NULL::integer") if key == gone else key for key in keys),
            grouped=SQL(", ").join(key for key in keys if key != gone),
            added=SQL(", ").join(added),
        ))
        snapshot.invalidate_model()
