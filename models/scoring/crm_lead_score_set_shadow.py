from odoo import models
from odoo.exceptions import UserError


class CrmLeadScoreSet(models.Model):
    """Trying another rule set beside the live one, and switching it on."""

    _inherit = "crm.lead.score.set"

    def _copy_as_shadow(self, points):
        """A shadow set with the same rules.

        :param points: ``{rule id: points}`` of the rules that get others
        :return: the new set
        """
        self.ensure_one()
        shadow = self.copy({
            "name": self.env._("%s with suggested points", self.name), "state": "shadow",
        })
        for rule in self.rule_ids:
            rule.copy({
                "name": rule.name, "set_id": shadow.id,
                "points": points.get(rule.id, rule.points),
            })
        return shadow

    def action_switch_on(self):
        """Make a shadow set the live one; the live set of the same company becomes a shadow."""
        self.ensure_one()
        if self.state == "live":
            raise UserError(self.env._("Rule set “%s” is live already.", self.name))
        live = self.search([("state", "=", "live"), ("company_id", "=", self.company_id.id)])
        live.state = "shadow"
        live.flush_recordset(["state"])
        self.state = "live"

    def action_open_proofs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_roi.crm_lead_score_proof_action"
        )
        other = self._of_company(self.company_id or self.env.company) - self
        action["domain"] = [("set_id", "=", self.id)]
        action["context"] = {"default_set_id": self.id, "default_other_set_id": other.id}
        return action
