"""Follow-up rules at work: find leads with a cause, claim it once, schedule the activity."""

from odoo import api, models
from odoo.tools import SQL

from ..base.attempt import attempt, error_text

# Leads handled between two commits.
BATCH = 200


class LeadFollowupEngine(models.AbstractModel):
    _name = "crm.lead.followup.engine"
    _inherit = ["crm.lead.followup.cause", "crm.lead.responsible"]
    _description = "Follow-up Engine"

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _run_followups(self):
        """Run each active rule once a day of its company. Killed anywhere or run twice, the next
        run goes on: what was claimed is in the table of follow-ups.

        :return: number of follow-ups scheduled
        """
        rules = self._due_rules()
        progress = self.env["ir.cron"]._commit_progress
        left, count = progress(remaining=len(rules)), 0
        for rule in rules:
            while left:
                done = rule._try_batch()
                count += done
                is_finished = done < BATCH
                left = progress(processed=int(is_finished))
                if is_finished:
                    break
        return count

    @api.model
    def _due_rules(self):
        return self.search([]).filtered(lambda rule: rule.last_day != rule._today())

    def _today(self):
        """Today where the company of the rule is; where the main company is when it has none."""
        company = self.company_id or self.company_id._kpi_main_company()
        return company._kpi_today(company._kpi_timezone())

    def _try_batch(self):
        """One batch, in its own savepoint; a rule that fails stops no other one.

        :return: number of follow-ups scheduled; fewer than ``BATCH`` when the rule is finished
        """
        return attempt(
            self.env, f"Follow-up rule {self.id}", self._run_batch,
            lambda error: self.write({"last_day": self._today(), "problem": error_text(error)}),
        ) or 0

    def _run_batch(self):
        self.env.flush_all()
        followups = self.env["crm.lead.followup"].browse(self._claim(BATCH))
        followups.invalidate_recordset(flush=False)
        self._schedule(followups)
        if len(followups) < BATCH:
            self.write({"last_day": self._today(), "problem": False})
        return len(followups)

    # ------------------------------------------------------------------
    # Which leads
    # ------------------------------------------------------------------

    def _claim(self, limit):
        """Note the next causes as handled, the most promising leads first.

        :return: ids of the new rows of ``crm.lead.followup``
        """
        rows = self.env.execute_query(SQL(
            """INSERT INTO crm_lead_followup
                      (rule_id, lead_id, company_id, user_id, cause, since, date, day, result)
               SELECT %(rule)s, candidate.lead_id, candidate.company_id, candidate.user_id,
                      candidate.key, candidate.since, %(now)s, %(day)s, 'scheduled'
               FROM (%(candidates)s) candidate
               LEFT JOIN (SELECT user_id, COUNT(*) AS number FROM crm_lead_followup
                          WHERE rule_id = %(rule)s AND day = %(day)s GROUP BY user_id) used
                 ON used.user_id = candidate.user_id
               WHERE %(daily)s = 0
                  OR candidate.number + COALESCE(used.number, 0) <= %(daily)s
               ORDER BY candidate.number, candidate.user_id
               LIMIT %(limit)s
               ON CONFLICT DO NOTHING
               RETURNING id""",
            rule=self.id, now=self.env.cr.now(), day=self._today(), daily=self.daily_limit,
            candidates=self._candidates_sql(), limit=limit,
        ))
        return [row[0] for row in rows]

    def _candidates_sql(self):
        """SQL rows (lead_id, company_id, user_id, key, since, number): open leads with a cause
        that was not handled yet, numbered for each responsible, best score first."""
        units = SQL(", ").join(
            SQL("(%s, %s::date)", company_id or 0, self.env["res.company"]._kpi_today(timezone))
            for company_id, timezone in self.env["res.company"]._kpi_timezones()
        )
        return SQL(
            """SELECT lead.id AS lead_id, lead.company_id, person.id AS user_id, cause.key,
                      cause.since,
                      row_number() OVER (
                          PARTITION BY person.id
                          ORDER BY lead.lead_score DESC NULLS LAST,
                                   lead.expected_revenue DESC NULLS LAST, lead.id) AS number
               FROM crm_lead lead
               JOIN (VALUES %(units)s) AS unit(company_id, today)
                 ON unit.company_id = COALESCE(lead.company_id, 0)
               LEFT JOIN crm_team team ON team.id = lead.team_id
               JOIN LATERAL (%(cause)s) cause ON TRUE
               JOIN LATERAL (%(person)s) person ON TRUE
               WHERE %(scope)s AND NOT EXISTS (
                   SELECT FROM crm_lead_followup done
                   WHERE done.rule_id = %(rule)s AND done.lead_id = lead.id
                     AND done.cause = cause.key)""",
            units=units, cause=self._cause_sql(self.cause, self.days),
            person=self._responsible_sql(self.assign_to == "leader"),
            scope=self._scope_sql(), rule=self.id,
        )

    def _scope_sql(self):
        terms = [SQL("lead.active AND COALESCE(lead.won_status, 'pending') = 'pending'")]
        if self.lead_type == "opportunity":
            terms.append(SQL("lead.type = 'opportunity'"))
        if self.company_id:
            terms.append(SQL("lead.company_id = %s", self.company_id.id))
        if self.team_id:
            terms.append(SQL("lead.team_id = %s", self.team_id.id))
        if self.skip_planned or self.cause == "no_activity":
            terms.append(SQL(
                """NOT EXISTS (SELECT FROM mail_activity planned
                               WHERE planned.res_model = 'crm.lead' AND planned.res_id = lead.id
                                 AND planned.active)"""
            ))
        return SQL(" AND ").join(terms)
