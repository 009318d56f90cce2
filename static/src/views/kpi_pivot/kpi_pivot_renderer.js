// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { formatKpi, openCounted } from "@crm_roi/views/kpi";
import { pick } from "@web/core/utils/objects";
import { download } from "@web/core/network/download";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";

export class KpiPivotRenderer extends PivotRenderer {
    getFormattedValue(cell) {
        const kpi = this.model.getKpi(cell.measure);
        return kpi?.unit ? { value: formatKpi(cell.value, kpi.unit) } : super.getFormattedValue(cell);
    }

    onOpenView(cell, newWindow) {
        const { disableLinking, measures } = this.model.metaData;
        if (!measures[cell.measure].kpi) {
            return super.onOpenView(cell, newWindow);
        }
        if (cell.value !== undefined && !disableLinking) {
            const group = { rowValues: cell.groupId[0], colValues: cell.groupId[1] };
            const domain = this.model.getGroupDomain(group);
            return openCounted(this.model, this.actionService, cell.measure, domain, newWindow);
        }
    }

    onDownloadButtonClicked() {
        const { activeMeasures, measures } = this.model.metaData;
        if (!activeMeasures.every((measure) => measures[measure].kpi)) {
            return super.onDownloadButtonClicked();
        }
        const layout = {
            ...this.model.getLayout(),
            context: pick(
                this.model.searchParams.context,
                ...["allowed_company_ids", "kpi_stock", "lang", "tz"]
            ),
            filters: this.env.searchModel.facets
                .filter(({ type }) => type !== "groupBy")
                .map(({ title, values, separator }) =>
                    [title, values.join(` ${separator || ""} `)].filter(Boolean).join(": ")
                ),
        };
        return download({
            url: "/crm_roi/kpi_pivot/export_xlsx",
            data: { data: new Blob([JSON.stringify(layout)], { type: "application/json" }) },
        });
    }
}
