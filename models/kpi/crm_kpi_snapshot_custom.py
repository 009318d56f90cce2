from odoo import api, models
from odoo.tools import SQL

# Days measured anew each night for records that tell nobody when they change.
RECENT = 31


class CrmKpiSnapshot(models.Model):
    """Custom KPIs in the nightly action: those switched off are left out, their past stays."""

    _inherit = "crm.kpi.snapshot"

    @api.model
    def _measurable(self, is_stock):
        facts = super()._measurable(is_stock)
        if not any(name.startswith("x_kpi_") for name in facts):
            return facts
        off = self.env["crm.kpi.custom"]._off_names()
        return {name: fact for name, fact in facts.items() if name not in off}

    @api.model
    def _keeps_unmeasured(self):
        return super()._keeps_unmeasured() or bool(self.env["crm.kpi.custom"]._off_names())

    @api.model
    def _store(self, facts, run):
        failed = super()._store(facts, run)
        self.env["crm.kpi.custom"]._note_failures(failed)
        return failed

    @api.model
    def _kpi_dimensions(self, model_name):
        """A custom KPI may count any model, whose field of that name may be something else."""
        fields = self.env[model_name]._fields if model_name in self.env else {}
        kept = {"company_id": "res.company", "team_id": "crm.team", "user_id": "res.users",
                "source_id": "utm.source"}
        return {
            name: field for name, field in super()._kpi_dimensions(model_name).items()
            if name not in kept
            or (fields[field].store or fields[field].related)
            and fields[field].comodel_name == kept[name]
        }

    @api.model
    def _nightly_steps(self):
        self._mark_recent()
        return super()._nightly_steps()

    @api.model
    def _mark_recent(self):
        """Leads and orders mark the days a change touches; other records do not, so their last
        weeks are measured anew, once a night."""
        names = self.env["crm.kpi.custom"]._off_names()
        watched = ("crm.lead", "sale.order")
        if not any(
            name.startswith("x_kpi_") and name not in names and fact.model not in watched
            and not fact.is_stock for name, fact in self._kpi_facts().items()
        ):
            return
        Night = self.env["crm.kpi.snapshot.day"]
        for company_id, timezone in self._kpi_units():
            if not Night._is_taken(company_id, self._last_finished_day(timezone)):
                self.env.execute_query(SQL(
                    """INSERT INTO crm_kpi_dirty_day (company_id, day)
                       SELECT %(company)s, day FROM crm_kpi_snapshot_day
                       WHERE company_id IS NOT DISTINCT FROM %(company)s AND flows_at IS NOT NULL
                         AND day >= %(today)s - %(recent)s RETURNING id""",
                    company=company_id or None, recent=RECENT,
                    today=self.env["res.company"]._kpi_today(timezone),
                ))
