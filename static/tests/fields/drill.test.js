// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { requestOf } from "@crm_roi/kpi_board/kpi_records_action";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const REQUEST = { code: "won_count", first: "2026-01-01", stop: "2026-02-01" };

class Line extends models.Model {
    _name = "line";
    won = fields.Integer();
    rate = fields.Float();
    text = fields.Char();
    drills = fields.Json();
    _records = [
        { id: 1, won: 3, rate: 0.375, text: "–", drills: { won: REQUEST, text: REQUEST } },
        { id: 2, won: 0, rate: 0.5, text: "7", drills: false },
    ];
    _views = {
        list: `
            <list>
                <field name="won" widget="crm_roi_drill"/>
                <field name="rate" widget="crm_roi_drill" options="{'percent': True, 'method': 'action_drill'}"/>
                <field name="text" widget="crm_roi_drill"/>
            </list>`,
    };
}

defineMailModels();
defineModels([Line]);

const button = (row, name) => `.o_data_row:eq(${row}) [name='${name}'] button`;

test("a figure opens its records; a dash and what has no records open nothing", async () => {
    onRpc("action_drill", ({ model, args }) => {
        expect.step([model, args]);
        return { type: "ir.actions.act_window", name: "Records" };
    });
    mockService("action", { doAction: (action) => expect.step(action.name) });
    await mountView({ type: "list", resModel: "line" });
    expect(button(0, "won")).toHaveText("3");
    expect(button(0, "won")).toHaveAttribute("aria-label", "Won: 3");
    expect(button(0, "text")).toHaveCount(0);
    expect(button(1, "won")).toHaveCount(0);
    expect(button(1, "text")).toHaveCount(0);
    expect(".o_data_row:eq(1) [name='text']").toHaveText("7");
    await click(button(0, "won"));
    await animationFrame();
    expect.verifySteps([["crm.kpi.figures", [REQUEST]], "Records"]);
    expect(button(0, "rate")).toHaveText("37.5%");
    await click(button(0, "rate"));
    await animationFrame();
    expect.verifySteps([["line", [[1], "rate"]], "Records"]);
});

test("an address in a mail says what is opened", () => {
    const params = { kpi: "won_count", first: "2026-03-01", stop: "2026-04-01", unit: "month" };
    expect(requestOf({ ...params, companies: 3, user_id: "4,0", menu: 1 })).toEqual({
        code: "won_count",
        first: "2026-03-01",
        stop: "2026-04-01",
        unit: "month",
        scope: { user_id: [4, false] },
        companies: [3],
    });
    expect(requestOf({ kpi: "win_rate" }).scope).toEqual({});
});
