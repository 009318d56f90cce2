"""Telling people about hot leads: once, in their hours, not too many a day, best ones first."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.quiet import is_quiet
from ..base.attempt import attempt
from .lead_followup_activity import QUIET

# A crossing nobody could be told of is no news any more.
EXPIRES = timedelta(days=7)
# Nobody is told of more leads in one run.
MOST = 50
# Reasons a notice gives.
MOST_REASONS = 5


class LeadHotNotice(models.AbstractModel):
    _name = "crm.lead.hot.notice"
    _inherit = ["crm.lead.responsible"]
    _description = "Notices of Hot Leads"

    @api.model
    def _run_notices(self):
        """Tell people of the leads that became hot.

        :return: number of notices sent
        """
        self.env.flush_all()
        self._drop_stale()
        waiting = self._next_notices()
        progress = self.env["ir.cron"]._commit_progress
        left, sent = progress(remaining=len(waiting)), 0
        for crossing, user in waiting:
            if not left:
                break
            sent += crossing._try_tell(user)
            left = progress(processed=1)
        return sent

    @api.model
    def _drop_stale(self):
        """Crossings that are no news any more."""
        self.env.execute_query(SQL(
            """UPDATE crm_lead_hot waiting SET state = CASE
                   WHEN NOT lead.active OR COALESCE(lead.won_status, 'pending') <> 'pending'
                       THEN 'closed'
                   WHEN lead.is_hot IS NOT TRUE THEN 'cooled'
                   WHEN company.hot_notice IS NOT TRUE OR team.hot_daily_cap = 0
                        OR team.hot_daily_cap IS NULL AND company.hot_daily_cap = 0
                       THEN 'switched_off'
                   WHEN waiting.date < %(expired)s THEN 'expired'
                   ELSE 'pending' END
               FROM crm_lead lead
               LEFT JOIN crm_team team ON team.id = lead.team_id
               LEFT JOIN res_company company ON company.id = COALESCE(lead.company_id, %(main)s)
               WHERE lead.id = waiting.lead_id AND waiting.state = 'pending'
               RETURNING waiting.id""",
            expired=self.env.cr.now() - EXPIRES,
            main=self.env["res.company"]._kpi_main_company().id,
        ))
        self.env["crm.lead.hot"].invalidate_model(["state"], flush=False)

    # ------------------------------------------------------------------
    # Who is told of what now
    # ------------------------------------------------------------------

    @api.model
    def _next_notices(self):
        """:return: list of ``(crossing, user)`` that may be told now: those that never failed
            first, and the best scores of them"""
        users = self.env["res.users"]
        rows = [
            (self.env["crm.lead.hot"].browse(crossing_id), users.browse(user_id), cap)
            for crossing_id, user_id, cap in self._waiting_rows()
        ]
        users = users.browse({user.id for _crossing, user, _cap in rows})
        days = {user: self._local_today(user) for user in users}
        told, chosen = self._told_today(days), []
        for crossing, user, cap in rows:
            if told.get(user, 0) < cap and not self._is_quiet(user, crossing.company_id):
                told[user] = told.get(user, 0) + 1
                chosen.append((crossing, user))
        return chosen

    @api.model
    def _waiting_rows(self):
        return self.env.execute_query(SQL(
            """SELECT id, user_id, cap FROM (
                   SELECT waiting.id, waiting.tries, person.id AS user_id,
                          COALESCE(team.hot_daily_cap, company.hot_daily_cap) AS cap,
                          row_number() OVER (PARTITION BY person.id
                                             ORDER BY waiting.tries, lead.lead_score DESC,
                                                      waiting.id) AS number
                   FROM crm_lead_hot waiting
                   JOIN crm_lead lead ON lead.id = waiting.lead_id
                   LEFT JOIN crm_team team ON team.id = lead.team_id
                   LEFT JOIN res_company company
                     ON company.id = COALESCE(lead.company_id, %(main)s)
                   JOIN LATERAL (%(person)s) person ON TRUE
                   WHERE waiting.state = 'pending'
                     AND (waiting.next_try IS NULL OR waiting.next_try <= %(now)s)) ranked
               WHERE number <= %(most)s
               ORDER BY tries, number, user_id""",
            now=self.env.cr.now(),
            main=self.env["res.company"]._kpi_main_company().id,
            person=self._responsible_sql(), most=MOST,
        ))

    @api.model
    def _told_today(self, days):
        """:param days: ``{user: today where he is}``
        :return: ``{user: number of notices of that day}``
        """
        if not days:
            return {}
        counts = self.env["crm.lead.hot"]._read_group(
            [("state", "=", "notified"), ("day", "in", list(set(days.values())))],
            ["user_id", "day:day"], ["__count"],
        )
        return {user: count for user, day, count in counts if days.get(user) == day}

    @api.model
    def _is_quiet(self, user, company):
        company = company or self.env["res.company"]._kpi_main_company()
        return is_quiet(
            self._local_now(user), company.hot_quiet_from, company.hot_quiet_to,
            company.hot_quiet_weekend,
        )

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _try_tell(self, user):
        """:return: whether the user was told; one lead that fails stops no other"""
        return attempt(
            self.env, f"Notice of hot lead {self.lead_id.id}",
            lambda: self._tell_user(user), self._note_failure,
            take=lambda: self._take_try(SQL("state = 'pending'")), clashed=self._untake_try,
        )

    def _give_up(self, text):
        self.write({"state": "failed", "problem": text})

    def _tell_user(self, user):
        self.ensure_one()
        self.user_id = user
        if not self._readable(self):
            self.state = "no_access"
            return False
        crossing = self.with_context(lang=user.lang)
        activity = crossing._schedule_call(user)
        crossing._send_notice(user, activity)
        self.write({
            "state": "notified", "notified": fields.Datetime.now(), "problem": False, "tries": 0,
            "next_try": False, "day": self._local_today(user), "activity_id": activity.id,
        })
        return True

    def _schedule_call(self, user):
        lead = self.lead_id
        company = self.company_id or self.env["res.company"]._kpi_main_company()
        activity_type = company.hot_activity_type_id
        if not activity_type:
            return self.env["mail.activity"]
        return lead.with_context(**QUIET).activity_schedule(
            activity_type_id=activity_type.id, user_id=user.id,
            date_deadline=self._local_today(user),
            summary=self.env._("Hot lead, score %(score)s", score=lead.lead_score),
        )

    def _send_notice(self, user, activity):
        """By e-mail or in the inbox, as the user has chosen for all messages."""
        lead = self.lead_id
        body = self.env["ir.qweb"]._render(
            "crm_roi.lead_hot_notice", {
                "lead": lead, "activity": activity,
                "reasons": lead._lead_score_sentences()[:MOST_REASONS],
            }, minimal_qcontext=True,
        )
        lead.message_notify(
            partner_ids=user.partner_id.ids, body=body,
            subject=self.env._("Hot lead: %(lead)s", lead=lead.name),
            model_description=self.env["ir.model"]._get("crm.lead").display_name,
            email_layout_xmlid="mail.mail_notification_layout",
        )
