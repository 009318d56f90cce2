from odoo import api, fields, models


class CrmLeadImportIssue(models.TransientModel):
    _name = "crm.lead.import.issue"
    _inherit = ["crm.import.issue"]
    _description = "Import: Problem in the File"

    import_id = fields.Many2one("crm.lead.import", required=True, ondelete="cascade", index=True)

    @api.model
    def _row_sentences(self):
        _ = self.env._
        return {
            **super()._row_sentences(),
            "no_outcome": _("Neither stage nor outcome is given, so nobody can tell whether the "
                            "deal was won. Fill one in."),
            "contradiction": _("The outcome contradicts the stage “%(stage)s”: one says won, the "
                               "other lost. Correct one of them."),
            "no_created": _("A closed deal needs the day it was created, or its cycle is unknown. "
                            "Fill it in or take the row out."),
            "no_created_open": _("The deal has no creation date. Fill it in, or set a creation "
                                 "date for such deals in the step People & Stages."),
            "no_closed_won": _("The deal is won but has no close date. Fill in the day it was "
                               "won."),
            "no_closed_lost": _("The deal is lost but has no close date. Fill in the day it was "
                                "lost."),
            "future": _("This day has not come yet. Correct it; a deal expected to close in the "
                        "future is open."),
            "before_created": _("This is before the deal was created (%(created)s). Correct one "
                                "of the two dates."),
            "before_converted": _("This is before the lead was converted (%(converted)s). Correct "
                                  "one of the two dates."),
            "undecided_stage": _("The stage is not matched yet. In the step People & Stages use "
                                 "an existing one, create it or leave it empty; this settles all "
                                 "its rows."),
            "undecided_outcome": _("It is not said whether this means won, lost or open. Choose "
                                   "it in the step People & Stages; this settles all its rows."),
            "undecided_user": _("No user has this name. In the step People & Stages use another "
                                "user, create an archived one or leave it empty; this settles all "
                                "rows of this name."),
            "undecided_team": _("No sales team has this name. In the step People & Stages use "
                                "another team, create it or leave it empty; this settles all its "
                                "rows."),
            "no_name": _("The row has no title, product, account or contact to name the deal. "
                         "Fill one in."),
            "no_ref": _("The external ID is empty. Fill it in: it keeps a second import from "
                        "doubling the deal."),
            "double": _("The same external ID is in row %(first)s. Every deal needs its own: "
                        "correct it or delete one row."),
            "two_teams": _("%(user)s is already in the team “%(team)s” in this file. Keep one row "
                           "per salesperson."),
        }
