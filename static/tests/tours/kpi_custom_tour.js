// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const openMenu = (name) => [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_kpi']", run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='crm_roi.${name}']`, run: "click" },
];

tours.add("crm_roi_kpi_custom_made", {
    url: "/odoo",
    steps: () => [
        ...openMenu("menu_crm_kpi_custom"),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name='name'] input", run: "edit Tour Decided Deals" },
        {
            trigger: ".o_field_widget[name='description'] textarea",
            run: "edit Deals that were won or lost.",
        },
        // Records, measure and conditions stay as they are offered; the date is picked.
        { trigger: ".o_field_widget[name='a_date'] .o_model_field_selector", run: "click" },
        { trigger: ".o_model_field_selector_popover_search input", run: "edit Closed Date" },
        {
            trigger: ".o_model_field_selector_popover button:contains(Closed Date)",
            run: "click",
        },
        // It is tried before it is stored: eight deals in the month they were closed.
        { trigger: ".o_field_widget[name='preview_chart'] canvas", timeout: 60000 },
        ...stepUtils.saveForm(),
    ],
});

tours.add("crm_roi_kpi_custom_seen", {
    url: "/odoo",
    steps: () => [
        ...openMenu("menu_crm_kpi_board"),
        { trigger: ".o_searchview_facet:contains(This Month)" },
        { trigger: ".o_kanban_record:contains(Win Rate)" },
        // It is no key figure.
        { trigger: ".o_searchview_facet:contains(Key Figures) .o_facet_remove", run: "click" },
        { trigger: ".o_kanban_record:contains(Tour Decided Deals)" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o_menu_item:contains(/^Last 365 Days$/)", run: "click" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_kanban_record:contains(Tour Decided Deals) .fw-bold:contains(/^8$/)" },
        {
            trigger: ".o_kanban_record [title*='Deals that were won or lost.']",
        },
    ],
});
