// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/**
 * What the pivot and the graph of KPIs share: how a figure is written, when there is none, and
 * how the records behind it are opened.
 *
 * A KPI field says in `fields_get` what it is: `kpi = { kind, unit, better }`, where kind is
 * flow, stock or formula and unit is count, percent (a fraction), currency, days, hours, minutes,
 * times, points or currency_per_day. Money aggregates come in the currency of the active company.
 */
import { getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { humanNumber } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";

/**
 * @param {Object} [field] description of a field
 * @param {Object} [attrs] attributes given to it in the view
 * @returns {{ kind: string, unit?: string } | undefined} undefined for a plain sum; a ratio or
 *  average of another model has the unit that its widget says, if any
 */
export function getKpi(field, attrs) {
    if (field?.kpi || field?.aggregator !== "avg") {
        return field?.kpi;
    }
    return { kind: "formula", unit: attrs?.widget === "percentage" ? "percent" : undefined };
}

/** An empty denominator or a missed night leaves no figure at all, which is not zero. */
export function isNoData(value) {
    return value === false || value === null || value === undefined;
}

function withCurrency(text) {
    const currency = getCurrency(user.activeCompany.currency_id);
    if (!currency) {
        return text;
    }
    const parts = [currency.symbol, text];
    return (currency.position === "after" ? parts.reverse() : parts).join(nbsp);
}

const TWO_DIGITS = { digits: [16, 2], trailingZeros: true }; // figures in a column line up
const formatShort = (value) => formatFloat(value, { digits: [16, 2], trailingZeros: false });
const formatMoney = (value) =>
    formatMonetary(value, { currencyId: user.activeCompany.currency_id });

const FORMATTERS = {
    count: (value) => formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 1] }),
    percent: (value) => formatPercentage(value, TWO_DIGITS),
    days: (value) => _t("%s days", formatFloat(value, TWO_DIGITS)),
    hours: (value) => _t("%s hours", formatFloat(value, { digits: [16, 1] })),
    minutes: (value) => _t("%s minutes", formatFloat(value, { digits: [16, 0] })),
    currency: formatMoney,
    points: (value) => formatFloat(value, { digits: [16, 1] }),
    times: (value) => _t("%s times", formatFloat(value, TWO_DIGITS)),
    currency_per_day: (value) => _t("%s/day", formatMoney(value)),
};

/**
 * @param {number | false | null | undefined} value
 * @param {string} unit
 * @returns {string} "37.50%", "51.78 days", "$ 2,360.91", "1,234"; "" when there is no data
 */
export function formatKpi(value, unit) {
    return isNoData(value) ? "" : String((FORMATTERS[unit] || formatShort)(value));
}

/**
 * @param {number} value
 * @param {string} unit
 * @returns {string} the value as short as an axis wants it: "40%", "$ 1.5M", "20"
 */
export function formatKpiTick(value, unit) {
    if (unit === "percent") {
        return formatPercentage(value, { digits: [16, 2] });
    }
    const scale = 1000 ** Math.floor(Math.log10(Math.abs(value) || 1) / 3);
    const decimals = [0, 1].find((digits) => isRound((value / scale) * 10 ** digits)) ?? 2;
    const text = scale > 1 ? humanNumber(value, { decimals }) : formatShort(value);
    return unit.startsWith("currency") ? withCurrency(text) : text;
}

const isRound = (value) => Math.abs(value - Math.round(value)) < 1e-6;

/**
 * @param {string} label
 * @param {string} unit
 * @returns {string} "Win Rate (%)"; the bare label for counts
 */
export function axisTitle(label, unit) {
    const symbol = getCurrency(user.activeCompany.currency_id)?.symbol || "";
    const units = {
        percent: "%",
        days: _t("days"),
        hours: _t("hours"),
        minutes: _t("minutes"),
        currency: symbol,
        currency_per_day: _t("%s/day", symbol),
    };
    return units[unit] ? `${label} (${units[unit]})` : label;
}

/**
 * May the figures of the groups be added up, as stacked bars and pies do? Ratios never; a stock
 * over people but not over time.
 *
 * @param {{ kind: string }} kpi
 * @param {{ fieldName: string }[]} groupBys that cut one figure into the parts to be added
 * @param {Object} fields
 * @returns {boolean}
 */
export function isAdditive(kpi, groupBys, fields) {
    const isTime = ({ fieldName }) => ["date", "datetime"].includes(fields[fieldName]?.type);
    return kpi.kind === "flow" || (kpi.kind === "stock" && !groupBys.some(isTime));
}

/**
 * Opens the records (leads, orders) that were counted in a figure, never the fact rows.
 *
 * @param {import("@web/model/model").Model} model of the pivot or graph
 * @param {Object} actionService
 * @param {string} measure name of the KPI field
 * @param {Array} domain of the figure on the facts
 * @param {boolean} [newWindow]
 */
export async function openCounted(model, actionService, measure, domain, newWindow) {
    const action = await model.orm.call(
        model.metaData.resModel,
        "action_drill",
        [measure, domain],
        { context: model.searchParams.context }
    );
    return actionService.doAction(action, { newWindow });
}

/**
 * Money of KPIs is already in one currency: without this Odoo's views would ask for the
 * currencies in each group and convert a second time.
 *
 * @param {Object} fields descriptions of the fields by name
 * @returns {Object}
 */
export function withoutCurrencies(fields) {
    return Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [
            name,
            field.kpi ? { ...field, currency_field: undefined } : field,
        ])
    );
}
