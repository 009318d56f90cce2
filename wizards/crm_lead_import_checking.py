import logging
import time
from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..tools.columns import LOST, WON
from ..tools.history import read_deals, read_teams
from ..tools.period import local_day

_logger = logging.getLogger(__name__)

PREVIEW_ROWS = 20
NO_DATA = "–"


class CrmLeadImport(models.TransientModel):
    """Steps Check and Done: nothing is written before every row is right."""

    _inherit = "crm.lead.import"

    def action_check(self):
        """Validate all rows and show what would be imported, or what is wrong where."""
        self.ensure_one()
        sheet = self._sheet()
        deals, issues = self._deals(sheet)
        self._remember(sheet)
        self._show_issues(issues)
        self._show_deals(deals)
        self.state = "check"

    def action_import(self):
        """Write all deals in one transaction, or none and show what is wrong."""
        self.ensure_one()
        if self.state != "check":
            raise UserError(self.env._("Check the file first."))
        started = time.monotonic()
        sheet = self._sheet()
        deals, issues = self._deals(sheet)
        if issues:
            self._show_issues(issues)
            return
        stamp = datetime.utcnow().replace(microsecond=0)
        with self.env.cr.savepoint():
            matches = self._matches(deals)
            created, updated, unchanged = self.env["crm.lead.import.writer"]._write_deals(
                deals, matches, stamp)
        self._remember(sheet)
        self.write({
            "state": "done", "stamp": stamp, "created_count": len(created),
            "updated_count": len(updated), "unchanged_count": len(unchanged),
        })
        if self.refresh_kpis:
            self.action_refresh_kpis()
        _logger.info(
            "CRM history imported: %s created, %s updated, %s unchanged in %.1f s",
            len(created), len(updated), len(unchanged), time.monotonic() - started,
        )

    def action_refresh_kpis(self):
        """Rebuild the KPIs from the first imported day until today."""
        self.ensure_one()
        self.env["crm.kpi.snapshot"]._refresh(self.date_from, self._today(), self.company_id)
        self.kpis_refreshed = True

    def action_open_leads(self):
        """Open the leads of this import, won and lost ones too."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Imported Leads"),
            "res_model": "crm.lead", "view_mode": "list,form,pivot,graph",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("import_date", "=", fields.Datetime.to_string(self.stamp)),
            ],
            "context": {"active_test": False, "create": False},
        }

    def action_open_kpis(self):
        """Open the KPIs of the imported days."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_snapshot_action")
        return {
            **action, "context": {},
            "domain": [("day", ">=", str(self.date_from)), ("day", "<=", str(self.date_to))],
        }

    # ------------------------------------------------------------------
    # Check
    # ------------------------------------------------------------------

    def _deals(self, sheet):
        deals, issues = read_deals(sheet, self._columns(), self._options(sheet))
        teams = self._team_sheet()
        if teams:
            issues += read_teams(teams, self._columns("teams"))[1]
        return deals, issues

    def _remember(self, sheet):
        self.env["crm.lead.import.mapping"]._remember(
            self.company_id, sheet.headers, self._choices())

    def _show_deals(self, deals):
        timezone = self.company_id._kpi_timezone()
        won = [deal for deal in deals if deal.outcome == WON]
        lost = [deal for deal in deals if deal.outcome == LOST]
        revenue = sum(deal.values.get("amount", 0.0) for deal in won)
        cycle = sum((deal.closed - (deal.converted or deal.created)).total_seconds()
                    for deal in won) / 86400
        days = [local_day(moment, timezone) for deal in deals
                for moment in (deal.created, deal.closed) if moment]
        known = self.env["crm.lead.import.writer"]._leads_by_key(
            self.company_id, [deal.key for deal in deals])
        self.write({
            "won_count": len(won), "lost_count": len(lost),
            "open_count": len(deals) - len(won) - len(lost), "won_revenue": revenue,
            "new_count": len(deals) - len(known), "known_count": len(known),
            "win_rate": self._ratio(100 * len(won), len(won) + len(lost), self.env._("%s %%")),
            "average_deal": self._ratio(revenue, len(won), "%s", currency_obj=self.currency_id),
            "average_cycle": self._ratio(cycle, len(won), self.env._("%s days")),
            "date_from": min(days, default=None), "date_to": max(days, default=None),
            "notice": self._notice(days),
        })
        self.preview_ids.unlink()
        self.env["crm.lead.import.preview"].create(
            [self._preview(deal, timezone) for deal in deals[:PREVIEW_ROWS]])

    def _ratio(self, numerator, denominator, sentence, **options):
        if not denominator:
            return NO_DATA
        return sentence % formatLang(self.env, numerator / denominator, digits=2, **options)

    def _notice(self, days):
        lock = self.company_id.kpi_lock_date
        if lock and any(day < lock for day in days):
            return self.env._(
                "The KPIs of %(company)s are locked before %(lock)s: the deals are imported, but "
                "figures of earlier days do not change. Clear the KPI lock date in the settings "
                "first if they should.", company=self.company_id.name, lock=lock,
            )
        return False

    def _preview(self, deal, timezone):
        get = deal.values.get
        return {
            "import_id": self.id, "row": deal.row, "ref": get("ref"), "title": deal.name,
            "account": get("partner"), "salesperson": get("user"), "team": get("team"),
            "stage": get("stage"), "outcome": deal.outcome, "amount": get("amount", 0.0),
            "created": local_day(deal.created, timezone),
            "closed": local_day(deal.closed, timezone) if deal.closed else False,
        }
