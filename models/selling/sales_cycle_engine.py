"""Computes the sales cycles of a company from its opportunities, all groups in one scan."""

import numpy as np
from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from ...tools.survival import cumulative_incidence, quantiles

YEARS = 3
STEPS = tuple(range(0, 721, 30))
HALF_YEAR = 180
COLUMNS = (
    "company_id", "level", "team_id", "user_id", "computed_at", "started_count", "won_count",
    "lost_count", "open_count", "mean_won_days", "quarter_won_days", "median_won_days",
    "most_won_days", "closed_days", "close_days", "close_low", "close_high", "win_share",
    "win_low", "win_high", "curve",
)


class CrmSalesCycle(models.Model):
    _inherit = "crm.sales.cycle"

    @api.model
    def _refresh(self, company):
        """Write the rows of a company anew.

        :return: number of rows
        """
        self.env["crm.lead"].flush_model()
        records = self._cycles(company)
        now = self.env.cr.now().replace(microsecond=0)
        rows = [
            {"company_id": company.id, "computed_at": now, **key, **_figures(days, ends)}
            for key, days, ends in _groups(records)
        ]
        self.env.cr.execute(SQL("DELETE FROM crm_sales_cycle WHERE company_id = %s", company.id))
        if rows:
            self.env.cr.execute(SQL(
                "INSERT INTO crm_sales_cycle (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                SQL(", ").join(SQL("%s", tuple(row[name] for name in COLUMNS)) for row in rows),
            ))
        self.invalidate_model()
        return len(rows)

    @api.model
    def _cycles(self, company):
        """:return: list of ``(team id, user id, days, "won", "lost" or None)``, one for each
            opportunity of the last years; archived ones that were not lost are no outcome"""
        main = self.env["res.company"]._kpi_main_company()
        return self.env.execute_query(SQL(
            """SELECT team_id, user_id, EXTRACT(EPOCH FROM finish - start)::float8 / 86400, status
               FROM (SELECT team_id, user_id, NULLIF(won_status, 'pending') AS status,
                            date_trunc('second', COALESCE(date_conversion, create_date)) AS start,
                            date_trunc('second', CASE WHEN won_status = 'pending' THEN %(now)s
                                                 ELSE date_closed END) AS finish
                     FROM crm_lead
                     WHERE type = 'opportunity' AND COALESCE(company_id, %(main)s) = %(company)s
                       AND (active OR won_status <> 'pending')) lead
               WHERE finish >= start AND start >= %(now)s - %(years)s * interval '1 year'
               ORDER BY start""",
            now=self.env.cr.now(), main=main.id, company=company.id, years=YEARS,
        ))


def _groups(records):
    """:return: list of ``(key, days, ends)``: everything, then teams, then salespeople"""
    groups = {}
    for team_id, user_id, days, status in records:
        keys = [("1_company", None, None)]
        if team_id:
            keys.append(("2_team", team_id, None))
        if user_id:
            keys.append(("3_user", None, user_id))
        for key in keys:
            groups.setdefault(key, []).append((days, status))
    return [
        ({"level": level, "team_id": team_id, "user_id": user_id}, *zip(*pairs, strict=True))
        for (level, team_id, user_id), pairs in groups.items()
    ]


def _figures(days, ends):
    days, won, lost = np.array(days), *(
        np.array([value == end for value in ends]) for end in ("won", "lost"))
    closed = won | lost
    median = quantiles(days[closed], days[~closed])[0]
    shares = {point.days: point for point in cumulative_incidence(days, ends, "won", STEPS)}
    losses = cumulative_incidence(days, ends, "lost", STEPS)
    half = shares.get(HALF_YEAR)
    return {
        "started_count": len(days), "won_count": int(won.sum()), "lost_count": int(lost.sum()),
        "open_count": int((~closed).sum()),
        "mean_won_days": float(days[won].mean()) if won.any() else None,
        **dict(zip(
            ("quarter_won_days", "median_won_days", "most_won_days"),
            map(float, np.quantile(days[won], (0.25, 0.5, 0.75))) if won.any() else [None] * 3,
            strict=True)),
        "closed_days": float(np.median(days[closed])) if closed.any() else None,
        "close_days": median.days, "close_low": median.low, "close_high": median.high,
        "win_share": half and half.share, "win_low": half and half.low,
        "win_high": half and half.high,
        "curve": Json([
            [point.days, point.share, point.low, point.high, lost_point.share, point.at_risk]
            for point, lost_point in zip(shares.values(), losses, strict=True)
        ]),
    }
