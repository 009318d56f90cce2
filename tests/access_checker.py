"""Finds what is wrong with rights; every finder is tried on a planted fault first."""

import inspect
import re
from collections import Counter
from pathlib import Path

from odoo.fields import Domain
from odoo.modules.module import get_module_path
from odoo.tools.safe_eval import safe_eval

ADDON = "crm_roi"
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}
# Ways round record rules and rights.
POWERS = re.compile(r"\.sudo\(|with_user\(|SUPERUSER_ID|su=True")


def own_models(env):
    """Names of the models this addon brings, sorted."""
    return sorted(
        name for name, cls in env.registry.models.items() if cls._original_module == ADDON
    )


def rights(env, user):
    """Letters of the operations a user may do, for each model of the addon."""
    return {
        name: "".join(
            letter for letter, operation in OPERATIONS.items()
            if env[name].with_user(user).has_access(operation)
        )
        for name in own_models(env) if not env[name]._abstract
    }


def leaks(env, names, company_free):
    """Models whose rows of one company can be read from another, one line each.

    A model with a company needs a rule for everybody (no groups) that keeps to the companies a
    user has ticked; a model without one must be listed with a reason.
    """
    found = []
    for name in names:
        model = env[name]
        if model._abstract or model._transient:
            continue
        companies = [
            field.name for field in model._fields.values()
            if field.type == "many2one" and field.comodel_name == "res.company" and field.store
        ]
        if not companies:
            if name not in company_free:
                found.append(f"{name}: no company and no reviewed reason for it")
            continue
        if not any(_keeps_to_companies(rule, companies) for rule in _global_rules(env, name)):
            found.append(f"{name}: no rule for everybody keeps {companies} to a user's companies")
    return found


def _global_rules(env, name):
    return env["ir.rule"].sudo().search([
        ("model_id.model", "=", name), ("groups", "=", False), ("perm_read", "=", True),
    ])


def _keeps_to_companies(rule, companies):
    """Whether the rule hides a company that is not ticked, whatever its other conditions say."""
    allowed, foreign = 987654321, 987654322
    domain = Domain(safe_eval(rule.domain_force or "[]", {
        "user": rule.env.user, "company_id": allowed, "company_ids": [allowed],
    }))

    def passes(company):
        return domain.map_conditions(
            lambda term: Domain(_holds(term, company))
            if term.field_expr in companies else Domain.TRUE
        ).is_true()

    return passes(allowed) and not passes(foreign)


def _holds(term, company):
    values = term.value if isinstance(term.value, (list, tuple, set)) else [term.value]
    return (company in values) == (term.operator in ("=", "in"))


def public_methods(env):
    """Methods of the addon that can be called remotely and that Odoo does not have itself.

    :return: dict ``{module below the addon: {method names}}``
    """
    found = {}
    for cls in env.registry.models.values():
        theirs = [base for base in cls.mro() if not _is_ours(base)]
        for base in filter(_is_ours, cls.mro()):
            for name, member in vars(base).items():
                if (
                    inspect.isfunction(member) and not name.startswith("_")
                    and not getattr(member, "_api_private", False)
                    and not any(name in vars(other) for other in theirs)
                ):
                    module = base.__module__.partition(f"{ADDON}.")[2]
                    found.setdefault(module, set()).add(name)
    return found


def public_calls(env):
    """``(model, method)`` of each public method of the addon on each model that has it."""
    ours = set().union(*public_methods(env).values())
    return sorted(
        (name, method) for name, cls in env.registry.models.items() if not cls._abstract
        for method in ours
        if any(_is_ours(base) and method in vars(base) for base in cls.mro())
    )


def _is_ours(cls):
    return (
        cls.__module__.startswith(f"odoo.addons.{ADDON}.") and ".tests." not in cls.__module__
    )


def source_files():
    """``{path below the addon: text}`` of the Python files that run in production."""
    root = Path(get_module_path(ADDON))
    return {
        str(path.relative_to(root)): path.read_text()
        for path in sorted(root.rglob("*.py"))
        if path.relative_to(root).parts[0] not in ("tests", "dev", "demo")
    }


def power_lines(files):
    """Counter of ``"file | line"`` for each line that goes round rights."""
    return Counter(
        f"{name} | {line.strip()}"
        for name, text in files.items() for line in text.splitlines()
        if POWERS.search(line) and not line.strip().startswith("#")
    )


def uncommented_powers(files):
    """Lines that go round rights without a comment or docstring just above to say why."""
    found = []
    for name, text in files.items():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if POWERS.search(line) and not line.strip().startswith("#"):
                above = [text.strip() for text in lines[max(number - 4, 0):number + 1]]
                if not any("# " in text for text in above):
                    found.append(f"{name}:{number + 1} {line.strip()}")
    return found
