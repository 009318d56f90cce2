import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.model_classes import add_field

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

CLASSES = {"integer": OptionalInteger, "float": OptionalFloat, "monetary": OptionalMonetary}


class IrModelFields(models.Model):
    """Fields of custom KPIs: ordinary manual fields of the snapshot that carry the attributes a
    KPI is declared with, so that everything reads them as it reads the KPIs of the program."""

    _inherit = "ir.model.fields"

    crm_kpi_declaration = fields.Text(
        "Custom KPI", readonly=True,
        help="Attributes of the field as JSON, kept by the custom KPI.",
    )

    def _instanciate_attrs(self, field_data):
        # Read while the registry is being built: no record can be read yet, only this row.
        text = field_data.get("crm_kpi_declaration")
        if not text:
            return super()._instanciate_attrs(field_data)
        attrs = super()._instanciate_attrs({**field_data, "ttype": "float"})
        field = CLASSES[field_data["ttype"]](**attrs, **_kpi_attrs(json.loads(text)))
        add_field(self.pool[field_data["model"]], field_data["name"], field)
        # An ordinary float would turn "no data" into 0: the field is there already.
        return None

    def _crm_kpi_load_error(self):
        """:return: why the field of a custom KPI cannot be made; None if it can"""
        self.ensure_one()
        try:
            CLASSES[self.ttype](**_kpi_attrs(json.loads(self.crm_kpi_declaration)))
        except Exception as error:
            # Whatever stands there, the answer is what is wrong with it.
            return f"{type(error).__name__}: {error}"
        return None

    @api.ondelete(at_uninstall=False)
    def _unlink_except_custom_kpi(self):
        if any(field.crm_kpi_declaration for field in self) \
                and not self.env.context.get("crm_kpi_custom_unlink"):
            raise UserError(self.env._(
                "This field belongs to a custom KPI. Delete the KPI instead: CRM, KPIs, Custom "
                "KPIs."
            ))


def _kpi_attrs(declared):
    """Keyword arguments of the field from its declaration."""
    attrs = dict(declared)
    if "fact" in attrs:
        model, time_field, domain, aggregate = attrs["fact"]
        terms = tuple(tuple(term) if isinstance(term, list) else term for term in domain)
        attrs["fact"] = (model, time_field, terms, aggregate)
        attrs["aggregator"] = "sum" if time_field else "avg"
    elif "formula" not in attrs:
        raise ValueError("neither what is counted nor a formula is declared")
    else:
        # Depending on every fact, it would keep the field of any other KPI from being deleted;
        # rows of the snapshot are never changed through records.
        attrs.update(compute="_compute_formulas", aggregator="avg", depends=())
    return attrs
