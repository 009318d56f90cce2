// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
/**
 * From a chart as the server describes it to a configuration of Chart.js.
 *
 * A chart is `{ type, labels, currency_id, series: [{ label, role, values, low, high, totals }],
 * mark: { at, label }, shade: { from, label }, text }`; `type` is lines, steps or stack, `values` has one amount or null
 * for each label, `at` is a position between labels (1.5 is half-way from the second to the third),
 * `shade.from` the first label of figures that are of another kind.
 */
import { formatAmount, formatShortAmount, formatSigned } from "./roi_chart_format";
import {
    COLORS,
    SERIES_COLORS,
    backColor,
    gridColor,
    hatched,
    shadeColor,
    textColor,
    withOpacity,
} from "./roi_chart_style";

const MANY_POINTS = 24; // beyond it, points would hide whether a line is dashed
const LINES = {
    gain: { borderColor: COLORS.gain, borderDash: [], pointStyle: "circle" },
    cost: { borderColor: COLORS.cost, borderDash: [7, 4], pointStyle: "rect" },
};

/**
 * @param {Object} chart
 * @returns {Object} configuration for `new Chart(canvas, …)`
 */
export function chartConfig(chart) {
    return BUILDERS[chart.type](chart);
}

const BUILDERS = { lines: linesConfig, steps: stepsConfig, stack: stackConfig };

function linesConfig(chart) {
    const datasets = chart.series.flatMap((series) => [
        ...lineOf(series),
        ...bandOf(series, chart.limit_labels),
    ]);
    const config = baseConfig(chart, "line", datasets);
    config.options.interaction = { mode: "index", intersect: false };
    config.plugins.push(markPlugin(chart.mark));
    return config;
}

function lineOf(series) {
    const look = LINES[series.role] || LINES.gain;
    return [
        {
            ...look,
            label: series.label,
            data: series.values,
            backgroundColor: look.borderColor,
            borderWidth: 2.5,
            pointRadius: series.values.length > MANY_POINTS ? 0 : 3,
            tension: 0,
        },
    ];
}

/** Two thin lines with the area between them: how far the figure may be off. */
function bandOf(series, [low, high]) {
    if (!series.low) {
        return [];
    }
    const color = (LINES[series.role] || LINES.gain).borderColor;
    const edge = { borderColor: withOpacity(color, 0.5), borderWidth: 1, pointRadius: 0,
        pointStyle: "line", tension: 0 };
    return [
        {
            ...edge,
            label: `${series.label}, ${high}`,
            data: series.high,
            backgroundColor: withOpacity(color, 0.12),
            fill: "+1",
            borderDash: [2, 3],
        },
        { ...edge, label: `${series.label}, ${low}`, data: series.low, borderDash: [2, 3] },
    ];
}

/** Each step stands on the one before; totals stand on the ground. */
function stepsConfig(chart) {
    const [{ label, values, totals }] = chart.series;
    let level = 0;
    const data = values.map((value, index) => {
        const from = totals[index] ? 0 : level;
        level = from + value;
        return [from, level];
    });
    const fills = values.map((value, index) => {
        if (totals[index]) {
            return COLORS.total;
        }
        return value < 0 ? hatched(COLORS.cost, 1) : COLORS.gain;
    });
    const borders = values.map((value, index) =>
        totals[index] ? COLORS.total : value < 0 ? COLORS.cost : COLORS.gain
    );
    const config = baseConfig(chart, "bar", [
        { label, data, backgroundColor: fills, borderColor: borders, borderWidth: 1.5,
          borderSkipped: false, maxBarThickness: 90 },
    ]);
    config.options.plugins.legend.display = false;
    config.options.plugins.tooltip.callbacks.label = ({ dataIndex }) =>
        formatAmount(values[dataIndex], chart.currency_id);
    config.plugins.push(valuePlugin(values, totals, chart.currency_id));
    return config;
}

