// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/** Figures of dashboards open the records that were counted, never rows of facts. */
import { components, registries } from "@odoo/o-spreadsheet";
import "@spreadsheet/chart/odoo_menu/figure_component";
import { SEE_RECORDS_PIVOT, SEE_RECORDS_PIVOT_VISIBLE } from "@spreadsheet/pivot/pivot_actions";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { figureAt } from "./kpi_source";

/** @returns {boolean} is it the cell of a pivot whose measures are KPIs? */
function isKpiPivot(getters, position) {
    const pivotId = getters.getPivotIdFromPosition(position);
    const pivot = pivotId && getters.getPivot(pivotId);
    return Boolean(pivot?.isValid() && Object.values(pivot.getFields()).some(({ kpi }) => kpi));
}

function opensRecords(getters, { request, position }) {
    return Boolean(request) || SEE_RECORDS_PIVOT_VISIBLE(position, getters);
}

/**
 * Opens the records counted in a figure.
 *
 * @param {Object} env of the spreadsheet
 * @param {Object} figure as `figureAt` gives it
 * @param {boolean} [newWindow]
 */
export async function openFigure(env, { request, position }, newWindow) {
    const { action: actions, orm } = env.services;
    if (request) {
        const action = await orm.call("crm.kpi.figures", "action_drill", [request]);
        return actions.doAction(action, { newWindow });
    }
    const { getters } = env.model;
    if (!isKpiPivot(getters, position)) {
        return SEE_RECORDS_PIVOT(position, env, newWindow);
    }
    const action = await pivotAction(orm, getters, position);
    return actions.doAction(action, { newWindow });
}

/** What is behind a cell of a pivot of KPIs: records of a figure, figures of a heading. */
function pivotAction(orm, getters, position) {
    const pivotId = getters.getPivotIdFromPosition(position);
    const { context } = getters.getPivotCoreDefinition(pivotId);
    const pivot = getters.getPivot(pivotId);
    const { model, measures } = pivot.definition;
    const { type, measure, domain: place } = getters.getPivotCellFromPosition(position);
    const domain = pivot.getPivotCellDomain(place);
    if (type === "VALUE") {
        const { fieldName } = pivot.getMeasure(measure);
        return orm.call(model, "action_drill", [fieldName, domain], { context });
    }
    return {
        type: "ir.actions.act_window",
        name: _t("Key Figures"),
        res_model: model,
        views: ["pivot", "graph"].map((view) => [false, view]),
        domain,
        context: { ...context, pivot_measures: measures.map(({ fieldName }) => fieldName) },
    };
}

registries.clickableCellRegistry.add("crm_roi_kpi", {
    condition(position, getters) {
        const figure = getters.isDashboard() && figureAt(getters, position);
        return Boolean(figure) && opensRecords(getters, figure);
    },
    execute: (position, env, newWindow) =>
        openFigure(env, figureAt(env.model.getters, position), newWindow),
    title: _t("See records"),
    sequence: 2.5, // before Odoo opens rows of a pivot, after it sorts or filters by its headings
});

patch(components.ScorecardChart.prototype, {
    async onClick() {
        const { getters } = this.env.model;
        const { keyValue } = getters.getChart(this.props.chartId);
        const figure = this.env.isDashboard() && keyValue && figureOf(getters, keyValue);
        return figure ? openFigure(this.env, figure) : super.onClick();
    },
});

/** @returns {Object | undefined} the figure in the cell of a range, so many rows below its first */
function figureOf(getters, { sheetId, zone }, rows = 0) {
    const figure = figureAt(getters, { sheetId, col: zone.left, row: zone.top + rows });
    return figure && opensRecords(getters, figure) ? figure : undefined;
}

/** The figure that a bar or point of a chart over cells shows. */
function figureOfItem(getters, chartId, { datasetIndex, index }) {
    const { dataSets } = getters.getChart(chartId);
    const { dataSetsHaveTitle } = getters.getChartDefinition(chartId);
    const range = dataSets?.[datasetIndex]?.dataRange;
    return range && figureOf(getters, range, index + (dataSetsHaveTitle ? 1 : 0));
}


const kpiFigurePlugin = {
    id: "crmRoiKpiFigurePlugin",
    afterEvent(chart, { event }, { env, chartId }) {
        if (!env || !["click", "mousemove"].includes(event.type)) {
            return;
        }
        const [item] = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, true);
        const figure = item && figureOfItem(env.model.getters, chartId, item);
        if (figure && event.type === "click") {
            event.native.preventDefault(); // what the whole chart opens
            openFigure(env, figure);
        } else if (figure) {
            event.native.target.style.cursor = "pointer";
        }
    },
};

registries.chartJsExtensionRegistry.add("crmRoiKpiFigurePlugin", {
    register: (Chart) => Chart.register(kpiFigurePlugin),
    unregister: (Chart) => Chart.unregister(kpiFigurePlugin),
});

patch(components.ChartJsComponent.prototype, {
    createChart(chartData) {
        super.createChart(this.addKpiFigures(chartData));
    },
    updateChartJs(chartData) {
        super.updateChartJs(this.addKpiFigures(chartData));
    },
    addKpiFigures(chartData) {
        const { getters } = this.env.model;
        if (getters.isDashboard() && getters.getChart(this.props.chartId).dataSets) {
            const { options } = chartData.chartJsConfig;
            options.plugins.crmRoiKpiFigurePlugin = { env: this.env, chartId: this.props.chartId };
        }
        return chartData;
    },
});
