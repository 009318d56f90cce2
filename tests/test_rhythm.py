from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.rhythm import EVERY, Rhythm, local_now, utc_of


@tagged("post_install", "-at_install")
class TestRhythm(BaseCase):
    def test_moments_follow_each_other_without_gap(self):
        for every in EVERY:
            rhythm = Rhythm(every, 3, 28, 7.5)
            now, keys = datetime(2023, 1, 1), set()
            while now < datetime(2027, 1, 1):
                latest, following = rhythm.latest(now), rhythm.following(now)
                self.assertTrue(latest <= now < following)
                self.assertEqual(rhythm.latest(following), following)
                self.assertEqual(rhythm.latest(following - timedelta(seconds=1)), latest)
                self.assertNotEqual(rhythm.key(latest), rhythm.key(following))
                keys.add(rhythm.key(latest))
                now += timedelta(hours=7)
            expected = {"weekly": 208, "monthly": 48, "quarterly": 16}[every]
            self.assertIn(len(keys) - expected, (0, 1, 2))

    def test_known_moments(self):
        now = datetime(2026, 11, 18, 12)  # a Wednesday
        for rhythm, latest, following, key in (
            (("weekly", 0, 1, 7), (11, 16, 7), (11, 23, 7), "2026-W47"),
            (("weekly", 2, 1, 12), (11, 18, 12), (11, 25, 12), "2026-W47"),
            (("weekly", 4, 1, 7), (11, 13, 7), (11, 20, 7), "2026-W46"),
            (("monthly", 0, 2, 7), (11, 2, 7), (12, 2, 7), "2026-11"),
            (("monthly", 0, 28, 7), (10, 28, 7), (11, 28, 7), "2026-10"),
            (("quarterly", 0, 5, 7), (10, 5, 7), None, "2026-Q4"),
        ):
            rhythm = Rhythm(*rhythm)
            self.assertEqual(rhythm.latest(now), datetime(2026, *latest))
            self.assertEqual(rhythm.following(now),
                             datetime(2026, *following) if following else datetime(2027, 1, 5, 7))
            self.assertEqual(rhythm.key(rhythm.latest(now)), key)
        self.assertEqual(Rhythm("weekly", 4, 1, 7).key(datetime(2027, 1, 1)), "2026-W53")

    def test_the_wall_clock_counts(self):
        for zone, slot, moment in (
            ("Europe/Brussels", (2026, 3, 29, 2, 30), (2026, 3, 29, 1, 30)),  # skipped
            ("Europe/Brussels", (2026, 10, 25, 2, 30), (2026, 10, 25, 0, 30)),  # shown twice
            ("Europe/Brussels", (2026, 7, 6, 7, 0), (2026, 7, 6, 5, 0)),
            ("Europe/Brussels", (2026, 12, 7, 7, 0), (2026, 12, 7, 6, 0)),
            ("Pacific/Kiritimati", (2026, 7, 6, 7, 0), (2026, 7, 5, 17, 0)),
            ("Asia/Kathmandu", (2026, 7, 6, 7, 0), (2026, 7, 6, 1, 15)),
        ):
            self.assertEqual(utc_of(datetime(*slot), zone), datetime(*moment))
            if slot[2:4] != (29, 2):
                self.assertEqual(local_now(datetime(*moment), zone), datetime(*slot))
