"""What an alert says and does when it fires."""

from odoo import fields, models

from ...tools.report_period import CALENDAR, ReportPeriod
from ..followup.lead_followup_activity import QUIET


class KpiAlertNotice(models.AbstractModel):
    _name = "crm.kpi.alert.notice"
    _description = "Notices of KPI Alerts"

    def _fire(self, day, value, limit):
        """Tell the owner, once in an episode."""
        self._log_event("fired", day, value, limit)
        self.state = "firing"
        alert = self.with_context(lang=self.owner_id.lang)
        subject, text = alert._texts(value, limit)
        if self.channel == "activity":
            alert.with_context(**QUIET).activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.owner_id.id, summary=subject,
                note=text, date_deadline=fields.Date.context_today(self),
            )
        else:
            alert.message_notify(
                partner_ids=self.owner_id.partner_id.ids, subject=subject, body=text,
                model_description=alert.env._("KPI Alert"),
                email_layout_xmlid="mail.mail_notification_layout",
            )

    def _recover(self, day, value, limit):
        self._log_event("recovered", day, value, limit)
        self.write({"state": "ok", "episode": self.episode + 1})

    def _log_event(self, kind, day, value, limit):
        self.env["crm.kpi.alert.event"].create({
            "alert_id": self.id, "kind": kind, "day": day, "value": value, "limit": limit,
            "episode": self.episode, "owner_id": self.owner_id.id,
            "drills": {"value_text": self._drill_of(day)},
        })

    def _drill_of(self, day):
        """What opens the records of the figure of the period that begins on a day."""
        figures = self.env["crm.kpi.figures"].with_context(allowed_company_ids=self.company_id.ids)
        period = ReportPeriod(day, day + CALENDAR[self.step], self.step)
        return figures._drill_request(self.kpi_id.code, period, self._scope())

    def _texts(self, value, limit):
        """:return: ``(subject, text)`` in the language of the context; plain texts"""
        figures = self._as_owner()
        code = self.kpi_id.code
        shown, bound = (figures._text(code, number) for number in (value, limit))
        steps = dict(self._fields["step"]._description_selection(self.env))
        subject = self.env._("%(kpi)s: %(value)s", kpi=self.kpi_id.name, value=shown)
        text = self.env._(
            "%(scope)s: %(kpi)s is %(value)s, the limit is %(limit)s. In a row: %(periods)s "
            "(%(steps)s). You are told again once it has recovered in between.",
            scope=self._scope_text(), kpi=self.kpi_id.name, value=shown, limit=bound,
            periods=self.periods, steps=steps[self.step].lower(),
        )
        return subject, text

    def _scope_text(self):
        names = (self.company_id.name, self.team_id.name, self.user_id.name)
        return ", ".join(name for name in names if name)
