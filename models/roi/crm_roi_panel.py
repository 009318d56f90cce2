from odoo import api, models

from ...tools.panel import ALL, Panel, month_day, month_number, whole_months


class CrmRoiPanel(models.AbstractModel):
    """Reads the monthly figures of a company and its teams from the KPI snapshots."""

    _name = "crm.roi.panel"
    _description = "Monthly Figures of Teams"

    @api.model
    def _codes(self):
        """Codes of the quantities that add up over months; ratios are computed from them."""
        Snapshot = self.env["crm.kpi.snapshot"]
        return [
            name for name, field in Snapshot._fields.items()
            if Snapshot._kpi_kind(name) == "flow" and not field.groups
        ]

    @api.model
    def _in_company(self, company):
        """Figures of one company alone, in its currency."""
        return self.with_context(allowed_company_ids=company.ids).with_company(company)

    @api.model
    def _measured_months(self, company, date_from, date_to):
        """Numbers of the whole months in ``[date_from, date_to)`` of which every day was counted.

        :return: ``(measured, not measured)``, lists of month numbers
        """
        months = whole_months(date_from, date_to)
        if not months:
            return [], []
        rows = self._in_company(company).env["crm.kpi.snapshot.day"]._read_group(
            [("company_id", "=", company.id), ("flows_at", "!=", False),
             ("failed_flows", "=", False), ("day", ">=", month_day(months[0])),
             ("day", "<", month_day(months[-1] + 1))],
            ["day:month"], ["__count"],
        )
        counted = {month_number(day): count for day, count in rows}
        measured = [
            month for month in months
            if counted.get(month) == (month_day(month + 1) - month_day(month)).days
        ]
        return measured, [month for month in months if month not in measured]

    @api.model
    def _panel(self, company, months, team_ids=()):
        """Figures of months that were measured: of each team and of all together.

        A team without a row in a measured month had nothing to count.
        :param months: list of month numbers
        :param team_ids: ids of the only teams to read; all teams and no team when empty
        """
        panel = Panel()
        if not months:
            return panel
        codes = self._codes()
        domain = [("company_id", "=", company.id), ("day", ">=", month_day(min(months))),
                  ("day", "<", month_day(max(months) + 1))]
        if team_ids:
            domain.append(("team_id", "in", list(team_ids)))
        Snapshot = self._in_company(company).env["crm.kpi.snapshot"]
        sums = [f"{code}:sum" for code in codes]
        by_team = Snapshot._read_group(domain, ["team_id", "day:month"], sums)
        in_total = Snapshot._read_group(domain, ["day:month"], sums)
        teams = {row[0].id for row in by_team if row[0]} | set(team_ids)
        for month in months:
            for team in (ALL, *teams):
                for code in codes:
                    panel.add(month, team, code, 0.0)
        rows = [(row[0].id, *row[1:]) for row in by_team if row[0]]
        for team, day, *values in rows + [(ALL, *row) for row in in_total]:
            if month_number(day) in months:
                for code, value in zip(codes, values, strict=True):
                    panel.add(month_number(day), team, code, None if value is False else value)
        return panel
