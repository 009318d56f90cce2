from datetime import date, timedelta

from odoo.tools import SQL

from ..tools.panel import month_day, month_number
from .common_costs import CostCase

NO_FIGURES = dict.fromkeys((
    "lead_count", "won_count", "lost_count", "closed_count", "won_revenue", "won_cycle_count",
    "cycle_days_total", "order_count", "order_revenue", "order_margin", "new_customer_count",
), 0)


class RoiCase(CostCase):
    """A company with measured months, a team that changes and one for comparison."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Baseline, cls.Study = cls.env["crm.roi.baseline"], cls.env["crm.roi.study"]
        cls.control = cls._team("South Team", cls.company)

    @classmethod
    def measure(cls, month, team, company=None, **figures):
        """Store what was measured in a month (its first day, as date) for a team."""
        company = company or cls.company
        values = {
            "day": month, "company_id": company.id, "team_id": team.id,
            "currency_id": company.currency_id.id, **NO_FIGURES, **figures,
        }
        names = cls.Snapshot._kpi_facts()
        rest = {name: 0 for name in names if name not in values
                and cls.Snapshot._fields[name].store and not cls.Snapshot._fields[name].groups}
        cls.env.flush_all()
        values.update(rest)
        cls.env.execute_query(SQL(
            "INSERT INTO crm_kpi_snapshot (%s) VALUES %s",
            SQL(", ").join(map(SQL.identifier, values)), tuple(values.values()),
        ))
        cls.env.invalidate_all()

    @classmethod
    def log_days(cls, first, stop, company=None):
        """Note that every day of a half-open range was measured."""
        company = company or cls.company
        cls.env["crm.kpi.snapshot.day"]._log(
            company.id, company._kpi_timezone(), first, stop, "flows", []
        )

    @classmethod
    def history(cls, first, revenues, team, company=None, **figures):
        """Months from ``first`` on with these won revenues, measured on every day."""
        start = month_number(first)
        for offset, revenue in enumerate(revenues):
            cls.measure(month_day(start + offset), team, company, **{
                "won_revenue": revenue, "won_count": 10, "lost_count": 30, "closed_count": 40,
                "won_cycle_count": 10, "cycle_days_total": 300, "order_count": 10,
                "order_revenue": revenue, "order_margin": revenue / 4, **figures,
            })
        cls.log_days(first, month_day(start + len(revenues)), company)

    @classmethod
    def frozen(cls, first, last, company=None, **vals):
        """A confirmed baseline read from the months of a period, both days included."""
        company = company or cls.company
        baseline = cls.Baseline.create({
            "name": "Year before", "company_id": company.id, "date_from": first, "date_to": last,
            **vals,
        })
        baseline.action_confirm()
        return baseline

    @classmethod
    def study(cls, baseline, switch, last, **vals):
        """A computed study from the change to the last day."""
        study = cls.Study.create({
            "name": "Study", "company_id": baseline.company_id.id, "baseline_id": baseline.id,
            "date_from": switch, "date_to": last, "switch_date": switch, "discount_rate": 0.0,
            **vals,
        })
        study.action_compute()
        return study

    def assertRecomputed(self, study):
        """What is stored is what comes out again, field by field and line by line."""
        results = study._results()
        for name, value in results.items():
            stored = study[name]
            if study._fields[name].type == "one2many":
                self.assertEqual(len(stored), len(value), name)
                for line, vals in zip(stored, value, strict=True):
                    for field, number in vals.items():
                        self.assertSameValue(line[field], number, f"{name}.{field}")
            else:
                self.assertSameValue(stored, value, name)

    def assertSameValue(self, stored, computed, name):
        if isinstance(computed, float):
            self.assertIsInstance(stored, float, name)
            self.assertAlmostEqual(stored, computed, 4, name)
        else:
            self.assertEqual(stored or False, computed or False, name)


def last_day(month):
    """Last day of the month of a date."""
    return month_day(month_number(month) + 1) - timedelta(days=1)


def day(text):
    return date.fromisoformat(text)
