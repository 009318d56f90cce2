"""Numbers that may be absent.

Odoo's numeric fields write 0 for "no value", so that an average counts records that have nothing
to count and an empty cell reads as a real zero. These keep NULL: PostgreSQL's AVG, SUM and COUNT
skip it, ``[(field, '=', False)]`` finds it, and a record shows it as ``False`` (an empty cell).
"""

from odoo import fields


def is_absent(value):
    return value is None or value is False


class OptionalNumber:
    """Mixed into a numeric field class: absent stays absent in cache, database and client."""

    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        return None if is_absent(value) else super().convert_to_column(
            value, record, values, validate
        )

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        return None if is_absent(value) else super().convert_to_column_insert(
            value, record, values, validate
        )

    def convert_to_cache(self, value, record, validate=True):
        return None if is_absent(value) else super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if is_absent(value) else value

    def filter_function(self, records, field_expr, operator, value):
        if operator != "in":
            return super().filter_function(records, field_expr, operator, value)
        # Python takes 0 for False; here they are not the same.
        getter = self.expression_getter(field_expr)
        numbers = [item for item in value if not is_absent(item)]
        with_absent = len(numbers) < len(value)

        def matches(record):
            number = getter(record)
            return with_absent if is_absent(number) else number in numbers

        return matches


class OptionalFloat(OptionalNumber, fields.Float):
    pass


def result(label=None, digits=4, **attributes):
    """A number that a run worked out, unknown where there is too little to tell; never summed."""
    return OptionalFloat(
        label, readonly=True, digits=(16, digits), aggregator=None, **attributes,
    )


class OptionalInteger(OptionalNumber, fields.Integer):
    pass


class OptionalMonetary(OptionalNumber, fields.Monetary):
    pass
