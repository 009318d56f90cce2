// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openMenu = (name) => [
    { trigger: ".o_menu_sections [data-menu-xmlid='crm_roi.menu_crm_selling']", run: "click" },
    { trigger: `.dropdown-item[data-menu-xmlid='crm_roi.${name}']`, run: "click" },
];

registry.category("web_tour.tours").add("crm_roi_funnel", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        { trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']", run: "click" },
        // The picture, what it says and its figures.
        ...openMenu("menu_crm_funnel"),
        { trigger: ".o_crm_funnel_canvas canvas[role='img'][aria-label*='Of 24 opportunities']" },
        { trigger: ".o_crm_funnel_words li:contains(The bottleneck is Tour Offer)" },
        { trigger: "tr:contains(Tour Offer):contains(bottleneck)" },
        // From a bar to its opportunities and back.
        {
            trigger: ".o_crm_funnel_canvas canvas[aria-label*='Of 24 opportunities']",
            run() {
                const chart = window.Chart.getChart(this.anchor);
                chart.stop(); // bars that still grow would be missed
                chart.update("none");
                const { x, base, y } = chart.getDatasetMeta(0).data[1];
                const { left, top } = this.anchor.getBoundingClientRect();
                const place = { clientX: left + (x + base) / 2, clientY: top + y };
                this.anchor.dispatchEvent(new MouseEvent("click", { bubbles: true, ...place }));
            },
        },
        { trigger: ".o_breadcrumb:contains(Funnel: Tour Offer)" },
        { trigger: ".o_pager:contains(1-20 / 20), .o_pager_counter:contains(20)" },
        { trigger: ".o_breadcrumb a:contains(Funnel), .breadcrumb a:contains(Funnel)", run: "click" },
        // A shorter window, then two teams side by side.
        { trigger: "select[name='window']", run: "select 30" },
        { trigger: ".o_crm_funnel_words li:contains(within 30 days)" },
        { trigger: "select[name='compare']", run: "select teams" },
        { trigger: "select[name='team_1']" },
        { trigger: ".o_crm_funnel_page section:nth-of-type(2)" },
        { trigger: "select[name='compare']", run: "select none" },
        { trigger: ".o_crm_funnel_page:not(:has(section:nth-of-type(2)))" },
        // From a figure to its opportunities and back: the choice is kept.
        {
            trigger: "tr:contains(Tour Offer) button[name='reached']:contains(20)",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Tour deal)" },
        { trigger: ".o_breadcrumb a:contains(Funnel), .breadcrumb a:contains(Funnel)", run: "click" },
        { trigger: ".o_crm_funnel_words li:contains(within 30 days)" },
        // The native views behind it.
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot table:contains(Tour Offer)" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row:contains(Tour deal)" },
        // How long it takes.
        ...openMenu("menu_crm_sales_cycle"),
        { trigger: ".o_data_row:contains(Funnel Tour) td[name='display_name']", run: "click" },
        { trigger: ".o_field_widget[name='summary']:contains(opportunities)" },
        { trigger: ".o_roi_chart_canvas canvas" },
        ...openMenu("menu_crm_stage_event"),
        { trigger: ".o_data_row:contains(Tour deal)" },
    ],
});
