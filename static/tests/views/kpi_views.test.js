// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    checkDatasets,
    checkTooltip,
    clickOnDataset,
    getChart,
    getGraphModelMetaData,
    getScaleY,
    getYAxisLabel,
    selectMode,
    setupChartJsForTests,
} from "@web/../tests/views/graph/graph_test_helpers";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
    serverState,
    toggleMenu,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { axisTitle, formatKpi, formatKpiTick } from "@crm_roi/views/kpi";
import { currencies } from "@web/core/currency";

const FLOW = { kind: "flow", unit: "count" };

class Team extends models.Model {
    _name = "crm.team";
    name = fields.Char();
}

class Snapshot extends models.Model {
    _name = "crm.kpi.snapshot";
    day = fields.Date();
    team_id = fields.Many2one({ string: "Sales Team", relation: "crm.team" });
    currency_id = fields.Many2one({ relation: "res.currency" });
    lead_count = fields.Integer({ string: "Leads", kpi: FLOW });
    win_rate = fields.Float({
        string: "Win Rate",
        aggregator: "avg",
        kpi: { kind: "formula", unit: "percent" },
    });
    won_revenue = fields.Monetary({
        string: "Won Revenue",
        currency_field: "currency_id",
        kpi: { kind: "flow", unit: "currency" },
    });
    open_count = fields.Integer({
        string: "Open Opportunities",
        aggregator: "avg",
        kpi: { kind: "stock", unit: "count" },
    });
}

class Other extends models.Model {
    _name = "crm.other";
    team_id = fields.Many2one({ string: "Sales Team", relation: "crm.team" });
    age = fields.Float({ aggregator: "avg" });
    share = fields.Float({ aggregator: "avg" });
}

defineMailModels();
defineModels([Team, Snapshot, Other]);

const domainOf = (team) => [["team_id", "=", team]];

/** What the server answers for all, a team that won 3 of 8, one that closed nothing, no team. */
const groups = (values) =>
    [
        [[1, "North"], domainOf(1)],
        [[2, "South"], domainOf(2)],
        [false, domainOf(false)],
    ].map(([team_id, domain], index) => ({
        team_id,
        __extra_domain: domain,
        __count: 4,
        ...values(index),
    }));

const WIN_RATES = [0.375, false, 0];
const pivotAnswer = [
    [{ __extra_domain: [], __count: 12, "lead_count:sum": 1234, "win_rate:avg": 0.375 }],
    groups((index) => ({ "lead_count:sum": [1234, 0, 7][index], "win_rate:avg": WIN_RATES[index] })),
];

/** Months with a figure, none, zero and one; the second is a hole that the server filled. */
const months = (measure, values) =>
    values.map((value, index) => ({
        "day:month": [`2025-0${index + 1}-01`, `Month ${index + 1}`],
        __extra_domain: [["day", ">=", `2025-0${index + 1}-01`]],
        __count: value === false ? 0 : 3,
        [measure]: value,
    }));

const BY_TEAM = `<field name="team_id" type="row"/>
    <field name="lead_count" type="measure"/>
    <field name="win_rate" type="measure"/>`;

const mountPivot = (arch = BY_TEAM, js_class = "kpi_pivot") =>
    mountView({
        type: "pivot",
        resModel: "crm.kpi.snapshot",
        arch: `<pivot js_class="${js_class}" string="KPIs">${arch}</pivot>`,
    });

const mountGraph = (measure, { mode = "line", groupBy = "", js_class = "kpi_graph" } = {}) =>
    mountView({
        type: "graph",
        resModel: "crm.kpi.snapshot",
        searchViewArch: `<search><filter name="f" string="Nothing Else" domain="[]"/></search>`,
        arch: `<graph js_class="${js_class}" type="${mode}">
            <field name="day" interval="month"/>${groupBy}
            <field name="${measure}" type="measure"/>
        </graph>`,
    });

