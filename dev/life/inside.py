"""Inside Odoo, in a mix of modules: press buttons in Apps, work with what is there, look at it.

Each step is a word, ``name`` or ``name:module,module``. What goes wrong raises, or is logged as a
warning or an error; the caller counts both as a fault.
"""

import logging
import re
import time

from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import safe_eval

from .use import run_nightly, use

DIRECTOR, SALESPERSON = "sales_team.group_sale_manager", "sales_team.group_sale_salesman"
# Forms of other apps that the addon may have added something to.
FORMS = (
    "crm.lead", "crm.phonecall", "crm.team", "helpdesk.ticket", "project.task", "res.partner",
    "sale.order", "utm.campaign",
)


def run_steps(env, steps):
    """Do the steps one after the other, printing how long each took."""
    for step in steps:
        name, _colon, words = step.partition(":")
        started = time.monotonic()
        STEPS[name](env, *filter(None, words.split(",")))
        env.cr.commit()
        print(f"{step} took {time.monotonic() - started:.1f} s", flush=True)


def press(env, button, state, names):
    """Press a button of these modules in Apps, all at once."""
    modules = env["ir.module.module"].search([("name", "in", names)])
    if len(modules) != len(names):
        raise SystemExit(f"not all of {', '.join(names)} are known here")
    if modules:
        getattr(modules, button)()
    wrong = [module.name for module in modules if module.state != state]
    if wrong:
        raise SystemExit(f"not {state}: {', '.join(wrong)}")


def install(env, *names):
    """Install these modules."""
    press(env, "button_immediate_install", "installed", names)


def update(env, *names):
    """Update these modules."""
    press(env, "button_immediate_upgrade", "installed", names)


class OfApps(logging.Filter):
    """Without what an uninstall of another app cannot delete because the app itself uses it: Odoo
    tries each record and logs the statement. Where a table of ours is in the way, it is told."""

    DELETED = re.compile(r'DELETE FROM "(stock|helpdesk|project|mailing|survey)_')

    def filter(self, record):
        text = record.getMessage()
        return not self.DELETED.search(text) or 'on table "crm_' in text


def remove(env, *names):
    """Uninstall these modules and what depends on them."""
    quiet, logger = OfApps(), logging.getLogger("odoo.sql_db")
    logger.addFilter(quiet)
    try:
        press(env, "button_immediate_uninstall", "uninstalled", names)
    finally:
        logger.removeFilter(quiet)


def work(env):
    """Do something in each optional app that is there, and let the addon look at it at night."""
    Rule = env["crm.priority.rule"].with_context(active_test=False)
    Rule.search([]).active = True
    # Somebody does not want the panel: archived views are overlooked when an app goes.
    views = Rule._panel_views()
    for name in sorted(views)[:1]:
        views[name].active = False
    partner = env["res.partner"].create({"name": "Mixed Ltd.", "email": "mixed@example.com"})
    lead = env["crm.lead"].create({
        "name": "Mixed", "type": "opportunity", "partner_id": partner.id, "user_id": env.uid,
    })
    for name, values in samples(env, partner, lead).items():
        if name in env:
            env[name].create(values)
    env.cr.commit()
    run_nightly(env)


def samples(env, partner, lead):
    """Values of a record of each optional model."""
    return {
        "helpdesk.ticket": {"name": "T", "description": "D", "partner_id": partner.id},
        "project.task": {"name": "T", "partner_id": partner.id},
        "crm.phonecall": {
            "name": "T", "opportunity_id": lead.id, "user_id": env.uid, "direction": "in",
            "state": "done", "duration": 3, "date": fields.Datetime.now(),
        },
        "survey.survey": {"title": "T"},
        "mailing.mailing": {
            "subject": "T", "mailing_model_id": env["ir.model"]._get_id("crm.lead"),
        },
    }


def look(env):
    """Open everything in the menus as a director and as a salesperson; nothing may point at what
    is not there. Nothing is kept of it."""
    check_no_orphans(env)
    for number, group in enumerate((DIRECTOR, SALESPERSON)):
        login = f"mix{number}"
        user = env["res.users"].create({
            "name": login, "login": login, "group_ids": [(6, 0, [
                env.ref("base.group_user").id, env.ref(group).id,
            ])],
        })
        opened = look_as(env(user=user.id, su=False))
        print(f"{opened} pages opened as {group}", flush=True)
    env.cr.rollback()


