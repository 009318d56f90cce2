// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/* global Chart */
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const blank = /^\s*$/;
const percent = (rate) => `${(rate * 100).toFixed(2)}%`;

function check(condition, message) {
    if (!condition) {
        throw new Error(message);
    }
}

const openMenu = (xmlid, title) => [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_kpi']", run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='${xmlid}']`, run: "click" },
    { trigger: `.o_breadcrumb:contains("${title}")` }, // the screen before looks much the same
];

/** The cell of a row of the pivot, found by the heading of the row and the name of the measure. */
function cell(row, measure) {
    const measures = [...document.querySelectorAll(".o_pivot .o_pivot_measure_row")];
    const index = measures.findIndex((th) => th.textContent.trim() === measure);
    const heading = [...document.querySelectorAll(".o_pivot tbody th")].find(
        (th) => th.textContent.trim() === row
    );
    const found = heading?.parentElement.querySelectorAll("td")[index];
    check(found, `no cell for ${measure} of ${row}`);
    return found;
}

const shows = (row, measure, text) => ({
    content: `${measure} of ${row} is ${text || "blank"}`,
    trigger: ".o_pivot tbody td",
    run() {
        const shown = cell(row, measure).textContent;
        const isRight = text ? shown.trim() === text : blank.test(shown);
        check(isRight, `${measure} of ${row} is “${shown}” instead of “${text}”`);
    },
});

/** Click on a figure, count the records that open, come back. */
const opens = (row, measure, count) => [
    {
        content: `${measure} of ${row} opens ${count} records`,
        trigger: ".o_pivot tbody td",
        run: () => cell(row, measure).click(),
    },
    {
        trigger: `.o_list_view .o_data_row:nth-child(${count})`,
        run() {
            const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
            check(rows === count, `${rows} records instead of ${count}`);
        },
    },
    { trigger: ".o_control_panel .breadcrumb-item a, .o_back_button", run: "click" },
    { trigger: ".o_pivot tbody td" },
];

const canvas = () => document.querySelector(".o_graph_view canvas");
const chart = () => Chart.getChart(canvas());

const graphSteps = ({ rate, closed }) => [
    { trigger: ".o_switch_view.o_graph", run: "click" },
    {
        content: "the line has figures, gaps and an axis with its unit",
        trigger: ".o_graph_view canvas",
        run() {
            const { options, scales } = chart();
            const { title } = options.scales.y;
            check(title.display && title.text === "Win Rate (%)", `axis title “${title.text}”`);
            const ticks = scales.y.ticks.map(({ label }) => label);
            check(ticks.every((label) => /^\d+(\.\d+)?%$/.test(label)), `ticks ${ticks}`);
            const data = chart().data.datasets[0].data;
            check(data.includes(rate) && data.includes(null), `figures ${data}`);
        },
    },
    {
        content: "the tooltip carries the unit",
        trigger: ".o_graph_view canvas",
        run() {
            const index = chart().data.datasets[0].data.indexOf(rate);
            chart().tooltip.setActiveElements([{ datasetIndex: 0, index }], { x: 0, y: 0 });
            chart().update("none");
        },
    },
    { trigger: `.o_graph_custom_tooltip .o_value:contains("${percent(rate)}")` },
    {
        content: "a point of the line opens what was counted",
        trigger: ".o_graph_view canvas",
        run() {
            const index = chart().data.datasets[0].data.indexOf(rate);
            const point = chart().getDatasetMeta(0).data[index];
            const { left, top } = canvas().getBoundingClientRect();
            const position = { clientX: left + point.x, clientY: top + point.y };
            canvas().dispatchEvent(new MouseEvent("click", { bubbles: true, ...position }));
        },
    },
    {
        trigger: `.o_list_view .o_data_row:nth-child(${closed})`,
        run() {
            const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
            check(rows === closed, `${rows} records instead of ${closed}`);
        },
    },
];

const downloadStep = {
    content: "the download is a workbook",
    trigger: ".o_pivot_download",
    async run({ click }) {
        const original = download._download;
        const posted = new Promise((resolve) => {
            download._download = ({ url, data }) => {
                const body = new FormData();
                body.append("data", data.data);
                body.append("csrf_token", odoo.csrf_token);
                resolve(fetch(url, { method: "POST", body }));
            };
        });
        await click();
        const response = await posted;
        download._download = original;
        check(response.ok, `download answered ${response.status}`);
        const content = await response.text();
        check(content.startsWith("PK"), "the download is no workbook");
        document.body.classList.add("o_kpi_downloaded");
    },
};

const screens = ({ rate, closed, won }) => [
    ...openMenu("crm_roi.menu_crm_kpi_sales", "Sales KPIs"),
    shows("Total", "Win Rate", percent(rate)),
    shows("Total", "Won Deals", `${won}`),
    shows("North", "Win Rate", percent(rate)),
    shows("South", "Win Rate", ""),
    shows("South", "Average Deal Size", ""),
    shows("South", "Won Deals", "0"),
    ...opens("Total", "Win Rate", closed),
    ...opens("North", "Won Deals", won),
    downloadStep,
    { trigger: "body.o_kpi_downloaded" },
    ...openMenu("crm_roi.menu_crm_kpi_overview", "KPI Overview"),
    shows("Total", "Win Rate", percent(rate)),
    ...graphSteps({ rate, closed }),
];

tours.add("crm_roi_kpi_manager", {
    steps: () => screens({ rate: 0.375, closed: 8, won: 3 }),
});

tours.add("crm_roi_kpi_salesperson", {
    steps: () => screens({ rate: 0.5, closed: 2, won: 1 }),
});

// The negative control: the same check of a blank cell finds that Odoo's own pivot shows zero.
tours.add("crm_roi_stock_pivot", {
    steps: () => [
        shows("North", "Win Rate", "37.50%"),
        shows("South", "Win Rate", "0.00%"),
        {
            trigger: ".o_pivot tbody td",
            run() {
                let message = "";
                try {
                    shows("South", "Win Rate", "").run();
                } catch (error) {
                    message = error.message;
                }
                check(message.includes("0.00%"), "the check of a blank cell cannot fail");
            },
        },
    ],
});
