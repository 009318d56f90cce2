import { registry } from "@web/core/registry";
import {
    PercentageField,
    percentageField,
} from "@web/views/fields/percentage/percentage_field";

/** A percentage that may be unknown: Odoo's own shows 0 % where there is no number. */
export class OptionalPercentageField extends PercentageField {
    get formattedValue() {
        const value = this.props.record.data[this.props.name];
        return value === false || value === null ? "–" : super.formattedValue;
    }
}

registry.category("fields").add("optional_percentage", {
    ...percentageField,
    component: OptionalPercentageField,
});
