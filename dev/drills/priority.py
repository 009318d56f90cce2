"""Drills of priority rules: a rule switched in another worker, and errors before a commit."""

import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .base import NightDrill

STATES = (False, True, False, True)
RAISED, USUAL = "3", "0"
MARK = "drill.priority.round"


class Priority(NightDrill):
    """A worker that creates tickets while others switch rules, or while raising them fails."""

    def F10_switched_in_another_worker(self):
        """The next ticket of a running worker follows a rule that another one has switched."""
        with self.check("F10 a rule is switched in one worker and followed in the other") as faults:
            found, expected = self._rounds(listening=True)
            if found != expected:
                faults.append(f"priorities {found} instead of {expected}")
        with self.check("F10 a worker that hears no signals is seen (control)") as faults:
            found, expected = self._rounds(listening=False)
            if found == expected:
                faults.append("the drill can not fail")

    def F2_error_before_the_commit(self):
        """The last statement before the commit fails in the hook: the ticket is in the database."""
        with self.check("F2 raising fails in SQL, the ticket is committed and waits") as faults:
            self.workers.in_odoo(lambda env: _rule(env).write({"active": True}))
            if self.workers.run(self._create_while_failing) != 0:
                faults.append(f"the worker failed, see {self.workers.log}")
            rows = self.workers.query(
                """SELECT lead.priority, queue.error FROM crm_lead lead
                   LEFT JOIN crm_priority_queue queue
                        ON queue.res_id = lead.id AND queue.model_name = 'crm.lead'
                   WHERE lead.name = 'Drill failing'"""
            )
            if rows != [(USUAL, "UndefinedTable")]:
                faults.append(f"found {rows}")
            self.workers.in_odoo(lambda env: env["crm.priority.rule"]._run_queue())
            repaired = self.workers.query(
                "SELECT priority FROM crm_lead WHERE name = 'Drill failing'"
            )
            if repaired != [(RAISED,)]:
                faults.append(f"the queue left {repaired}")

    def _rounds(self, listening):
        """:return: priorities of a ticket for each state of the rule, found and expected"""
        self.workers.in_odoo(lambda env: _start_rounds(env))
        pid = self.workers.start(lambda: self._create_each_round(listening))
        found = []
        for number, state in enumerate(STATES, 1):
            self.workers.in_odoo(
                lambda env, number=number, state=state: _switch(env, number, state)
            )
            found.append(self._wait_for_ticket(number))
        self.workers.wait(pid)
        return found, [RAISED if state else USUAL for state in STATES]

    def _wait_for_ticket(self, number, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rows = self.workers.query(
                "SELECT priority FROM crm_lead WHERE name = %s", [f"Drill round {number}"],
            )
            if rows:
                return rows[0][0]
            time.sleep(0.05)
        return None

    def _create_each_round(self, listening):
        """What the other worker does: a request for each round, with its own registry."""
        registry = Registry(self.workers.database)
        for number in range(len(STATES) + 1):
            self._wait_for_round(number)
            if listening:
                registry = registry.check_signaling()
            with registry.cursor() as cr:
                _create(api.Environment(cr, SUPERUSER_ID, {}), f"Drill round {number}")

    def _wait_for_round(self, number):
        while True:
            rows = self.workers.query(
                "SELECT value::int FROM ir_config_parameter WHERE key = %s", [MARK],
            )
            if rows and rows[0][0] >= number:
                return
            time.sleep(0.05)

    def _create_while_failing(self):
        registry = Registry(self.workers.database).check_signaling()

        def fail(rule, *_args):
            rule.env.cr.execute("SELECT * FROM no_such_table")

        registry["crm.priority.rule"]._tell_why = fail
        with registry.cursor() as cr:
            _create(api.Environment(cr, SUPERUSER_ID, {}), "Drill failing")


def _create(env, name):
    customer = env["res.partner"].search([("name", "=", "Drill Best")], limit=1)
    return env["crm.lead"].create({
        "name": name, "partner_id": customer.id, "company_id": _tier(env).company_id.id,
    })


def _tier(env):
    return env["crm.customer.tier"].search([("company_id", "=", env.company.id)], limit=1)


def _rule(env):
    """The rule of the drill, for a customer whose tier is the best; made when it is not there."""
    Rule = env["crm.priority.rule"].with_context(active_test=False)
    tier = _tier(env)
    rule = Rule.search([("name", "=", "Drill"), ("company_id", "=", env.company.id)])
    if not rule:
        customer = env["res.partner"].create({"name": "Drill Best", "is_company": True})
        env.cr.execute(
            """INSERT INTO crm_customer_value (company_id, partner_id, customer_tier_id)
               VALUES (%s, %s, %s)""", [env.company.id, customer.id, tier.id],
        )
        rule = Rule.create({
            "name": "Drill", "model_name": "crm.lead", "mode": "floor", "active": False,
            "line_ids": [(0, 0, {"tier_id": tier.id, "choice": "crm.lead,priority,3"})],
        })
    return rule


def _start_rounds(env):
    _rule(env).active = False
    env.cr.execute("DELETE FROM crm_lead WHERE name LIKE 'Drill round %'")
    env["ir.config_parameter"].set_param(MARK, 0)


def _switch(env, number, state):
    _rule(env).active = state
    env["ir.config_parameter"].set_param(MARK, number)
