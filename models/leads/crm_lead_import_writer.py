from odoo import Command, api, models
from odoo.tools import SQL

BATCH = 1000
# History is written silently: no mails, no followers, no messages.
QUIET = {
    "tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True,
    "mail_create_nosubscribe": True, "active_test": False, "crm_roi_import": True,
}


class CrmLeadImportWriter(models.AbstractModel):
    """Writes the deals of a file as leads; the file wins for the columns it has."""

    _name = "crm.lead.import.writer"
    _inherit = ["crm.lead.import.values"]
    _description = "Import: Deals to Leads"

    @api.model
    def _write_deals(self, deals, matches, stamp):
        """Create or update one lead per deal, with its own dates, in this transaction.

        :param deals: ``Deal`` objects of one file, keys unique
        :param matches: ``Matches``
        :param stamp: naive UTC datetime kept as the date of this import
        :return: ``(created, updated, unchanged)`` crm.lead records
        """
        Lead = self.env["crm.lead"].with_context(**QUIET)
        matches.others = self._match_others(deals, matches)
        known = self._leads_by_key(matches.company, [deal.key for deal in deals])
        old = Lead.browse(known[deal.key] for deal in deals if deal.key in known)
        # The days on which they count now, before they move.
        old._kpi_mark_dirty()
        values = {deal.key: self._lead_values(deal, matches) for deal in deals}
        new = [deal for deal in deals if deal.key not in known]
        created = self._create(new, values, matches, stamp)
        changed = self._update({lead: values[lead.import_ref] for lead in old})
        ids = {**known, **dict(zip((deal.key for deal in new), created.ids, strict=True))}
        self.env.execute_query(SQL(
            "UPDATE crm_lead SET import_date = %s WHERE id = ANY(%s) RETURNING 1", stamp, old.ids))
        moved = self._write_moments(deals, ids, matches)
        changed |= old.filtered(lambda lead: lead.id in moved)
        self._after_moments(created + old)
        return created, changed, old - changed

    @api.model
    def _leads_by_key(self, company, keys):
        """Return ``{key: lead id}`` of the leads imported before, archived ones too."""
        leads = self.env["crm.lead"].with_context(active_test=False).search_fetch(
            [("company_id", "=", company.id), ("import_ref", "in", keys)], ["import_ref"]
        )
        return {lead.import_ref: lead.id for lead in leads}

    @api.model
    def _create(self, deals, values, matches, stamp):
        leads = Lead = self.env["crm.lead"].with_context(**QUIET)
        for start in range(0, len(deals), BATCH):
            leads += Lead.create([
                {**self._first_values(deal, values[deal.key], matches), "import_date": stamp}
                for deal in deals[start : start + BATCH]
            ])
        return leads

    @api.model
    def _first_values(self, deal, values, matches):
        """Values of a new lead: those of the file and an answer for every default of Odoo."""
        start = deal.converted or deal.created
        first = {
            "type": matches.record_type, "user_id": False, "team_id": False, **values,
            "company_id": matches.company.id, "import_ref": deal.key,
            "tag_ids": [Command.set(values["tag_ids"])], "date_closed": deal.closed,
            "date_last_stage_update": deal.closed or start,
        }
        if first["user_id"]:
            first["date_open"] = start
        if _is_closed(values):
            # Given, so that Odoo does not estimate the chance of what is decided.
            first["automated_probability"] = first["probability"]
        return first

    # ------------------------------------------------------------------
    # Second import
    # ------------------------------------------------------------------

    @api.model
    def _update(self, values_by_lead):
        """Write what differs, leads with the same differences together; return the changed."""
        changed = self.env["crm.lead"]
        groups, reopened = {}, self.env["crm.lead"]
        for lead, values in values_by_lead.items():
            differences = self._differences(lead, values)
            if differences.keys() & {"active", "stage_id", "probability"} and _is_closed(values):
                differences["automated_probability"] = values["probability"]
            if differences:
                groups.setdefault(repr(differences), (differences, []))[1].append(lead.id)
                if "active" in differences and values["active"] and "probability" not in values:
                    reopened += lead
        for differences, ids in groups.values():
            leads = self.env["crm.lead"].with_context(**QUIET).browse(ids)
            leads.write(dict(differences))
            changed += leads
        if reopened:
            reopened._compute_probabilities()
        return changed

    @api.model
    def _differences(self, lead, values):
        differences = {}
        for name, value in values.items():
            if name == "tag_ids":
                # Tags added by hand stay.
                missing = sorted(value - set(lead.tag_ids.ids))
                if missing:
                    differences[name] = [Command.link(tag) for tag in missing]
                continue
            field = lead._fields[name]
            # The way both would be kept: rounded, cleaned HTML, False or None for empty.
            new = field.convert_to_cache(value, lead)
            old = field.convert_to_cache(lead[name], lead)
            if (new or False) != (old or False):
                differences[name] = value
        return differences

    # ------------------------------------------------------------------
    # Dates that the ORM sets itself
    # ------------------------------------------------------------------

    @api.model
    def _write_moments(self, deals, ids, matches):
        """Set created, converted, closed and stage dates; return the ids of leads that moved."""
        self.env["crm.lead"].flush_model()
        rows = [
            (ids[deal.key], deal.created, deal.converted, deal.closed) for deal in deals
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        converted = SQL("value.converted")
        if "converted" not in matches.targets:
            converted = SQL("lead.date_conversion")
        moved = self.env.execute_query(SQL(
            """UPDATE crm_lead lead
               SET create_date = value.created, date_conversion = %(converted)s,
                   date_closed = value.closed,
                   date_last_stage_update = COALESCE(value.closed, lead.date_last_stage_update)
               FROM unnest(%(ids)s::int[], %(created)s::timestamp[], %(conversions)s::timestamp[],
                           %(closed)s::timestamp[]) AS value (id, created, converted, closed)
               WHERE lead.id = value.id
                 AND (lead.create_date, lead.date_conversion, lead.date_closed)
                     IS DISTINCT FROM (value.created, %(converted)s, value.closed)
               RETURNING lead.id""",
            converted=converted, ids=columns[0], created=columns[1], conversions=columns[2],
            closed=columns[3],
        ))
        self.env["crm.lead"].invalidate_model(flush=False)
        return {row[0] for row in moved}

    @api.model
    def _after_moments(self, leads):
        """Bring what Odoo and the KPIs derive from dates up to the dates just written."""
        for name in ("day_open", "day_close"):
            self.env.add_to_compute(leads._fields[name], leads)
        leads._recompute_recordset(["day_open", "day_close"])
        leads.flush_recordset()
        leads._kpi_mark_dirty()
        leads._kpi_recompute_sql(leads.ids)
        self.env["crm.stage.event.writer"]._rebuild(leads.ids)


def _is_closed(values):
    return values.get("probability") in (0.0, 100.0)