/** Records what is drilled into and what is opened. */
function stepDrill() {
    onRpc("crm.kpi.snapshot", "action_drill", ({ args }) => {
        expect.step(["drill", ...args]);
        return { type: "ir.actions.act_window", res_model: "crm.lead", views: [[false, "list"]] };
    });
    mockService("action", {
        doAction: (action) => expect.step(["open", action.res_model]),
    });
}

beforeEach(() => {
    serverState.companies = [{ id: 1, name: "Hermit", currency_id: 1, sequence: 1 }];
    patchWithCleanup(currencies, { 1: { symbol: "€", position: "after", digits: [69, 2] } });
});

describe("format", () => {
    beforeEach(() => makeMockEnv());

    test("figures carry their unit and no needless digits", () => {
        expect(formatKpi(0.375, "percent")).toBe("37.50%");
        expect(formatKpi(4238 / 6711, "percent")).toBe("63.15%");
        expect(formatKpi(51.7786219, "days")).toBe("51.78 days");
        expect(formatKpi(2360.9094, "currency")).toBe("2,360.91\u00a0€");
        expect(formatKpi(60500, "currency_per_day")).toBe("60,500.00\u00a0€/day");
        expect(formatKpi(10005534, "count")).toBe("10,005,534");
        expect(formatKpi(1 / 3, "count")).toBe("0.3"); // a stock is an average of nights
        expect(formatKpi(1e6 / 3, "no such unit")).toBe("333,333.33");
    });

    test("no data is empty, zero is zero", () => {
        for (const unit of ["percent", "days", "currency", "currency_per_day", "count"]) {
            expect(formatKpi(false, unit)).toBe("");
            expect(formatKpi(null, unit)).toBe("");
            expect(formatKpi(undefined, unit)).toBe("");
        }
        expect(formatKpi(0, "percent")).toBe("0.00%");
        expect(formatKpi(0, "days")).toBe("0.00 days");
        expect(formatKpi(0, "count")).toBe("0");
    });

    test("axes", () => {
        expect([0, 0.05, 1].map((value) => formatKpiTick(value, "percent"))).toEqual([
            "0%",
            "5%",
            "100%",
        ]);
        const amounts = [0, 0.5, 500, 1500, 20000, 1250000, -3000];
        expect(amounts.map((value) => formatKpiTick(value, "count"))).toEqual([
            "0",
            "0.5",
            "500",
            "1.5k",
            "20k",
            "1.25M",
            "-3k",
        ]);
        expect(formatKpiTick(1500, "currency")).toBe("1.5k\u00a0€");
        expect(axisTitle("Win Rate", "percent")).toBe("Win Rate (%)");
        expect(axisTitle("Won Revenue", "currency")).toBe("Won Revenue (€)");
        expect(axisTitle("Leads", "count")).toBe("Leads");
    });
});

