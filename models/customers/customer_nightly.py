"""The scheduled action: companies whose customers were not computed today, one after another."""

import logging

import psycopg2

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CustomerNightly(models.AbstractModel):
    _name = "crm.customer.nightly"
    _description = "Customer Figures: Nightly Action"

    @api.model
    def _run_nightly(self):
        """Compute each company's customers once a day, soon after its own midnight.

        It runs hourly and commits after each company; killed anywhere, the next run goes on.

        :return: number of companies done
        """
        todo = self._companies_to_do()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(todo))
        done = 0
        for company, today in todo:
            done += self._run_company(company, today)
            if not progress(processed=1):
                break
        return done

    @api.model
    def _companies_to_do(self):
        """:return: list of ``(company, its today)``"""
        todo = []
        Forecast = self.env["crm.customer.forecast"]
        for company in self.env["res.company"].search([], order="id"):
            today = company._kpi_today(company._kpi_timezone())
            latest = Forecast._latest(company)
            if latest.is_stale or latest.day != today:
                todo.append((company, today))
        return todo

    @api.model
    def _run_company(self, company, today):
        """:return: whether it was done; False when another worker is at the same company"""
        try:
            if not self._lock_company(company):
                return False
            self._refresh_company(company, today)
        except psycopg2.errors.SerializationFailure:
            _logger.info("Customers of company %s were computed by another worker.", company.id)
            self.env.cr.rollback()
            return False
        return True

    @api.model
    def _lock_company(self, company):
        return self.env.execute_query(SQL(
            "SELECT pg_try_advisory_xact_lock(hashtext('crm_customer_value'), %s)", company.id,
        ))[0][0]
