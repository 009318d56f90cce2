// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/**
 * Looks that can be told apart without colour, on paper too: each series has its own colour and
 * its own hatching, dash or point.
 */
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";

const scheme = () => cookie.get("color_scheme");
export const gridColor = () => getCustomColor(scheme(), "#d8dadd", "#3C3E4B");
export const textColor = () => getCustomColor(scheme(), "#374151", "#E4E4E4");
export const shadeColor = () => getCustomColor(scheme(), "#f3f4f6", "#31364a");
export const backColor = () => getCustomColor(scheme(), "#ffffff", "#262A36");

export const COLORS = { gain: "#00796b", cost: "#c0392b", total: "#4a5568", mark: "#5752d1" };
export const SERIES_COLORS = [
    "#3188e6", "#f48935", "#00a78d", "#8481dd", "#ce4257", "#c08a16", "#056bd9", "#7e8290",
];
const HATCHES = ["none", "up", "down", "dots", "across", "level", "upright", "grid"];

export const withOpacity = hexToRGBA;

/**
 * @param {string} color
 * @param {number} index of the series
 * @returns {string | CanvasPattern} a fill; the first is plain, the others are hatched
 */
export function hatched(color, index) {
    const hatch = HATCHES[index % HATCHES.length];
    if (hatch === "none") {
        return color;
    }
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const context = tile.getContext("2d");
    context.fillStyle = hexToRGBA(color, 0.35);
    context.fillRect(0, 0, 8, 8);
    context.strokeStyle = context.fillStyle = color;
    context.lineWidth = 2;
    STROKES[hatch](context);
    return context.createPattern(tile, "repeat");
}

function line(context, ...points) {
    context.beginPath();
    context.moveTo(points[0], points[1]);
    context.lineTo(points[2], points[3]);
    context.stroke();
}

const STROKES = {
    up(context) {
        line(context, -2, 10, 10, -2);
        line(context, -2, 2, 2, -2);
        line(context, 6, 10, 10, 6);
    },
    down(context) {
        line(context, -2, -2, 10, 10);
        line(context, 6, -2, 10, 2);
        line(context, -2, 6, 2, 10);
    },
    dots(context) {
        context.fillRect(2, 2, 3, 3);
    },
    across(context) {
        STROKES.up(context);
        STROKES.down(context);
    },
    level(context) {
        line(context, 0, 4, 8, 4);
    },
    upright(context) {
        line(context, 4, 0, 4, 8);
    },
    grid(context) {
        STROKES.level(context);
        STROKES.upright(context);
    },
};
