// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { getCurrency } from "@web/core/currency";
import { humanNumber } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";
import { formatMonetary } from "@web/views/fields/formatters";

/** A month that is not known has no figure: it is no zero. */
export function isMissing(value) {
    return value === null || value === undefined || value === false;
}

/**
 * @param {number | null} value
 * @param {number} currencyId
 * @returns {string} "$ 1,234.50", or "–" when there is no figure
 */
export function formatAmount(value, currencyId) {
    return isMissing(value) ? "–" : String(formatMonetary(value, { currencyId }));
}

/**
 * @param {number} value
 * @param {number} currencyId
 * @returns {string} "$ 1.2k", "$ 20k": short enough for an axis or a bar
 */
export function formatShortAmount(value, currencyId) {
    const scale = 1000 ** Math.floor(Math.log10(Math.abs(value) || 1) / 3);
    const isRound = Number.isInteger(Math.round((value / scale) * 1e6) / 1e6);
    const text = humanNumber(value, { decimals: isRound || scale <= 1 ? 0 : 1 });
    const { symbol, position } = getCurrency(currencyId) || { symbol: "" };
    return (position === "after" ? [text, symbol] : [symbol, text]).join(nbsp).trim();
}

/** @returns {string} the short amount with its sign, which says what the colour says too */
export function formatSigned(value, currencyId) {
    const sign = value > 0 ? "+" : value < 0 ? "−" : "";
    return sign + formatShortAmount(Math.abs(value), currencyId);
}
