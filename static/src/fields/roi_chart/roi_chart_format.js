// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
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
 * @returns {string} "$ 1.2k": short enough for an axis or a bar
 */
export function formatShortAmount(value, currencyId) {
    const digits = Math.abs(value) < 1000 ? [16, 0] : undefined;
    return String(
        formatMonetary(Math.round(value), { currencyId, digits, humanReadable: true })
    );
}

/** @returns {string} the short amount with its sign, which says what the colour says too */
export function formatSigned(value, currencyId) {
    const sign = value > 0 ? "+" : value < 0 ? "−" : "";
    return sign + formatShortAmount(Math.abs(value), currencyId);
}
