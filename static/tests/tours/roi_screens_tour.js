// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
// Milliseconds: a study takes a while on a busy machine.
const COMPUTING = 60000;
const HEAD = "id,description,date,to,category,amount\n";
const BAD = HEAD + "T1,Clicks,2026-01-01,2026-01-31,tour-media,abc\n";
const GOOD =
    HEAD +
    "T1,Tour clicks,2026-01-01,2026-01-31,tour-media,1200.50\n" +
    "T2,Tour fair,2026-02-03,,tour-media,800\n";

const openMenu = (...menus) => [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: `.o_menu_sections [data-menu-xmlid='${menus[0]}']`, run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='${menus[1]}']`, run: "click" },
];
const page = (name) => [
    { trigger: `.o_notebook_headers .nav-link[name='${name}']`, run: "click" },
    { trigger: `.o_notebook_headers .nav-link.active[name='${name}']` },
];
const press = (name) => ({
    trigger: `.o_statusbar_buttons button[name='${name}']`,
    run: "click",
});
const upload = (name, text) => ({
    content: `upload ${name}`,
    trigger: ".o_field_widget[name='file'] .o_select_file_button",
    async run() {
        const file = new File([text], name, { type: "text/csv" });
        await inputFiles(".o_field_widget[name='file'] .o_input_file", [file]);
    },
});

tours.add("crm_roi_study_screens", {
    url: "/odoo",
    steps: () => [
        ...openMenu("crm_roi.menu_crm_roi", "crm_roi.menu_crm_roi_studies"),
        { trigger: ".o_list_view .o_data_cell:contains(Tour study)", run: "click" },
        { trigger: ".alert-info:contains(Three steps to an answer)" },
        press("action_compute"),
        // The answer, with its interval, and how it was found.
        {
            trigger: ".o_roi_tile:contains(Return on investment) .o_roi_tile_value:contains(%)",
            timeout: COMPUTING,
        },
        { trigger: ".o_roi_tile:contains(Return on investment) .o_roi_tile_note:contains(%)" },
        { trigger: ".o_field_widget[name='summary']:contains(/\\w/)" },
        ...page("result"),
        { trigger: ".o_field_widget[name='chart_cumulative'] canvas" },
        ...page("certainty"),
        { trigger: ".o_field_widget[name='effect_ids'] .o_data_row:nth-child(3)" },
        ...page("months"),
        { trigger: ".o_field_widget[name='month_ids'] .o_data_row:nth-child(12)" },
        // An assumption that changes makes the results old.
        ...page("assumptions"),
        { trigger: ".o_field_widget[name='discount_rate'] input", run: "edit 12" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".alert-warning:contains(The assumptions have changed)" },
        press("action_compute"),
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Computed)",
            timeout: COMPUTING,
        },
    ],
});

tours.add("crm_roi_back_test", {
    url: "/odoo/lead-scoring-proof",
    steps: () => [
        { trigger: ".o_list_view .o_data_cell:contains(Tour proof)", run: "click" },
        press("action_run"),
        { trigger: ".o_field_widget[name='headline']:contains(/\\w/)", timeout: COMPUTING },
        { trigger: ".o_field_widget[name='grade_ids'] .o_data_row:contains(B3)" },
        ...page("curves"),
        { trigger: ".o_field_widget[name='chart_deciles'] canvas" },
        ...page("compared"),
        { trigger: ".o_field_widget[name='contender_ids'] .o_data_row:nth-child(2)" },
        ...page("rules"),
        { trigger: ".o_data_row:contains(Good source)" },
        { trigger: ".o_statusbar_buttons button:contains(Run Again)" },
    ],
});

tours.add("crm_roi_cost_import", {
    url: "/odoo/import-costs",
    steps: () => [
        // A file with a mistake is refused as a whole.
        upload("bad.csv", BAD),
        press("action_read"),
        { trigger: ".o_field_widget[name='column_ids'] .o_data_row:contains(category)" },
        press("action_check"),
        { trigger: ".o_field_widget[name='issue_ids'] .o_data_row:contains(abc)" },
        { trigger: ".o_statusbar_buttons:not(:has(button[name='action_import']))" },
        press("action_back"),
        { trigger: ".o_field_widget[name='column_ids'] .o_data_row" },
        press("action_back"),
        { trigger: ".o_field_widget[name='file'] .o_clear_file_button", run: "click" },
        upload("good.csv", GOOD),
        press("action_read"),
        { trigger: ".o_field_widget[name='column_ids'] .o_data_row:contains(amount)" },
        press("action_check"),
        { trigger: ".o_field_widget[name='totals']:contains(2,000.50)" },
        { trigger: ".o_field_widget[name='preview_ids'] .o_data_row:contains(Tour fair)" },
        press("action_import"),
        { trigger: ".o_field_widget[name='created_count']:contains(2)" },
        press("action_open_costs"),
        { trigger: ".o_list_view .o_data_row:contains(Tour clicks)" },
    ],
});
