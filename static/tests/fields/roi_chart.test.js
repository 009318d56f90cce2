// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { chartConfig } from "@crm_roi/fields/roi_chart/roi_chart_config";
import { formatShortAmount, formatSigned } from "@crm_roi/fields/roi_chart/roi_chart_format";

const LINES = {
    type: "lines",
    labels: ["Jan", "Feb", "Mar"],
    label_title: "Month",
    currency_id: 1,
    text: "Gain of $ 90",
    series: [
        { label: "Gain", role: "gain", values: [0, 90, null], low: [0, 10, null], high: [0, 99, null] },
        { label: "Cost", role: "cost", values: [40, 45, 50] },
    ],
    columns: [
        { label: "Gain", values: [0, 90, null] },
        { label: "Cost", values: [40, 45, 50] },
    ],
    limit_labels: ["low", "high"],
    mark: { at: 0.5, label: "Payback" },
    shade: { from: 2, label: "projected" },
};
const STEPS = {
    ...LINES,
    type: "steps",
    labels: ["Before", "Volume", "Win rate", "After"],
    series: [
        { label: "Margin", values: [100, -130, 60, 30], totals: [true, false, false, true] },
    ],
    mark: null,
    shade: null,
};
const STACK = { ...LINES, type: "stack", series: [LINES.series[1], LINES.series[1]], mark: null };

class Study extends models.Model {
    _name = "crm.roi.study";
    chart = fields.Json();
    _records = [
        { id: 1, chart: LINES },
        { id: 2, chart: false },
        { id: 3, chart: STEPS },
        { id: 4, chart: STACK },
    ];
    _views = { form: `<form><field name="chart" widget="crm_roi_chart"/></form>` };
}

defineMailModels();
defineModels([Study]);

const open = (resId) => mountView({ type: "form", resModel: "crm.roi.study", resId });
const drawn = () => Chart.getChart(document.querySelector(".o_roi_chart canvas"));

test.tags("desktop");
test("a line with its range, and the same figures as a table", async () => {
    await open(1);
    expect(drawn().data.datasets.map(({ label }) => label)).toEqual([
        "Gain",
        "Gain, high",
        "Gain, low",
        "Cost",
    ]);
    expect(drawn().data.datasets[1].fill).toBe("+1");
    expect(".o_roi_chart canvas").toHaveAttribute("role", "img");
    expect(".o_roi_chart canvas").toHaveAttribute("aria-label", "Gain of $ 90");
    await contains(".o_roi_chart_table summary").click();
    expect(queryAllTexts(".o_roi_chart_table th")).toEqual([
        "Month", "Gain", "Cost", "Jan", "Feb", "Mar",
    ]);
    expect(queryAllTexts(".o_roi_chart_table td")).toEqual([
        "$ 0.00", "$ 40.00", "$ 90.00", "$ 45.00", "–", "$ 50.00",
    ]);
});

test.tags("desktop");
test("without figures it says so", async () => {
    await open(2);
    expect(".o_roi_chart canvas").toHaveCount(0);
    expect(".o_roi_chart_empty").toHaveCount(1);
});

test.tags("desktop");
test("steps start where the one before ends; totals stand on the ground", async () => {
    await open(3);
    expect(drawn().data.datasets[0].data).toEqual([[0, 100], [100, -30], [-30, 30], [0, 30]]);
});

test.tags("desktop");
test("stacked series differ without colour", async () => {
    await open(4);
    const [first, second] = drawn().data.datasets.map((dataset) => dataset.backgroundColor);
    expect(typeof first).toBe("string");
    expect(second instanceof CanvasPattern).toBe(true);
    expect(drawn().options.scales.y.stacked).toBe(true);
});

test("the cost is dashed, the gain is not", () => {
    const { datasets } = chartConfig(LINES).data;
    expect(datasets[0].borderDash).toEqual([]);
    expect(datasets[3].borderDash.length).toBe(2);
});

test("amounts short enough for an axis", async () => {
    await makeMockEnv();
    const texts = [0, 950, 1250, 20000, -3500, 1500000].map((v) => formatShortAmount(v, 1));
    expect(texts.map((text) => text.replace(/\u00a0/g, " "))).toEqual([
        "$ 0", "$ 950", "$ 1.3k", "$ 20k", "$ -3.5k", "$ 1.5M",
    ]);
    expect(formatSigned(-950, 1).replace(/\u00a0/g, " ")).toBe("−$ 950");
    expect(formatSigned(950, 1).replace(/\u00a0/g, " ")).toBe("+$ 950");
});
