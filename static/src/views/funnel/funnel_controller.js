// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";
import { FunnelPicture } from "./funnel_picture";
import { FunnelTable } from "./funnel_table";

const NUMBERS = ["window", "first_stage_id"];

/** The funnel of a cohort, or of two side by side: a picture, what it says, and its figures. */
export class FunnelController extends Component {
    static template = "crm_roi.Funnel";
    static components = { CogMenu, FunnelPicture, FunnelTable, Layout, SearchBar };
    static props = { ...standardViewProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.rootRef = useRef("root");
        this.keepLast = new KeepLast();
        this.searchBarToggler = useSearchBarToggler();
        this.state = useState({ options: this.props.state?.options || {}, figures: null });
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => ({ options: { ...this.state.options } }),
        });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((nextProps) => this.load(nextProps));
    }

    get figures() {
        return this.state.figures;
    }

    get isComparingTeams() {
        return this.figures.options.compare === "teams";
    }

    async load(props) {
        const figures = await this.keepLast.add(
            this.orm.call(
                props.resModel,
                "funnel_figures",
                [props.domain, { ...this.state.options }],
                { context: props.context }
            )
        );
        this.state.figures = figures;
        this.state.options = figures.options;
    }

    async onOption(name, ev) {
        const value = ev.target.value;
        const options = { ...this.state.options };
        options[name] = NUMBERS.includes(name) ? Number(value) : value;
        const teams = this.figures.choices.team;
        if (options.compare === "teams" && options.team_ids.length < 2) {
            options.team_ids = teams.slice(0, 2).map(({ id }) => id);
        }
        this.state.options = options;
        await this.load(this.props);
    }

    async onTeam(index, ev) {
        const team_ids = [...this.state.options.team_ids];
        team_ids[index] = Number(ev.target.value);
        this.state.options = { ...this.state.options, team_ids };
        await this.load(this.props);
    }

    /**
     * Opens the opportunities counted in a figure.
     *
     * @param {number} side
     * @param {string} figure such as "reached" or "lost"
     * @param {number | null} [place] of the stage, from 1
     * @param {number | null} [reasonId] of what was lost; 0: without one
     */
    async open(side, figure, place = null, reasonId = null) {
        const action = await this.orm.call(
            this.props.resModel,
            "action_drill",
            [this.props.domain, { ...this.state.options }, side, figure, place, reasonId],
            { context: this.props.context }
        );
        return this.action.doAction(action);
    }

    print() {
        window.print();
    }
}
