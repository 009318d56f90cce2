"""Confirmed orders with lines: of won opportunities, and of customers who come back."""

from . import bulk

# Seven orders in ten belong to a won opportunity, one in twelve is in the other currency.
ORDERS = """
    SELECT n, lead, person.*, COALESCE(story.source_id, source.id) AS source_id,
           CASE WHEN lead IS NULL THEN (1 + floor(%(customers)s * dice(n, 'c') ^ 1.5))::int
                ELSE story.customer END AS customer,
           CASE WHEN n %% 12 = 1 AND person.is_main THEN %(euro)s
                WHEN n %% 12 = 1 THEN %(dollar)s ELSE person.currency_id END AS order_currency_id,
           COALESCE(story.closed, date_trunc('second', calendar.moment)) AS ordered
    FROM generate_series(1, %(orders)s) n
    LEFT JOIN (
        SELECT n AS lead, person AS seller, customer, source_id, closed,
               row_number() OVER (ORDER BY dice(n, 'order'), n) AS number
        FROM bench_story WHERE is_won AND NOT is_shared
    ) story ON n %% 10 < 7 AND story.number = n / 10 * 7 + n %% 10 + 1
    JOIN bench_person person
         ON person.person = COALESCE(seller, floor(60 * dice(n, 'person')))
    LEFT JOIN bench_source source
         ON dice(n, 'source?') < .9 AND source.number = floor(12 * dice(n, 'source'))
    CROSS JOIN LATERAL (
        SELECT %(today)s::timestamp
               - (2 + (%(days)s - 3) * (1 - dice(n, 'day') ^ .8)) * interval '1 day' AS moment
    ) calendar
"""

# Odoo's rate: the latest on or before the day.
RATED = """
    SELECT orders.*, CASE WHEN order_currency_id = currency_id THEN 1
                          WHEN is_main THEN rate.rate ELSE 1 / rate.rate END AS rate
    FROM bench_drawn_order orders
    CROSS JOIN LATERAL (
        SELECT rate FROM res_currency_rate
        WHERE currency_id = %(euro)s AND name <= ordered::date ORDER BY name DESC LIMIT 1
    ) rate
"""

# One to three lines. Odoo rounds prices and totals, not costs.
LINES = """
    SELECT orders.*, position, product.id AS product_id, product.name, product.uom_id,
           1 + floor(8 * dice(n * 3 + position, 'quantity')) AS quantity,
           round(product.price * rate, 2) AS price, product.price * .625 * rate AS cost
    FROM bench_order orders
    CROSS JOIN LATERAL generate_series(0, (n %% 3)::int) position
    JOIN bench_product product
         ON product.number = floor(24 * dice(n * 3 + position, 'product') ^ 1.4)
"""
MARGIN = "quantity * (price - cost)"

ORDER = {
    "id": "n", "name": "'B' || to_char(n, 'FM0000000')", "state": "'sale'",
    "company_id": "company_id", "team_id": "team_id", "user_id": "user_id",
    "source_id": "source_id", "opportunity_id": "lead",
    "partner_id": "%(partner)s + customer", "partner_invoice_id": "%(partner)s + customer",
    "partner_shipping_id": "%(partner)s + customer",
    "currency_id": "order_currency_id", "currency_rate": "rate",
    "date_order": "ordered", "create_date": "ordered", "write_date": "ordered",
    "amount_untaxed": "total", "amount_tax": "0", "amount_total": "total",
    "margin": "margin", "margin_percent": "margin / NULLIF(total, 0)",
    "invoice_status": "'to invoice'", "locked": "FALSE", "require_signature": "TRUE",
    "require_payment": "FALSE", "prepayment_percent": "1", "create_uid": "user_id",
    "write_uid": "user_id",
}
ORDER_SOURCE = f"""
    bench_order JOIN (
        SELECT n, SUM(quantity * price)::numeric AS total,
               round(SUM({MARGIN})::numeric, 2) AS margin
        FROM bench_line GROUP BY n
    ) basket USING (n)
"""

LINE = {
    "id": "row_number() OVER (ORDER BY n, position)", "order_id": "n", "sequence": "10 + position",
    "company_id": "company_id", "currency_id": "order_currency_id",
    "order_partner_id": "%(partner)s + customer", "salesman_id": "user_id", "state": "'sale'",
    "product_id": "product_id", "product_uom_id": "uom_id", "name": "name",
    "product_uom_qty": "quantity", "price_unit": "price", "technical_price_unit": "price",
    "discount": "0", "price_subtotal": "quantity * price", "price_total": "quantity * price",
    "price_tax": "0", "price_reduce_taxexcl": "price", "price_reduce_taxinc": "price",
    "purchase_price": "cost", "margin": MARGIN,
    "margin_percent": f"{MARGIN} / (quantity * price)",
    "qty_delivered": "0", "qty_invoiced": "0", "qty_to_invoice": "quantity",
    "untaxed_amount_invoiced": "0", "untaxed_amount_to_invoice": "quantity * price",
    "qty_delivered_method": "'manual'", "invoice_status": "'to invoice'", "customer_lead": "0",
    "is_downpayment": "FALSE", "is_expense": "FALSE", "create_uid": "user_id",
    "write_uid": "user_id", "create_date": "ordered", "write_date": "ordered",
}


def fill(env, count, today, years, partner):
    """``count`` orders of the customers that follow ``partner``, and their lines."""
    customers = env["res.partner"].search_count([("id", ">", partner), ("is_company", "=", True)])
    currencies = {"euro": env.ref("base.EUR").id, "dollar": env.ref("base.USD").id}
    bulk.temporary(env, "bench_drawn_order", ORDERS, orders=count, customers=customers,
                   today=today, days=365 * years, **currencies)
    bulk.temporary(env, "bench_order", RATED, **currencies)
    bulk.temporary(env, "bench_line", LINES)
    bulk.insert(env, "sale_order", ORDER, ORDER_SOURCE, partner=partner)
    bulk.insert(env, "sale_order_line", LINE, "bench_line", partner=partner)
