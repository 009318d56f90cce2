// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { withoutCurrencies } from "@crm_roi/views/kpi";
import { registry } from "@web/core/registry";
import { pivotView } from "@web/views/pivot/pivot_view";
import { KpiPivotModel } from "./kpi_pivot_model";
import { KpiPivotRenderer } from "./kpi_pivot_renderer";

export const kpiPivotView = {
    ...pivotView,
    Model: KpiPivotModel,
    Renderer: KpiPivotRenderer,
    props: (genericProps, view) =>
        pivotView.props(
            { ...genericProps, fields: withoutCurrencies(genericProps.fields) },
            view
        ),
};

registry.category("views").add("kpi_pivot", kpiPivotView);