describe("pivot", () => {
    beforeEach(() => {
        onRpc("formatted_read_grouping_sets", () => JSON.parse(JSON.stringify(pivotAnswer)));
    });

    test("no data is blank, zeros are shown, units are right", async () => {
        await mountPivot();
        expect(queryAllTexts(".o_pivot_cell_value")).toEqual([
            ...["1,234", "37.50%"],
            ...["1,234", "37.50%"],
            ...["0", ""],
            ...["7", "0.00%"],
        ]);
        expect(".o_pivot_cell_value.o_empty").toHaveCount(1);
    });

    test("Odoo's own pivot shows zero where there is no data", async () => {
        await mountPivot(
            `<field name="team_id" type="row"/>
             <field name="win_rate" type="measure" widget="percentage"/>`,
            "pivot"
        );
        expect(queryAllTexts(".o_pivot_cell_value")).toEqual(["37.50%", "37.50%", "0.00%", "0.00%"]);
    });

    test("cells open what was counted, empty cells nothing", async () => {
        stepDrill();
        await mountPivot();
        await contains(".o_pivot_cell_value:eq(1)").click();
        await contains(".o_pivot_cell_value:eq(2)").click();
        await contains(".o_pivot_cell_value:eq(5)").click(); // no data
        await contains(".o_pivot_cell_value:eq(6)").click(); // None
        expect.verifySteps([
            ["drill", "win_rate", []],
            ["open", "crm.lead"],
            ["drill", "lead_count", domainOf(1)],
            ["open", "crm.lead"],
            ["drill", "lead_count", domainOf(false)],
            ["open", "crm.lead"],
        ]);
    });

    test("groups without data are sorted last in both directions", async () => {
        await mountPivot();
        const teams = () => queryAllTexts("tbody th").slice(1);
        await contains(".o_pivot_measure_row:eq(1)").click();
        expect(teams()).toEqual(["None", "North", "South"]);
        await contains(".o_pivot_measure_row:eq(1)").click();
        expect(teams()).toEqual(["North", "None", "South"]);
    });

    test("fact rows cannot be counted", async () => {
        await mountPivot();
        await toggleMenu("Measures");
        expect(queryAllTexts(".o-dropdown--menu .dropdown-item")).toEqual([
            "Leads",
            "Open Opportunities",
            "Win Rate",
            "Won Revenue",
        ]);
    });

    test("averages of other models are blank without data, and written as their widget says", async () => {
        onRpc("formatted_read_grouping_sets", () => [
            [{ __extra_domain: [], __count: 3, "age:avg": 1.5, "share:avg": 0.25 }],
            groups((index) => ({
                "age:avg": [1.5, false, 0][index],
                "share:avg": [0.25, false, 0][index],
            })),
        ]);
        await mountView({
            type: "pivot",
            resModel: "crm.other",
            arch: `<pivot js_class="kpi_pivot">
                <field name="team_id" type="row"/>
                <field name="age" type="measure" widget="float_time"/>
                <field name="share" type="measure" widget="percentage"/>
            </pivot>`,
        });
        expect(queryAllTexts(".o_pivot_cell_value")).toEqual([
            ...["01:30", "25.00%"],
            ...["01:30", "25.00%"],
            ...["", ""],
            ...["00:00", "0.00%"],
        ]);
    });

    test("money is asked for once, in the currency of the company", async () => {
        onRpc("formatted_read_grouping_sets", ({ kwargs }) => {
            expect.step(kwargs.aggregates);
            return [[{ __extra_domain: [], __count: 1, "won_revenue:sum": 1500 }]];
        });
        await mountPivot(`<field name="won_revenue" type="measure"/>`);
        expect.verifySteps([["won_revenue:sum", "__count"]]);
        expect(queryAllTexts(".o_pivot_cell_value")).toEqual(["1,500.00 €"]);
    });
});

