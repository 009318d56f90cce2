// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { axisTitle, formatKpi, formatKpiTick, openCounted } from "@crm_roi/views/kpi";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

export class KpiGraphRenderer extends GraphRenderer {
    formatValue(value, ...args) {
        const { kpi } = this.model;
        return kpi?.unit ? formatKpi(value, kpi.unit) : super.formatValue(value, ...args);
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        const { kpi } = this.model;
        if (kpi?.unit && scales.y) {
            const { measure, measures } = this.model.metaData;
            scales.y.title.display = true;
            scales.y.title.text = axisTitle(measures[measure].string, kpi.unit);
            scales.y.title.color = scales.y.ticks.color;
            scales.y.ticks.callback = (value) => formatKpiTick(value, kpi.unit);
            if (kpi.unit === "count") {
                scales.y.ticks.precision = 0; // no half leads on the axis
            }
        }
        return scales;
    }

    customTooltip(data, metaData, context) {
        super.customTooltip(data, metaData, context);
        if (this.opensCounted && this.tooltip) {
            this.containerRef.el.style.cursor = "pointer";
        }
    }

    /** @returns {boolean} do figures open the records that were counted in them? */
    get opensCounted() {
        const { disableLinking, fields, measure } = this.model.metaData;
        return Boolean(fields[measure]?.kpi && !disableLinking);
    }

    /** Points of a line open their records too: the one nearest to the click. */
    onGraphClicked(ev, isMiddleClick) {
        if (this.model.metaData.mode !== "line" || !this.opensCounted) {
            return super.onGraphClicked(ev, isMiddleClick);
        }
        const [point] = this.chart.getElementsAtEventForMode(ev, "nearest", {}, false);
        const domain = point && this.chart.data.datasets[point.datasetIndex].domains[point.index];
        if (domain) {
            this.onGraphClickedFinal(domain, isMiddleClick);
        }
    }

    onGraphClickedFinal(domain, isMiddleClick) {
        if (!this.opensCounted) {
            return super.onGraphClickedFinal(domain, isMiddleClick);
        }
        const { measure } = this.model.metaData;
        return openCounted(this.model, this.actionService, measure, domain, isMiddleClick);
    }
}
