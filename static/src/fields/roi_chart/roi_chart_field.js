// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { chartConfig } from "./roi_chart_config";
import { formatAmount } from "./roi_chart_format";

/** Draws a chart that the server described, with the same figures as a table behind a click. */
export class RoiChartField extends Component {
    static template = "crm_roi.RoiChartField";
    static props = { ...standardFieldProps };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (chart, canvas) => {
                if (!canvas) {
                    return;
                }
                const drawn = new Chart(canvas, this.config(JSON.parse(chart)));
                return () => drawn.destroy();
            },
            () => [JSON.stringify(this.chart), this.canvasRef.el]
        );
    }

    /** @returns {Object} what the chart library draws; other kinds of charts override it */
    config(chart) {
        return chartConfig(chart);
    }

    /** @returns {Object | false} the chart, false when there is nothing to draw */
    get chart() {
        return this.props.record.data[this.props.name];
    }

    /** @returns {{ label: string, values: (number | null)[] }[]} the columns of the table */
    get columns() {
        return this.chart.columns || this.chart.series;
    }

    format(value) {
        return formatAmount(value, this.chart.currency_id);
    }
}

registry.category("fields").add("crm_roi_chart", {
    component: RoiChartField,
    supportedTypes: ["json"],
});
