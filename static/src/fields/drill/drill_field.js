// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DRILLS = "drills";
const NO_DATA = "–";

/** A figure that opens the records it was counted from; plain where there are none to open. */
export class DrillField extends Component {
    static template = "crm_roi.DrillField";
    static props = {
        ...standardFieldProps,
        digits: { type: Array, optional: true },
        isPercent: { type: Boolean, optional: true },
        method: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    /** @returns {Array | undefined} what is called on the server to open the records */
    get call() {
        const { method, name, record } = this.props;
        if (!this.text || this.text === NO_DATA) {
            return undefined;
        }
        if (method) {
            return record.resId ? [record.resModel, method, [[record.resId], name]] : undefined;
        }
        const request = record.data[DRILLS]?.[name];
        return request && ["crm.kpi.figures", "action_drill", [request]];
    }

    get text() {
        const { digits, isPercent, name, record } = this.props;
        const value = record.data[name];
        if (value === false || value === null) {
            return ""; // no data is not zero
        }
        const { type } = record.fields[name];
        const format = registry.category("formatters").get(isPercent ? "percentage" : type);
        return format(value, { digits: digits || record.fields[name].digits });
    }

    get label() {
        const { name, record } = this.props;
        return `${record.fields[name].string}: ${this.text}`;
    }

    async open() {
        return this.action.doAction(await this.orm.call(...this.call));
    }
}

export const drillField = {
    component: DrillField,
    supportedTypes: ["char", "integer", "float"],
    fieldDependencies: ({ options }) =>
        options.method ? [] : [{ name: DRILLS, type: "json", readonly: true }],
    extractProps: ({ attrs, options }) => ({
        digits: attrs.digits ? JSON.parse(attrs.digits) : options.digits,
        isPercent: Boolean(options.percent),
        method: options.method,
    }),
};

registry.category("fields").add("crm_roi_drill", drillField);
