"""Inside Odoo: use the addon for a while, so that an uninstall has something to remove.

Besides leads and snapshots it leaves what users leave behind on every model of the addon: saved
filters, export lists, attachments, messages, defaults, and the values of the settings.
"""

from datetime import timedelta

from odoo import fields


def make_history(env):
    """A few won, lost and open opportunities and a confirmed order."""
    partner = env["res.partner"].create({"name": "Lifecycle Ltd."})
    leads = env["crm.lead"].create(
        [
            {
                "name": f"Lifecycle {number}",
                "type": "opportunity",
                "partner_id": partner.id,
                "expected_revenue": 100.0 * number,
                "date_deadline": fields.Date.today() - timedelta(days=3),
            }
            for number in range(12)
        ]
    )
    leads[:4].action_set_won()
    leads[4:7].action_set_lost()
    leads[7:9].date_deadline = fields.Date.today() + timedelta(days=9)
    product = env["product.product"].create({"name": "Lifecycle service", "list_price": 50})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "opportunity_id": leads[0].id,
            "order_line": [fields.Command.create({"product_id": product.id})],
        }
    )
    order.action_confirm()
    leads[9:10].unlink()
    env.cr.commit()


def run_nightly(env):
    """Every scheduled action of the addon, twice."""
    names = env["ir.model.data"].search([("module", "=", "crm_roi"), ("model", "=", "ir.cron")])
    for _night in range(2):
        for cron in env["ir.cron"].browse(names.mapped("res_id")):
            cron.method_direct_trigger()


def leave_traces(env):
    """What users leave on models: one of each on every model of the addon with a table."""
    names = env["ir.model.data"].search([("module", "=", "crm_roi"), ("model", "=", "ir.model")])
    own = [
        model.model
        for model in env["ir.model"].browse(names.mapped("res_id"))
        if model.modules == "crm_roi" and env[model.model]._auto and not model.transient
    ]
    for name in own:
        env["ir.filters"].create({"name": "Mine", "model_id": name, "domain": "[]"})
        env["ir.exports"].create(
            {
                "name": "Mine",
                "resource": name,
                "export_fields": [fields.Command.create({"name": "id"})],
            }
        )
        record = env[name].search([], limit=1)
        env["ir.attachment"].create(
            {"name": "Mine", "res_model": name, "res_id": record.id or 1, "raw": b"x"}
        )
        if record and hasattr(record, "message_post"):
            record.message_post(body="A note")
    env["ir.filters"].create(
        {"name": "Slow", "model_id": "crm.lead", "domain": "[('cycle_days', '>', 90)]"}
    )
    env["ir.exports"].create(
        {
            "name": "Ours on a lead",
            "resource": "crm.kpi.snapshot",
            "export_fields": [fields.Command.create({"name": "company_id/name"})],
        }
    )
    env["ir.config_parameter"].set_param("crm_roi.anything", "1")
    env.cr.commit()
    return own


def change_settings(env):
    """Save the settings once with every boolean of the addon switched on."""
    added = env["ir.model.fields"].search(
        [("model", "=", "res.config.settings"), ("ttype", "=", "boolean")]
    )
    values = {field.name: True for field in added if field.modules == "crm_roi"}
    env["res.config.settings"].create(values).execute()
    env.cr.commit()


def define_kpis(env):
    """Custom KPIs, whose fields and columns must live through updates and go with the addon."""
    common = {"description": "Of the life cycle", "a_model": "crm.lead", "a_date": "create_date"}
    env["crm.kpi.custom"].create([
        {"name": "Life Cycle Count", **common},
        {"name": "Life Cycle Sum", **common, "a_aggregate": "sum", "unit": "currency",
         "a_field": "expected_revenue"},
        {"name": "Life Cycle Share", **common, "kind": "ratio", "unit": "percent",
         "b_model": "crm.lead", "b_date": "create_date"},
    ])
    env.cr.commit()



def use(env):
    """All of it; returns the names of the models of the addon."""
    make_history(env)
    define_kpis(env)
    run_nightly(env)
    models = leave_traces(env)
    change_settings(env)
    return models
