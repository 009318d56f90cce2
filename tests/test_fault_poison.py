"""E1 at its worst: what fails in any way, hangs or kills stops no other, and ends."""

from types import SimpleNamespace
from unittest.mock import patch

import psycopg2
from psycopg2.errors import SerializationFailure

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..models.base.attempt import attempt, error_text
from ..models.followup.lead_retry import MOST_TRIES
from ..tools.retry import next_try
from .digest_common import DigestCase
from .test_hot_notice import HotCase
from .test_kpi_alert import AlertCase

ATTEMPT = "odoo.addons.crm_roi.models.base.attempt"


class Killed(BaseException):
    """What no code of ours catches, as when the process is ended."""


def too_slow(record):
    """A statement that runs into a time limit, as a poisoned figure does."""
    record.env.cr.execute("SET LOCAL statement_timeout = 20")
    record.env.cr.execute("SELECT pg_sleep(5)")


def raising(error):
    def work(*_args):
        raise error
    return work


def dies(run):
    """:return: whether a run was killed; what it committed before stays"""
    try:
        run()
    except Killed:
        return True
    return False


ERRORS = (
    ("too slow", too_slow, "QueryCanceled"), ("wrong SQL", lambda record: record.env.cr.execute(
        "SELECT 1 / 0"), "DivisionByZero"),
    ("attribute", raising(AttributeError("no such")), "AttributeError"),
    ("key", raising(KeyError("gone")), "KeyError"),
    ("division", raising(ZeroDivisionError()), "ZeroDivisionError"),
    ("recursion", raising(RecursionError()), "RecursionError"),
    ("other", raising(OSError("disk")), "OSError"),
)


@tagged("post_install", "-at_install", "fault")
class TestAttempt(BaseCase):
    def test_without_a_connection_the_run_ends(self):
        """Nothing could be noted, and every further piece would fail."""
        class Savepoint:
            def __enter__(self):
                return self

            def __exit__(self, *_error):
                return None

        env = SimpleNamespace(cr=SimpleNamespace(closed=True, savepoint=Savepoint))
        noted = []
        with self.assertRaises(psycopg2.InterfaceError):
            attempt(env, "piece", raising(psycopg2.InterfaceError("closed")), noted.append)
        self.assertFalse(noted)

    def test_errors_fit_into_a_field(self):
        self.assertEqual(error_text(ValueError("a\n  b")), "ValueError: a b")
        self.assertEqual(len(error_text(ValueError("x" * 9000))), 500)


@tagged("post_install", "-at_install", "fault")
class TestPoisonedDigest(DigestCase):
    def setUp(self):
        super().setUp()
        self.digest.user_ids = self.rep + self.manager
        self.victim = self.rep
        self.rolled_back = []
        self.patch(self.env.cr, "rollback", lambda: self.rolled_back.append(1))

    def poisoned(self, work):
        Digest = type(self.env["digest.digest"])
        real = Digest._crm_lines

        def lines(digest, user):
            if user == self.victim:
                work(digest)
            return real(digest, user)

        return patch.object(Digest, "_crm_lines", lines)

    def row(self, user):
        return self.Row.search([("digest_id", "=", self.digest.id), ("user_id", "=", user.id)])

    @mute_logger(ATTEMPT, "odoo.sql_db")
    def test_E1_whatever_is_raised_the_others_get_theirs(self):
        for name, work, error in ERRORS:
            with self.subTest(name), self.poisoned(work):
                self.Row.search([]).unlink()
                self.due()
                self.assertEqual(self.send().mapped("email_to"), [self.manager.email_formatted])
                row = self.row(self.rep)
                self.assertEqual((row.state, row.tries), ("waiting", 1))
                self.assertIn(error, row.note)
                self.assertTrue(row.next_try)
        self.assertFalse(self.rolled_back)

    def test_E1_a_clash_is_nobodys_fault_and_waits_for_the_next_run(self):
        with self.poisoned(raising(SerializationFailure("somebody else was first"))):
            mails = self.send()
        self.assertEqual(mails.mapped("email_to"), [self.manager.email_formatted])
        row = self.row(self.rep)
        self.assertEqual((row.state, row.note, row.next_try), ("waiting", False, False))
        self.assertEqual(len(self.rolled_back), 1)
        self.assertEqual(self.send().mapped("email_to"), [self.rep.email_formatted])
        self.assertEqual((row.state, row.tries), ("queued", 0))

    def test_E1_clashes_without_end_end(self):
        with self.poisoned(raising(SerializationFailure("always"))):
            for _run in range(15):
                self.send()
        row = self.row(self.rep)
        self.assertEqual((row.state, row.note),
                         ("failed", "It was begun 12 times and never finished."))

    def test_E1_one_at_whom_the_server_dies_holds_up_nobody(self):
        self.assertLess(self.rep.id, self.manager.id, "the poisoned row comes first")
        with self.poisoned(raising(Killed())):
            for run in range(12):
                self.assertTrue(dies(self.send))
                self.assertEqual(
                    self.row(self.manager).state, "queued" if run else "waiting")
            self.assertFalse(self.send())
        self.assertEqual(self.row(self.rep).state, "failed")


