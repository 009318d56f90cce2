from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from ..base.bulk_fill import without_indexes
from ..base.optional_number import OptionalFloat, OptionalMonetary

SECONDS_PER_DAY = 86400.0
SECONDS_PER_HOUR = 3600.0
# Set by the machine from what happened; a person can not rewrite history.
FACTS = {
    "cycle_days", "deadline_push_count", "first_response_date", "first_response_hours",
    "initial_deadline", "net_order_currency_id", "net_order_revenue",
}


def to_the_second(moment):
    # create_date carries microseconds, the other dates do not: without this a lead won in the
    # second it was created would be closed before it was created.
    return moment.replace(microsecond=0)


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.kpi.fact.mixin"]

    cycle_days = OptionalFloat(
        "Sales Cycle (Days)", compute="_compute_cycle_days", store=True, aggregator="avg",
        copy=False,
        help="Days from the start of the opportunity (its conversion, or its creation when it was "
             "created as an opportunity) until it was won or lost. Empty while it is open, when a "
             "date is missing and when it was closed before it was started.",
    )
    initial_deadline = fields.Date(
        "Initial Expected Closing", compute="_compute_initial_deadline", store=True,
        precompute=True, copy=False,
        help="The first expected closing date that was recorded. It stays as it was when the "
             "expected closing is moved, so that moving it can not hide a late deal.",
    )
    deadline_push_count = fields.Integer(
        "Times Postponed", readonly=True, copy=False,
        help="How many times the expected closing date was moved to a later day.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue",
        help="An open opportunity whose expected closing date has passed in the time zone of its "
             "company.",
    )
    stage_age_days = OptionalFloat(
        "Days in Stage", compute="_compute_stage_age_days", search="_search_stage_age_days",
        aggregator="avg",
        help="Days since the opportunity entered its present stage. The clock stops when it is "
             "won, lost or archived.",
    )
    first_response_date = fields.Datetime(
        "First Response", readonly=True, copy=False,
        help="When a colleague first answered: the earliest public message to the customer "
             "written by an internal user, call activity marked as done, or meeting held. Notes, "
             "automatic messages, mass mailings and text messages do not count. Empty when the "
             "first one to answer is the person who created the lead: the lead was recorded "
             "after the contact, so there was nothing to respond to. Once set it is kept.",
    )
    first_response_hours = OptionalFloat(
        "Response Time (Hours)", compute="_compute_first_response_hours", store=True,
        aggregator="avg", copy=False,
        help="Hours from the creation of the lead to the first response. Empty without a response, "
             "and when the response came before the lead was recorded.",
    )
    net_order_currency_id = fields.Many2one(
        "res.currency", "Order Revenue Currency", compute="_compute_net_order_revenue", store=True,
        copy=False,
        help="Currency of the company of the lead; of the main company when it has none.",
    )
    net_order_revenue = OptionalMonetary(
        "Net Order Revenue", compute="_compute_net_order_revenue", store=True,
        currency_field="net_order_currency_id", copy=False,
        help="Untaxed revenue, less credit notes, of the confirmed orders linked to the lead, each "
             "at the exchange rate of its order date. Empty without a confirmed order, and when "
             "one of the orders has no exchange rate.",
    )
    win_rate = OptionalFloat(
        "Win Rate", compute="_compute_win_rate", aggregator="avg",
        help="Won opportunities as a share of those won or lost. Grouped, it is the ratio of the "
             "group, lost opportunities included even when the list hides archived records.",
    )

    # The deals of a day among a million; creation has an index of Odoo's.
    _date_closed_idx = models.Index("(date_closed) WHERE date_closed IS NOT NULL")

    def _auto_init(self):
        """Create the stored columns before the ORM would compute them row by row; one SQL
        statement then fills them."""
        columns = {
            "cycle_days": "float8", "initial_deadline": "date",
            "first_response_date": "timestamp", "first_response_hours": "float8",
            "net_order_currency_id": "int4", "net_order_revenue": "numeric",
        }
        is_new = not column_exists(self.env.cr, self._table, "deadline_push_count")
        if is_new:
            # A constant default costs no rewrite of the table, an UPDATE would.
            create_column(self.env.cr, self._table, "deadline_push_count", "int4 DEFAULT 0")
        for name, column_type in columns.items():
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, column_type)
        super()._auto_init()
        if is_new:
            self.pool.post_init(self._kpi_fill_columns)

    def _kpi_fill_columns(self):
        """Fill the columns that the installation has just created on leads and orders."""
        with without_indexes(self.env, "crm_lead"), without_indexes(self.env, "sale_order"):
            self._kpi_recompute_sql()
            self.env["sale.order"]._kpi_recompute_sql()

    @api.depends("type", "won_status", "create_date", "date_conversion", "date_closed")
    def _compute_cycle_days(self):
        for lead in self:
            start, end = lead.date_conversion or lead.create_date, lead.date_closed
            is_closed = lead.type == "opportunity" and lead.won_status in ("won", "lost")
            seconds = -1
            if is_closed and start and end:
                seconds = (to_the_second(end) - to_the_second(start)).total_seconds()
            lead.cycle_days = seconds / SECONDS_PER_DAY if seconds >= 0 else False

    @api.depends("date_deadline")
    def _compute_initial_deadline(self):
        for lead in self:
            lead.initial_deadline = lead.initial_deadline or lead.date_deadline

    @api.depends("create_date", "first_response_date")
    def _compute_first_response_hours(self):
        for lead in self:
            start, end = lead.create_date, lead.first_response_date
            seconds = -1
            if start and end:
                seconds = (to_the_second(end) - to_the_second(start)).total_seconds()
            lead.first_response_hours = seconds / SECONDS_PER_HOUR if seconds >= 0 else False

    @api.depends("order_ids.net_revenue", "order_ids.state", "order_ids.company_id", "company_id")
    def _compute_net_order_revenue(self):
        with_orders = self.filtered("order_ids")
        revenues = self._kpi_order_revenue(with_orders._origin.ids)
        for lead in self:
            lead.net_order_currency_id, lead.net_order_revenue = revenues.get(
                lead._origin.id, (False, False)
            )

    @api.depends("type", "won_status")
    def _compute_win_rate(self):
        for lead in self:
            is_closed = lead.type == "opportunity" and lead.won_status in ("won", "lost")
            lead.win_rate = float(lead.won_status == "won") if is_closed else False

    # ------------------------------------------------------------
    # Overdue, in the time zone of the company
    # ------------------------------------------------------------

    @api.depends("type", "active", "won_status", "date_deadline", "company_id")
    def _compute_is_overdue(self):
        today = self._kpi_company_today()
        for lead in self:
            is_open = lead.type == "opportunity" and lead.active and lead.won_status == "pending"
            lead.is_overdue = bool(
                is_open and lead.date_deadline
                and lead.date_deadline < today.get(lead.company_id.id, today[False])
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain([
            ("type", "=", "opportunity"), ("active", "=", True), ("won_status", "=", "pending"),
        ])
        companies_by_day = {}
        for company_id, day in self._kpi_company_today().items():
            companies_by_day.setdefault(day, []).append(company_id)
        return is_open & Domain.OR(
            Domain("company_id", "in", company_ids) & Domain("date_deadline", "<", day)
            for day, company_ids in companies_by_day.items()
        )

    @api.model
    def _kpi_company_today(self):
        """:return: ``{company id, or False for shared leads: the present date there}``"""
        companies = self.env["res.company"]
        return {
            company_id or False: companies._kpi_today(timezone)
            for company_id, timezone in companies._kpi_timezones()
        }

    # ------------------------------------------------------------
    # Days in stage: computed by PostgreSQL, so it can be searched, sorted and averaged
    # ------------------------------------------------------------

    @api.depends("type", "active", "won_status", "date_closed", "date_last_stage_update")
    def _compute_stage_age_days(self):
        now = fields.Datetime.now()
        for lead in self:
            is_open = lead.active and lead.won_status == "pending"
            end, start = now if is_open else lead.date_closed, lead.date_last_stage_update
            seconds = -1
            if lead.type == "opportunity" and start and end:
                seconds = (to_the_second(end) - to_the_second(start)).total_seconds()
            lead.stage_age_days = seconds / SECONDS_PER_DAY if seconds >= 0 else False

    def _search_stage_age_days(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        field = self._fields["stage_age_days"]

        def to_sql(model, alias, query):
            return field._condition_to_sql("stage_age_days", operator, value, model, alias, query)

        return Domain.custom(
            to_sql=to_sql, predicate=field.filter_function(self, "stage_age_days", operator, value)
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "stage_age_days":
            return self._kpi_stage_age_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    # ------------------------------------------------------------
    # Changes: postponed deadlines, facts that are not for editing
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._kpi_refuse_facts({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._kpi_refuse_facts(vals.keys())
        if not vals.get("date_deadline"):
            return super().write(vals)
        deadline = fields.Date.to_date(vals["date_deadline"])
        pushes = self.grouped(lambda lead: lead.deadline_push_count + lead._kpi_is_push(deadline))
        for count, leads in pushes.items():
            super(CrmLead, leads).write({**vals, "deadline_push_count": count})
        return True

    def _kpi_is_push(self, deadline):
        """Clearing a deadline and setting a later one is moving it later too."""
        before = self.date_deadline or self.initial_deadline
        return bool(before and deadline > before)

    @api.model
    def _kpi_measured_fields(self):
        """Set of the names of fields that nobody may enter; other rooms add theirs."""
        return set(FACTS)

    def _kpi_refuse_facts(self, names):
        facts = self._kpi_measured_fields().intersection(names)
        if facts and not self.env.su:
            label = self._fields[min(facts)]._description_string(self.env)
            raise UserError(self.env._(
                "“%(field)s” is measured from what happened on the lead and can not be entered. "
                "Remove it from the values you save or import.", field=label,
            ))

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        # Read before the merge: the merged leads are deleted in it.
        facts = self._kpi_merged_facts()
        survivor = super()._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length,
        )
        super(CrmLead, survivor).write(facts)
        return survivor

    def _kpi_merged_facts(self):
        """One customer, several records: the earliest promise and the earliest answer count."""
        return {
            "initial_deadline": min(filter(None, self.mapped("initial_deadline")), default=False),
            "first_response_date": min(
                filter(None, self.mapped("first_response_date")), default=False
            ),
            "deadline_push_count": max(self.mapped("deadline_push_count"), default=0),
        }
