// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/**
 * Which figure a cell of a dashboard shows. Cells that a reader sees mostly refer to one of a
 * sheet of data, such as `=IF(Data!B2="","–",Data!B2)`: references are followed to the function
 * that reads the figure, as long as there is only one.
 */
import { astToFormula, EvaluationError, helpers } from "@odoo/o-spreadsheet";
import { optionsOf } from "./kpi_function";

const { getFunctionsFromTokens } = helpers;
const READERS = ["CRM.KPI", "PIVOT", "PIVOT.VALUE", "PIVOT.HEADER"];
// A name is not counted, a target and a benchmark are set by people; of the others nobody is named.
const COUNTED = [
    ...["value", "change", "attainment", "projected", "n", "low", "high"],
    ...["change_text", "attainment_text", "basis_text", "tile_text"],
];
const FOLLOWED = 3;

/**
 * @param {Object} getters of the spreadsheet
 * @param {{ sheetId: string, col: number, row: number }} position
 * @returns {{ request: Object } | { position: Object } | undefined} what
 *  `crm.kpi.figures.action_drill` needs, or where the cell of a pivot is
 */
export function figureAt(getters, position) {
    const shown = getters.getEvaluatedCell(position).value;
    const all = sourcesOf(getters, position, FOLLOWED).filter(({ value }) => value !== "");
    const found = distinct(all);
    // Of several figures a formula chooses from, the one it has chosen.
    const chosen = found.length > 1 ? distinct(all.filter(({ value }) => value === shown)) : found;
    return chosen.length === 1 ? chosen[0].source : undefined;
}

function distinct(sources) {
    return [...new Map(sources.map((each) => [JSON.stringify(each.source), each])).values()];
}

/** @returns {{ source: Object, value: any }[]} the figures a cell reads, with their values */
function sourcesOf(getters, position, followed) {
    const cell = getters.getCorrespondingFormulaCell(position);
    if (!cell?.isFormula) {
        return [];
    }
    const { dependencies, tokens } = cell.compiledFormula;
    const { value } = getters.getEvaluatedCell(position);
    const calls = getFunctionsFromTokens(tokens, READERS);
    if (calls.some(({ functionName }) => functionName.startsWith("PIVOT"))) {
        return [{ source: { position }, value }];
    }
    if (calls.length) {
        return calls.flatMap(({ args }) => {
            const request = requestOf(getters, position.sheetId, args);
            return request ? [{ source: { request }, value }] : [];
        });
    }
    return (followed ? dependencies : []).filter(isOneCell).flatMap(({ sheetId, zone }) =>
        sourcesOf(getters, { sheetId, col: zone.left, row: zone.top }, followed - 1)
    );
}

function isOneCell({ zone }) {
    return zone.left === zone.right && zone.top === zone.bottom;
}

function requestOf(getters, sheetId, args) {
    try {
        return readRequest(getters, sheetId, args);
    } catch (error) {
        // The cell itself says what is wrong, such as a filter that figures cannot follow.
        if (error instanceof EvaluationError) {
            return undefined;
        }
        throw error;
    }
}

function readRequest(getters, sheetId, args) {
    const [code, what = "value", options = ""] = args.map((arg) =>
        String(getters.evaluateFormula(sheetId, astToFormula(arg)) ?? "")
    );
    if (what !== "previous" && !COUNTED.includes(what)) {
        return undefined;
    }
    const request = getters.getKpiRequest(code, { ...optionsOf(options), hasMiddle: false });
    return what === "previous" ? { ...request, previous: true } : request;
}
