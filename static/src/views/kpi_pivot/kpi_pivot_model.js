// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { getKpi, isNoData } from "@crm_roi/views/kpi";
import { PivotModel } from "@web/views/pivot/pivot_model";

export class KpiPivotModel extends PivotModel {
    /** @returns {Object | undefined} what KPI the measure is, if it is one */
    getKpi(measure) {
        const { fields, fieldAttrs, widgets } = this.metaData;
        return getKpi(fields[measure], { ...fieldAttrs?.[measure], widget: widgets?.[measure] });
    }

    /** Counts of fact rows mean nothing to a reader: "Count" is not offered beside KPIs. */
    _loadData(config, ...args) {
        const { activeMeasures, fields, measures } = config.metaData;
        const isKpiModel = Object.values(fields).some((field) => field.kpi);
        if (isKpiModel && measures && !activeMeasures.includes("__count")) {
            delete measures.__count;
        }
        return super._loadData(config, ...args);
    }

    /** No data becomes undefined, which the pivot shows as an empty cell that opens nothing. */
    _getMeasurements(group, config) {
        const measurements = super._getMeasurements(group, config);
        for (const measure in measurements) {
            if (this.getKpi(measure) && isNoData(measurements[measure])) {
                measurements[measure] = undefined;
            }
        }
        return measurements;
    }

    /** Sorts groups without data last in either direction; Odoo takes them for zero. */
    _sortRows(sortedColumn, config) {
        this.valueOfNoData = sortedColumn.order === "asc" ? Infinity : -Infinity;
        super._sortRows(sortedColumn, config);
        this.valueOfNoData = undefined;
    }

    _getCellValue(groupId, measure, config) {
        const value = super._getCellValue(groupId, measure, config);
        return value === undefined && this.getKpi(measure) ? this.valueOfNoData : value;
    }

    /**
     * What the server needs to write the table as it stands on screen. It holds no figure: the
     * server computes them again, with the rights of the user.
     *
     * @returns {Object}
     */
    getLayout() {
        const { headers, rows } = this.getTable();
        const { domain, fullColGroupBys, fullRowGroupBys, resModel, title } = this.metaData;
        return {
            model: resModel,
            title,
            domain,
            row_groupbys: fullRowGroupBys.map((spec) => this._normalize(spec)),
            col_groupbys: fullColGroupBys.map((spec) => this._normalize(spec)),
            rows: rows.map((row) => row.groupId[0]),
            columns: headers.at(-1).map((cell) => ({
                values: cell.groupId[1],
                measure: cell.measure,
            })),
        };
    }
}
