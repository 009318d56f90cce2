import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .crm_kpi import THEMES

SIDES = ("a", "b")
SNAPSHOT = "crm.kpi.snapshot"
MANAGERS = "sales_team.group_sale_manager"
DEFINITION = {
    f"{side}_{name}" for side in SIDES for name in ("model", "domain", "aggregate", "field", "date")
}
MACHINE = {"code", "problem"}
# What the field of the snapshot is made of.
DECLARED = DEFINITION | {"name", "description", "unit", "better", "theme", "visibility"}
UNITS = [
    ("count", "Number"), ("percent", "Percent"), ("currency", "Money"), ("days", "Days"),
    ("times", "Times"), ("points", "Points"),
]


def side_fields(side, **kwargs):
    """Fields of a measure: which records, which of them, what of them, on which day."""
    return (
        fields.Selection("_selection_models", f"Records{side}", tracking=True, **kwargs),
        fields.Char(
            f"Which of Them{side}", default="[]", help="Only records that meet the conditions.",
        ),
        fields.Selection(
            [("count", "Number of records"), ("sum", "Sum of a field")], f"Measure{side}",
            default="count",
        ),
        fields.Char(f"Field{side}", help="A stored number or amount of the records."),
        fields.Char(
            f"On the Day Of{side}", help="Date that places a record on a day. Empty: the records "
            "there are at the end of each day, measured every night from now on.",
        ),
    )


