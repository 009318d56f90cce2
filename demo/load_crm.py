"""Customers with their contacts, leads and opportunities."""

from odoo import Command

from . import world


def load_partners(loading):
    """Firms with an opportunity or an order, and the contacts that are spoken to."""
    env, plan = loading.env, loading.plan
    # as a file import does: the address of a contact is given, not copied one by one from the firm
    Partner = env["res.partner"].with_context(_partners_skip_fields_sync=True)
    countries = {c.code: c for c in env["res.country"].search([])}
    states = {(s.country_id.code, s.code): s for s in env["res.country.state"].search(
        [("country_id.code", "in", ("US", "CA"))])}
    for chunk in loading.in_chunks(plan.customers):
        firms = Partner.create([
            _firm(loading, customer, countries, states) for customer in chunk])
        for customer, firm in zip(chunk, firms, strict=True):
            loading.partners[customer.key] = firm
    known = {customer.key for customer in plan.customers}
    spoken = {(deal.customer.key, deal.contact.email): (deal.customer, deal.contact)
              for deal in plan.deals if deal.kind == "opportunity"}
    spoken.update({(order.customer.key, order.contact.email): (order.customer, order.contact)
                   for order in plan.orders})
    pairs = [pair for key, pair in spoken.items() if key[0] in known]
    for chunk in loading.in_chunks(pairs):
        people = Partner.create([_person(loading, *pair) for pair in chunk])
        for (customer, contact), person in zip(chunk, people, strict=True):
            loading.contacts[customer.key, contact.email] = person


def _firm(loading, customer, countries, states):
    state = states.get((customer.country, customer.state))
    return {
        "name": customer.name, "is_company": True, "street": customer.street,
        "zip": customer.zip, "city": customer.city, "country_id": countries[customer.country].id,
        "state_id": state.id if state else False, "phone": customer.phone,
        "email": f"info@{customer.domain}", "website": f"https://www.{customer.domain}",
        "user_id": loading.users[customer.rep].id if customer.rep else False,
    }


def _person(loading, customer, contact):
    firm = loading.partners[customer.key]
    return {
        "name": contact.name, "parent_id": firm.id, "type": "contact",
        "function": contact.function, "email": contact.email, "phone": contact.phone,
        "street": firm.street, "zip": firm.zip, "city": firm.city,
        "country_id": firm.country_id.id, "state_id": firm.state_id.id,
        "user_id": firm.user_id.id,
    }


def load_leads(loading):
    """All enquiries as they are today; their past follows in the chatter and by back-dating."""
    env, plan = loading.env, loading.plan
    config = env["ir.config_parameter"]
    config.set_param("crm.pls_start_date", "")  # learn once at the end, not with every batch
    countries = {c.code: c.id for c in env["res.country"].search([])}
    for chunk in loading.in_chunks(plan.deals):
        leads = env["crm.lead"].create([_lead(loading, deal, countries) for deal in chunk])
        for deal, lead in zip(chunk, leads, strict=True):
            loading.leads[deal.key] = lead


def _lead(loading, deal, countries):
    company = loading.companies[world.TEAMS[deal.team].company].id if deal.team else False
    values = {
        "name": deal.title, "type": deal.kind, "company_id": company,
        "team_id": loading.teams[deal.team].id if deal.team else False,
        "user_id": loading.users[deal.rep].id if deal.rep else False,
        "source_id": loading.sources[deal.source].id if deal.source else False,
        "medium_id": loading.media[deal.medium].id if deal.medium else False,
        "campaign_id": loading.campaigns[deal.campaign].id if deal.campaign else False,
        "priority": deal.priority, "expected_revenue": deal.revenue,
        "tag_ids": [Command.set([loading.tags[tag].id for tag in deal.tags])],
        "description": deal.note and f"<p>{deal.note}</p>",
        "stage_id": loading.stages[deal.stage].id,
        "date_open": deal.assigned, "date_conversion": deal.converted,
        "date_closed": deal.closed, "date_last_stage_update": deal.stage_since or deal.created,
        "date_deadline": deal.deadlines[0] if deal.deadlines else False,
    }
    values.update(_who(loading, deal, countries))
    values.update(_outcome(loading, deal))
    return values


def _who(loading, deal, countries):
    customer, contact = deal.customer, deal.contact
    if deal.kind == "opportunity":
        return {"partner_id": loading.contacts[customer.key, contact.email].id}
    return {
        "partner_name": customer.name, "contact_name": contact.name,
        "function": contact.function, "email_from": contact.email, "phone": contact.phone,
        "city": customer.city, "zip": customer.zip, "country_id": countries[customer.country],
    }


def _outcome(loading, deal):
    if deal.outcome == "won":
        return {"probability": 100, "automated_probability": 100}
    if deal.outcome == "lost":
        return {"probability": 0, "automated_probability": 0, "active": False,
                "lost_reason_id": loading.reasons[deal.lost_reason].id}
    if deal.outcome == "void":
        return {"probability": 20, "active": False}
    return {}


def load_afterthoughts(loading):
    _merge_duplicates(loading)
    _move_deadlines(loading)


def _merge_duplicates(loading):
    """Second enquiries of the same customer, merged as a salesperson would."""
    env = loading.env
    for deal in [deal for deal in loading.plan.deals if deal.duplicate]:
        lead = loading.leads[deal.key]
        twin = env["crm.lead"].create({
            "name": deal.duplicate, "type": "lead", "company_id": lead.company_id.id,
            "team_id": lead.team_id.id, "user_id": lead.user_id.id, "probability": 0,
            "partner_name": deal.customer.name, "email_from": deal.contact.email,
            "phone": deal.contact.phone,
        })
        loading.leads[deal.key] = (lead | twin).merge_opportunity()


def _move_deadlines(loading):
    """Each move of the expected closing date is a write of its own, as in real life."""
    moves = {}
    for deal in loading.plan.deals:
        for step, deadline in enumerate(deal.deadlines[1:]):
            moves.setdefault((step, deadline), loading.env["crm.lead"])
            moves[step, deadline] |= loading.leads[deal.key]
    ordered = sorted(moves.items(), key=lambda item: item[0])
    for chunk in loading.in_chunks(ordered, 50):
        for (_step, deadline), leads in chunk:
            leads.write({"date_deadline": deadline})
