// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export const WIDTH = 180;
export const HEIGHT = 28;
const MARGIN = 3;

/**
 * Places of the points of a line; a missing value interrupts it and is never drawn as zero.
 *
 * @param {(number | null)[]} values
 * @returns {{ lines: { x: number, y: number }[][], last: { x: number, y: number } | null }}
 */
export function sparkShape(values) {
    const known = values.filter((value) => value !== null);
    const low = Math.min(...known);
    const span = Math.max(...known) - low;
    const step = (WIDTH - 2 * MARGIN) / Math.max(values.length - 1, 1);
    const lines = [[]];
    values.forEach((value, index) => {
        if (value === null) {
            lines.push([]);
            return;
        }
        const height = span ? (value - low) / span : 0.5;
        lines.at(-1).push({
            x: MARGIN + index * step,
            y: HEIGHT - MARGIN - height * (HEIGHT - 2 * MARGIN),
        });
    });
    return {
        lines: lines.filter((line) => line.length),
        last: values.at(-1) === null ? null : lines.at(-1).at(-1) || null,
    };
}

/** A small line of a KPI over time; each point says its month and figure. */
export class KpiSparklineField extends Component {
    static template = "crm_roi.KpiSparklineField";
    static props = { ...standardFieldProps };

    setup() {
        Object.assign(this, { width: WIDTH, height: HEIGHT });
    }

    /** @returns {Object | false} `values`, `texts`, `label`, `is_running`; false without figures */
    get spark() {
        return this.props.record.data[this.props.name];
    }

    get shape() {
        return sparkShape(this.spark.values);
    }

    points(line) {
        return line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    }

    get title() {
        return this.spark.texts.join("\n");
    }
}

registry.category("fields").add("crm_kpi_sparkline", {
    component: KpiSparklineField,
    supportedTypes: ["json"],
});
