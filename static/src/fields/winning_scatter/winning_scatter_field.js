// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { RoiChartField } from "../roi_chart/roi_chart_field";
import { gridColor, SERIES_COLORS, textColor } from "../roi_chart/roi_chart_style";

/** A point for each person: habit across, result upwards; the same as a table behind a click. */
export class WinningScatterField extends RoiChartField {
    static template = "crm_roi.WinningScatterField";

    config(chart) {
        return scatterConfig(chart);
    }
}

/**
 * @param {Object} chart points with names, numbers and their texts, and the titles of both axes
 * @returns {Object} what the chart library draws
 */
export function scatterConfig(chart) {
    const percent = (value) => `${Math.round(value * 1000) / 10} %`;
    return {
        type: "scatter",
        data: {
            datasets: [
                {
                    data: chart.points.map(({ x, y }) => ({ x, y })),
                    backgroundColor: SERIES_COLORS[0],
                    pointRadius: 5,
                    pointHoverRadius: 7,
                },
            ],
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            plugins: {
                legend: { display: false },
                tooltip: {
                    callbacks: {
                        label: ({ dataIndex }) => {
                            const point = chart.points[dataIndex];
                            return `${point.name}: ${point.x_text}, ${point.y_text}`;
                        },
                    },
                },
            },
            scales: {
                x: axis(chart.x_title),
                y: axis(chart.y_title, chart.y_percent ? percent : undefined),
            },
        },
    };
}

function axis(text, callback) {
    return {
        title: { display: true, text, color: textColor() },
        grid: { color: gridColor() },
        ticks: { color: textColor(), ...(callback ? { callback } : {}) },
    };
}

registry.category("fields").add("crm_winning_scatter", {
    component: WinningScatterField,
    supportedTypes: ["json"],
});
