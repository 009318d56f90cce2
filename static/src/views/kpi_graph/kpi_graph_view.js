// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { withoutCurrencies } from "@crm_roi/views/kpi";
import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { KpiGraphModel } from "./kpi_graph_model";
import { KpiGraphRenderer } from "./kpi_graph_renderer";

export const kpiGraphView = {
    ...graphView,
    Model: KpiGraphModel,
    Renderer: KpiGraphRenderer,
    buttonTemplate: "crm_roi.KpiGraphButtons",
    props: (genericProps, view) =>
        graphView.props(
            { ...genericProps, fields: withoutCurrencies(genericProps.fields) },
            view
        ),
};

registry.category("views").add("kpi_graph", kpiGraphView);
