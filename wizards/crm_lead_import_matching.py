from datetime import datetime

from odoo import models
from odoo.exceptions import UserError

from ..tools.columns import guess_outcome, label_counts, squash
from ..tools.deal import Options
from ..tools.history import latest_day, read_teams

# More different values than this and the column is not what it was mapped to.
MAX_LABELS = {"stage": 100, "outcome": 50, "user": 1000, "team": 300}


class CrmLeadImport(models.TransientModel):
    """Step People & Stages: which record each name in the file stands for."""

    _inherit = "crm.lead.import"

    def action_match(self):
        """Check the columns and propose a record for every stage, salesperson and team."""
        self.ensure_one()
        self._check_columns()
        sheet = self._sheet()
        _decimal, order = self._reading_options(sheet)
        columns = self._columns()
        remembered = self.env["crm.lead.import.mapping"]._recall(self.company_id, sheet.headers)
        values = []
        for kind, labels in self._labels(sheet, columns).items():
            self._check_label_count(kind, labels)
            propose = getattr(self, f"_propose_{kind}")()
            known = remembered.get("values", {}).get(kind, {})
            for label, count in labels.items():
                values.append({
                    "import_id": self.id, "kind": kind, "label": label, "row_count": count,
                    **propose(label), **self._still_valid(kind, known.get(squash(label), {})),
                })
        self.value_ids.unlink()
        self.env["crm.lead.import.value"].create(values)
        latest = latest_day(sheet, columns, order)
        self.write({
            "state": "match",
            "fallback_date": self.fallback_date or latest and min(latest, self._today()),
            "undated_count": self._count_empty(sheet, columns, "created"),
        })

    def _labels(self, sheet, columns):
        """Return ``{kind: {label: rows}}`` of what must be matched to records."""
        labels = {
            kind: label_counts(sheet, columns, kind)
            for kind in ("stage", "outcome", "user", "team")
        }
        teams = self._teams()
        for user, count in labels["user"].items():
            team = teams.get(squash(user))
            if team:
                labels["team"][team] = labels["team"].get(team, 0) + count
        return labels

    def _teams(self):
        """Return ``{squashed salesperson: team}`` of the second file, {} without one."""
        sheet = self._team_sheet()
        return read_teams(sheet, self._columns("teams"))[0] if sheet else {}

    def _check_label_count(self, kind, labels):
        if len(labels) > MAX_LABELS[kind]:
            column = self.column_ids.filtered(
                lambda one: one.file_kind == "deals" and one.target == kind)
            names = dict(column._fields["target"]._description_selection(self.env))
            raise UserError(self.env._(
                "The column “%(column)s” has %(count)s different values. Is it really the "
                "%(target)s? Choose the right column.",
                column=column.header, count=len(labels), target=names[kind],
            ))

    def _count_empty(self, sheet, columns, target):
        places = [place for place, name in columns.items() if name == target]
        return sum(values[place] is None for _number, values in sheet.rows for place in places)

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def _propose_stage(self):
        stages = {squash(stage.name): stage for stage in self.env["crm.stage"].search([])}

        def propose(label):
            stage = stages.get(squash(label), self.env["crm.stage"])
            means = guess_outcome(label) or ("won" if stage.is_won else "open")
            if stage and stage.is_won == (means == "won"):
                return {"means": means, "action": "map", "stage_id": stage.id}
            return {"means": means, "action": "create" if means == "open" else "empty"}

        return propose

    def _propose_outcome(self):
        return lambda label: {"means": guess_outcome(label)}

    def _propose_user(self):
        users = {}
        found = self.env["res.users"].with_context(active_test=False).search(
            [("share", "=", False), ("company_ids", "in", self.company_id.ids)],
            order="active DESC, id",
        )
        for attribute in ("login", "email", "name"):
            for user in found:
                users.setdefault(squash(user[attribute]), []).append(user)

        def propose(label):
            same = users.get(squash(label), [])
            # Two people of one name: the manager must say which one.
            active = {user.id for user in same if user.active} or {user.id for user in same}
            if len(active) == 1:
                return {"action": "map", "user_id": active.pop()}
            return {}

        return propose

    def _propose_team(self):
        teams = self.env["crm.team"].with_context(active_test=False).search(
            [("company_id", "in", [self.company_id.id, False])], order="active DESC, id")
        known = {}
        for team in teams:
            known.setdefault(squash(team.name), team.id)

        def propose(label):
            team = known.get(squash(label))
            return {"action": "map", "team_id": team} if team else {"action": "create"}

        return propose

    def _still_valid(self, kind, remembered):
        """Return a remembered choice, or {} when nothing was chosen or its record is gone."""
        if not remembered.get("means") and not remembered.get("action"):
            return {}
        names = {"stage": "stage_id", "user": "user_id", "team": "team_id"}
        record_id = remembered.get(names.get(kind))
        if record_id:
            comodel = self.env["crm.lead.import.value"]._fields[names[kind]].comodel_name
            if not self.env[comodel].with_context(active_test=False).search_count(
                [("id", "=", record_id)], limit=1
            ):
                return {}
        return remembered

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _options(self, sheet):
        """Return how to read the rows, with what was decided about their labels."""
        decimal, order = self._reading_options(sheet)
        currency = self.company_id.currency_id
        values = self.value_ids
        undecided = {}
        for value in values.filtered(lambda one: one._is_undecided()):
            undecided.setdefault(value.kind, set()).add(squash(value.label))
        return Options(
            timezone=self.company_id._kpi_timezone(), now=datetime.utcnow(), decimal=decimal,
            order=order, fallback=self.fallback_date or None,
            outcomes=_meanings(values, "stage"), statuses=_meanings(values, "outcome"),
            teams=self._teams(), undecided=undecided,
            symbols=tuple(filter(None, (currency.symbol, currency.name))),
        )

    def _choices(self):
        """Return what to remember for the next file of this layout."""
        values = {}
        for value in self.value_ids:
            values.setdefault(value.kind, {})[squash(value.label)] = {
                "means": value.means, "action": value.action, "stage_id": value.stage_id.id,
                "user_id": value.user_id.id, "team_id": value.team_id.id,
            }
        return {
            "columns": self._chosen_targets("deals"),
            "team_columns": self._chosen_targets("teams") if self.team_file else None,
            "values": values,
            "options": {
                "decimal": self.decimal, "date_order": self.date_order,
                "product_as": self.product_as, "create_users": self.create_users,
            },
        }

    def _chosen_targets(self, file_kind):
        return {
            column.header: column.target for column in self.column_ids
            if column.file_kind == file_kind
        }


def _meanings(values, kind):
    return {squash(value.label): value.means for value in values if value.kind == kind}
