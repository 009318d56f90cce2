// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary, formatPercentage } from "@web/views/fields/formatters";

const isMissing = (value) => value === null || value === undefined || value === false;
const ONE_DIGIT = { digits: [16, 1], trailingZeros: true };

/** What is not known is a dash, never a zero. */
const shown = (format) => (value, more) => (isMissing(value) ? "–" : String(format(value, more)));

export const formatCount = shown((value) => formatFloat(value, { digits: [16, 0] }));
export const formatDays = shown((value) => formatFloat(value, ONE_DIGIT));
export const formatShare = shown((value) => formatPercentage(value, ONE_DIGIT));
export const formatMoney = shown((value, currencyId) => formatMonetary(value, { currencyId }));

/** @returns {string} "23.1% – 31.9%"; "" without interval */
export function formatInterval(low, high, format) {
    return isMissing(low) ? "" : `${format(low)} – ${format(high)}`;
}

/** @returns {string} "+4.2 points" */
export function formatPoints(change) {
    if (isMissing(change)) {
        return "–";
    }
    const sign = change > 0 ? "+" : change < 0 ? "−" : "";
    return _t("%s points", sign + formatFloat(Math.abs(change) * 100, ONE_DIGIT));
}
