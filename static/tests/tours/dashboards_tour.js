// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const GROUP = ".o_search_panel_section:has(header:contains(CRM))";

function check(condition, message) {
    if (!condition) {
        throw new Error(message);
    }
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** Values of all cells of the open dashboard, by their formula, once everything is loaded. */
async function cells() {
    for (let attempt = 0; attempt < 200; attempt++) {
        await pause(100);
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        const board = services.spreadsheet_dashboard_loader?.getActiveDashboard();
        if (board?.status !== "Loaded") {
            continue;
        }
        const { getters } = board.model;
        const found = getters.getSheetIds().flatMap((sheetId) =>
            Object.values(getters.getCells(sheetId)).map((cell) => [
                cell.content,
                getters.getEvaluatedCell(getters.getCellPosition(cell.id)),
            ])
        );
        if (!found.some(([, { value }]) => String(value).includes("Loading"))) {
            for (const [content, { type, value }] of found) {
                check(type !== "error", `${content} is ${value}`);
            }
            return Object.fromEntries(found.map(([content, { value }]) => [content, value]));
        }
    }
    throw new Error("the dashboard has not loaded");
}

const shows = (content, wanted) => ({
    content,
    trigger: ".o_spreadsheet_dashboard_action canvas",
    async run() {
        const values = await cells();
        for (const [formula, value] of Object.entries(wanted)) {
            check(values[formula] === value, `${formula} is ${values[formula]}, not ${value}`);
        }
    },
});

/** Opens what is behind the visible cell of a column beside a name. */
const openCell = (name, column) => ({
    content: `records of ${name}`,
    trigger: ".o-dashboard-clickable-cell[title='See records']",
    async run() {
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        const { model } = services.spreadsheet_dashboard_loader.getActiveDashboard();
        const { getters } = model;
        const sheetId = getters.getActiveSheetId();
        const at = (col, row) => getters.getEvaluatedCell({ sheetId, col, row }).value;
        const rows = [...Array(getters.getNumberRows(sheetId)).keys()];
        const row = rows.find((each) => at(0, each) === name && at(column, each) !== "–");
        const { start } = getters.getRowDimensions(sheetId, row);
        model.dispatch("SET_VIEWPORT_OFFSET", { offsetX: 0, offsetY: Math.max(start - 200, 0) });
        await pause(500); // until it is drawn there
        const zone = { top: row, bottom: row, left: column, right: column };
        const { x, y } = getters.getVisibleRect(zone);
        const shown = [...document.querySelectorAll(".o-dashboard-clickable-cell")];
        const cell = shown.find(
            ({ style }) => parseInt(style.left) === parseInt(x) && parseInt(style.top) === parseInt(y)
        );
        check(cell, `${name} opens nothing: ${shown.map(({ style }) => style.cssText)}`);
        cell.click();
    },
});
const openTile = (key) => ({
    content: `records of the tile ${key}`,
    trigger: ".o_spreadsheet_dashboard_action canvas",
    async run() {
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        const { model } = services.spreadsheet_dashboard_loader.getActiveDashboard();
        model.dispatch("SET_VIEWPORT_OFFSET", { offsetX: 0, offsetY: 0 });
        await pause(500);
        document.querySelector(`.o-figure[data-id='tile-${key}'] canvas`).click();
    },
});
/** So many records are listed; then back to the dashboard. */
const lists = (count) => [
    { trigger: ".o_list_view .o_data_row" },
    {
        trigger: ".o_list_view",
        run() {
            const rows = document.querySelectorAll(".o_data_row").length;
            check(rows === count, `${rows} records, not ${count}`);
        },
    },
    { trigger: ".o_back_button, .o_breadcrumb .breadcrumb-item a", run: "click" },
    { trigger: ".o_spreadsheet_dashboard_action canvas" },
];

const openApp = [
    stepUtils.showAppsMenuItem(),
    {
        trigger:
            ".o_app[data-menu-xmlid='spreadsheet_dashboard.spreadsheet_dashboard_menu_root']",
        run: "click",
    },
];
const open = (name) => [
    { trigger: `${GROUP} li[data-name='${name}']`, run: "click" },
    { trigger: `${GROUP} li.active[data-name='${name}']` },
];
const choosePeriod = (id) => [
    { trigger: ".o-btn-date-filter", run: "click" },
    { trigger: `.o-date-filter-dropdown[data-id='${id}']`, run: "click" },
    { trigger: ".o-btn-date-filter", run: "click" },
];

tours.add("crm_roi_dashboards_manager", {
    steps: () => [
        ...openApp,
        ...open("CRM Director"),
        shows("8 deals were closed, 3 of them won", {
            '=CRM.KPI("win_rate","value")': 0.375,
            '=CRM.KPI("won_revenue","value")': 3000,
        }),
        openCell("Win Rate", 1),
        ...lists(8), // a share opens what it divides by
        openTile("won_revenue"),
        ...lists(3),
        openCell("North", 2),
        ...lists(3),
        ...choosePeriod("last_7_days"),
        shows("none was closed in the last days: no data, not zero", {
            '=CRM.KPI("win_rate","value")': "",
        }),
        ...open("ROI"),
        shows("no cost is entered", { '=CRM.KPI("roi_cost_total","value")': "" }),
        // Without customers and tickets, what they would look like.
        ...["Customers", "Support Value"].flatMap((name) => [
            ...open(name),
            { trigger: ".o-sample-dashboard canvas" },
            shows(`sample of ${name}`, {}),
        ]),
    ],
});

tours.add("crm_roi_dashboards_salesperson", {
    steps: () => [
        ...openApp,
        {
            content: "dashboards of costs and of the whole company are not for a salesperson",
            trigger: `${GROUP} li[data-name='My Sales']`,
            run() {
                const names = [...document.querySelectorAll(".o_search_panel_field li")].map(
                    (item) => item.dataset.name
                );
                check(!names.includes("CRM Director") && !names.includes("ROI"), names.join());
            },
        },
        ...open("My Sales"),
        ...choosePeriod("last_90_days"),
        shows("own deals: 2 closed, 1 won", {
            '=CRM.KPI("win_rate","value","mine")': 0.5,
            '=CRM.KPI("won_count","value","mine")': 1,
        }),
        openCell("Won Deals", 1),
        ...lists(1),
    ],
});
