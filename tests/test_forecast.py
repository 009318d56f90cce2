# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.fact import DAY, MONTH, MONTH_AFTER_NEXT, NEXT_MONTH, Fact
from .common import KpiCase
from .common_screens import MANAGER, ScreensCase
from .dashboard_browser import read_cells

DAYS = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestForecastMonths(TransactionCase):
    def test_months_around_a_day(self):
        fact = Fact.of(("crm.lead", None, (
            "|", ("a", ">=", MONTH), ("b", "<", NEXT_MONTH), ("c", "<", MONTH_AFTER_NEXT),
            ("d", "<", DAY)), "count"))
        for day, months in (
            (date(2026, 1, 31), (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))),
            (date(2026, 11, 1), (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))),
            (date(2026, 12, 15), (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))),
        ):
            dates = [term[2] for term in fact.domain_on(day) if isinstance(term, tuple)]
            self.assertEqual(dates, [*months, day])


@tagged("post_install", "-at_install")
class TestForecastNight(KpiCase):
    def test_what_is_due_is_kept_each_night(self):
        night = self.Snapshot._last_finished_day("Europe/Brussels")
        first = night.replace(day=1)
        following, after = (first + relativedelta(months=count) for count in (1, 2))
        deadlines = (first - DAYS, first, following - DAYS, following, after - DAYS, after, False)
        for number, deadline in enumerate(deadlines):
            self._lead(created="2025-01-01 12:00", date_deadline=deadline, probability=50,
                       expected_revenue=2 * 10 ** number)
        self._lead("won", "2025-01-01 12:00", "2025-02-01 12:00", date_deadline=first)
        self.Snapshot._take_stocks(self.company)
        last = self.Snapshot.with_context(kpi_stock="last")
        due = last._read_group([("company_id", "=", self.company.id)], [], [
            "dated_count:avg", "due_revenue:avg", "due_next_revenue:avg"])[0]
        self.assertEqual(due, (6, 10 + 100, 1000 + 10000))


@tagged("post_install", "-at_install")
class TestForecastAccuracy(ScreensCase):
    """Forecasts of 100, 300 and 500 were stored; 1000, 0 and 250 of won revenue came."""

    STORED = {3: (100.0, 1000.0), 2: (300.0, 0.0), 1: (500.0, 250.0)}

    @classmethod
    def _make_leads(cls):
        """No deals but those whose revenue is written below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        month = cls.company._kpi_today("UTC").replace(day=1)
        cls.env.cr.execute(SQL(
            "DELETE FROM crm_kpi_snapshot WHERE company_id = %s", cls.company.id))
        for ago, (forecast, won) in cls.STORED.items():
            first = month - relativedelta(months=ago)
            cls._write(first - DAYS, has_stock=True, dated_count=3, due_next_revenue=forecast)
            cls._write(first, won_revenue=won)

    @classmethod
    def _write(cls, day, **values):
        """A row as the engine writes it, and its night in the log."""
        Snapshot = cls.env["crm.kpi.snapshot"]
        is_stock = values.get("has_stock", False)
        row = {"day": day, "company_id": cls.company.id, "team_id": cls.north.id,
               "currency_id": cls.company.currency_id.id,
               **dict.fromkeys(Snapshot._measurable(is_stock=False), 0),
               **(dict.fromkeys(Snapshot._measurable(is_stock=True), 0) if is_stock else {}),
               **values}
        cls.env.cr.execute(SQL(
            "INSERT INTO crm_kpi_snapshot (%s) VALUES (%s)",
            SQL(", ").join(map(SQL.identifier, row)),
            SQL(", ").join(SQL("%s", value) for value in row.values())))
        if is_stock:
            cls.env["crm.kpi.snapshot.day"]._log(
                cls.company.id, "UTC", day, day + DAYS, "stocks", [])

    def test_forecasts_as_stored_and_how_good_they_were(self):
        board = self.env.ref("crm_roi.spreadsheet_dashboard_director")
        sheet = json.loads(board.spreadsheet_data)["sheets"][0]
        rows = {content: int(cell[1:]) for cell, content in sheet["cells"].items()
                if cell[0] == "A"}
        wape, bias = rows['=_t("Size of errors (WAPE)")'], rows['=_t("Bias")']
        size = sum(abs(forecast - won) for forecast, won in self.STORED.values())
        error = sum(forecast - won for forecast, won in self.STORED.values())
        total = sum(won for _forecast, won in self.STORED.values())
        wanted = {f"Dashboard!B{wape}": size / total, f"Dashboard!B{bias}": error / total}
        # Above them: six finished months, the running and the next one, and what is expected.
        first = wape - 9
        for ago in range(6, 0, -1):
            forecast, won = self.STORED.get(ago, ("–", "–"))
            wanted[f"Dashboard!B{first + 6 - ago}"] = forecast
            if ago in self.STORED:
                wanted[f"Dashboard!C{first + 6 - ago}"] = won
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={board.id}", read_cells(wanted), login=MANAGER,
            ready="Boolean(odoo.__WOWL_DEBUG__?.root)", timeout=120)
