from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools import period
from ..tools.statistics import wilson

ZONES = (
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "America/Santiago",
)


@tagged("post_install", "-at_install")
class TestPeriod(BaseCase):
    def test_day_start_is_the_first_moment_of_the_day(self):
        """Oracle: walk a year minute by minute around each midnight with zoneinfo."""
        for name in ZONES:
            zone = ZoneInfo(name)
            for offset in range(366):
                day = date(2026, 1, 1) + timedelta(days=offset)
                start = period.day_start(day, name).replace(tzinfo=ZoneInfo("UTC"))
                self.assertEqual(start.astimezone(zone).date(), day, (name, day))
                before = (start - timedelta(minutes=1)).astimezone(zone)
                self.assertLess(before.date(), day, (name, day))

    def test_local_day(self):
        moment = datetime(2026, 3, 31, 22, 30)
        self.assertEqual(period.local_day(moment, "Europe/Brussels"), date(2026, 4, 1))
        self.assertEqual(period.local_day(moment, "America/New_York"), date(2026, 3, 31))

    def test_days_of_clock_changes(self):
        hours = [
            (
                period.day_start(day + timedelta(days=1), "Europe/Brussels")
                - period.day_start(day, "Europe/Brussels")
            ).total_seconds()
            / 3600
            for day in (date(2026, 10, 25), date(2027, 3, 28), date(2026, 6, 1))
        ]
        self.assertEqual(hours, [25, 23, 24])

    def test_consecutive_and_split(self):
        days = [date(2026, 1, d) for d in (3, 1, 2, 2, 7)]
        self.assertEqual(
            period.consecutive(days),
            [
                (date(2026, 1, 1), date(2026, 1, 4)),
                (date(2026, 1, 7), date(2026, 1, 8)),
            ],
        )
        self.assertEqual(period.consecutive([]), [])
        self.assertEqual(
            period.split(date(2026, 1, 1), date(2026, 1, 6), 2),
            [
                (date(2026, 1, 1), date(2026, 1, 3)),
                (date(2026, 1, 3), date(2026, 1, 5)),
                (date(2026, 1, 5), date(2026, 1, 6)),
            ],
        )

    def test_unknown_timezone(self):
        self.assertIsNone(period.known_timezone("Mars/Olympus"))
        self.assertIsNone(period.known_timezone(False))
        self.assertEqual(period.known_timezone("Asia/Kolkata"), "Asia/Kolkata")

    def test_wilson_against_the_published_formula(self):
        """Wilson 1927 written out; Brown, Cai & DasGupta 2001, formula 4."""
        z = 1.959963984540054
        for k, n in ((0, 10), (1, 29), (3, 8), (4238, 6711), (10, 10)):
            p = k / n
            centre = (p + z * z / (2 * n)) / (1 + z * z / n)
            half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
            low, high = wilson(k, n)
            self.assertAlmostEqual(low, max(centre - half, 0), places=9)
            self.assertAlmostEqual(high, min(centre + half, 1), places=9)
        self.assertEqual(wilson(0, 0), (None, None))
        self.assertEqual(wilson(5, 3), (None, None))
