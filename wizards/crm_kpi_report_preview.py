import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmKpiReportPreview(models.TransientModel):
    """The mail that somebody would get of a report kit now, with his rights and in his language.

    A manager sees that of anybody in the kit's company, everybody else his own. KPIs that whoever
    looks on may not see himself are left out.
    """

    _name = "crm.kpi.report.preview"
    _description = "Preview of a Report Kit"
    _rec_name = "schedule_id"

    schedule_id = fields.Many2one(
        "crm.kpi.report.schedule", "Report Kit", required=True, readonly=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="schedule_id.company_id")
    user_id = fields.Many2one(
        "res.users", "As Sent To", required=True, default=lambda self: self.env.user,
        ondelete="cascade", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    subject = fields.Char(compute="_compute_mail")
    body = fields.Html(compute="_compute_mail", sanitize=False)
    remark = fields.Text(compute="_compute_mail")
    with_xlsx = fields.Boolean(related="schedule_id.with_xlsx")
    with_pdf = fields.Boolean(related="schedule_id.with_pdf")
    xlsx_file = fields.Binary("Workbook", compute="_compute_files", attachment=False)
    pdf_file = fields.Binary("Printed Kit", compute="_compute_files", attachment=False)
    xlsx_name = fields.Char(compute="_compute_names")
    pdf_name = fields.Char(compute="_compute_names")

    @api.depends("schedule_id", "user_id")
    def _compute_mail(self):
        for preview in self:
            kit, schedule, user = preview._kit(), preview.schedule_id, preview.user_id
            reader = schedule.with_context(lang=user.lang)
            # Only an example of the address: the real one is the recipient's alone.
            preview.body = reader._body_of(kit, [], "#")
            preview.subject = schedule._subject_of(kit)
            preview.remark = preview._remark(kit)

    @api.depends("schedule_id", "user_id")
    def _compute_files(self):
        for preview in self:
            files, missing = preview.schedule_id._files_of(preview._kit(), preview.user_id)
            if missing:
                raise UserError("\n".join(missing))
            found = {name.rpartition(".")[2]: data for name, data, _type in files}
            for extension in ("xlsx", "pdf"):
                data = found.get(extension)
                preview[f"{extension}_file"] = data and base64.b64encode(data)

    @api.depends("schedule_id.name")
    def _compute_names(self):
        for preview in self:
            preview.xlsx_name = f"{preview.schedule_id.name}.xlsx"
            preview.pdf_name = f"{preview.schedule_id.name}.pdf"

    def _kit(self):
        """:return: the ``tools.kit.Kit`` of the chosen recipient
        :raise AccessError: it is not for the user to see
        """
        schedule, user = self.schedule_id, self.user_id
        schedule.check_access("read")
        if user != self.env.user and not schedule._is_for_others():
            raise AccessError(self.env._("You can see what you get, not what others get."))
        self._check_recipient()
        # Names of KPIs only, to leave out those that are not for whoever looks on.
        codes = (schedule.sudo().main_kpi_id | schedule.sudo().kpi_ids).mapped("code")
        hidden = set(codes) - set(self.env["crm.kpi.figures"]._kpis(codes).mapped("code"))
        return schedule._as_reader(user)._build(schedule, schedule._today_of(), hidden)

    def _check_recipient(self):
        recipient = self.env["crm.kpi.report.recipient"].new(
            {"schedule_id": self.schedule_id.id, "user_id": self.user_id.id})
        status = recipient._status()
        if status in ("archived", "no_company", "no_rights"):
            labels = dict(recipient._fields["status"]._description_selection(self.env))
            raise UserError(self.env._(
                "%(person)s would not get “%(kit)s”: %(why)s. Choose somebody else, or correct "
                "this under Settings, Users.", person=self.user_id.name, kit=self.schedule_id.name,
                why=labels[status]))

    def _remark(self, kit):
        if self.schedule_id._is_wanted(kit.figures):
            return False
        return self.env._("Today this kit would not be sent: its condition is not met.")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/{extension}_file?download=true"
                   f"&filename_field={extension}_name",
        }

    def action_download_xlsx(self):
        """Download the workbook of the mail."""
        return self._download("xlsx")

    def action_download_pdf(self):
        """Download the PDF of the mail."""
        return self._download("pdf")
