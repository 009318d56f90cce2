"""Exchange rates in SQL, as ``res.currency._get_conversion_rate`` reads them, with one difference:
where Odoo silently takes 1.0 for a currency that has no rate at all, these are NULL."""

from odoo.tools import SQL


def flush_rates(env):
    """Write what the SQL below reads."""
    env["res.company"].flush_model(["currency_id", "parent_path"])
    env["res.currency"].flush_model(["rounding"])
    env["res.currency.rate"].flush_model()


def rate_sql(currency, company, date):
    """SQL of the rate of ``currency`` on ``date``: the latest until then, or else the first one
    after, a company's own before a shared one. NULL when it has none."""
    def pick(condition, direction):
        return SQL(
            """(SELECT rate.rate FROM res_currency_rate rate
                WHERE rate.currency_id = %(currency)s AND %(condition)s
                  AND (rate.company_id IS NULL OR rate.company_id = (
                      SELECT split_part(owner.parent_path, '/', 1)::int4
                      FROM res_company owner WHERE owner.id = %(company)s
                  ))
                ORDER BY rate.company_id, rate.name %(direction)s LIMIT 1)""",
            currency=currency, company=company, condition=condition, direction=direction,
        )

    until = SQL("rate.name <= %s::date", date)
    return SQL("COALESCE(%s, %s)", pick(until, SQL("DESC")), pick(SQL("TRUE"), SQL("ASC")))


def conversion_sql(source, target, company, date):
    """SQL of how many units of currency ``target`` one unit of ``source`` is worth on ``date``.

    A currency without rates can be the one all rates refer to, if a company keeps its books in
    it; otherwise, and when neither currency has a rate, the conversion is NULL.
    """
    rates = [rate_sql(currency, company, date) for currency in (source, target)]
    return SQL(
        """(SELECT CASE
                WHEN pair.source_rate IS NULL AND pair.target_rate IS NULL THEN NULL
                WHEN pair.source_rate IS NULL AND NOT %(source_is_kept)s THEN NULL
                WHEN pair.target_rate IS NULL AND NOT %(target_is_kept)s THEN NULL
                ELSE COALESCE(pair.target_rate, 1.0) / COALESCE(pair.source_rate, 1.0)
            END
            -- OFFSET 0: each rate is looked up once, not wherever it is named
            FROM (SELECT %(source_rate)s AS source_rate, %(target_rate)s AS target_rate
                  OFFSET 0) pair)""",
        source_rate=rates[0], target_rate=rates[1],
        source_is_kept=_is_kept(source), target_is_kept=_is_kept(target),
    )


def _is_kept(currency):
    return SQL(
        "EXISTS (SELECT FROM res_company keeper WHERE keeper.currency_id = %s)", currency
    )
