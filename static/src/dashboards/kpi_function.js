// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { helpers, registries } from "@odoo/o-spreadsheet";
import { _t } from "@web/core/l10n/translation";

const { arg, toString } = helpers;
const NUMBERS = [
    ...["value", "previous", "target", "projected", "benchmark", "low", "high"],
    ...["middle", "middle_low", "middle_high"],
];
const WHOLE_FROM = 1000;

/** What the third argument of CRM.KPI says. */
export function optionsOf(text) {
    const words = text.split(/\W+/);
    return { isMine: words.includes("mine"), isLast: words.includes("last") };
}

/** From here on cents only make an amount harder to read. */
function moneyFormat(getters, value) {
    const format = getters.getCompanyCurrencyFormat() || "#,##0.00";
    return Math.abs(value) < WHOLE_FROM ? format : format.replace(/\.0+/g, "");
}

function numberFormat(getters, unit, value) {
    switch (unit) {
        case "percent":
            return "0.0%";
        case "currency":
        case "currency_per_day":
            return moneyFormat(getters, value);
        case "count":
            return Number.isInteger(value) ? "#,##0" : "#,##0.0";
        default:
            return "#,##0.0";
    }
}

registries.functionRegistry.add("CRM.KPI", {
    description: _t("A figure of a CRM KPI for the filters of this dashboard."),
    category: "Odoo",
    args: [
        arg("kpi_code (string)", _t("Code of the KPI, such as win_rate; see KPI Dictionary.")),
        arg(
            "what (string, default=\"value\")",
            _t(
                "value, previous, change, target, attainment, projected, benchmark, n, low, high, middle, middle_low, middle_high, middle_n, name, or a text: change_text, attainment_text, basis_text, tile_text."
            )
        ),
        arg(
            "options (string, optional)",
            _t("mine: own figures only; last: levels of the last night instead of averages.")
        ),
    ],
    compute: function (code, what = { value: "value" }, options = { value: "" }) {
        const name = toString(what);
        const figure = this.getters.getKpiFigure(toString(code), {
            ...optionsOf(toString(options)),
            hasMiddle: name.startsWith("middle"),
        });
        const value = figure ? figure[name] : null;
        if (name === "improved") {
            return value ?? "";
        }
        if (value === null || value === undefined || value === false) {
            return ""; // no data is not zero
        }
        if (NUMBERS.includes(name)) {
            return { value, format: numberFormat(this.getters, figure.unit, value) };
        }
        return ["change", "attainment"].includes(name) ? { value, format: "0.0%" } : value;
    },
    returns: ["NUMBER", "STRING"],
});
