"""The mail of a report kit for one recipient: body, files, and what could not be made."""

import logging
from email.utils import formataddr
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import osutil

from ...reports.kit_sheet import render_kit
from ...reports.xlsx import TooLargeForSheet
from ...tools.table import clean_text

_logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# Rows of a table in a mail; the workbook has them all.
IN_MAIL = 12
# Readable on white; the text says the same.
TONES = {"": "", "good": "color: #1b5e20;", "warning": "color: #8a5a00;", "bad": "color: #b3261e;"}


class KitMail(NamedTuple):
    """:param files: list of ``(name, bytes, content type)``
    :param missing: list of texts: what could not be made, and why
    """

    subject: str
    body: str
    files: list
    missing: list


def one_line(text):
    """A text as a header of a mail may hold it: no line ends, no control characters."""
    return " ".join(clean_text(text or "").split())


class KpiReportDelivery(models.AbstractModel):
    _name = "crm.kpi.report.delivery"
    _description = "Mails of Report Kits"

    def _as_reader(self, user):
        """The content of kits as a user sees it: his rights, language and time zone, the kit's
        company."""
        # Less rights than those of the scheduled action, or those of the user himself.
        return self.env["crm.kpi.kit"].with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, lang=user.lang, tz=user.tz, active_test=True,
        )

    def _deliver(self, recipient, row):
        """Put the mail of a row of the ledger into the mail queue.

        :return: whether there is one; not when the kit's condition is not met
        """
        kit = self._as_reader(recipient.user_id)._build(self, row.day)
        if row.kind == "scheduled" and not self._is_wanted(kit.figures):
            row._put(state="skipped", reason=self.env._("The condition of the kit is not met."))
            return False
        content = self._mail_of(kit, recipient.user_id, recipient._unsubscribe_url())
        # The queue is the program's; what is in this mail was read with the recipient's rights.
        mail = self.env["mail.mail"].sudo().create(self._mail_values(content, recipient))
        names = [self.env._("mail"), *(name.rpartition(".")[2] for name, *_rest in content.files)]
        row._put(state="queued", mail_id=mail.id, deliveries=1, formats=", ".join(names),
                 missing="; ".join(content.missing)[:500] or None, reason=None, next_try=None,
                 date_from=kit.period[0], date_to=kit.period[1])
        self.env["mail.mail"]._crm_wake_queue()
        return True

    # ------------------------------------------------------------------
    # Only if
    # ------------------------------------------------------------------

    def _is_wanted(self, figures):
        """Whether the figures of a recipient meet the condition of the kit."""
        if self.condition == "attention":
            return any(figure["status"] in ("warning", "bad") for figure in figures)
        if self.condition == "behind":
            return any(figure["pace"] == "behind" for figure in figures)
        if self.condition == "threshold":
            return self._is_crossed(figures)
        return True

    def _is_crossed(self, figures):
        """A KPI without data crosses nothing; neither does one the recipient may not see."""
        for figure in figures:
            if figure["code"] == self.condition_kpi_id.code and figure["value"] is not None:
                if self.condition_operator == "below":
                    return figure["value"] < self.condition_value
                return figure["value"] > self.condition_value
        return False

    # ------------------------------------------------------------------
    # The mail
    # ------------------------------------------------------------------

    def _mail_of(self, kit, user, unsubscribe_url):
        """:return: the :class:`KitMail` of a kit that was built for a user"""
        files, missing = self._files_of(kit, user)
        reader = self.with_context(lang=user.lang)
        return KitMail(
            subject=self._subject_of(kit),
            body=str(reader._body_of(kit, missing, unsubscribe_url)), files=files,
            missing=missing)

    @api.model
    def _subject_of(self, kit):
        return one_line(f"{kit.title}: {kit.period_text}")

    def _body_of(self, kit, missing, unsubscribe_url):
        return self.env["ir.qweb"]._render("crm_roi.kpi_kit_mail", {
            "kit": kit, "most": IN_MAIL, "missing": missing,
            "begin": "right" if kit.is_rtl else "left",
            "end": "left" if kit.is_rtl else "right",
            "tones": TONES, "unsubscribe_url": unsubscribe_url,
            "open_url": f"{self.get_base_url()}/odoo/report-kits/{self.id}",
        }, minimal_qcontext=True)

    def _files_of(self, kit, user):
        """:return: ``(files, missing)``, as of :class:`KitMail`"""
        name, files, missing = osutil.clean_filename(one_line(kit.title)), [], []
        makers = [("xlsx", XLSX, self.with_xlsx, render_kit),
                  ("pdf", PDF, self.with_pdf, self._as_reader(user)._pdf_of)]
        for extension, content_type, is_wanted, make in makers:
            if not is_wanted:
                continue
            try:
                files.append((f"{name}.{extension}", make(kit), content_type))
            except (UserError, TooLargeForSheet, OSError) as error:
                _logger.warning("Report kit %s: no %s: %s", self.id, extension, error)
                missing.append(f"{extension.upper()}: {one_line(str(error))}")
        return files, missing

    @api.model
    def _mail_values(self, content, recipient):
        user, company = recipient.user_id, recipient.company_id
        sender = company.partner_id if company.partner_id.email_normalized else \
            self.env.ref("base.user_root").partner_id
        return {
            "subject": content.subject,
            "body_html": content.body,
            "email_from": formataddr((one_line(company.name), sender.email_normalized or "")),
            "email_to": formataddr((one_line(user.name), user.email_normalized)),
            "author_id": sender.id,
            "auto_delete": False,  # the ledger notes first what became of it
            "headers": {
                "List-Unsubscribe": f"<{recipient._unsubscribe_url()}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "X-Auto-Response-Suppress": "OOF",
            },
            "attachment_ids": [
                # Files of a message go when it goes.
                Command.create({
                    "name": name, "raw": data, "mimetype": content_type,
                    "res_model": "mail.message", "res_id": 0,
                })
                for name, data, content_type in content.files
            ],
        }