describe("graph", () => {
    setupChartJsForTests();

    beforeEach(() => {
        const values = [0.375, false, 0, 0.5];
        onRpc("formatted_read_group", ({ kwargs }) => {
            const measure = kwargs.aggregates.find((spec) => spec !== "__count");
            return months(measure, measure === "win_rate:avg" ? values : [4, false, 0, 2]);
        });
    });

    test("a line has a gap where there is no data", async () => {
        const view = await mountGraph("win_rate");
        checkDatasets(view, "data", { data: [0.375, null, 0, 0.5] });
        expect(getChart(view).options.spanGaps ?? false).toBe(false);
    });

    test("Odoo's own graph draws zero where there is no data", async () => {
        const view = await mountGraph("win_rate", { js_class: "graph" });
        expect(Number(getChart(view).data.datasets[0].data[1])).toBe(0);
        expect(getChart(view).data.datasets[0].data[1]).not.toBe(null);
    });

    test("bars keep the place of a missing month", async () => {
        const view = await mountGraph("win_rate", { mode: "bar" });
        checkDatasets(view, "data", { data: [0.375, null, 0, 0.5] });
        expect(getChart(view).data.labels).toHaveLength(4);
    });

    test("axis and tooltip carry the unit", async () => {
        const view = await mountGraph("win_rate");
        expect(getScaleY(view).title.display).toBe(true);
        expect(getYAxisLabel(view)).toBe("Win Rate (%)");
        const ticks = getChart(view).scales.y.ticks.map(({ label }) => label);
        expect(ticks.every((label) => /^\d+%$/.test(label))).toBe(true);
        checkTooltip(view, { title: "Win Rate", lines: [{ label: "Month 1", value: "37.50%" }] }, 0);
    });

    test("bars open what was counted", async () => {
        stepDrill();
        const view = await mountGraph("win_rate", { mode: "bar" });
        await clickOnDataset(view);
        await animationFrame();
        expect.verifySteps([
            ["drill", "win_rate", [["day", ">=", "2025-01-01"]]],
            ["open", "crm.lead"],
        ]);
    });

    test("points of a line open what was counted", async () => {
        stepDrill();
        const view = await mountGraph("win_rate");
        await clickOnDataset(view);
        await animationFrame();
        expect.verifySteps([
            ["drill", "win_rate", [["day", ">=", "2025-01-01"]]],
            ["open", "crm.lead"],
        ]);
    });

    test("ratios are neither stacked nor shared out; the choice returns with a count", async () => {
        const view = await mountGraph("lead_count", { mode: "pie" });
        expect(getGraphModelMetaData(view).mode).toBe("pie");
        await toggleMenu("Measures");
        await toggleMenuItem("Win Rate");
        expect(getGraphModelMetaData(view).mode).toBe("bar");
        expect(getGraphModelMetaData(view).stacked).toBe(false);
        expect(".o_graph_button[data-mode=pie]").toHaveCount(0);
        expect(".o_graph_button[aria-label=Stacked]").toHaveCount(0);
        await toggleSearchBarMenu();
        await toggleMenuItem("Nothing Else"); // a new search keeps the choice too
        await toggleMenu("Measures");
        await toggleMenuItem("Leads");
        expect(getGraphModelMetaData(view).mode).toBe("pie");
        expect(getGraphModelMetaData(view).stacked).toBe(true);
    });

    test("a stock is shared out over teams, not over months", async () => {
        const view = await mountGraph("open_count", { mode: "pie" });
        expect(getGraphModelMetaData(view).mode).toBe("bar");
        await selectMode("line");
        expect(".o_graph_button[aria-label=Cumulative]").toHaveCount(0);
        expect(".o_graph_button[aria-label=Stacked]").toHaveCount(1);
    });

    test("series: gaps stay gaps, holes in time make no series, the sum opens all", async () => {
        const point = (month, team_id, value) => ({
            ...months("lead_count:sum", [0, 0, 0])[month],
            team_id,
            __count: value === false ? 0 : 3,
            __extra_domain: [
                ["day", "=", month],
                ["team_id", "=", team_id && team_id[0]],
            ],
            "lead_count:sum": value,
        });
        onRpc("formatted_read_group", () => [
            point(0, [1, "North"], 4),
            point(0, [2, "South"], 1),
            point(1, false, false), // a month without rows, filled by the server
            point(2, [1, "North"], 2),
        ]);
        const view = await mountGraph("lead_count", {
            mode: "bar",
            groupBy: `<field name="team_id"/>`,
        });
        checkDatasets(
            view,
            ["label", "data"],
            [
                { label: "North", data: [4, null, 2] },
                { label: "South", data: [1, null, null] },
                { label: "Sum", data: [5, null, 2] },
            ]
        );
        const { domains } = getChart(view).data.datasets[2];
        expect(domains[0]).toEqual([
            "|",
            ...["&", ["day", "=", 0], ["team_id", "=", 1]],
            ...["&", ["day", "=", 0], ["team_id", "=", 2]],
        ]);
    });

    test("without any figure the hint of the action is shown", async () => {
        onRpc("formatted_read_group", () => months("win_rate:avg", [false, false]));
        await mountView({
            type: "graph",
            resModel: "crm.kpi.snapshot",
            noContentHelp: "No figures",
            arch: `<graph js_class="kpi_graph"><field name="day"/>
                <field name="win_rate" type="measure"/></graph>`,
        });
        expect(".o_view_nocontent").toHaveText("No figures");
        expect("canvas").toHaveCount(0);
    });
});
