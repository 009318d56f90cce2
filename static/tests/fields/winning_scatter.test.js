// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { scatterConfig } from "@crm_roi/fields/winning_scatter/winning_scatter_field";

const CHART = {
    x_title: "Calls per week",
    y_title: "Win Rate",
    text: "People with more calls per week have a higher win rate.",
    y_percent: true,
    points: [
        { name: "Anna", x: 21.4, y: 0.42, x_text: "21.4", y_text: "42.0 %" },
        { name: "<b>Ryan</b>", x: 8, y: 0.31, x_text: "8.0", y_text: "31.0 %" },
    ],
};

class Finding extends models.Model {
    _name = "crm.winning.finding";
    chart = fields.Json();
    _records = [
        { id: 1, chart: CHART },
        { id: 2, chart: { ...CHART, points: [] } },
    ];
    _views = { form: `<form><field name="chart" widget="crm_winning_scatter"/></form>` };
}

defineMailModels();
defineModels([Finding]);

const mountFinding = (resId) =>
    mountView({ type: "form", resModel: "crm.winning.finding", resId });

test("a point for each person, and the same as a table", async () => {
    await mountFinding(1);
    expect("canvas").toHaveAttribute("aria-label", CHART.text);
    await contains(".o_roi_chart_table summary").click();
    expect(queryAllTexts(".o_roi_chart_table tbody tr > *")).toEqual([
        ...["Anna", "21.4", "42.0 %"],
        ...["<b>Ryan</b>", "8.0", "31.0 %"],
    ]);
});

test("without points it says so", async () => {
    await mountFinding(2);
    expect("canvas").toHaveCount(0);
    expect(".o_roi_chart_empty").toHaveText("Nothing to draw yet.");
});

test("axes have titles and units", () => {
    const { scales, plugins } = scatterConfig(CHART).options;
    expect(scales.x.title.text).toBe("Calls per week");
    expect(scales.y.title.text).toBe("Win Rate");
    expect(scales.y.ticks.callback(0.425)).toBe("42.5 %");
    expect(plugins.tooltip.callbacks.label({ dataIndex: 0 })).toBe("Anna: 21.4, 42.0 %");
});
