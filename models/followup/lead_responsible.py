"""Who is to act on a lead, where he is, and whether he may see it."""

from datetime import datetime

import pytz

from odoo import api, models
from odoo.tools import SQL

from ...tools.period import UTC, known_timezone


class LeadResponsible(models.AbstractModel):
    _name = "crm.lead.responsible"
    _description = "Responsible of Leads"

    @api.model
    def _responsible_sql(self, leader_only=False):
        """SQL row (id) of the salesperson of ``lead``, else of the leader of ``team``: somebody
        who works in the lead's company. No row when there is nobody."""
        choice = SQL("(team.user_id, 2)")
        if not leader_only:
            choice = SQL("(lead.user_id, 1), (team.user_id, 2)")
        return SQL(
            """SELECT users.id FROM (VALUES %s) AS choice(id, rank)
               JOIN res_users users ON users.id = choice.id
               WHERE users.active AND users.share IS NOT TRUE
                 AND (lead.company_id IS NULL OR EXISTS (
                     SELECT FROM res_company_users_rel works
                     WHERE works.user_id = users.id AND works.cid = lead.company_id))
               ORDER BY choice.rank LIMIT 1""", choice,
        )

    @api.model
    def _readable(self, records):
        """Those whose responsible (``user_id``) may open the lead (``lead_id``)."""
        readable = records.browse()
        for user, some in records.grouped("user_id").items():
            # Less rights than those of the scheduled action, never more.
            leads = some.lead_id.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            allowed = set(leads._filtered_access("read").ids)
            readable += some.filtered(lambda one, allowed=allowed: one.lead_id.id in allowed)
        return readable

    @api.model
    def _local_now(self, user):
        """:return: the present naive datetime where the user is; where his company is when his
        time zone is not known"""
        timezone = known_timezone(user.tz) or user.company_id._kpi_timezone() or UTC
        now = pytz.utc.localize(self.env.cr.now().replace(microsecond=0))
        return now.astimezone(pytz.timezone(timezone)).replace(tzinfo=None)

    @api.model
    def _local_today(self, user):
        return datetime.date(self._local_now(user))
