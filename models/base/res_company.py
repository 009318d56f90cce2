from datetime import datetime

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.tools import SQL, ormcache

from ...tools.period import UTC, known_timezone, local_day

# A change of these moves the days of a company's records.
REBUILD_FIELDS = {"kpi_tz", "resource_calendar_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    kpi_tz = fields.Selection(
        _tz_get, string="KPI Time Zone",
        help="Days of KPIs begin and end at midnight in this time zone. Empty: the time zone of "
             "the company's working hours, else UTC.",
    )
    kpi_lock_date = fields.Date(
        string="KPI Lock Date",
        help="Figures of days before this date are frozen: later changes of leads and orders no "
             "longer move them. Empty: nothing is frozen.",
    )
    roi_attribution_days = fields.Integer(
        string="Attribution Window", default=180,
        help="Only leads created at most so many days before an order count as touches that led "
             "to it. 0: all earlier leads of the customer count.",
    )

    _roi_attribution_days_positive = models.Constraint(
        "CHECK(roi_attribution_days >= 0)",
        "The attribution window is a number of days. Enter 0 for no limit, or more.",
    )

    def _kpi_timezone(self):
        """Name of the time zone that cuts this company's days; never raises.

        Read from the company, then its working hours; unknown names count as UTC.
        """
        self.ensure_one()
        # Only the names of time zones are read, for users who may not read working hours.
        company = self.sudo()
        return (
            known_timezone(company.kpi_tz)
            or known_timezone(company.resource_calendar_id.tz)
            or UTC
        )

    @api.model
    def _kpi_main_company(self):
        """The oldest company: leads without a company use its time zone and currency."""
        # The main company's identity is no secret, and users of others need the same answer.
        return self.sudo().search([], order="id", limit=1)

    @api.model
    def _kpi_main_company_sql(self):
        """:return: SQL of the id of the same company"""
        # As above.
        return SQL("(%s)", self.sudo()._search([], order="id", limit=1).select())

    @api.model
    @ormcache()
    def _kpi_timezones(self):
        """:return: list of ``(company id, time zone)`` of active companies, and
        ``(None, time zone)`` for records that belong to no company."""
        # Time zones decide on which day a record counts, whoever looks.
        companies = self.sudo().search([], order="id")
        units = [(company.id, company._kpi_timezone()) for company in companies]
        return [*units, (None, self._kpi_main_company()._kpi_timezone())]

    @api.model
    def _kpi_today(self, timezone, now=None):
        """Today as a date in a time zone.

        :param now: naive UTC datetime; the clock when omitted
        """
        return local_day(now or datetime.utcnow(), timezone)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache("stable")
        return companies

    def write(self, vals):
        before = {company.id: company._kpi_timezone() for company in self}
        currencies = {company: company.currency_id for company in self}
        result = super().write(vals)
        if REBUILD_FIELDS & vals.keys() or "active" in vals:
            self.env.registry.clear_cache()
        moved = [company.id for company in self if company._kpi_timezone() != before[company.id]]
        if moved:
            self.env["crm.kpi.dirty.day"]._mark_all(moved)
        for company, currency in currencies.items():
            if company.currency_id != currency:
                self.env.registry.clear_cache("stable")
                company._kpi_freeze_old_currency()
                self.env["crm.roi.cost"]._convert_to_company(company)
        return result

    def _kpi_freeze_old_currency(self):
        """Figures measured so far are amounts in the old currency: they stay what they were."""
        # Whoever may change the currency need not be allowed to read figures.
        measured = self.env["crm.kpi.snapshot"].sudo()
        if measured.search_count([("company_id", "=", self.id)], limit=1):
            self.kpi_lock_date = self._kpi_today(self._kpi_timezone())

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result