@tagged("post_install", "-at_install", "fault")
class TestPoisonedAlert(AlertCase):
    def setUp(self):
        super().setUp()
        self.patch(self.env.registry["ir.cron"], "_commit_progress",
                   lambda cron, *_args, **_values: cron.env.flush_all() or 60)
        self.close(self.weeks[-1], lost=1)
        self.poison, self.fine = self.alert(periods=1), self.alert(periods=1)

    def poisoned(self, work):
        Alert = type(self.poison)
        real = Alert._judged

        def judged(alert, *args):
            if alert == self.poison:
                work(alert)
            return real(alert, *args)

        return patch.object(Alert, "_judged", judged)

    @mute_logger(ATTEMPT, "odoo.sql_db")
    def test_E1_whatever_is_raised_the_others_are_looked_at(self):
        for name, work, error in ERRORS:
            with self.subTest(name), self.poisoned(work):
                self.fine._arm()
                self.run_alerts(self.poison + self.fine)
                self.assertIn(error, self.poison.problem)
                self.assertEqual(self.fine.state, "firing")
                self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 0, "once a night")

    def test_E1_one_at_which_the_server_dies_holds_up_no_other(self):
        with self.poisoned(raising(Killed())):
            for _run in range(3):
                self.assertTrue(dies(self.env["crm.kpi.alert"]._run_alerts))
            self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 0)
        self.assertEqual(self.fine.state, "firing")
        self.assertEqual(self.poison.problem, "It was begun 3 times and never finished.")
        self.run_alerts(self.poison)
        self.assertEqual((self.poison.state, self.poison.problem), ("firing", False))

    def test_E1_an_alert_that_was_corrected_is_tried_again_at_once(self):
        with self.poisoned(raising(Killed())):
            for _run in range(3):
                self.assertTrue(dies(self.env["crm.kpi.alert"]._run_alerts))
        self.assertEqual(self.poison.tries, 3)
        self.poison.value = 0.6
        self.assertEqual(self.poison.tries, 0)
        self.assertEqual(self.env["crm.kpi.alert"]._run_alerts(), 1)
        self.assertEqual((self.poison.state, self.poison.problem), ("firing", False))

    def test_E1_a_clash_does_not_count(self):
        self.patch(self.env.cr, "rollback", lambda: None)
        with self.poisoned(raising(SerializationFailure("somebody else was first"))):
            for _run in range(5):
                self.env["crm.kpi.alert"]._run_alerts()
        self.assertEqual((self.poison.tries, self.poison.problem), (0, False))
        self.env["crm.kpi.alert"]._run_alerts()
        self.assertEqual(self.poison.state, "firing")


