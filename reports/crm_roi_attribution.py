from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.optional_number import OptionalInteger, OptionalMonetary
from ..models.kpi.crm_roi_report import channel
from ..models.kpi.kpi_declaration import CONFIRMED, flow

MODELS = ("first", "last", "linear", "u_shaped")
TOUCHES = 1_000_000  # more than any customer has before an order; tells rows of an order apart


def credit(label, amount, text):
    """A part of an order's amount, credited to one touch."""
    return flow(
        label, "costs", ("sale.order", "date_order", CONFIRMED, f"net_{amount}"),
        OptionalMonetary, "currency", help=text,
    )


class CrmRoiAttribution(models.Model):
    """What brought an order: its net revenue and margin credited over the customer's touches.

    One row for each confirmed order and touch. A touch is a lead of the customer created before
    the order, within the company's window, or the campaign, source and medium of the order itself
    where they differ from its lead's. Each way of crediting adds up to the order to the cent; an
    order without touches is one row without campaign, source and medium.
    """

    _name = "crm.roi.attribution"
    _inherit = ["crm.roi.report"]
    _description = "Revenue Attribution"
    _auto = False
    _order = "day desc, order_id desc, touch_number"
    _rec_name = "order_id"

    day = fields.Date("Order Date", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    order_id = fields.Many2one("sale.order", "Order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    campaign_id = channel("utm.campaign", "Campaign")
    source_id = channel("utm.source", "Source")
    medium_id = channel("utm.medium", "Medium")
    lead_id = fields.Many2one("crm.lead", "Lead", readonly=True)
    touch_date = fields.Datetime("Touch", readonly=True)
    touch_number = OptionalInteger(
        "Touch No.", readonly=True, aggregator=None,
        help="1 is the first touch before the order. Empty: nothing is known of what brought it.",
    )
    touch_count = OptionalInteger("Touches of the Order", readonly=True, aggregator=None)

    first_revenue = credit(
        "Revenue, First Touch", "revenue",
        "Net order revenue, all of it credited to the first touch before the order: what found "
        "the customer.",
    )
    last_revenue = credit(
        "Revenue, Last Touch", "revenue",
        "Net order revenue, all of it credited to the last touch before the order: what closed "
        "the sale.",
    )
    linear_revenue = credit(
        "Revenue, Linear", "revenue",
        "Net order revenue, shared evenly by all touches before the order.",
    )
    u_shaped_revenue = credit(
        "Revenue, U-Shaped", "revenue",
        "Net order revenue: 40 % to the first touch, 40 % to the last and 20 % shared by those "
        "between. Two touches get half each.",
    )
    first_margin = credit(
        "Margin, First Touch", "margin",
        "Margin of the order, all of it credited to the first touch before the order.",
    )
    last_margin = credit(
        "Margin, Last Touch", "margin",
        "Margin of the order, all of it credited to the last touch before the order.",
    )
    linear_margin = credit(
        "Margin, Linear", "margin",
        "Margin of the order, shared evenly by all touches before the order.",
    )
    u_shaped_margin = credit(
        "Margin, U-Shaped", "margin",
        "Margin of the order: 40 % to the first touch, 40 % to the last and 20 % shared by those "
        "between.",
    )

    _depends = {
        "sale.order": [
            "state", "date_order", "partner_id", "company_id", "team_id", "user_id", "net_revenue",
            "net_margin", "opportunity_id", "campaign_id", "source_id", "medium_id",
        ],
        "crm.lead": [
            "partner_id", "company_id", "create_date", "active", "won_status", "campaign_id",
            "source_id", "medium_id",
        ],
        "res.company": ["currency_id", "roi_attribution_days"],
        "res.currency": ["rounding"],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self):
        credits = [
            SQL("%s AS %s", self._credit_sql(name, SQL.identifier("orders", f"net_{amount}")),
                SQL.identifier(f"{name}_{amount}"))
            for name in MODELS for amount in ("revenue", "margin")
        ]
        # One small look-up for each order, so that a filter on days reads few orders.
        return SQL(
            """SELECT orders.id::bigint * %(touches_max)s + COALESCE(touch.number, 0) AS id,
                      (orders.date_order AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date AS day,
                      orders.company_id, company.currency_id, orders.id AS order_id,
                      customer.commercial_partner_id AS partner_id, orders.team_id, orders.user_id,
                      touch.campaign_id, touch.source_id, touch.medium_id, touch.lead_id,
                      touch.moment AS touch_date, touch.number AS touch_number,
                      touch.total AS touch_count, %(credits)s
               FROM sale_order orders
               JOIN res_company company ON company.id = orders.company_id
               JOIN res_currency currency ON currency.id = company.currency_id
               JOIN (VALUES %(zones)s) AS zone(company_id, name)
                 ON zone.company_id = orders.company_id
               JOIN res_partner customer ON customer.id = orders.partner_id
               LEFT JOIN LATERAL (%(touches)s) touch ON TRUE
               WHERE orders.state = 'sale'""",
            touches_max=TOUCHES, credits=SQL(", ").join(credits), zones=self._kpi_zones_sql(),
            touches=self._touches_sql(),
        )

    @api.model
    def _touches_sql(self):
        """SQL of the touches of ``orders``, numbered from the first."""
        return SQL(
            """WITH leads AS (%(leads)s)
               SELECT touch.*, COUNT(*) OVER () AS total,
                      ROW_NUMBER() OVER (ORDER BY touch.moment, touch.lead_id NULLS LAST) AS number
               FROM (
                   SELECT leads.id AS lead_id, leads.create_date AS moment,
                          leads.campaign_id, leads.source_id, leads.medium_id
                   FROM leads
                   UNION ALL
                   SELECT NULL, orders.date_order,
                          orders.campaign_id, orders.source_id, orders.medium_id
                   WHERE num_nonnulls(orders.campaign_id, orders.source_id, orders.medium_id) > 0
                     -- an order takes over what its lead says: that is the same touch
                     AND NOT EXISTS (
                         SELECT FROM leads
                         WHERE leads.id = orders.opportunity_id
                           AND (leads.campaign_id, leads.source_id, leads.medium_id)
                               IS NOT DISTINCT FROM
                               (orders.campaign_id, orders.source_id, orders.medium_id)
                     )
               ) touch""",
            leads=self._leads_sql(),
        )

    @api.model
    def _leads_sql(self):
        """SQL of the leads that may have led to ``orders``: of the same customer and company,
        created before in the window, saying where they came from."""
        return SQL(
            """SELECT lead.id, date_trunc('second', lead.create_date) AS create_date,
                      lead.campaign_id, lead.source_id, lead.medium_id
               FROM crm_lead lead
               WHERE lead.id IN (
                         SELECT own.id FROM res_partner contact
                         JOIN crm_lead own ON own.partner_id = contact.id
                         WHERE contact.commercial_partner_id = customer.commercial_partner_id
                         UNION ALL SELECT orders.opportunity_id
                     )
                 AND (lead.active OR lead.won_status <> 'pending')
                 AND (lead.company_id IS NULL OR lead.company_id = orders.company_id)
                 AND num_nonnulls(lead.campaign_id, lead.source_id, lead.medium_id) > 0
                 AND date_trunc('second', lead.create_date) <= orders.date_order
                 AND (COALESCE(company.roi_attribution_days, 0) <= 0
                      OR lead.create_date >= orders.date_order
                         - make_interval(days => company.roi_attribution_days))"""
        )

    @api.model
    def _credit_sql(self, name, amount):
        """SQL of a touch's part of ``amount``: what all touches up to it get, less what those
        before it get, each rounded, so that the parts add up."""
        number, total = SQL("touch.number"), SQL("touch.total")
        parts = [
            SQL("ROUND(%s * (%s) / currency.rounding) * currency.rounding",
                amount, self._share_sql(name, place, total))
            for place in (number, SQL("(touch.number - 1)"))
        ]
        return SQL("CASE WHEN %s IS NULL THEN %s ELSE %s - %s END", number, amount, *parts)

    @api.model
    def _share_sql(self, name, number, total):
        """SQL of the share (0 to 1) that the first ``number`` of ``total`` touches get together."""
        even = SQL("%s::numeric / %s", number, total)
        return {
            "first": SQL("CASE WHEN %s >= 1 THEN 1 ELSE 0 END", number),
            "last": SQL("CASE WHEN %s >= %s THEN 1 ELSE 0 END", number, total),
            "linear": even,
            "u_shaped": SQL(
                """CASE WHEN %(number)s = 0 THEN 0 WHEN %(number)s = %(total)s THEN 1
                        WHEN %(total)s = 2 THEN %(even)s
                        ELSE 0.4 + 0.2 * (%(number)s - 1) / (%(total)s - 2) END""",
                number=number, total=total, even=even,
            ),
        }[name]

    @api.model
    def _kpi_span_sql(self):
        # A day to either side for the time zones.
        return SQL(
            "SELECT MIN(date_order)::date - 1 AS first, MAX(date_order)::date + 1 AS last"
            " FROM sale_order"
        )

    @api.model
    @api.readonly
    def action_drill(self, measure, domain):
        """Open the credits behind a figure: each order with its touches."""
        self.browse().check_access("read")
        label = self._fields[measure]._description_string(self.env)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_roi.crm_roi_attribution_credits"
        )
        return {**action, "name": label, "domain": [*domain, (measure, "not in", [0, False])]}

    def action_open_order(self):
        """:return: the form of the order, as a window action"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "sale.order", "view_mode": "form",
            "res_id": self.order_id.id,
        }