def check_no_orphans(env):
    """Raise when something of the addon points at a model that is not installed."""
    wrong = [
        f"view {view.name} of {view.model}"
        for view in env["ir.ui.view"].with_context(active_test=False).search([])
        if view.model and view.model not in env
    ]
    for name in ("crm.priority.rule", "crm.priority.applied", "crm.priority.queue"):
        rows = env[name].sudo().with_context(active_test=False).search([])
        wrong += [f"{name} of {row.model_name}" for row in rows if row.model_name not in env]
    if wrong:
        raise SystemExit("left of an app that is gone: " + "; ".join(wrong))


def look_as(env):
    """Open each action in the menus of the addon that this user sees; return how many."""
    own = env["ir.model.data"].sudo().search([
        ("module", "=", "crm_roi"), ("model", "=", "ir.ui.menu"),
    ]).mapped("res_id")
    seen = env["ir.ui.menu"]._visible_menu_ids() & set(own)
    opened = 0
    for menu in env["ir.ui.menu"].browse(sorted(seen)):
        action = menu.action
        if not action:
            continue
        found = action._get_action_dict()
        if action._name == "ir.actions.server":
            found = action.run()
        if found and found.get("res_model"):
            open_window(env, found)
            opened += 1
    for name in FORMS:
        if name in env and env[name].has_access("read"):
            env[name].get_views([(False, "form"), (False, "search")])
    if not opened:
        raise SystemExit("no page of the addon is in the menus")
    return opened


def evaluated(env, text, empty):
    """A context or domain of an action, as the web client evaluates it."""
    if not isinstance(text, str):
        return text or empty
    words = {
        "uid": env.uid, "allowed_company_ids": env.companies.ids,
        "active_id": False, "active_ids": [],
    }
    return safe_eval(text, words) if text.strip() else empty


def open_window(env, action):
    """Load the views of an action, and read what each view shows at first."""
    context = evaluated(env, action.get("context"), {})
    domain = evaluated(env, action.get("domain"), [])
    Model = env[action["res_model"]].with_context(**context)
    views = action.get("views") or [
        (False, mode) for mode in action.get("view_mode", "list").split(",")
    ]
    loaded = Model.get_views([*((view_id, kind) for view_id, kind in views), (False, "search")])
    for kind, view in loaded["views"].items():
        show = SHOWN.get(kind)
        if show:
            show(Model, domain, shown_fields(view["arch"]))


def shown_fields(arch):
    """Top-level fields of a view: a list of (name, attributes)."""
    return [
        (node.get("name"), dict(node.attrib)) for node in etree.fromstring(arch).iter("field")
        if not any(parent.tag == "field" for parent in node.iterancestors())
    ]


def show_records(Model, domain, names):
    """First page of a list or of cards."""
    Model.web_search_read(domain, {name: {} for name, _attributes in names}, limit=20)


def show_groups(Model, domain, names):
    """Totals and first grouping of a pivot or a chart."""
    groups = [
        name + (f":{words['interval']}" if "interval" in words else "")
        for name, words in names if words.get("type") in ("row", "col")
    ]
    described = Model.fields_get([name for name, _words in names])
    measures = [
        f"{name}:{described[name]['aggregator']}" for name, words in names
        if words.get("type") == "measure" and described.get(name, {}).get("aggregator")
    ]
    for grouping in ([], groups[:1], groups[:2]):
        Model.formatted_read_group(domain, grouping, ["__count", *measures])


def show_form(Model, domain, names):
    """The first record, or the values of a new one, of a model of the addon.

    Forms of others hold fields that Odoo computes for who has rights in their app only.
    """
    if Model._original_module != "crm_roi":
        return
    record = Model.search(domain, limit=1)
    if record:
        record.web_read({name: {} for name, _attributes in names})
    elif Model.has_access("create"):
        Model.onchange({}, [], {name: {} for name, _attributes in names})


SHOWN = {
    "list": show_records, "kanban": show_records, "form": show_form,
    "pivot": show_groups, "graph": show_groups,
}
STEPS = {
    "install": install, "update": update, "remove": remove, "use": use, "work": work, "look": look,
}
