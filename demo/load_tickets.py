"""A year of support in the story, when the community helpdesk is there: who wrote, how fast the
agents answered and solved, what came back, how satisfied customers were."""

import random
from datetime import datetime, timedelta

from odoo import SUPERUSER_ID, Command
from odoo.tools import SQL

from . import world
from .loader import QUIET

SUBJECTS = {
    "Machines": ("Sealing bar does not heat up", "Film tears at the cutter", "Belt runs off",
                 "Display stays dark", "Vacuum pump is loud"),
    "Deliveries": ("Pallet damaged on arrival", "Where is our delivery?", "Two rolls are missing"),
    "Invoices": ("VAT number is missing", "Invoice shows the old price", "Copy of an invoice"),
}
TICKETS, OPEN = 260, 6
NOBODY = 0.12  # share of customers who write without having bought


def load_tickets(env, plan):
    """Closed tickets of the past year; :func:`load_open_tickets` adds those of today.

    :param plan: the `shapes.Plan` that was loaded
    :return: the tickets, none without the app
    """
    if "helpdesk.ticket" not in env:
        return None
    env = env(user=SUPERUSER_ID, su=True, context=QUIET)
    desk = _Desk(env)
    chance = random.Random(5)
    now = datetime.combine(plan.today, datetime.min.time())
    rows = [_life(chance, now) for _number in range(TICKETS)]
    tickets = env["helpdesk.ticket"].create([desk.values(chance, row) for row in rows])
    env.flush_all()
    _set_dates(env, tickets, rows)
    desk.talk(chance, tickets, rows)
    env.invalidate_all()
    return tickets


def load_open_tickets(env):
    """Tickets of this morning, after the night has found the tiers: rules raise the best ones."""
    if "helpdesk.ticket" not in env:
        return
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", **_quiet_mail()})
    rules = env["crm.priority.rule"].with_context(active_test=False)
    rules.search([("model_name", "=", "helpdesk.ticket")]).active = True
    desk = _Desk(env)
    best = env["crm.customer.value"].search(
        [("company_id", "=", desk.company.id)], order="customer_value desc NULLS LAST", limit=OPEN)
    subjects = [(kind, name) for kind, names in SUBJECTS.items() for name in names[:2]]
    for (kind, name), row in zip(subjects, best, strict=False):
        env["helpdesk.ticket"].create({
            **desk.standing, "name": name, "category_id": desk.categories[kind].id,
            "partner_id": (row.partner_id.child_ids[:1] or row.partner_id).id,
            "stage_id": desk.new.id, "user_id": desk.agents[0].id,
        })


def _quiet_mail():
    return {name: QUIET[name] for name in QUIET if name.startswith(("mail_", "no_", "dont_"))}


def _life(chance, now):
    """When a ticket was created, answered and closed, and its rating."""
    created = now - timedelta(days=chance.uniform(2, 365))
    created = created.replace(hour=chance.randint(7, 16), minute=chance.randint(0, 59))
    answered = created + timedelta(hours=chance.lognormvariate(1.0, 0.9))
    closed = answered + timedelta(hours=chance.lognormvariate(2.8, 1.0))
    rating = chance.choices((None, 5, 4, 3, 2, 1), (6, 5, 3, 1, 1, 1))[0]
    return {
        "created": created, "answered": answered if chance.random() > 0.05 else None,
        "closed": closed if closed < now and chance.random() > 0.03 else None, "rating": rating,
    }


class _Desk:
    """The helpdesk of the larger company: team, agents, categories, stages, customers."""

    def __init__(self, env):
        self.env = env
        self.company = env["res.company"].search(
            [("name", "=", world.COMPANIES["eu"]["name"])], limit=1)
        self.agents = env["res.users"].search([("login", "in", [world.SUPPORT[0], "admin"])])
        self.agents = self.agents.sorted(lambda user: user.login != world.SUPPORT[0])
        self.agents[0].group_ids = [Command.link(env.ref("helpdesk_mgmt.group_helpdesk_user").id)]
        stages = env["helpdesk.ticket.stage"].search([], order="sequence, id")
        self.new = stages.filtered(lambda stage: not stage.closed)[:1]
        self.done = stages.filtered("closed")[:1]
        self.categories = {name: self._named("helpdesk.ticket.category", name)
                           for name in SUBJECTS}
        self.team = self._named("helpdesk.ticket.team", "Customer Care")
        self.team.user_ids = self.agents
        self.standing = {"company_id": self.company.id, "team_id": self.team.id,
                         "description": "<p>Please help.</p>"}
        orders = env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")])
        self.buyers = orders.partner_id.sorted("id")
        self.strangers = env["res.partner"].search(
            [("is_company", "=", True), ("id", "not in", self.buyers.ids)], limit=200, order="id")

    def _named(self, model, name):
        found = self.env[model].search(
            [("name", "=", name), ("company_id", "=", self.company.id)], limit=1)
        return found or self.env[model].create({"name": name, "company_id": self.company.id})

    def values(self, chance, life):
        """Values of a ticket that lived so."""
        # Some customers write often.
        crowd = self.strangers if chance.random() < NOBODY else self.buyers
        partner = crowd[int(len(crowd) * chance.random() ** 2)]
        kind = chance.choices(list(SUBJECTS), (5, 3, 2))[0]
        stage = self.done if life["closed"] else self.new
        return {
            **self.standing, "name": chance.choice(SUBJECTS[kind]), "partner_id": partner.id,
            "category_id": self.categories[kind].id, "stage_id": stage.id,
            "user_id": chance.choices(self.agents, (3, 1))[0].id,
        }

    def talk(self, chance, tickets, lives):
        """First answers and ratings."""
        comment = self.env.ref("mail.mt_comment").id
        self.env["mail.message"].create([
            {"model": ticket._name, "res_id": ticket.id, "message_type": "comment",
             "subtype_id": comment, "date": life["answered"], "body": "We are looking into it.",
             "author_id": ticket.user_id.partner_id.id}
            for ticket, life in zip(tickets, lives, strict=True) if life["answered"]
        ])
        model_id = self.env["ir.model"]._get_id(tickets._name)
        self.env["rating.rating"].create([
            {"res_model_id": model_id, "res_id": ticket.id, "rating": life["rating"],
             "consumed": True, "partner_id": ticket.partner_id.id,
             "rated_partner_id": ticket.user_id.partner_id.id}
            for ticket, life in zip(tickets, lives, strict=True)
            if life["closed"] and life["rating"]
        ])


def _set_dates(env, tickets, lives):
    env.cr.execute(SQL(
        """UPDATE helpdesk_ticket ticket
           SET create_date = life.created, closed_date = life.closed
           FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[]) life(id, created, closed)
           WHERE ticket.id = life.id""",
        tickets.ids, [life["created"] for life in lives], [life["closed"] for life in lives],
    ))
