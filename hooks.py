"""What an uninstall must remove beside what Odoo removes by itself."""

import re

ADDON = "crm_roi"


def uninstall_hook(env):
    """Remove what users left on the addon's models and fields, which would not work any more."""
    # What is shown on tickets for a rule goes with it.
    env["crm.priority.rule"].search([]).active = False
    _release_activity_types(env)
    _forget_gone(env)
    own_models = {
        name for name, model in env.registry.models.items() if model._original_module == ADDON
    }
    added = _added_fields(env, own_models)
    _remove_filters(env, own_models, added)
    _remove_export_lists(env, own_models, added)
    env["ir.attachment"].search([("res_model", "in", list(own_models))]).unlink()
    env["ir.config_parameter"].search([("key", "=like", f"{ADDON}.%")]).unlink()
    # Odoo removes foreign keys that the addon added to other tables, but not its notes of them.
    env["ir.model.constraint"].search([
        ("module.name", "=", ADDON), ("type", "=", "f"),
        ("model.model", "not in", list(own_models)),
    ]).unlink()


def _release_activity_types(env):
    """What was done or planned with the addon's types of calls stays, as calls of Odoo's type."""
    ours = env["mail.activity.type"].with_context(active_test=False).search([
        ("id", "in", env["ir.model.data"].search([
            ("module", "=", ADDON), ("model", "=", "mail.activity.type"),
        ]).mapped("res_id")),
    ])
    call = env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
    if not ours or not call:
        return
    for model, field in (
        ("mail.activity", "activity_type_id"), ("mail.message", "mail_activity_type_id"),
        ("mail.activity.plan.template", "activity_type_id"),
    ):
        records = env[model].with_context(active_test=False).search([(field, "in", ours.ids)])
        records.with_context(tracking_disable=True, activity_days_marked=True)[field] = call


def _forget_gone(env):
    """Remove external ids of fields that went with the model of another app: the database removes
    fields with their model, and Odoo's uninstall stops at an id without a field."""
    for model in ("ir.model.fields", "ir.model.fields.selection"):
        ids = env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", model)])
        found = set(env[model].browse(ids.mapped("res_id")).exists().ids)
        ids.filtered(lambda data, found=found: data.res_id not in found).unlink()


def _added_fields(env, own_models):
    """:return: set of ``(model, field)`` that only this addon brings to models of others"""
    names = env["ir.model.data"].search([("model", "=", "ir.model.fields")])
    owners = names.grouped("res_id")
    ours = [
        field_id for field_id, names in owners.items() if set(names.mapped("module")) == {ADDON}
    ]
    return {
        (field.model, field.name) for field in env["ir.model.fields"].browse(ours).exists()
        if field.model not in own_models
    }


def _remove_filters(env, own_models, added):
    """Remove saved filters of our models, and those of others that name one of our fields."""
    filters = env["ir.filters"].with_context(active_test=False).search([])

    def is_broken(record):
        names = [name for model, name in added if model == record.model_id]
        words = f"{record.domain} {record.context} {record.sort}"
        return record.model_id in own_models or any(
            re.search(rf"\b{re.escape(name)}\b", words) for name in names
        )

    filters.filtered(is_broken).unlink()


def _remove_export_lists(env, own_models, added):
    """Remove export lists of our models, and lines of others' that name one of our fields."""
    lists = env["ir.exports"].search([])
    lists.filtered(lambda record: record.resource in own_models).unlink()
    lines = lists.exists().export_fields
    lines.filtered(
        lambda line: (line.export_id.resource, line.name.split("/")[0]) in added
    ).unlink()
