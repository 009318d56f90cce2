from odoo import fields, models
from odoo.tools import SQL


class CrmKpiActiveCustomer(models.Model):
    """Customers with positive net revenue in the last twelve months, one row for each company.

    Team, salesperson and source are those of the latest order, so that a customer served by
    several people is counted once and people add up to the company.
    """

    _name = "crm.kpi.active.customer"
    _description = "Active Customer"
    _auto = False
    _order = "net_revenue desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    last_order_date = fields.Datetime("Latest Order", readonly=True)
    order_count = fields.Integer("Orders in 12 Months", readonly=True)
    net_revenue = fields.Monetary("Net Revenue in 12 Months", readonly=True)

    _depends = {
        "sale.order": ["state", "date_order", "partner_id", "company_id", "net_revenue",
                       "team_id", "user_id", "source_id"],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT MAX(latest.id) AS id, partner.commercial_partner_id AS partner_id,
                      latest.company_id, company.currency_id,
                      (array_agg(latest.team_id ORDER BY %(newest)s))[1] AS team_id,
                      (array_agg(latest.user_id ORDER BY %(newest)s))[1] AS user_id,
                      (array_agg(latest.source_id ORDER BY %(newest)s))[1] AS source_id,
                      MAX(latest.date_order) AS last_order_date,
                      COUNT(*) AS order_count, SUM(latest.net_revenue) AS net_revenue
               FROM sale_order latest
               JOIN res_partner partner ON partner.id = latest.partner_id
               JOIN res_company company ON company.id = latest.company_id
               WHERE latest.state = 'sale'
                 AND latest.date_order > (now() AT TIME ZONE 'UTC') - interval '1 year'
                 AND latest.date_order <= now() AT TIME ZONE 'UTC'
               GROUP BY partner.commercial_partner_id, latest.company_id, company.currency_id
               HAVING SUM(latest.net_revenue) > 0""",
            newest=SQL("latest.date_order DESC, latest.id DESC"),
        )
