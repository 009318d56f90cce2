"""Whether the bulk data is what Odoo would have stored: its own computes are asked on a sample."""

COMPUTED = {
    "crm.lead": (
        "won_status", "prorated_revenue", "day_open", "day_close", "email_normalized",
        "email_domain_criterion", "email_state", "phone_sanitized", "phone_state",
        "recurring_revenue_monthly",
    ),
    "sale.order": (
        "amount_untaxed", "amount_tax", "amount_total", "margin", "margin_percent",
        "currency_rate", "invoice_status",
    ),
    "sale.order.line": (
        "price_subtotal", "price_total", "price_tax", "margin", "margin_percent",
        "purchase_price", "qty_to_invoice", "untaxed_amount_to_invoice", "invoice_status",
        "currency_id", "company_id", "order_partner_id", "salesman_id",
    ),
    "res.partner": ("commercial_partner_id", "complete_name", "email_normalized"),
}


def check(env, size=300):
    """Compute stored fields of a sample anew and compare.

    :raises AssertionError: names the first record and field that differ.
    """
    for model, names in COMPUTED.items():
        records = _sample(env, model, size)
        stored = {name: [_value(record[name]) for record in records] for name in names}
        for name in names:
            field = env[model]._fields[name]
            env.add_to_compute(field, records)
            records._recompute_recordset([name])
            for record, before in zip(records, stored[name], strict=True):
                now = _value(record[name])
                assert _same(before, now), f"{record}.{name}: {before!r} stored, Odoo says {now!r}"
    env.cr.rollback()


def _sample(env, model, size):
    ids = env[model].with_context(active_test=False).search([], order="id desc").ids
    return env[model].browse(ids[:: max(len(ids) // size, 1)])


def _value(value):
    return value.ids if hasattr(value, "ids") else value


def _same(before, now):
    if isinstance(now, float):
        return abs((before or 0) - now) < 1e-5 * max(1, abs(now))
    return before == now
