# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reads the cells of a spreadsheet dashboard in a browser, as its reader sees them."""

import json

READ = """
(async () => {
    const wanted = %s;
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const cells = (model) => {
        const found = [];
        for (const sheetId of model.getters.getSheetIds()) {
            const sheet = model.getters.getSheetName(sheetId);
            for (const cell of Object.values(model.getters.getCells(sheetId))) {
                const position = model.getters.getCellPosition(cell.id);
                const { value, type, formattedValue } = model.getters.getEvaluatedCell(position);
                const { col, row } = position;
                const place = `${sheet}!${String.fromCharCode(65 + col)}${row + 1}`;
                found.push({ sheet, place, content: cell.content, value, type, formattedValue });
            }
        }
        return found;
    };
    for (let attempt = 0; attempt < 300; attempt++) {
        await pause(100);
        const services = odoo.__WOWL_DEBUG__.root.env.services;
        const loader = services.spreadsheet_dashboard_loader;
        const board = loader && loader.getActiveDashboard();
        if (!board || board.status !== "Loaded") {
            continue;
        }
        const found = cells(board.model);
        if (found.some((cell) => String(cell.value).includes("Loading"))) {
            continue;
        }
        const errors = found.filter((cell) => cell.type === "error");
        const wrong = errors.map((cell) => `${cell.sheet} ${cell.content}: ${cell.value}`);
        for (const [content, value] of Object.entries(wanted)) {
            const cell = found.find((one) => [one.content, one.place].includes(content));
            const shown = cell && cell.value;
            const isRight = typeof value === "number"
                ? Math.abs(shown - value) <= 1e-9 * Math.max(1, Math.abs(value))
                : shown === value;
            if (!isRight) {
                wrong.push(`${content} is ${JSON.stringify(shown)}, not ${JSON.stringify(value)}`);
            }
        }
        console[wrong.length ? "error" : "log"](wrong.join("; ") || "test successful");
        return;
    }
    console.error("the dashboard has not loaded");
})();
"""


def read_cells(wanted):
    """Script that compares cells of the open dashboard; no cell may hold an error.

    :param wanted: dict ``{formula, or place such as "Data!B2": number or text}``
    """
    return READ % json.dumps(wanted)