function stackConfig(chart) {
    const datasets = chart.series.map((series, index) => {
        const color = SERIES_COLORS[index % SERIES_COLORS.length];
        return {
            label: series.label,
            data: series.values,
            backgroundColor: hatched(color, index),
            borderColor: color,
            borderWidth: 1,
        };
    });
    const config = baseConfig(chart, "bar", datasets);
    config.options.scales.x.stacked = config.options.scales.y.stacked = true;
    config.options.interaction = { mode: "index", intersect: false };
    return config;
}

function baseConfig(chart, type, datasets) {
    const color = textColor();
    const grid = { color: gridColor() };
    const label = ({ dataset, parsed }) =>
        `${dataset.label}: ${formatAmount(parsed.y, chart.currency_id)}`;
    return {
        type,
        data: { labels: chart.labels, datasets },
        options: {
            animation: false,
            layout: { padding: { top: 20 } }, // for words above the bars and lines
            maintainAspectRatio: false,
            plugins: {
                legend: { position: "bottom", labels: { color, usePointStyle: type === "line" } },
                tooltip: { callbacks: { label }, usePointStyle: type === "line" },
            },
            scales: {
                x: {
                    grid: { display: false },
                    ticks: { color, maxRotation: 60 },
                    title: { display: !!chart.label_title, text: chart.label_title, color },
                },
                y: {
                    beginAtZero: true,
                    grid,
                    ticks: { color, callback: (v) => formatShortAmount(v, chart.currency_id) },
                },
            },
        },
        plugins: [groundPlugin(chart.shade)],
    };
}

/** A canvas copied or printed on its own keeps a ground its text can be read on. */
function groundPlugin(shade) {
    return {
        id: "roiGround",
        beforeDraw({ ctx, width, height, chartArea, scales }) {
            ctx.save();
            ctx.fillStyle = backColor();
            ctx.fillRect(0, 0, width, height);
            if (shade) {
                const { left, right, top, bottom } = chartArea;
                const from = scales.x.getPixelForValue(shade.from);
                const slot = (right - left) / Math.max(scales.x.ticks.length, 1) / 2;
                const start = Math.max(from - slot, left);
                ctx.fillStyle = shadeColor();
                ctx.fillRect(start, top, right - start, bottom - top);
                ctx.fillStyle = textColor();
                ctx.font = "italic 12px sans-serif";
                ctx.textAlign = "right";
                ctx.fillText(shade.label, right, top - 6);
            }
            ctx.restore();
        },
    };
}

/** An upright line at a moment, with what happened then. */
function markPlugin(mark) {
    return {
        id: "roiMark",
        afterDatasetsDraw({ ctx, chartArea, scales }) {
            if (!mark) {
                return;
            }
            const before = scales.x.getPixelForValue(Math.floor(mark.at));
            const after = scales.x.getPixelForValue(Math.ceil(mark.at));
            const x = before + (after - before) * (mark.at - Math.floor(mark.at));
            ctx.save();
            ctx.strokeStyle = ctx.fillStyle = COLORS.mark;
            ctx.lineWidth = 1.5;
            ctx.setLineDash([3, 3]);
            ctx.beginPath();
            ctx.moveTo(x, chartArea.top);
            ctx.lineTo(x, chartArea.bottom);
            ctx.stroke();
            const isLeft = x < (chartArea.left + chartArea.right) / 2;
            ctx.font = "bold 12px sans-serif";
            ctx.textAlign = isLeft ? "left" : "right";
            ctx.fillText(mark.label, x + (isLeft ? 6 : -6), chartArea.top + 14);
            ctx.restore();
        },
    };
}

/** The amount over each step, with its sign. */
function valuePlugin(values, totals, currencyId) {
    return {
        id: "roiValues",
        afterDatasetsDraw(chart) {
            const { ctx } = chart;
            ctx.save();
            ctx.fillStyle = textColor();
            ctx.font = "bold 12px sans-serif";
            ctx.textAlign = "center";
            chart.getDatasetMeta(0).data.forEach((bar, index) => {
                const format = totals[index] ? formatShortAmount : formatSigned;
                const top = Math.min(bar.y, bar.base);
                ctx.fillText(format(values[index], currencyId), bar.x, top - 5);
            });
            ctx.restore();
        },
    };
}