@tagged("post_install", "-at_install", "fault")
class TestPoisonedNotice(HotCase):
    def poisoned(self, lead, work):
        model = self.env.registry["crm.lead"]
        notify = model.message_notify

        def broken(records, **values):
            if records == lead:
                work(records)
            return notify(records, **values)

        return patch.object(model, "message_notify", broken)

    @mute_logger(ATTEMPT, "odoo.sql_db")
    def test_E1_a_poisoned_lead_takes_nobodys_place_under_the_cap(self):
        self.company.hot_daily_cap = 1
        bad, good = self._hot_lead(90), self._hot_lead(80)
        with self.poisoned(bad, raising(KeyError("gone"))):
            self.assertEqual([self._tell(), self._tell()], [0, 1])
        self.assertEqual(self._states(bad + good), ["pending", "notified"])
        self.assertEqual(self.Hot.search([("lead_id", "=", bad.id)]).problem, "KeyError: 'gone'")

    @mute_logger(ATTEMPT, "odoo.sql_db")
    def test_E1_a_notice_that_never_works_is_given_up(self):
        bad = self._hot_lead(90)
        row = self.Hot.search([("lead_id", "=", bad.id)])
        with self.poisoned(bad, too_slow):
            for tries in range(1, MOST_TRIES + 1):
                self.assertEqual(row.state, "pending")
                self._tell()
                self.assertEqual(row.tries, tries)
                row.next_try = False
            self._tell()
        self.assertEqual((row.state, row.tries), ("failed", MOST_TRIES))
        self.assertIn("QueryCanceled", row.problem)

    @mute_logger(ATTEMPT)
    def test_E1_a_notice_that_failed_waits_however_many_leads_become_hot(self):
        self.company.hot_daily_cap = 20
        bad = self._hot_lead(90)
        row = self.Hot.search([("lead_id", "=", bad.id)])
        with self.poisoned(bad, raising(KeyError("gone"))):
            for _crossing in range(6):
                self._tell()
                self._hot_lead(70)
        self.assertEqual((row.state, row.tries), ("pending", 1))
        self.assertEqual(row.next_try, next_try(self.env.cr.now(), 1))
        row.next_try = self.env.cr.now()
        self.assertTrue(self._tell())
        self.assertEqual((row.state, row.tries, row.problem), ("notified", 0, False))

    def test_E1_one_at_whom_the_server_dies_holds_up_nobody(self):
        bad, good = self._hot_lead(90), self._hot_lead(80)
        others = self._hot_lead(70, user_id=self.colleague.id) + self._hot_lead(user_id=False)
        row = self.Hot.search([("lead_id", "=", bad.id)])
        with self.poisoned(bad, raising(Killed())):
            self.assertTrue(self._dies())
            for tries in range(1, MOST_TRIES):
                self.assertEqual(row.tries, tries)
                row.next_try = False
                self.assertTrue(self._dies())
                self.assertEqual(self._states(good + others), ["notified"] * 3)
            row.next_try = False
            self.assertFalse(self._dies())
        self.assertEqual(
            (row.state, row.problem), ("failed", "It was begun 12 times and never finished."))
        self.assertFalse(self._activities(bad))

    def test_E1_whoever_has_one_lead_at_which_the_server_dies_comes_last(self):
        first, second = sorted((self.rep, self.colleague), key=lambda user: user.id)
        bad, good = self._hot_lead(90, user_id=first.id), self._hot_lead(80, user_id=second.id)
        with self.poisoned(bad, raising(Killed())):
            self.assertTrue(self._dies())
            self.assertEqual(self._states(bad + good), ["pending", "pending"])
            self.Hot.search([("lead_id", "=", bad.id)]).next_try = False
            self.assertTrue(self._dies())
        self.assertEqual(self._states(bad + good), ["pending", "notified"])

    @mute_logger(ATTEMPT)
    def test_E1_leads_that_fail_do_not_fill_a_run(self):
        bad, good = self._hot_lead(90), self._hot_lead(80)
        with (patch("odoo.addons.crm_roi.models.followup.lead_hot_notice.MOST", 1),
              self.poisoned(bad, raising(KeyError("gone")))):
            self.assertEqual(self._tell(), 0)
            self.Hot.search([("lead_id", "=", bad.id)]).next_try = False
            self.assertEqual(self._tell(), 1)
        self.assertEqual(self._states(bad + good), ["pending", "notified"])

    def _dies(self):
        died = dies(self.Hot._run_notices)
        self.env.invalidate_all()
        return died

    def test_E1_a_clash_does_not_count(self):
        self.patch(self.env.cr, "rollback", lambda: None)
        bad = self._hot_lead(90)
        row = self.Hot.search([("lead_id", "=", bad.id)])
        with self.poisoned(bad, raising(SerializationFailure("somebody else was first"))):
            for _run in range(MOST_TRIES + 2):
                self._tell()
        self.assertEqual((row.state, row.tries, row.next_try), ("pending", 0, False))
        self.assertEqual(self._tell(), 1)
