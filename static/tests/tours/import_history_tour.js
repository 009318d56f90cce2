// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const HEAD = "deal_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n";
const BAD = HEAD + "T1,Tess Tour,FlexPro,Aldermoor,Won,2023-02-01,2023-01-31,abc\n";
const GOOD =
    HEAD +
    "T1,Tess Tour,FlexPro,Aldermoor,Won,2023-01-31,2023-03-02,1000\n" +
    "T2,Tess Tour,Flex Pro,,Won,2023-02-01,2023-03-13,500\n" +
    "T3,Tess Tour,Flex Basic,Aldermoor,Lost,2023-02-01,2023-03-13,0\n" +
    "T4,Tess Tour,Flex Basic,,Prospecting,,,\n";
const TEAMS = "sales_agent,manager,regional_office\nTess Tour,Eve Marsh,Tour North\n";

const upload = (field, name, text) => ({
    content: `upload ${name}`,
    trigger: `.o_field_widget[name='${field}'] .o_select_file_button`,
    async run() {
        const file = new File([text], name, { type: "text/csv" });
        await inputFiles(`.o_field_widget[name='${field}'] .o_input_file`, [file]);
    },
});
const uploaded = (field, name) => ({
    trigger: `.o_field_widget[name='${field}'] input:value(${name})`,
});
const press = (name) => ({ trigger: `.o_statusbar_buttons button[name='${name}']`, run: "click" });
const at = (step) => ({ trigger: `.o_statusbar_status .o_arrow_button_current:contains(${step})` });
const shows = (field, text) => ({ trigger: `.o_field_widget[name='${field}']:contains(${text})` });

const openImport = [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: ".o_menu_sections [data-menu-xmlid='crm.crm_menu_config']", run: "click" },
    { trigger: ".dropdown-item[data-menu-xmlid='crm_roi.menu_crm_lead_import']", run: "click" },
    at("Upload"),
];
const toCheck = (name, text) => [
    upload("file", name, text),
    uploaded("file", name),
    press("action_read"),
    at("Columns"),
    { trigger: ".o_field_widget[name='column_ids'] .o_data_row:contains(engage_date):contains(Created on)" },
    press("action_match"),
    at("People"),
    { trigger: ".o_field_widget[name='stage_value_ids'] .o_data_row:contains(Won)" },
];

tours.add("crm_roi_import_history", {
    url: "/odoo",
    steps: () => [
        ...openImport,
        // A file with mistakes: they are listed and nothing can be imported.
        ...toCheck("bad.csv", BAD),
        press("action_check"),
        at("Check"),
        { trigger: ".o_field_widget[name='issue_ids'] .o_data_row:contains(abc):contains(not a number)" },
        { trigger: ".o_field_widget[name='issue_ids'] .o_data_row:contains(before the deal was created)" },
        { trigger: ".o_field_widget[name='issue_ids'] .o_data_row:contains(No user has this name)" },
        { trigger: ".o_statusbar_buttons:not(:has(button[name='action_import']))" },
        { trigger: ".o_statusbar_buttons button[name='action_download_issues']" },
        press("action_back"),
        at("People"),
        press("action_back"),
        at("Columns"),
        press("action_back"),
        at("Upload"),
        // The corrected file, and the teams.
        { trigger: ".o_field_widget[name='file'] .o_clear_file_button", run: "click" },
        upload("team_file", "teams.csv", TEAMS),
        uploaded("team_file", "teams.csv"),
        ...toCheck("good.csv", GOOD),
        shows("undated_count", "1"),
        { trigger: ".o_notebook_headers .nav-link:contains(Sales Teams)", run: "click" },
        { trigger: ".o_field_widget[name='team_value_ids'] .o_data_row:contains(Tour North):contains(Create)" },
        { trigger: ".o_notebook_headers .nav-link:contains(Salespeople)", run: "click" },
        { trigger: ".o_field_widget[name='user_value_ids'] .o_data_row:contains(Tess Tour)" },
        { trigger: ".o_field_widget[name='create_users'] input", run: "check" },
        press("action_check"),
        at("Check"),
        shows("win_rate", "66.67 %"),
        shows("average_cycle", "35.00 days"),
        shows("won_revenue", "1,500.00"),
        shows("new_count", "4"),
        { trigger: ".o_field_widget[name='preview_ids'] .o_data_row:contains(Flex Pro):contains(Tour North)" },
        press("action_import"),
        at("Done"),
        shows("created_count", "4"),
        press("action_open_leads"),
        { trigger: ".o_list_view .o_data_row:nth-child(4)" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        at("Done"),
        press("action_open_kpis"),
        { trigger: ".o_pivot td:contains(66.67%)" },
        { trigger: ".o_pivot td:contains(35.00 days)" },
    ],
});
