"""A record of any model, to try rights on: an existing one, else one of its required fields."""

from odoo import fields
from odoo.exceptions import AccessError

SAMPLES = {
    "char": lambda field, env: "Sample",
    "text": lambda field, env: "Sample",
    "html": lambda field, env: "Sample",
    "integer": lambda field, env: 1,
    "float": lambda field, env: 1.0,
    "monetary": lambda field, env: 1.0,
    "date": lambda field, env: fields.Date.today(),
    "datetime": lambda field, env: fields.Datetime.now(),
    "boolean": lambda field, env: True,
    "selection": lambda field, env: field.get_values(env)[0],
    "many2one": lambda field, env: sample_record(env[field.comodel_name]).id,
    "json": lambda field, env: {},
}
# What a model asks for beyond its required fields.
EXTRA = {
    "crm.priority.rule": lambda env: {"model_name": "crm.lead"},
    "crm.priority.rule.line": lambda env: {"choice": "crm.lead,priority,3"},
    "crm.kpi.benchmark": lambda env: {
        "kpi_id": env["crm.kpi"].search([("kind", "=", "formula")], limit=1).id, "year": 2020,
    },
    "crm.kpi.alert": lambda env: {"value": 1.0, "condition": "below", "periods": 1},
    "crm.kpi.custom": lambda env: {
        "a_model": "crm.lead", "kind": "measure", "a_date": "create_date", "name": "Sample KPI",
    },
    "crm.roi.bill.rule": lambda env: {"partner_id": env.company.partner_id.id},
    "crm.roi.cost.allocation": lambda env: {"method": "driver"},
    "crm.roi.baseline.line": lambda env: {"month": env["crm.roi.baseline"]._default_day(18)},
}


def sample_record(model):
    """Return one record of ``model`` (with its rights): the first, else a made one; none of a
    report without rows, nor of one that only the machine may write."""
    record = model.with_context(active_test=False).search([], limit=1)
    if record or not model._auto:
        return record
    required = [
        name for name, field in model._fields.items()
        if field.required and field.store and not field.compute and name != "id"
    ]
    given = model.default_get(required)
    values = {
        name: SAMPLES[model._fields[name].type](model._fields[name], model.env)
        for name in required if not given.get(name)
    }
    values.update(EXTRA.get(model._name, lambda env: {})(model.env))
    try:
        return model.create(values)
    except AccessError:
        return record
