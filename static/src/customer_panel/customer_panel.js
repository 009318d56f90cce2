// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const COLOURS = {
    first: "info",
    active: "success",
    won_back: "success",
    at_risk: "warning",
    lapsed: "danger",
};

/**
 * Who the customer of the ticket in the form is: tier, lifecycle, open deals, last orders and
 * previous tickets. Whatever goes wrong, the form stands without it.
 */
export class CustomerPanel extends Component {
    static template = "crm_roi.CustomerPanel";
    static props = {
        ...standardWidgetProps,
        partnerField: { type: String, optional: true },
        isContact: { type: Boolean, optional: true },
        priorityField: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ panel: null });
        this.keepLast = new KeepLast();
        this.shown = undefined;
        useRecordObserver((record) => {
            const { partnerField, priorityField } = this.props;
            const partner = record.data[partnerField] && record.data[partnerField].id;
            const key = [record.resId, partner, record.data[priorityField]].join("/");
            if (key !== this.shown) {
                this.shown = key;
                this.load(record.resModel, record.resId, partnerField in record.data, partner);
            }
        });
    }

    /** Nobody waits for it: the form is shown meanwhile. */
    async load(model, resId, isInForm, partner) {
        const isChosen = this.props.isContact && isInForm;
        if (!resId && !(isChosen && partner)) {
            this.state.panel = { customer: null };
            return;
        }
        const args = [model, resId || false, (isChosen && partner) || false];
        try {
            this.state.panel = await this.keepLast.add(
                this.orm.silent.call("crm.customer.panel", "read_panel", args)
            );
        } catch {
            this.state.panel = null;
        }
    }

    get colour() {
        return `text-bg-${COLOURS[this.state.panel.stage.code] || "secondary"}`;
    }

    get boxes() {
        const { deals, orders, tickets } = this.state.panel;
        return [
            { key: "deals", title: _t("Open deals"), empty: _t("No open deal"), ...deals },
            { key: "orders", title: _t("Last orders"), empty: _t("No order yet"), ...orders },
            { key: "tickets", title: _t("Other tickets"), empty: _t("No other ticket"), ...tickets },
        ];
    }

    hiddenText(box) {
        return _t("%s not visible to you", box.hidden);
    }

    open(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("crm_customer_panel", {
    component: CustomerPanel,
    extractProps: ({ options }) => ({
        partnerField: options.partner_field,
        isContact: options.is_contact,
        priorityField: options.priority_field,
    }),
});
