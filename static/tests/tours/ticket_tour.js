// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PANEL = ".o_form_view .o_customer_panel";

// What the agent sees on a ticket that came by mail or by portal, on the ticket itself.
const seePanel = () => [
    { trigger: `${PANEL}_name:contains(Panel Customer)` },
    { trigger: `${PANEL}_tier:contains(Tier A)` },
    { trigger: `${PANEL}_stage:contains(Prospect)` },
    { trigger: `${PANEL}_reason:contains(customer of tier A)` },
    { trigger: `${PANEL}_deals:contains(Open deals):contains(1 not visible to you)` },
    { trigger: `${PANEL}_deals:not(:contains(12,345)):not(:contains(Secret deal))` },
    { trigger: `${PANEL}_orders:contains(No order yet)` },
    { trigger: `${PANEL}_tickets:contains(Earlier ticket)` },
    {
        trigger:
            ".o_field_widget[name='priority'] .fa-star:nth-child(2)," +
            ".o_field_widget[name='priority'] .o_priority_star:nth-child(2)",
    },
];

tours.add("crm_roi_ticket_panel", {
    steps: () => [
        ...seePanel(),
        // From the panel to the earlier ticket, which is one screen further.
        { trigger: `${PANEL}_tickets a:contains(Earlier ticket)`, run: "click" },
        { trigger: ".o_field_widget[name='name'] input:value(Earlier ticket)" },
    ],
});

// The customer writes a ticket in the portal.
tours.add("crm_roi_ticket_portal", {
    url: "/my/tickets",
    steps: () => [
        {
            trigger: "form[action='/new/ticket'] [name='create_new_ticket']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "input[name='subject']", run: "edit From the portal" },
        { trigger: "textarea[name='description']", run: "edit The machine stands still" },
        {
            trigger: "form[action='/submitted/ticket'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "h3:contains(From the portal), .card-header:contains(From the portal)" },
    ],
});

// The agent writes one at the phone: the panel is there as soon as the customer is chosen.
tours.add("crm_roi_ticket_by_hand", {
    steps: () => [
        { trigger: ".o_form_view .o_field_widget[name='name'] input", run: "edit By phone" },
        { trigger: `${PANEL}:contains(No customer on this ticket)` },
        {
            trigger: ".o_field_widget[name='partner_id'] input",
            run: "edit Panel Contact",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Panel Contact)",
            run: "click",
        },
        { trigger: `${PANEL}_tier:contains(Tier A)` },
        { trigger: `${PANEL}_tickets:contains(Earlier ticket)` },
        {
            trigger: ".o_field_widget[name='description'] .odoo-editor-editable",
            run: "editor It does not start",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: `${PANEL}_reason:contains(customer of tier A)` },
    ],
});
