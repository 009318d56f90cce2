from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...tools.formula import Formula
from ...tools.period import as_date
from ...tools.statistics import wilson

THEMES = [
    ("leads", "Leads"), ("deals", "Deals"), ("pipeline", "Pipeline"), ("orders", "Orders"),
    ("customers", "Customers"), ("response", "Response"), ("activities", "Activities"),
    ("costs", "Costs & ROI"), ("support", "Support"),
]
UNITS = [
    ("count", "Number"), ("percent", "Percent"), ("currency", "Money"), ("days", "Days"),
    ("currency_per_day", "Money per day"), ("times", "Times"),
    ("points", "Points"), ("hours", "Hours"), ("minutes", "Minutes"),
]


# What a company sets; all the rest is read from the field that declares the KPI.
OWN_SETTINGS = {"active", "benchmark", "is_key", "threshold_warning", "threshold_alarm"}


def _records(number):
    """A number of records; None for the average of several nights, which is none."""
    return None if number is None or number != round(number) else number


class CrmKpi(models.Model):
    """The dictionary: one record for each KPI field of the snapshot, kept in step with it.

    What a KPI means is read from the field; a company only sets what is its own.
    """

    _name = "crm.kpi"
    _description = "KPI"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True, index=True)
    field_id = fields.Many2one("ir.model.fields", required=True, readonly=True, ondelete="cascade")
    name = fields.Char("KPI", related="field_id.field_description")
    definition = fields.Text("Definition", related="field_id.help")
    theme = fields.Selection(THEMES, readonly=True)
    kind = fields.Selection([
        ("flow", "Flow: summed over time"),
        ("stock", "Level: average over the nights of a period"),
        ("formula", "Ratio: computed from sums"),
    ], readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    better = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better"), ("none", "Neither")],
        readonly=True,
    )
    formula = fields.Char(readonly=True, help="Names are the codes of other KPIs.")
    source = fields.Char(readonly=True, help="Records counted and the date that places them.")
    declaration = fields.Char(readonly=True, help="Changes when the KPI counts something else.")
    sequence = fields.Integer(readonly=True)
    is_restricted = fields.Boolean(
        "For Managers", readonly=True, help="Only sales managers see this KPI and its figures.",
    )
    active = fields.Boolean(default=True, help="Archived KPIs are left out of the dictionary.")
    benchmark = fields.Float(
        "Own Benchmark", company_dependent=True,
        help="What your company compares itself with while there is no benchmark of your industry "
             "with a source. Percentages as fractions: 0.25 is 25 %.",
    )
    threshold_warning = fields.Float(
        company_dependent=True,
        help="From here on the figure needs attention. For ratios and levels; totals depend on the "
             "length of the period and have targets instead.",
    )
    threshold_alarm = fields.Float(
        company_dependent=True,
        help="From here on the figure is bad. For ratios and levels only.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "A KPI exists once for each code.")

    @api.constrains("threshold_warning", "threshold_alarm", "better")
    def _check_thresholds(self):
        for kpi in self:
            warning, alarm = kpi.threshold_warning, kpi.threshold_alarm
            if not warning or not alarm or kpi.better == "none":
                continue
            if (warning < alarm) if kpi.better == "higher" else (warning > alarm):
                raise ValidationError(self.env._(
                    "KPI “%(kpi)s”: the alarm threshold (%(alarm)s) must be worse than the warning "
                    "threshold (%(warning)s). Swap the two.",
                    kpi=kpi.name, alarm=alarm, warning=warning,
                ))

    def write(self, vals):
        if not self.env.su and not vals.keys() <= OWN_SETTINGS:
            raise AccessError(self.env._(
                "What a KPI means is declared in the program and cannot be changed here. Set its "
                "benchmark and thresholds, or archive it."
            ))
        return super().write(vals)

    # ------------------------------------------------------------------
    # In step with the fields
    # ------------------------------------------------------------------

    def _register_hook(self):
        super()._register_hook()
        if self.env.registry.updated_modules:
            self._sync()

    @api.model
    def _sync(self):
        """Create, update or remove dictionary records so that they match the snapshot's fields.

        A flow that is new or counts something else gets its history: all days built so far are
        marked for a rebuild.
        """
        # Runs at the end of an installation or upgrade, on behalf of no user.
        Kpi = self.sudo().with_context(active_test=False)
        known = {kpi.code: kpi for kpi in Kpi.search([])}
        declared = self._declared()
        new = [vals for code, vals in declared.items() if code not in known]
        redefined = [
            vals for code, vals in declared.items()
            if code in known and known[code].declaration != vals["declaration"]
        ]
        Kpi.create(new)
        Kpi.browse(kpi.id for code, kpi in known.items() if code not in declared)._drop_undeclared()
        for code, kpi in known.items():
            if code in declared and kpi._differs(declared[code]):
                kpi.write(declared[code])
        Kpi.env["crm.roi.feature"]._fill_seed_kpis()
        Kpi.env["crm.kpi.report.schedule"]._fill_seed_kpis()
        Kpi.env["digest.digest"]._fill_crm_seeds()
        if known and any(vals["kind"] == "flow" for vals in [*new, *redefined]):
            self.env["crm.kpi.dirty.day"]._mark_all()

    def _drop_undeclared(self):
        """Take KPIs out of the dictionary that are fields of the snapshot no more."""
        self.unlink()

    def _differs(self, vals):
        return any(
            self._fields[name].convert_to_write(self[name], self) != value
            for name, value in vals.items()
        )

    @api.model
    def _declared(self):
        """:return: dict ``{code: values of the dictionary record}`` from the snapshot's fields"""
        Snapshot = self.env["crm.kpi.snapshot"]
        facts = Snapshot._kpi_facts()
        declared = {}
        for sequence, name in enumerate(n for n in Snapshot._fields if Snapshot._kpi_kind(n)):
            field, fact = Snapshot._fields[name], facts.get(name)
            declared[name] = {
                "code": name,
                "field_id": self.env["ir.model.fields"]._get_ids(Snapshot._name)[name],
                "theme": field.theme,
                "kind": Snapshot._kpi_kind(name),
                "unit": field.unit,
                "better": field.better or "none",
                "formula": getattr(field, "formula", None) or False,
                "source": f"{fact.model}: {fact.aggregate} by {fact.time_field or 'end of day'}"
                if fact else False,
                "declaration": self._declaration(field, fact),
                "sequence": sequence,
                "is_restricted": bool(field.groups),
            }
        return declared

    @api.model
    def _declaration(self, field, fact):
        """What the KPI counts, in one text; that of a report over optional apps names them."""
        if not fact:
            return field.formula
        apps = getattr(self.env.get(fact.model), "_kpi_apps", dict)()
        return repr(fact) + "".join(f" {app.model}/{app.closed_date}" for app in apps.values())

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    @api.model
    def _values(self, codes, date_from, date_to, domain=(), groupby=()):
        """Values of KPIs in a period, for each group, with what they rest on.

        Computed with the rights of the current user; money in the current company's currency.

        :param codes: list of KPI codes (field names of ``crm.kpi.snapshot``)
        :param date_from: first day (date)
        :param date_to: day after the last (date)
        :param domain: further conditions on the snapshot
        :param groupby: groupings as for ``_read_group``, such as ``["team_id", "day:month"]``
        :return: dict ``{group tuple: {code: values}}``; ``()`` is the only group without
            ``groupby``. ``values`` has ``value``, ``numerator``, ``denominator``, ``n`` (records
            the figure rests on; none for an average of nights), ``low`` and ``high`` (Wilson 95 %
            interval of a share); each is ``None`` where there is no data.
        :raise ValueError: a code that is no KPI
        """
        Snapshot = self.env["crm.kpi.snapshot"]
        unknown = [code for code in codes if code not in Snapshot._kpi_fields()]
        if unknown:
            raise ValueError(f"No such KPI: {', '.join(unknown)}")
        parts = list(dict.fromkeys(
            part for code in codes for part in (code, *Snapshot._kpi_parts(code))
        ))
        period = Domain("day", ">=", as_date(date_from)) & Domain("day", "<", as_date(date_to))
        rows = Snapshot._read_group(
            period & Domain(list(domain)), list(groupby), [f"{part}:avg" for part in parts]
        )
        size = len(groupby)
        return {
            tuple(row[:size]): self._group_values(codes, dict(zip(parts, row[size:], strict=True)))
            for row in rows
        }

    @api.model
    def _group_values(self, codes, raw):
        raw = {name: None if value is False else value for name, value in raw.items()}
        return {code: self._one_value(code, raw) for code in codes}

    @api.model
    def _one_value(self, code, raw):
        Snapshot = self.env["crm.kpi.snapshot"]
        field = Snapshot._fields[code]
        value = raw[code]
        result = {"value": value, "numerator": value, "denominator": None, "n": None,
                  "low": None, "high": None}
        if Snapshot._kpi_kind(code) != "formula":
            result["n"] = _records(value) if field.unit == "count" else None
            return result
        formula, cases = Formula(field.formula), None
        result["numerator"] = self._part_value(formula.numerator, raw)
        if formula.denominator:
            result["denominator"] = self._part_value(formula.denominator, raw)
            names = formula.denominator.names
            if all(Snapshot._fields[name].unit == "count" for name in names):
                cases = result["denominator"]
        result["n"] = _records(cases)
        if getattr(field, "interval", None) == "wilson" and cases:
            result["low"], result["high"] = wilson(result["numerator"], cases)
        return result

    @api.model
    def _part_value(self, formula, raw):
        """Value of a part of a formula; formulas it uses are computed from their own parts."""
        Snapshot = self.env["crm.kpi.snapshot"]
        values = {}
        for name in formula.names:
            nested = Snapshot._kpi_formulas().get(name)
            values[name] = self._part_value(nested, raw) if nested else raw[name]
        return formula.evaluate(values)
