// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const field = (name) => `.modal .o_field_widget[name='${name}']`;
const openMenu = (item) => [
    {
        trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_selling']",
        run: "click",
    },
    { trigger: `.dropdown-item[data-menu-xmlid='crm_roi.${item}']`, run: "click" },
];

// From the list of those who wait to the call that counts.
tours.add("crm_roi_log_call", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
        ...openMenu("menu_crm_lead_waiting"),
        {
            trigger:
                ".o_data_row:contains(Waiting lead):contains(2 days) button[name='action_log_call']",
            run: "click",
        },
        { trigger: `${field("direction")} .o_radio_item:contains(Incoming) input`, run: "click" },
        { trigger: `${field("minutes")} input`, run: "edit 12" },
        { trigger: `${field("note")} textarea`, run: "edit Wants two machines" },
        { trigger: ".modal button[name='action_log']", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Waiting lead)))" },
        // What was done.
        ...openMenu("menu_crm_activity_fact"),
        { trigger: ".o_pivot table" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row:contains(Call):contains(Incoming):contains(Waiting lead)" },
        { trigger: ".o_data_row:contains(Waiting lead) button[name='action_open']", run: "click" },
        { trigger: ".o_form_view .o-mail-Message:contains(Wants two machines)" },
        { trigger: ".o_form_view button[name='action_log_call']" },
    ],
});
