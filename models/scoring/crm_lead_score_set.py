from odoo import api, fields, models
from odoo.exceptions import ValidationError

# How a lead's two scores become a grade, unless its team says otherwise.
THRESHOLDS = {"fit_a": 60, "fit_b": 40, "engagement_1": 60, "engagement_2": 30, "hot": 70}


class CrmLeadScoreSet(models.Model):
    """Rules that score leads together. The live set of a company gives its leads their grades; a
    shadow set is only ever evaluated beside it."""

    _name = "crm.lead.score.set"
    _description = "Lead Scoring Rule Set"
    _inherit = ["crm.lead.score.change", "crm.roi.company.mixin"]
    _order = "state, company_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("live", "Live"), ("shadow", "Shadow")], default="shadow", required=True, copy=False,
        help="Live: gives leads their scores. Shadow: is compared with the live one, without any "
             "effect on leads.",
    )
    company_id = fields.Many2one(
        "res.company", "Company", index="btree_not_null", ondelete="cascade",
        help="A company with a live set of its own is scored by that one alone. Empty: for all "
             "companies without an own live set, and for leads that belong to no company.",
    )
    rule_ids = fields.One2many("crm.lead.score.rule", "set_id", "Rules")
    fit_a = fields.Integer(
        "Fit A from", default=THRESHOLDS["fit_a"], required=True,
        help="Fit from which a lead gets the letter A.",
    )
    fit_b = fields.Integer(
        "Fit B from", default=THRESHOLDS["fit_b"], required=True,
        help="Fit from which a lead gets the letter B; below it gets C.",
    )
    engagement_1 = fields.Integer(
        "Engagement 1 from", default=THRESHOLDS["engagement_1"], required=True,
        help="Engagement from which a lead gets the digit 1.",
    )
    engagement_2 = fields.Integer(
        "Engagement 2 from", default=THRESHOLDS["engagement_2"], required=True,
        help="Engagement from which a lead gets the digit 2; below it gets 3.",
    )
    hot = fields.Integer(
        "Hot from", default=THRESHOLDS["hot"], required=True,
        help="Score from which a lead is hot.",
    )

    _live_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'live' AND active",
        "A company can have one live rule set. Make the other one a shadow set first.",
    )
    _thresholds_range = models.Constraint(
        """CHECK (fit_a BETWEEN 1 AND 100 AND fit_b BETWEEN 1 AND 100
                  AND engagement_1 BETWEEN 1 AND 100 AND engagement_2 BETWEEN 1 AND 100
                  AND hot BETWEEN 1 AND 100)""",
        "Thresholds of a rule set lie between 1 and 100.",
    )

    @api.constrains("fit_a", "fit_b", "engagement_1", "engagement_2")
    def _check_thresholds(self):
        for record in self:
            if record.fit_a <= record.fit_b or record.engagement_1 <= record.engagement_2:
                raise ValidationError(self.env._(
                    "Rule set “%(name)s”: A must begin above B, and 1 above 2.", name=record.name,
                ))

    @api.model
    def _of_company(self, company):
        """:return: the live set that scores the leads of a company (empty record: no company)"""
        return self.search([
            ("state", "=", "live"), ("company_id", "in", [company.id, False]),
        ], order="company_id", limit=1)

    def _score_fields(self):
        return {"state", "active", "company_id", *THRESHOLDS}

    def _score_sets(self):
        # Leads may pass from one live set to another: from the shared one to the company's own.
        return self.search([("state", "=", "live")])
