// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { FunnelController } from "./funnel_controller";

export const funnelView = {
    type: "crm_funnel",
    Controller: FunnelController,
    searchMenuTypes: ["filter", "favorite"],
};

registry.category("views").add("crm_funnel", funnelView);
