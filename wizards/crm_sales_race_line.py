from odoo import fields, models


class CrmSalesRaceLine(models.TransientModel):
    _name = "crm.sales.race.line"
    _description = "Place in the Sales Race"
    _rec_name = "user_id"

    race_id = fields.Many2one("crm.sales.race", ondelete="cascade", readonly=True)
    place = fields.Integer(readonly=True, aggregator=None)
    runners = fields.Integer("Of", readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="cascade", readonly=True)
    value_text = fields.Char("Result", readonly=True)
    move_text = fields.Char(
        "Since the Period Before", readonly=True,
        help="Places won or lost against the period before; a running period is compared with as "
             "many of its days.",
    )
    drills = fields.Json("Records Behind", readonly=True)
    is_me = fields.Boolean(readonly=True)