class CrmKpiCustom(models.Model):
    """A KPI that a manager defines by picking: a measure, or a ratio of two.

    Each becomes a field of the snapshot with the attributes every KPI is declared with, so that
    engine, pivot, dictionary, board, targets, digests and kits read it like all others.
    """

    _name = "crm.kpi.custom"
    _inherit = ["mail.thread", "crm.kpi.custom.check"]
    _description = "Custom KPI"
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(readonly=True, copy=False, help="Name of the field of the snapshot.")
    description = fields.Text(
        "Definition", required=True, tracking=True,
        help="What it counts, in words: shown wherever the figure is.",
    )
    active = fields.Boolean("On", default=True, tracking=True, help=(
        "Switched off, it is not measured any more; what was measured stays."))
    kind = fields.Selection(
        [("measure", "A measure"), ("ratio", "A ratio of two measures")], required=True,
        default="measure",
    )
    unit = fields.Selection(UNITS, required=True, default="count", tracking=True)
    better = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better"), ("none", "Neither")],
        required=True, default="higher", tracking=True,
    )
    theme = fields.Selection(THEMES, required=True, default="deals")
    visibility = fields.Selection(
        [("all", "All salespeople"), ("managers", "Sales managers")], "Figures Are For",
        required=True, default="managers", tracking=True,
        help="Salespeople see the figures of their own and unassigned records, as with all KPIs.",
    )
    a_model, a_domain, a_aggregate, a_field, a_date = side_fields(
        "", required=True, default="crm.lead",
    )
    b_model, b_domain, b_aggregate, b_field, b_date = side_fields(" (Denominator)")
    problem = fields.Char(readonly=True, copy=False)

    _code_uniq = models.Constraint("UNIQUE(code)", "A custom KPI exists once for each code.")

    @api.model_create_multi
    def create(self, vals_list):
        own = [{name: vals[name] for name in vals.keys() - MACHINE} for vals in vals_list]
        customs = super().create(own)
        for custom in customs:
            # Its name in the snapshot is given by the program.
            custom.sudo().code = custom._new_code()
            custom._declare()
        return customs

    def write(self, vals):
        if not self.env.su and MACHINE & vals.keys():
            raise AccessError(self.env._("The code of a custom KPI is given by the program."))
        if "kind" in vals and any(custom.kind != vals["kind"] for custom in self):
            raise UserError(self.env._(
                "A measure does not become a ratio. Create another KPI and delete this one."
            ))
        levels = {custom: custom._is_level() for custom in self}
        result = super().write(vals)
        for custom in self:
            if DECLARED & vals.keys():
                if custom._is_level() != levels[custom]:
                    raise UserError(self.env._(
                        "KPI “%(kpi)s”: what was counted by day cannot become a level of each "
                        "night, nor the reverse. Create another KPI.", kpi=custom.name,
                    ))
                custom._declare()
            if "active" in vals:
                custom._switch(vals["active"])
        return result

    def unlink(self):
        codes = [name for custom in self for name in custom._field_names()]
        # Managers delete their KPIs; its field and entry in the dictionary go with it.
        machine = self.env(su=True)
        machine["crm.kpi"].with_context(active_test=False).search([("code", "in", codes)]).unlink()
        found = machine["ir.model.fields"].search([
            ("model", "=", SNAPSHOT), ("name", "in", codes), ("crm_kpi_declaration", "!=", False),
        ])
        result = super().unlink()
        self._limit_lock()
        found.with_context(crm_kpi_custom_unlink=True).unlink()
        return result

    # ------------------------------------------------------------------
    # Its fields
    # ------------------------------------------------------------------

    def _new_code(self):
        slug = re.sub(r"[^a-z0-9]+", "_", (self.name or "").lower()).strip("_")[:30]
        return f"x_kpi_{slug or 'custom'}_{self.id}"

    def _field_names(self):
        if not self.code:
            return []
        parts = [f"{self.code}_{side}" for side in SIDES] if self.kind == "ratio" else []
        return [*parts, self.code]

    def _is_level(self):
        sides = SIDES if self.kind == "ratio" else SIDES[:1]
        return tuple(not self[f"{side}_date"] for side in sides)

    def _declare(self):
        """Check, try and declare the KPI: its fields, then the dictionary."""
        self.ensure_one()
        facts = self._checked_facts()
        self._try(facts)
        # Nobody but administrators may create fields: the manager's choice was checked above,
        # and holds names and literals only.
        Fields = self.env["ir.model.fields"].sudo().with_context(lang="en_US")
        existing = {field.name: field for field in Fields.search([
            ("model", "=", SNAPSHOT), ("name", "in", self._field_names()),
        ])}
        self._limit_lock()
        new = []
        for name, vals in self._field_values(facts).items():
            if name in existing:
                existing[name].write(vals)
            else:
                new.append({**vals, "name": name})
        Fields.create(new)
        self.env["crm.kpi"]._sync()
        if self.problem:
            # What went wrong is the machine's to say, and to take back.
            self.sudo().problem = False

    def _field_values(self, facts):
        """:return: dict ``{name: values of ir.model.fields}``, parts before what is made of them"""
        common = {
            "better": self.better, "theme": self.theme,
            **({"groups": MANAGERS} if self.visibility == "managers" else {}),
        }
        values = {}
        measured = self._field_names()[:-1] or [self.code]
        for name, fact in zip(measured, facts, strict=True):
            kind = self._type_of(fact)
            part = {"a": self.env._("numerator"), "b": self.env._("denominator")}.get(name[-1])
            is_part = self.kind == "ratio"
            values[name] = self._values_of(
                kind, f"{self.name}: {part}" if is_part else self.name, True, {
                    **common, "fact": [fact.model, fact.time_field, list(fact.domain),
                                       fact.aggregate],
                    "unit": ("currency" if kind == "monetary" else "count") if is_part
                    else self.unit,
                    **({"better": "none"} if is_part else {}),
                },
            )
        if self.kind == "ratio":
            kind = "monetary" if self.unit == "currency" else "float"
            values[self.code] = self._values_of(kind, self.name, False, {
                **common, "formula": " / ".join(measured), "unit": self.unit,
            })
        return values

    def _values_of(self, kind, label, is_stored, declared):
        return {
            # Names of models are known to the registry, not to the manager.
            "model_id": self.env["ir.model"]._get_id(SNAPSHOT),
            "ttype": kind, "field_description": label, "help": self.description,
            "store": is_stored, "readonly": True, "copied": is_stored,
            "currency_field": "currency_id" if kind == "monetary" else False,
            "crm_kpi_declaration": json.dumps(declared),
        }

    def _limit_lock(self):
        """Adding a column waits for whoever is measuring: not longer than somebody waits."""
        self.env.execute_query(SQL("SELECT set_config('lock_timeout', '10s', TRUE)"))

    # ------------------------------------------------------------------
    # On and off
    # ------------------------------------------------------------------

    def _switch(self, is_on):
        names = self._field_names()
        # The dictionary is the program's; managers switch their own KPIs.
        kpis = self.env["crm.kpi"].sudo().with_context(active_test=False)
        kpis.search([("code", "in", names)]).active = is_on
        if is_on:
            self._declare()
            self.env["crm.kpi.dirty.day"]._mark_all()

    @api.model
    def _off_names(self):
        """Fields of the snapshot that are not measured at present, with those that cannot be.

        A KPI whose records or fields are gone is switched off and says why.
        """
        off = set()
        # Runs in the scheduled action and for whoever measures; definitions hold no figures.
        for custom in self.sudo().with_context(active_test=False).search([]):
            if custom.active:
                custom._switch_off_when_broken()
            if not custom.active:
                off.update(custom._field_names())
        return off

    @api.model
    def _note_failures(self, names):
        """Switch off the KPIs whose fields could not be measured."""
        if not any(name.startswith("x_kpi_") for name in names):
            return
        # Runs in the scheduled action and for whoever measures; definitions hold no figures.
        for custom in self.sudo().search([]):
            if set(custom._field_names()) & set(names):
                custom._switch_off(self.env._("It could not be measured; see the server's log."))

    def _switch_off_when_broken(self):
        problem = self._what_is_missing()
        if problem:
            self._switch_off(problem)

    def _switch_off(self, problem):
        self.write({"active": False, "problem": problem})
        self.message_post(body=problem)
