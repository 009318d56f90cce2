from odoo import models
from odoo.exceptions import UserError

from ..models.leads.crm_lead_import_values import Matches
from ..tools.columns import OPEN, squash


class CrmLeadImport(models.TransientModel):
    """The records that the labels of the file stand for, created where that was asked for."""

    _inherit = "crm.lead.import"

    def _matches(self, deals):
        """Create what was asked for and return the records of all labels."""
        stages = self.env["crm.stage"].search([], order="sequence, id")
        shared = stages.filtered(lambda stage: not stage.team_ids) or stages
        won, pending = shared.filtered("is_won"), shared.filtered(lambda stage: not stage.is_won)
        if not won or not pending:
            raise UserError(self.env._(
                "The pipeline needs a stage marked as won and one that is not. Set them up in "
                "CRM, Configuration, Stages."
            ))
        matches = Matches(
            company=self.company_id, targets=set(self._columns().values()),
            first_stage=pending[0].id, won_stage=won[0].id,
            won_stages=set(stages.filtered("is_won").ids),
            record_type=self.record_type, product_as=self.product_as,
            stages=self._records("stage", self._new_stages),
            users=self._records("user", self._new_users),
            teams=self._records("team", self._new_teams),
        )
        if self.team_file:
            matches.targets.add("team")
        self._join_teams(deals, matches)
        return matches

    def _records(self, kind, create):
        """Return ``{squashed label: record id}``, creating the records asked for."""
        values = self.value_ids.filtered(lambda value: value.kind == kind)
        new = values.filtered(lambda value: value.action == "create" or (
            kind == "user" and not value.action and self.create_users))
        if kind == "stage":
            new = new.filtered(lambda value: value.means == OPEN)
        records = {squash(value.label): value._record().id
                   for value in values if value.action == "map"}
        created = create(new.mapped("label")) if new else {}
        records.update({squash(label): record_id for label, record_id in created.items()})
        for value in new:
            # Found again by the next import, also when this one is repeated.
            value.write({"action": "map", f"{kind}_id": created[value.label]})
        return records

    def _new_stages(self, labels):
        stages = self.env["crm.stage"].search([], order="sequence, id")
        before = stages.filtered(lambda stage: not stage.is_won)
        sequence = max(before.mapped("sequence"), default=0)
        limit = min(stages.filtered("is_won").mapped("sequence"), default=sequence)
        values = [
            {"name": label, "sequence": min(sequence + number, limit)}
            for number, label in enumerate(labels, start=1)
        ]
        return dict(zip(labels, self.env["crm.stage"].create(values).ids, strict=True))

    def _new_teams(self, labels):
        teams = self.env["crm.team"].create(
            [{"name": label, "company_id": self.company_id.id} for label in labels])
        return dict(zip(labels, teams.ids, strict=True))

    def _new_users(self, labels):
        return self.env["crm.lead.import.labels"]._former_users(labels, self.company_id)

    def _join_teams(self, deals, matches):
        """Note the team of people who have left in an archived membership: nothing is assigned
        to them, and the team is right should they come back."""
        users = self.env["res.users"].browse(filter(None, set(matches.users.values())))
        former = users.filtered(lambda user: not user.active)
        Member = self.env["crm.team.member"].with_context(active_test=False)
        known = set(Member.search([("user_id", "in", former.ids)]).user_id.ids)
        teams = {}
        for deal in deals:
            user = matches.users.get(squash(deal.values.get("user")))
            team = matches.teams.get(squash(deal.values.get("team")))
            if team and user in former.ids and user not in known:
                teams.setdefault(user, team)
        Member.create([
            {"user_id": user, "crm_team_id": team, "active": False}
            for user, team in teams.items()
        ])
