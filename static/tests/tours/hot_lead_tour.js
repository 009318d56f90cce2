// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const field = (name) => `.o_form_view .o_field_widget[name='${name}']`;
const openMenu = (section, item) => [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
    { trigger: `.o_menu_sections [data-menu-xmlid='${section}']`, run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='${item}']`, run: "click" },
];

// A manager writes a rule without code and sees what it would change before he saves it.
tours.add("crm_roi_hot_lead_rule", {
    url: "/odoo",
    steps: () => [
        ...openMenu("crm_roi.menu_crm_lead_score", "crm_roi.menu_crm_lead_score_rules"),
        { trigger: ".o_list_view .o_data_row:contains(Three stars)" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `${field("name")} input, ${field("name")} textarea`, run: "edit Met us" },
        {
            trigger: `${field("dimension")} input[data-value='engagement']`,
            run: "click",
        },
        { trigger: `${field("points")} input`, run: "edit 90" },
        { trigger: `${field("condition_type")} input[data-value='activity']`, run: "click" },
        { trigger: `${field("event")} input`, run: "click" },
        { trigger: ".o_select_menu_item:contains(Meeting held)", run: "click" },
        { trigger: ".o_lead_score_preview button:contains(Preview)", run: "click" },
        { trigger: ".o_lead_score_preview p:contains(1 match)" },
        { trigger: ".o_lead_score_preview p:contains(hot leads: 0 now, 1)" },
        { trigger: ".o_lead_score_preview td:contains(Tour lead)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});

// The salesperson finds the lead, reads why it is hot and the call that was scheduled.
tours.add("crm_roi_hot_lead_received", {
    url: "/odoo",
    steps: () => [
        ...openMenu("crm.crm_menu_sales", "crm_roi.menu_crm_lead_my_hot"),
        { trigger: ".o_list_view .o_data_row:contains(Tour lead):contains(A1)" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Cold lead)))" },
        { trigger: ".o_data_row:contains(Tour lead) td[name='name']", run: "click" },
        { trigger: ".o_form_view .badge:contains(Hot)" },
        { trigger: ".o_notebook_headers .nav-link:contains(Score)", run: "click" },
        { trigger: ".o_lead_score_reasons li:contains(+80):contains(Three stars)" },
        { trigger: ".o_lead_score_reasons li:contains(Met us)" },
        { trigger: ".o-mail-Activity:contains(Hot lead, score)" },
    ],
});
