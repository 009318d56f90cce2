"""Quotations, orders, and the few invoices that were credited."""

from odoo import Command

from . import world


def load_orders(loading):
    """All quotations and orders, in the order in which they were written, so that their numbers
    rise with their dates."""
    env, plan = loading.env, loading.plan
    for chunk in loading.in_chunks(plan.orders, 100):
        for key, company in loading.companies.items():
            own = [order for order in chunk if world.TEAMS[order.team].company == key]
            records = env["sale.order"].with_company(company).create([
                _order(loading, order, key) for order in own])
            loading.orders.update(zip((order.key for order in own), records, strict=True))


def _order(loading, order, company):
    contact = loading.contacts[order.customer.key, order.contact.email]
    pricelist = loading.pricelists.get((company, order.currency))
    values = {
        "partner_id": contact.id, "company_id": loading.companies[company].id,
        "user_id": loading.users[order.rep].id, "team_id": loading.teams[order.team].id,
        "date_order": order.at, "state": order.state,
        "pricelist_id": pricelist.id if pricelist else False, "fiscal_position_id": False,
        "source_id": loading.sources[order.source].id if order.source else False,
        "medium_id": loading.media[order.medium].id if order.medium else False,
        "campaign_id": loading.campaigns[order.campaign].id if order.campaign else False,
        "order_line": [_line(loading, order, line) for line in order.lines],
    }
    if order.deal:
        values["opportunity_id"] = loading.leads[order.deal.key].id
        values["origin"] = order.deal.title
    return values


def _line(loading, order, line):
    taxed = order.currency == "EUR" and loading.taxes.get(order.customer.country)
    return Command.create({
        "product_id": loading.products[line.product].id, "product_uom_qty": line.quantity,
        "price_unit": line.price, "purchase_price": line.cost, "discount": line.discount,
        "tax_ids": [Command.set(taxed.ids if taxed else [])],
        "analytic_distribution": False,  # given, so that it is not looked up for each line
    })


def load_refunds(loading):
    """Delivered, invoiced, and given back in part or in full."""
    for key in loading.companies:
        returned = [order for order in loading.plan.orders
                    if order.refund and world.TEAMS[order.team].company == key]
        if returned:
            _refund(loading, returned)


def _refund(loading, returned):
    env = loading.env
    records = env["sale.order"].browse(loading.orders[order.key].id for order in returned)
    for line in records.order_line:
        line.qty_delivered = line.product_uom_qty
    records._create_invoices(grouped=True)  # one invoice for each order
    invoices = env["account.move"]
    for order, record in zip(returned, records, strict=True):
        record.invoice_ids.invoice_date = order.at.date()
        invoices |= record.invoice_ids
    invoices.action_post()
    env["account.move"].create([
        _credit_note(order, record, invoice)
        for order, record, invoice in zip(returned, records, invoices, strict=True)
    ]).action_post()


def _credit_note(order, record, invoice):
    """As the reversal of the invoice makes it, for the lines that came back."""
    sold = record.order_line[-len(order.credited):]
    return {
        "move_type": "out_refund", "reversed_entry_id": invoice.id,
        "partner_id": invoice.partner_id.id, "company_id": invoice.company_id.id,
        "currency_id": invoice.currency_id.id, "invoice_user_id": invoice.invoice_user_id.id,
        "team_id": invoice.team_id.id, "invoice_date": order.refunded_at,
        "date": order.refunded_at, "invoice_origin": record.name,
        "ref": f"{invoice.name}: goods returned",
        "invoice_line_ids": [Command.create({
            "product_id": line.product_id.id, "quantity": line.product_uom_qty,
            "price_unit": line.price_unit, "discount": line.discount, "name": line.name,
            "tax_ids": [Command.set(line.tax_ids.ids)], "sale_line_ids": [Command.set(line.ids)],
        }) for line in sold],
    }
