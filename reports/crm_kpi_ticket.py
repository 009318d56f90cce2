from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.optional_number import OptionalFloat
from .ticket_apps import APPS, app_sql

RECURS_WITHIN = 30  # days
READ = ("mail.message", "mail.tracking.value", "res.company", "res.partner")


class CrmKpiTicket(models.Model):
    """Tickets of whichever ticket apps are installed, in one shape; no row without any.

    Archived tickets count when they are closed, those marked as duplicates never.
    """

    _name = "crm.kpi.ticket"
    _description = "Ticket"
    _auto = False
    _order = "create_date desc, id desc"
    _rec_names_search = ["ticket_team", "ticket_category"]  # the name is no column
    # Its records cannot mark the days they touch: the nightly action compares.
    _kpi_is_compared = True

    name = fields.Char("Ticket", compute="_compute_name")
    res_model = fields.Char("App", readonly=True)
    res_id = fields.Integer(readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    customer_tier_id = fields.Many2one("crm.customer.tier", "Tier", readonly=True)
    ticket_team = fields.Char("Support Team", readonly=True)
    ticket_category = fields.Char("Category", readonly=True)
    create_date = fields.Datetime("Created on", readonly=True)
    first_response_date = fields.Datetime("First Response on", readonly=True)
    first_response_hours = OptionalFloat("Hours to First Response", readonly=True)
    is_closed = fields.Boolean("Closed", readonly=True)
    closed_date = fields.Datetime("Closed on", readonly=True)
    resolution_hours = OptionalFloat(
        "Hours to Resolution", readonly=True,
        help="From creation to the last closing. Empty for open tickets, and for those whose "
             "closing lies before their creation, such as imported ones.",
    )
    reopened_count = fields.Integer("Reopened", readonly=True)
    is_recurring = fields.Boolean(
        "Recurring", readonly=True,
        help="The customer had a ticket of the same category in the 30 days before.",
    )
    rating = OptionalFloat("Rating", readonly=True, aggregator=None, help="1 to 5, the latest.")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_name(self):
        """As far as the reader may read the ticket in its own app; figures are for all of sales."""
        self.name = False
        for model, rows in self.filtered("res_model").grouped("res_model").items():
            seen = self.env[model].browse(rows.mapped("res_id")).exists()._filtered_access("read")
            names = {ticket.id: ticket.display_name for ticket in seen}
            for row in rows:
                row.name = names.get(row.res_id)

    @api.model
    def _kpi_apps(self):
        """:return: dict ``{place: TicketApp}`` of the installed apps that hold tickets"""
        return {place: app for place, app in enumerate(APPS) if app.is_installed(self.env)}

    @api.model
    def _kpi_source_is_there(self):
        return bool(self._kpi_apps())

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("NULL::%s AS %s", SQL(field.column_type[1]), SQL.identifier(name))
            for name, field in self._fields.items() if field.store and field.column_type
        )
        apps = self._kpi_apps()
        for name in (*(app.model for app in apps.values()), *READ):
            self.env[name].flush_model()
        parts = [self._app_sql(app, place) for place, app in apps.items()]
        return SQL(" UNION ALL ").join(parts) if parts else SQL("SELECT %s WHERE FALSE", columns)

    @api.model
    def _app_sql(self, app, place):
        """SQL rows of an app with all fields of this report."""
        names = [
            name for name, field in self._fields.items() if field.store and field.column_type
        ]
        return SQL(
            """SELECT %(columns)s FROM (
                   SELECT ticket.*, tier.customer_tier_id,
                          %(rating)s AS rating,
                          EXTRACT(EPOCH FROM ticket.first_response_date - ticket.create_date)
                              ::float8 / 3600 AS first_response_hours,
                          CASE WHEN ticket.closed_date >= ticket.create_date
                               THEN EXTRACT(EPOCH FROM ticket.closed_date - ticket.create_date)
                                    ::float8 / 3600 END AS resolution_hours
                   FROM (SELECT ticket.*, (%(answer)s) AS first_response_date
                         FROM (%(tickets)s) ticket) ticket
                   LEFT JOIN crm_customer_value tier ON tier.partner_id = ticket.partner_id
                        AND tier.company_id = COALESCE(ticket.company_id, %(main)s)
               ) ticket""",
            columns=SQL(", ").join(SQL.identifier("ticket", name) for name in names),
            main=self.env["res.company"]._kpi_main_company().id,
            rating=self._rating_sql(), answer=self._first_answer_sql(app),
            tickets=self._recurring_sql(app_sql(self.env, app, place)),
        )

    @api.model
    def _recurring_sql(self, tickets):
        return SQL(
            """SELECT ticket.*, COALESCE(
                          ticket.partner_id IS NOT NULL AND ticket.category_key IS NOT NULL
                          AND ticket.create_date - LAG(ticket.create_date) OVER (
                              PARTITION BY ticket.company_id, ticket.partner_id,
                                           ticket.category_key
                              ORDER BY ticket.create_date, ticket.id
                          ) <= make_interval(days => %s), FALSE) AS is_recurring
               FROM (%s) ticket""", RECURS_WITHIN, tickets,
        )

    @api.model
    def _first_answer_sql(self, app):
        """SQL of the first public message, or phone call done, by somebody of the house who is
        not the customer."""
        return SQL(
            """SELECT MIN(said.moment) FROM (%s) said
               WHERE said.moment >= ticket.create_date
                 AND said.partner_id IS DISTINCT FROM ticket.contact_id""",
            self.env["crm.lead"]._kpi_message_answers_sql(
                SQL("message.res_id = ticket.res_id"), app.model
            ),
        )

    @api.model
    def _rating_sql(self):
        if "rating.rating" not in self.env:
            return SQL("NULL::float8")
        # A rating of 0 was asked for and not given.
        return SQL(
            """(SELECT given.rating FROM rating_rating given
                WHERE given.res_model = ticket.res_model AND given.res_id = ticket.res_id
                  AND given.consumed AND given.rating > 0
                ORDER BY given.id DESC LIMIT 1)"""
        )

    @api.model
    def _drill_target(self, domain):
        """The tickets themselves where they are of one app, else the rows of this report."""
        rows = self.search(domain)
        apps = set(rows.mapped("res_model"))
        if len(apps) != 1:
            return self._name, domain
        return apps.pop(), [("id", "in", rows.mapped("res_id"))]
