// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { SearchModel } from "@web/search/search_model";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

/** A board has one period, one comparison: choosing another takes the place of the first. */
export class KpiBoardSearchModel extends SearchModel {
    toggleSearchItem(searchItemId) {
        if (this.isChoice(searchItemId)) {
            const { groupId } = this.searchItems[searchItemId];
            this.query = this.query.filter(
                ({ searchItemId: other }) =>
                    other === searchItemId || this.searchItems[other].groupId !== groupId
            );
        }
        super.toggleSearchItem(searchItemId);
    }

    /** Whether a filter chooses figures, instead of records. */
    isChoice(searchItemId) {
        const { type, context } = this.searchItems[searchItemId];
        return type === "filter" && JSON.stringify(context || "").includes("kpi_");
    }
}

registry.category("views").add("crm_kpi_board_kanban", {
    ...kanbanView,
    SearchModel: KpiBoardSearchModel,
});
registry.category("views").add("crm_kpi_board_list", {
    ...listView,
    SearchModel: KpiBoardSearchModel,
});
