import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.form_extension import BUTTON

_logger = logging.getLogger(__name__)

# Finds a place in every form that is not empty: first in its box of buttons, where it is not folded
# away, else before its end.
ARCH = """
<xpath expr="(//div[@name='button_box']/*[1]
              | /form[not(//div[@name='button_box']/*)]/*[last()])[1]" position="before">
    <button name="action_open_roi_figures" type="object" class="oe_stat_button"
            icon="fa-line-chart" groups="sales_team.group_sale_manager"
            invisible="not (roi_sharing_count or roi_lead_count or roi_revenue or roi_cost)">
        <field name="roi_sharing_count" invisible="1"/>
        <field name="roi_lead_count" invisible="1"/>
        <field name="roi_revenue" invisible="1"/>
        <field name="roi_cost" invisible="1"/>
        <div class="o_stat_info">
            <field name="roi_headline" class="o_stat_value"/>
            <field name="roi_detail" class="o_stat_text"/>
        </div>
    </button>
</xpath>"""


class CrmRoiMailing(models.Model):
    """Mailings that were sent, a row for each, with what they cost and brought so far.

    What was sent is counted as in the KPIs of mass mails, money and leads are the figures of the
    mailing's source. Empty unless the app for mass mailing is installed.
    """

    _name = "crm.roi.mailing"
    _inherit = ["crm.roi.source.figures"]
    _description = "Mailing with Revenue and ROI"
    _auto = False
    _order = "sent_datetime desc, id desc"

    name = fields.Char("Mailing", readonly=True)
    sent_datetime = fields.Datetime(
        "Sent On", readonly=True, help="When the first mail of the mailing went out.")
    sent_count = fields.Integer("Mails Sent", readonly=True)
    opened_count = fields.Integer("Opened", readonly=True)
    clicked_count = fields.Integer("Clicked", readonly=True)
    replied_count = fields.Integer("Answered", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, help="The company of the responsible.")
    source_id = fields.Many2one("utm.source", "Source", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", "Campaign", readonly=True)

    _depends = {
        "crm.kpi.mailing": [
            "campaign_id", "company_id", "is_clicked", "is_opened", "is_replied", "mailing_id",
            "sent_datetime", "source_id", "subject", "user_id",
        ],
    }

    def _register_hook(self):
        super()._register_hook()
        if self.env.registry.updated_modules:
            # The app for mass mailing may have come, or changed its form.
            self._sync_button()

    @api.model
    def _sync_button(self):
        """Put the figures on the form of mailings, if there are any mailings."""
        if "mailing.mailing" not in self.env:
            return
        try:
            with self.env.cr.savepoint():
                self.env["crm.roi.form.extension"]._extend_form(
                    BUTTON, "mailing.mailing", "roi", ARCH.strip())
        except Exception as error:
            # Whatever it is: an installation of another app must not fail.
            _logger.warning("The form of mailings does not take the figures: %s", error)

    @api.model
    def _roi_sharing_model(self):
        return self.env.get("mailing.mailing", self)

    @property
    def _table_query(self):
        return SQL(
            """SELECT mailing_id AS id, subject AS name, MIN(sent_datetime) AS sent_datetime,
                      COUNT(*) AS sent_count, COUNT(*) FILTER (WHERE is_opened) AS opened_count,
                      COUNT(*) FILTER (WHERE is_clicked) AS clicked_count,
                      COUNT(*) FILTER (WHERE is_replied) AS replied_count,
                      user_id, company_id, source_id, campaign_id
               FROM (%s) AS sent
               GROUP BY mailing_id, subject, user_id, company_id, source_id, campaign_id""",
            self.env["crm.kpi.mailing"]._table_query,
        )
