import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const VALUES = [
    "name", "dimension", "points", "condition_type", "domain", "event", "is_absence", "min_count",
    "within_days", "fades_from", "half_life", "active",
];
const RECORDS = ["set_id", "group_id", "team_id", "company_id"];

/**
 * A button that shows what the rule in the form, saved or not, would change.
 */
export class LeadScorePreview extends Component {
    static template = "crm_roi.LeadScorePreview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ isLoading: false, result: null });
    }

    async preview() {
        const { record } = this.props;
        const values = Object.fromEntries([
            ...VALUES.map((name) => [name, record.data[name]]),
            ...RECORDS.map((name) => [name, (record.data[name] && record.data[name].id) || false]),
        ]);
        this.state.isLoading = true;
        try {
            this.state.result = await this.orm.call(record.resModel, "action_preview", [
                record.resId ? [record.resId] : [],
                values,
            ]);
        } finally {
            this.state.isLoading = false;
        }
    }

    get summary() {
        const result = this.state.result;
        const leads = result.is_sample
            ? _t("the newest %s open leads", result.leads)
            : _t("%s open leads", result.leads);
        return _t(
            "Of %(leads)s, %(matched)s match. The grade of %(changed)s changes; hot leads: %(before)s now, %(after)s then.",
            {
                leads,
                matched: result.matched,
                changed: result.changed,
                before: result.hot_before,
                after: result.hot_after,
            }
        );
    }

    /** Rows and columns of the matrix that are not empty. */
    get matrix() {
        const { grades, matrix } = this.state.result;
        const shown = grades.map(
            (grade, i) => matrix[i].some((n) => n) || matrix.some((row) => row[i])
        );
        const keep = (list) => list.filter((item, i) => shown[i]);
        return {
            grades: keep(grades),
            rows: keep(grades.map((grade, i) => ({ grade, cells: keep(matrix[i]) }))),
        };
    }

    openLead(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("view_widgets").add("lead_score_preview", { component: LeadScorePreview });
