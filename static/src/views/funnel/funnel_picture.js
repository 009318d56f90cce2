// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { funnelConfig } from "./funnel_config";

/** The funnel as Odoo's chart library draws it. Its figures stand in the table below. */
export class FunnelPicture extends Component {
    static template = "crm_roi.FunnelPicture";
    static props = { sides: Array, open: Function };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (sides, canvas) => {
                const drawn = new Chart(canvas, funnelConfig(JSON.parse(sides), this.props.open));
                // On paper the picture is as wide as the paper.
                const resize = () => drawn.resize();
                window.addEventListener("beforeprint", resize);
                window.addEventListener("afterprint", resize);
                return () => {
                    window.removeEventListener("beforeprint", resize);
                    window.removeEventListener("afterprint", resize);
                    drawn.destroy();
                };
            },
            () => [JSON.stringify(this.props.sides), this.canvasRef.el]
        );
    }

    get label() {
        return this.props.sides.map(({ label, words }) => [label, ...words].join(". ")).join(" ");
    }

    get height() {
        return 60 + 52 * this.props.sides[0].steps.length;
    }
}
