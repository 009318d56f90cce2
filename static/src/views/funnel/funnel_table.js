// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";
import {
    formatCount,
    formatDays,
    formatInterval,
    formatMoney,
    formatPoints,
    formatShare,
} from "./funnel_format";

/** The figures of one side; each opens what it counts. */
export class FunnelTable extends Component {
    static template = "crm_roi.FunnelTable";
    static props = {
        side: Object,
        index: Number,
        differences: Array,
        currencyId: Number,
        window: Number,
        open: Function,
    };

    setup() {
        Object.assign(this, { formatCount, formatDays, formatPoints, formatShare });
    }

    get losses() {
        return this.props.side.steps.filter(({ lost }) => lost);
    }

    /** Whether a text has a figure in it: a dash or nothing opens nothing. */
    isFigure(text) {
        return /\d/.test(text || "");
    }

    money(value) {
        return formatMoney(value, this.props.currencyId);
    }

    shareInterval({ low, high }) {
        return formatInterval(low, high, formatShare);
    }

    medianInterval({ median_low, median_high }) {
        return formatInterval(median_low, median_high, formatDays);
    }

    differenceInterval({ low, high }) {
        return formatInterval(low, high, formatPoints);
    }
}
