// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { getKpi, isAdditive, isNoData } from "@crm_roi/views/kpi";
import { Domain } from "@web/core/domain";
import { GraphModel } from "@web/views/graph/graph_model";

export class KpiGraphModel extends GraphModel {
    /** @returns {Object | undefined} what KPI the measure is, if it is one */
    get kpi() {
        const { fieldAttrs, fields, measure } = this.metaData;
        return getKpi(fields[measure], fieldAttrs[measure]);
    }

    /** Can the bars or lines be put on top of each other, or summed along the axis? */
    get canStack() {
        const { fields, groupBy } = this.metaData;
        return !this.kpi || isAdditive(this.kpi, groupBy.slice(1), fields);
    }

    /** Do the slices of a pie make a whole? */
    get canPie() {
        const { fields, groupBy } = this.metaData;
        return !this.kpi || isAdditive(this.kpi, groupBy, fields);
    }

    get canCumulate() {
        return !this.kpi || this.kpi.kind === "flow";
    }

    hasData() {
        const isDrawable = ({ value }) => !isNoData(value);
        return super.hasData() && (!this.kpi || this.dataPoints.some(isDrawable));
    }

    updateMetaData(params) {
        return super.updateMetaData({ ...this.metaData.asked, ...params });
    }

    _buildMetaData(params) {
        const current = this.metaData;
        this.metaData = { ...current, ...current.asked };
        const metaData = super._buildMetaData(params);
        this.metaData = current;
        if (metaData.fields[metaData.measure]?.kpi) {
            delete metaData.measures.__count; // fact rows mean nothing to a reader
        }
        return metaData;
    }

    /**
     * Draws a KPI only in a way that makes sense for it. What the user asked for is kept, and
     * returns with a KPI that allows it.
     */
    _prepareData(...args) {
        const { cumulated, mode, stacked } = this.metaData;
        this.metaData = {
            ...this.metaData,
            asked: { cumulated, mode, stacked },
            cumulated: cumulated && this.canCumulate,
            mode: mode === "pie" && !this.canPie ? "bar" : mode,
            stacked: stacked && this.canStack,
        };
        super._prepareData(...args);
    }

    async _loadDataPoints(metaData) {
        const [dataPoints, ...others] = await super._loadDataPoints(metaData);
        if (getKpi(metaData.fields[metaData.measure], metaData.fieldAttrs[metaData.measure])) {
            for (const point of dataPoints) {
                point.value = isNoData(point.value) ? null : point.value;
                // Bar charts leave out groups without rows: a hole must keep its place in time.
                point.count = point.count || 1;
            }
        }
        return [dataPoints, ...others];
    }

    /** Where a series has no figure there is a gap; Odoo fills it with zero. */
    _getData(dataPoints, ...args) {
        const data = super._getData(dataPoints, ...args);
        if (!this.kpi) {
            return data;
        }
        const values = {};
        for (const point of dataPoints) {
            const label = this._getDatasetLabel(point);
            values[label] = values[label] || {};
            values[label][point.labelIndex] = point.value;
        }
        for (const dataset of data.datasets) {
            dataset.data = dataset.data.map((_, index) => values[dataset.label][index] ?? null);
        }
        // Holes in time come as a series of their own ("None") that never has a figure.
        const drawn = data.datasets.filter(({ data }) => data.some((value) => value !== null));
        data.datasets = drawn.length ? drawn : data.datasets.slice(0, 1);
        return data;
    }

    /** The sum over the bars has gaps too, and opens the records of all bars. */
    _getLineOverlayDataset() {
        const overlay = super._getLineOverlayDataset();
        if (overlay && this.kpi) {
            const drawn = overlay.data.map((_, index) =>
                this.data.datasets.filter(({ data }) => !isNoData(data[index]))
            );
            overlay.data = overlay.data.map((sum, index) => (drawn[index].length ? sum : null));
            overlay.domains = drawn.map((datasets, index) =>
                Domain.or(datasets.map(({ domains }) => domains[index])).toList()
            );
        }
        return overlay;
    }
}
