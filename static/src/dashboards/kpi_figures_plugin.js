// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { EvaluationError, registries } from "@odoo/o-spreadsheet";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { OdooUIPlugin } from "@spreadsheet/plugins";
import { getDateRange } from "@spreadsheet/global_filters/helpers";

const DIMENSIONS = {
    "res.company": "company_ids",
    "crm.team": "team_id",
    "res.users": "user_id",
    "utm.source": "source_id",
};
const UNITS = {
    month_to_date: "month",
    last_month: "month",
    year_to_date: "year",
    today: "day",
    yesterday: "day",
};

/**
 * The days of a date filter and the unit of the calendar that the period before is taken from.
 *
 * @param {Object | undefined} value of the filter
 */
export function periodOf(value) {
    const { from, to } = getDateRange(value);
    if (!from || !to) {
        return {};
    }
    const unit = value.type === "relative" ? UNITS[value.period] : value.type;
    const isCalendar = ["day", "month", "quarter", "year"].includes(unit);
    // A running month or year is asked for as a whole: the server knows how much of it is over.
    const isRunning = isCalendar && value.type === "relative";
    const stop = (isRunning ? to.endOf(unit) : to).plus({ days: 1 });
    return {
        first: from.toISODate(),
        stop: stop.toISODate(),
        unit: isCalendar ? unit : "days",
    };
}

/** Reads figures of KPIs for the filters of the dashboard; all cells together in one call. */
export class KpiFiguresPlugin extends OdooUIPlugin {
    static getters = /** @type {const} */ (["getKpiFigure", "getKpiRequest"]);

    constructor(config) {
        super(config);
        this.serverData = config.custom.odooDataProvider?.serverData;
    }

    /**
     * @param {string} code of the KPI
     * @param {{ isMine: boolean, isLast: boolean, hasMiddle: boolean }} options own figures;
     *  levels of the last night; with the middle of the team
     * @returns {Object | false} as `crm.kpi.figures.spreadsheet_fetch_figures` gives it
     */
    getKpiFigure(code, options) {
        const request = this.getKpiRequest(code, options);
        return this.serverData.batch.get("crm.kpi.figures", "spreadsheet_fetch_figures", request);
    }

    /** What the server is asked for: the KPI under the filters of the dashboard. */
    getKpiRequest(code, { isMine, isLast, hasMiddle }) {
        const period = this.getters.getGlobalFilters().find((filter) => filter.type === "date");
        return {
            code,
            ...periodOf(period && this.getters.getGlobalFilterValue(period.id)),
            scope: { ...this._scope(), ...(isMine && { user_id: [user.userId] }) },
            ...(isLast && { last: true }),
            ...(hasMiddle && { middle: true }),
        };
    }

    _scope() {
        const scope = { company_ids: user.context.allowed_company_ids };
        for (const filter of this.getters.getGlobalFilters()) {
            const name = filter.type === "relation" && DIMENSIONS[filter.modelName];
            const value = name && this.getters.getGlobalFilterValue(filter.id);
            if (!value) {
                continue;
            }
            if (value.operator !== "in") {
                throw new EvaluationError(_t("KPIs can be filtered by “is in” only."));
            }
            if (value.ids.length) {
                scope[name] = value.ids;
            }
        }
        return scope;
    }
}

registries.featurePluginRegistry.add("crmRoiKpiFigures", KpiFiguresPlugin);
