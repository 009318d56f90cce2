"""Lead scoring: the whole base by the rules, beside Odoo's own predictive scoring of the same."""

from odoo.tools import SQL

from .clock import clock, interleave

ROUNDS = 2
RULES = 20


def compare(env):
    """Score all open leads from nothing; again, with nothing to change; Odoo's scheduled action.

    :returns: dictionary name -> list of runs; number of open leads, number of rules.
    """
    sets = env["crm.lead.score.set"]
    rules = env["crm.lead.score.rule"].search([("set_id.state", "=", "live")])
    assert len(rules) >= RULES, f"{len(rules)} rules"
    _let_odoo_score_all(env)
    def pass_over():
        sets.search([("state", "=", "live")])._start_pass()
        env.cr.commit()
        with clock(env.cr, memory=True) as run:
            sets._run_scoring()
        return run

    def from_nothing():
        env.cr.execute("""UPDATE crm_lead SET lead_score = NULL, lead_score_fit = NULL,
            lead_score_engagement = NULL, lead_grade = NULL, is_hot = NULL
            WHERE lead_score IS NOT NULL""")
        env.cr.commit()
        return pass_over()

    def predictive():
        with clock(env.cr, memory=True) as run:
            env["crm.lead"]._cron_update_automated_probabilities()
            env.cr.commit()
        return run

    first, again, odoo = interleave(ROUNDS, from_nothing, pass_over, predictive)
    env.cr.execute(SQL("SELECT COUNT(*) FROM crm_lead WHERE lead_score IS NOT NULL"))
    return {"first": first, "again": again, "odoo": odoo}, env.cr.fetchone()[0], len(rules)


def _let_odoo_score_all(env):
    """Predictive scoring looks at leads created since a date: all of them."""
    env["ir.config_parameter"].set_param("crm.pls_start_date", "2000-01-01")
    env.cr.commit()
