// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_roi_report_kit", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
        { trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_kpi']", run: "click" },
        {
            trigger: ".dropdown-item[data-menu-xmlid='crm_roi.menu_crm_kpi_report']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_cell:contains('Tour kit')", run: "click" },
        {
            content: "the schedule is said in words",
            trigger: ".o_form_view [name='schedule_text']:contains('Every Monday at 7:00')",
        },
        {
            content: "each recipient has a status",
            trigger: ".o_form_view [name='recipient_ids'] .badge:contains('Subscribed')",
        },
        { trigger: "button[name='action_preview']", run: "click" },
        {
            content: "the mail says the figures of the period",
            trigger: ".modal [name='body'] h2:contains('Key Figures')",
        },
        { trigger: ".modal [name='body'] td:contains('37.5 %')" },
        { trigger: ".modal [name='body'] td:contains('North')" },
        { trigger: ".modal [name='body'] a:contains('Unsubscribe')" },
        { trigger: ".modal button:contains('Close')", run: "click" },
        { trigger: "button[name='action_send_now']", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_notification:contains('1 recipients')" },
        { trigger: "button[name='action_open_log']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Being Prepared')" },
    ],
});
