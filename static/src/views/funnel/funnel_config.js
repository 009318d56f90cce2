// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { _t } from "@web/core/l10n/translation";
import {
    COLORS,
    SERIES_COLORS,
    backColor,
    hatched,
    textColor,
} from "@crm_roi/fields/roi_chart/roi_chart_style";
import { formatCount, formatShare } from "./funnel_format";

const SMALL = 0.35; // a bar shorter than that share of the width has its words beside it

/**
 * One cohort is a funnel round the middle; two stand back to back, as shares, since one may be
 * much larger than the other.
 *
 * @param {Object[]} sides as the server describes them
 * @param {Function} open called with side, figure and place when a bar is clicked
 * @returns {Object} configuration for `new Chart(canvas, …)`
 */
export function funnelConfig(sides, open) {
    const datasets = sides.map((side, index) => datasetOf(side, index, sides.length));
    return {
        type: "bar",
        data: { labels: sides[0].steps.map(({ name }) => name), datasets },
        options: {
            animation: false,
            grouped: false,
            indexAxis: "y",
            maintainAspectRatio: false,
            onClick: (_ev, [bar]) => bar && open(bar.datasetIndex, "reached", bar.index + 1),
            plugins: {
                legend: {
                    display: sides.length > 1,
                    labels: { color: textColor(), font: { size: 13 } },
                },
                tooltip: { callbacks: { label: ({ dataset, dataIndex }) =>
                    `${dataset.label}: ${dataset.words[dataIndex]}` } },
            },
            scales: {
                x: { display: false, min: -1.05, max: 1.05 },
                y: {
                    grid: { display: false },
                    border: { display: false },
                    ticks: { color: textColor(), font: { size: 13, weight: "bold" } },
                },
            },
        },
        plugins: [groundPlugin, wordsPlugin],
    };
}

function datasetOf(side, index, count) {
    const isStall = ({ place }) => place === side.bottleneck;
    const color = SERIES_COLORS[index * 2];
    return {
        label: side.label,
        data: side.steps.map(({ share }) => reach(share || 0, index, count)),
        words: side.steps.map(barWords),
        stall: side.bottleneck,
        backgroundColor: side.steps.map((step) =>
            isStall(step) ? hatched(COLORS.cost, 1) : hatched(color, index && 2)
        ),
        borderColor: side.steps.map((step) => (isStall(step) ? COLORS.cost : color)),
        borderWidth: side.steps.map((step) => (isStall(step) ? 2.5 : 1)),
        borderSkipped: false,
        barPercentage: 0.92,
        categoryPercentage: 0.95,
    };
}

function reach(share, index, count) {
    if (count === 1) {
        return [-share, share];
    }
    return index ? [0, share] : [-share, 0];
}

function barWords(step) {
    return _t("%(count)s (%(share)s)", {
        count: formatCount(step.reached),
        share: formatShare(step.share),
    });
}

/** A canvas copied or printed on its own keeps a ground its text can be read on. */
const groundPlugin = {
    id: "funnelGround",
    beforeDraw({ ctx, width, height }) {
        ctx.save();
        ctx.fillStyle = backColor();
        ctx.fillRect(0, 0, width, height);
        ctx.restore();
    },
};

/** The count in or beside each bar, on a ground of its own, since bars may be hatched. */
const wordsPlugin = {
    id: "funnelWords",
    afterDatasetsDraw(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.font = "bold 13px sans-serif";
        ctx.textBaseline = "middle";
        ctx.textAlign = "center";
        data.datasets.forEach((dataset, index) => {
            chart.getDatasetMeta(index).data.forEach((bar, place) => {
                const isStall = place + 1 === dataset.stall;
                const words = isStall
                    ? _t("%s, bottleneck", dataset.words[place])
                    : dataset.words[place];
                drawWords(chart, bar, words, data.datasets.length > 1, index);
            });
        });
        ctx.restore();
    },
};

function drawWords({ ctx, chartArea }, bar, words, isPair, index) {
    const wide = ctx.measureText(words).width + 12;
    const left = Math.min(bar.x, bar.base);
    const right = Math.max(bar.x, bar.base);
    const fits = right - left > wide || right - left > SMALL * chartArea.width;
    let x = (left + right) / 2;
    if (!fits) {
        const isLeft = isPair && index === 0;
        x = isLeft ? left - wide / 2 - 4 : right + wide / 2 + 4;
    }
    x = Math.min(Math.max(x, chartArea.left + wide / 2), chartArea.right - wide / 2);
    ctx.fillStyle = backColor();
    ctx.beginPath();
    ctx.roundRect(x - wide / 2, bar.y - 10, wide, 20, 4);
    ctx.fill();
    ctx.fillStyle = textColor();
    ctx.fillText(words, x, bar.y + 1);
}
