"""A report kit in words: when it comes, to how many, what it was sent last."""

from datetime import datetime

from odoo import api, fields, models
from odoo.tools import format_date, format_time

from ...tools.period import UTC, known_timezone
from ...tools.rhythm import local_now, utc_of


class KpiReportWords(models.AbstractModel):
    _name = "crm.kpi.report.words"
    _description = "Report Kit in Words"

    schedule_text = fields.Char("Schedule", compute="_compute_schedule_text")
    next_run = fields.Datetime(
        "Next", compute="_compute_next_run",
        help="In your own time zone. Others get it when it is that time where they are.",
    )
    recipient_count = fields.Integer("Subscribed", compute="_compute_recipient_count")
    last_sent = fields.Datetime("Last Sent", compute="_compute_last_sent")

    @api.depends("every", "weekday", "month_day", "hour")
    @api.depends_context("lang")
    def _compute_schedule_text(self):
        for kit in self:
            kit.schedule_text = kit._schedule_words()

    def _schedule_words(self):
        """:return: such as "Every Monday at 07:00 in each recipient's time zone" """
        minutes = round(self.hour * 60)
        moment = datetime(2000, 1, 1, minutes // 60 % 24, minutes % 60)
        time = format_time(self.env, moment.time(), time_format="short")
        if self.every == "weekly":
            days = dict(self._fields["weekday"]._description_selection(self.env))
            return self.env._(
                "Every %(day)s at %(time)s in each recipient's time zone",
                day=days.get(self.weekday, ""), time=time)
        if self.every == "monthly":
            return self.env._(
                "On day %(day)s of every month at %(time)s in each recipient's time zone",
                day=self.month_day, time=time)
        return self.env._(
            "On day %(day)s of January, April, July and October at %(time)s in each recipient's "
            "time zone", day=self.month_day, time=time)

    @api.depends("every", "weekday", "month_day", "hour", "active")
    @api.depends_context("tz")
    def _compute_next_run(self):
        user = self.env.user
        timezone = known_timezone(user.tz) or user.company_id._kpi_timezone() or UTC
        now = local_now(self.env.cr.now(), timezone)
        for kit in self:
            kit.next_run = kit.active and utc_of(kit._rhythm().following(now), timezone)

    @api.depends("recipient_ids.status")
    def _compute_recipient_count(self):
        for kit in self:
            ready = kit.recipient_ids.filtered(lambda one: one.status == "ready")
            kit.recipient_count = len(ready)

    @api.depends("log_ids.sent_at")
    def _compute_last_sent(self):
        latest = dict(self.env["crm.kpi.report.log"]._read_group(
            [("schedule_id", "in", self.ids)], ["schedule_id"], ["sent_at:max"]))
        for kit in self:
            kit.last_sent = latest.get(kit)

    def _today_of(self):
        """Today in the kit's company."""
        return self.company_id._kpi_today(self.company_id._kpi_timezone())

    def _period_words(self, first, stop):
        """:return: such as "11/16/2026 to 11/22/2026"; ``stop`` is the day after the last"""
        last = fields.Date.subtract(stop, days=1)
        if first == last:
            return format_date(self.env, first)
        return self.env._("%(first)s to %(last)s", first=format_date(self.env, first),
                          last=format_date(self.env, last))

    def action_preview(self):
        """Open the mail as it would be sent now."""
        self.ensure_one()
        self.check_access("read")
        ready = self.recipient_ids.filtered(lambda one: one.status == "ready").user_id
        user = self.env.user if self.env.user in ready or not self._is_for_others() else ready[:1]
        return {
            "type": "ir.actions.act_window", "name": self.env._("Preview"), "target": "new",
            "res_model": "crm.kpi.report.preview", "views": [(False, "form")],
            "context": {"default_schedule_id": self.id, "dialog_size": "large",
                        "default_user_id": (user or self.env.user).id},
        }

    def action_open_log(self):
        """Open what was sent."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_report_log_action")
        return {**action, "domain": [("schedule_id", "=", self.id)], "context": {}}
