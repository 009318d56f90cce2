// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAttribute, queryFirst } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { HEIGHT, sparkShape, WIDTH } from "@crm_roi/fields/kpi_sparkline/kpi_sparkline_field";

const SPARK = {
    values: [1, null, 3, 5],
    texts: ["Jan: 1", "Feb: –", "Mar: 3", "Apr: 5"],
    label: "Won Deals. First Jan: 1, last Apr: 5",
    is_running: true,
};

class Kpi extends models.Model {
    _name = "crm.kpi";
    sparkline = fields.Json();
    _records = [
        { id: 1, sparkline: SPARK },
        { id: 2, sparkline: false },
    ];
    _views = { form: `<form><field name="sparkline" widget="crm_kpi_sparkline"/></form>` };
}

defineMailModels();
defineModels([Kpi]);

test("a gap interrupts the line and is no zero", () => {
    const { lines, last } = sparkShape(SPARK.values);
    expect(lines.map((line) => line.length)).toEqual([1, 2]);
    expect(last).toBe(lines[1][1]);
    const ys = lines.flat().map(({ y }) => y);
    // The smallest is at the bottom, the largest on top, all within the picture.
    expect(ys[0]).toBe(Math.max(...ys));
    expect(last.y).toBe(Math.min(...ys));
    for (const { x, y } of lines.flat()) {
        expect(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT).toBe(true);
    }
});

test("equal values are a level line, an empty end has no last point", () => {
    const { lines, last } = sparkShape([7, 7, null]);
    expect(lines[0][0].y).toBe(HEIGHT / 2);
    expect(lines[0][1].y).toBe(HEIGHT / 2);
    expect(last).toBe(null);
    expect(sparkShape([7]).lines.length).toBe(1);
});

test("drawn with words for who cannot see it", async () => {
    await mountView({ type: "form", resModel: "crm.kpi", resId: 1 });
    expect("svg.o_kpi_sparkline polyline").toHaveCount(1);
    expect(queryAttribute("svg.o_kpi_sparkline", "aria-label")).toBe(SPARK.label);
    expect(queryFirst("svg.o_kpi_sparkline title").textContent).toInclude("Mar: 3");
    expect(queryAttribute(".o_kpi_sparkline_last", "fill")).not.toBe("currentColor");
});

test("nothing is drawn without figures", async () => {
    await mountView({ type: "form", resModel: "crm.kpi", resId: 2 });
    expect("svg.o_kpi_sparkline").toHaveCount(0);
});
