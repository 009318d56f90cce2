from odoo import models

from ..base.optional_number import OptionalInteger


class CrmTeam(models.Model):
    _inherit = "crm.team"

    hot_daily_cap = OptionalInteger(
        "Hot Leads per Person and Day",
        help="Most notices of hot leads a person of this team gets in a day. Empty: as set for "
             "the company. 0: none.",
    )

    _hot_daily_cap_range = models.Constraint(
        "CHECK (hot_daily_cap BETWEEN 0 AND 50)",
        "People of a sales team get 0 to 50 notices of hot leads a day.",
    )
