// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const SCOPES = ["team_id", "user_id", "source_id"];

/** Ids of a part of an address such as "3,4"; 0 stands for none. */
function idsOf(text) {
    return String(text)
        .split(",")
        .map((id) => Number(id) || false);
}

/**
 * What an address such as `/odoo/kpi-records?kpi=won_count&first=2026-03-01&stop=2026-04-01` asks
 * for, as `crm.kpi.figures.action_drill` takes it.
 *
 * @param {Object} params of the address
 */
export function requestOf(params) {
    const given = SCOPES.filter((name) => params[name] !== undefined);
    return {
        code: String(params.kpi),
        first: params.first,
        stop: params.stop,
        unit: params.unit || "days",
        scope: Object.fromEntries(given.map((name) => [name, idsOf(params[name])])),
        ...(params.companies && { companies: idsOf(params.companies) }),
    };
}

/** Links in mails: the records behind a figure, with the rights of who has followed the link. */
async function openKpiRecords(env, { params }) {
    return env.services.orm.call("crm.kpi.figures", "action_drill", [requestOf(params)]);
}
openKpiRecords.path = "kpi-records";

registry.category("actions").add("crm_roi.kpi_records", openKpiRecords);
