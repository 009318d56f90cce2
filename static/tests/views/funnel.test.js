// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { setupChartJsForTests } from "@web/../tests/views/graph/graph_test_helpers";
import { funnelConfig } from "@crm_roi/views/funnel/funnel_config";
import { formatInterval, formatPoints, formatShare } from "@crm_roi/views/funnel/funnel_format";

class FunnelReport extends models.Model {
    _name = "crm.funnel.report";
    name = fields.Char();
    _views = { crm_funnel: `<crm_funnel/>`, search: `<search/>` };
}

defineMailModels();
defineModels([FunnelReport]);
setupChartJsForTests();
describe.current.tags("desktop");

const step = (place, name, reached, went_on, values) => ({
    place, stage_id: place, name, is_won: went_on === null, reached, went_on,
    share: reached / 40, rate: went_on === null ? null : went_on / reached,
    low: went_on === null ? null : 0.1, high: went_on === null ? null : 0.9,
    visits: reached, running: 0, median: 3.25, median_low: 2, median_high: null, long: null,
    lost: 0, value_lost: 0, reasons: [], ...values,
});

const side = (label, values) => ({
    label, cohort: 45, counted: 40, won: 4, bottleneck: 2, words: ["The bottleneck is Offer."],
    steps: [
        step(1, "New", 40, 30),
        step(2, "Offer", 30, 4, {
            lost: 5, value_lost: 700,
            reasons: [{ id: 8, name: "Price", count: 5, value: 700 }],
        }),
        step(3, "Won", 4, null),
    ],
    ...values,
});

const figures = (sides) => ({
    options: { period: "this_year", window: 90, first_stage_id: 1, compare: "none", team_ids: [] },
    choices: {
        period: [{ id: "this_year", name: "This year" }, { id: "last_year", name: "Last year" }],
        window: [{ id: 30, name: "30 days" }, { id: 90, name: "90 days" }],
        first_stage_id: [{ id: 1, name: "New" }],
        compare: [{ id: "none", name: "Nothing" }, { id: "teams", name: "Two teams" }],
        team: [{ id: 3, name: "North" }, { id: 4, name: "South" }],
    },
    currency_id: 1,
    sides,
    differences: [],
});

const mount = () =>
    mountView({ type: "crm_funnel", resModel: "crm.funnel.report", domain: [["team_id", "=", 3]] });

test("the picture has words for who cannot see it, and every figure is in the table", async () => {
    onRpc("funnel_figures", ({ args }) => {
        expect(args[0]).toEqual([["team_id", "=", 3]]);
        return figures([side("2026")]);
    });
    await mount();
    expect("canvas[role=img]").toHaveAttribute("aria-label", "2026. The bottleneck is Offer.");
    expect(queryAllTexts(".o_crm_funnel_table tbody tr:eq(1) > *")).toEqual([
        "Offerbottleneck", "30", "4", "13.3%", "10.0% – 90.0%", "3.3", "2.0 – –", "–", "0", "5",
        "$ 700.00",
    ]);
    expect(".o_crm_funnel_losses tbody tr").toHaveCount(1);
    expect(".o_crm_funnel_table button").toHaveCount(12);
});

test("a figure opens what it counts, by keyboard too", async () => {
    onRpc("funnel_figures", () => figures([side("2026")]));
    onRpc("action_drill", ({ args }) => {
        expect.step(JSON.stringify(args.slice(2)));
        return { type: "ir.actions.act_window", name: "opened" };
    });
    mockService("action", { doAction: (action) => expect.step(action.name) });
    await mount();
    await contains(".o_crm_funnel_table tbody tr:eq(1) button[name=lost]").focus();
    expect(queryOne(".o_crm_funnel_table tbody tr:eq(1) button[name=lost]")).toBe(
        document.activeElement
    );
    await contains(".o_crm_funnel_table tbody tr:eq(1) button[name=lost]").click();
    await contains(".o_crm_funnel_losses button").click();
    expect.verifySteps([
        '[0,"lost",2,null]', "opened", '[0,"lost",2,8]', "opened",
    ]);
});

test("choosing asks the server again; two teams get the first two", async () => {
    onRpc("funnel_figures", ({ args }) => {
        expect.step(JSON.stringify(args[1]));
        const answer = figures([side("North"), side("South", { bottleneck: null })]);
        return { ...answer, options: { ...answer.options, ...args[1] } };
    });
    await mount();
    await contains("select[name=window]").select("30");
    await contains("select[name=compare]").select("teams");
    await animationFrame();
    expect("select[name^=team_]").toHaveCount(2);
    expect(".o_crm_funnel_table").toHaveCount(2);
    const options = (window, compare, teams) => JSON.stringify({
        period: "this_year", window, first_stage_id: 1, compare, team_ids: teams,
    });
    expect.verifySteps(["{}", options(30, "none", []), options(30, "teams", [3, 4])]);
});

test("without anybody there are words and a hint, no empty picture", async () => {
    const nobody = side("2026", { cohort: 0, counted: 0, words: ["No opportunity entered."] });
    onRpc("funnel_figures", () => figures([nobody]));
    await mount();
    expect("canvas").toHaveCount(0);
    expect(".o_crm_funnel_table").toHaveCount(0);
    expect(".o_crm_funnel_words").toHaveText("No opportunity entered.");
    expect(".o_crm_funnel_page").toHaveText(/Choose a longer period or remove a filter/);
});

test("one cohort is drawn round the middle, two back to back", async () => {
    await makeMockEnv(); // loads the language
    const one = funnelConfig([side("2026")], () => {});
    expect(one.data.datasets[0].data).toEqual([[-1, 1], [-0.75, 0.75], [-0.1, 0.1]]);
    const two = funnelConfig([side("a"), side("b")], () => {});
    expect(two.data.datasets.map(({ data }) => data[1])).toEqual([[-0.75, 0], [0, 0.75]]);
    expect(one.data.datasets[0].words[1]).toBe("30 (75.0%)");
    expect(one.data.datasets[0].borderWidth).toEqual([1, 2.5, 1]);
});

test("what is not known is a dash", async () => {
    await makeMockEnv(); // loads the language
    expect(formatShare(null)).toBe("–");
    expect(formatShare(0)).toBe("0.0%");
    expect(formatInterval(null, null, formatShare)).toBe("");
    expect(formatPoints(-0.0342)).toBe("−3.4 points");
});
