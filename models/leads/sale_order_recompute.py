"""Set-based recomputation of the KPI fields of orders, for some customers or for all."""

from odoo import api, models
from odoo.tools import SQL

from .sale_order import HISTORY, NET


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _kpi_recompute_sql(self, partner_ids=None):
        """Recompute all KPI fields of orders, and the order revenue of their leads.

        :param partner_ids: only the customers behind these partners; all by default
        :return: number of orders whose values changed
        """
        self.env.flush_all()
        customers = self._kpi_customers(partner_ids)
        if customers is not None and not customers:
            return 0
        changed = self._kpi_update(NET, self._kpi_net_sql(self._kpi_scope_sql(None, customers)))
        changed |= self._kpi_recompute_history(customers)
        leads = None
        if customers is not None:
            leads = [row[0] for row in self.env.execute_query(SQL(
                "SELECT DISTINCT opportunity_id FROM sale_order orders WHERE %s"
                " AND opportunity_id IS NOT NULL", self._kpi_scope_sql(None, customers),
            ))]
        self.env["crm.lead"]._kpi_recompute_order_revenue(leads)
        return len(changed)

    @api.model
    def _kpi_recompute_history(self, customers=None, except_ids=()):
        """Rewrite rank, kind, intervals and last order where they differ; one statement.

        :param customers: ids of commercial partners; all by default
        :param except_ids: orders left alone (those whose values the ORM is about to set)
        :return: set of ids of the orders that changed
        """
        if not except_ids:
            self._kpi_flush_history()
        return self._kpi_update(
            HISTORY, self._kpi_history_sql(customers), self._kpi_scope_sql(None, customers),
            except_ids,
        )

    @api.model
    def _kpi_update(self, names, rows_sql, scope=None, except_ids=()):
        """Write ``names`` from a query with columns id and ``names``; orders in ``scope`` without
        a row are emptied.

        :return: set of ids of the orders that changed
        """
        def columns(alias):
            return [
                SQL("COALESCE(%s, FALSE)", SQL.identifier(alias, name))
                if self._fields[name].type == "boolean" else SQL.identifier(alias, name)
                for name in names
            ]

        # Values computed but not yet written, of other orders in the same flush: they are right,
        # and must be in the database before the cache forgets them.
        self._flush()
        changed = {row[0] for row in self.env.execute_query(SQL(
            """UPDATE sale_order target SET %(assignments)s
               FROM sale_order orders LEFT JOIN (%(rows)s) value ON value.id = orders.id
               WHERE orders.id = target.id AND %(scope)s AND target.id <> ALL(%(except_ids)s)
                 AND (%(stored)s) IS DISTINCT FROM (%(new)s)
               RETURNING target.id""",
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), column)
                for name, column in zip(names, columns("value"), strict=True)
            ),
            rows=rows_sql, scope=scope or SQL("value.id IS NOT NULL"),
            except_ids=list(except_ids), stored=SQL(", ").join(columns("target")),
            new=SQL(", ").join(columns("value")),
        ))}
        orders = self.browse(changed)
        orders.invalidate_recordset(names, flush=False)
        orders._kpi_mark_dirty()
        return changed

    @api.model
    def _kpi_customers(self, partner_ids):
        if partner_ids is None:
            return None
        return [row[0] for row in self.env.execute_query(SQL(
            "SELECT DISTINCT commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
            list(partner_ids),
        ))]

    @api.model
    def _kpi_scope_sql(self, ids=None, customers=None):
        """Condition on the table alias ``orders``: by ids, by customers, or all."""
        if ids is not None:
            return SQL("orders.id = ANY(%s)", list(ids))
        if customers is not None:
            return SQL(
                """orders.partner_id IN (
                       SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))""",
                list(customers),
            )
        return SQL("TRUE")
