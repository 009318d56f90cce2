// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const openMenu = (name) => [
    {
        trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_customer']",
        run: "click",
    },
    { trigger: `.dropdown-item[data-menu-xmlid='crm_roi.${name}']`, run: "click" },
];

tours.add("crm_roi_customers", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
        // Who is slipping away, and a call with one click.
        ...openMenu("menu_crm_customer_slipping"),
        { trigger: ".o_data_row:contains(Slipping Ltd):contains(At Risk):contains(400.00)" },
        {
            trigger: ".o_data_row:contains(Slipping Ltd) button[name='action_follow_up']",
            run: "click",
        },
        { trigger: ".o_notification:contains(1 calls planned)" },
        {
            trigger:
                ".o_data_row:contains(Slipping Ltd):not(:has(button[name='action_follow_up']))",
        },
        // What a customer is worth, and how that came about.
        ...openMenu("menu_crm_customer_value"),
        { trigger: ".o_data_row:contains(Loyal Ltd) td[name='partner_id']", run: "click" },
        {
            trigger:
                ".o_field_widget[name='explanation']:contains(order days expected in twelve months)",
        },
        { trigger: ".o_field_widget[name='probability_alive']:contains(–)" },
        // The panel on the contact.
        { trigger: ".o_field_widget[name='partner_id'] a:contains(Loyal Ltd)", run: "click" },
        { trigger: ".o_notebook a[name='customer_value']", run: "click" },
        { trigger: ".o_field_widget[name='customer_tier_id']:contains(A)" },
        { trigger: ".o_field_widget[name='lifecycle_stage']:contains(Active)" },
    ],
});
