// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const card = (name) => `.o_kanban_record:contains(${name})`;

const openBoard = [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_kpi']", run: "click" },
    {
        trigger: ".dropdown-item[data-menu-xmlid='crm_roi.menu_crm_kpi_board']",
        run: "click",
    },
];
const choose = (name) => [
    { trigger: ".o_searchview_dropdown_toggler", run: "click" },
    { trigger: `.o_filter_menu .o_menu_item:contains(/^${name}$/)`, run: "click" },
    { trigger: ".o_searchview_dropdown_toggler", run: "click" },
];

tours.add("crm_roi_kpi_board_manager", {
    url: "/odoo",
    steps: () => [
        ...openBoard,
        { trigger: ".o_searchview_facet:contains(This Month)" },
        // Another period takes the place of the first.
        ...choose("Last 365 Days"),
        { trigger: ".o_control_panel:not(:has(.o_searchview_facet:contains(This Month)))" },
        { trigger: `${card("Win Rate")}:contains(37.5 %):contains(n = 8)` },
        { trigger: `${card("Won Revenue")} .progress` },
        { trigger: `${card("Won Revenue")} svg[aria-label*='Won Revenue']` },
        // The definition is in the title of the name.
        { trigger: `${card("Win Rate")} [title*='Share of won deals']` },
        // A salesperson from the search bar.
        { trigger: ".o_searchview_input", run: "click" },
        { trigger: ".o_searchview_input", run: "edit kpi_sales" },
        {
            trigger: ".o-dropdown-item:contains(Search Salesperson for:) a.o_expand > i",
            run: "click",
        },
        { trigger: ".o-dropdown-item.o_indent:contains(kpi_salesperson) a", run: "click" },
        { trigger: `${card("Win Rate")}:contains(50.0 %):contains(n = 2)` },
        // The records behind it, and back.
        { trigger: `${card("Win Rate")} .fw-bold`, run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Deal 0)" },
        { trigger: ".breadcrumb-item:contains(KPI Board) a", run: "click" },
        // The same as a list.
        { trigger: "button.o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row:contains(Win Rate):contains(50.0 %)" },
    ],
});

tours.add("crm_roi_kpi_board_salesperson", {
    url: "/odoo",
    steps: () => [
        ...openBoard,
        { trigger: ".o_searchview_facet:contains(My Figures)" },
        ...choose("Last 365 Days"),
        { trigger: `${card("Win Rate")}:contains(50.0 %):contains(n = 2)` },
        { trigger: ".o_kanban_renderer:not(:has(.o_kanban_record:contains(Acquisition Cost)))" },
    ],
});
