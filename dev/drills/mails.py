"""Drills of what comes by mail: the mail server is switched off, the senders are killed."""

import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from ..processes import any_port
from . import mail_world as world
from .base import PASSES, NightDrill

PEOPLE = 8
# So many hours are enough: to make, to send again, to note what was sent.
HOURS = 3


class Mails(NightDrill):
    """A digest and a report kit for some people, on their way through a real mail server."""

    def E2_server_off(self):
        """Nothing is lost while nobody takes the mails, and each comes once afterwards."""
        self._open_post_office()
        with self.check("E2 a mail server that is off: one delivery each afterwards") as faults:
            self._start_over()
            for _hour in range(2):
                self._post()
                self.workers.in_odoo(world.time_passes)
            found = self.workers.in_odoo(world.states)
            if self._delivered() or any(
                set(states) - {"queued", "waiting"} or sum(states.values()) != PEOPLE
                for states in found.values()
            ):
                faults.append(f"while it is off: {found}, {len(self._delivered())} delivered")
            with self._office():
                self._post_all()
            faults += self._faults()

    def E2_server_goes_down_meanwhile(self):
        """Switched off in the middle, it has confirmed all but one of the mails it took."""
        with self.check("E2 a mail server that goes down meanwhile") as faults:
            for _time in range(2):
                self._start_over()
                with self._office(seconds=0.05):
                    pid = self.workers.start(self._post_all)
                    self._wait_for_deliveries(self.random.randint(2, PEOPLE))
                self.workers.wait(pid)
                some = len(self._delivered())
                if not 0 < some < 2 * PEOPLE:
                    faults.append(f"not in the middle: {some} delivered")
                with self._office():
                    self._post_all()
                faults += self._faults(doubles=1)

    def E3_sender_killed(self):
        """Killed anywhere, the next run completes it; only the mail in hand may come twice."""
        with self.check("E3 senders killed at random moments, run once more") as faults:
            with self._office(seconds=0.02):
                self._start_over()
                started = time.monotonic()
                self.workers.run(self._post_all)
                duration = time.monotonic() - started
                faults += self._faults()
            midway = 0
            kills = max(self.kills // 6, 3)
            for _kill in range(kills):
                self._start_over()
                with self._office(seconds=0.02):
                    pid = self.workers.start(self._post_all)
                    time.sleep(self.random.uniform(0.1, 0.9) * duration)
                    midway += self.workers.kill(pid)
                    self._post_all()
                faults += self._faults(doubles=1)
            if midway < kills / 2:
                faults.append(f"only {midway} kills of {kills} were midway")

    def E3_sender_killed_with_a_mail_in_hand(self):
        """The worst moment: taken by the mail server, not yet noted by Odoo."""
        with self.check("E3 killed between a mail's delivery and its note: one double") as faults:
            self._start_over()
            with self._office(seconds=1):
                pid = self.workers.start(self._post_all)
                self._wait_for_deliveries(2)
                self.workers.kill(pid)
            with self._office():
                self._post_all()
            faults += self._faults(doubles=1)
            if self._doubles() != 1:
                faults.append(f"{self._doubles()} doubles: not the moment that was meant")

    def E3_control(self):
        """A sender without a ledger, killed likewise, sends doubles, and the check sees them."""
        with self.check("E3 a careless sender is caught (control)") as faults:
            self._start_over()
            with self._office():
                pid = self.workers.start(self._careless)
                self._wait_for_deliveries(4)
                self.workers.kill(pid)
                self.workers.run(self._careless)
            if not any("doubles" in fault for fault in self._faults(doubles=1)):
                faults.append(f"{self._doubles()} doubles were not seen")

    # -- the mail server -----------------------------------------------------------------------

    def _open_post_office(self):
        self.port = any_port()
        self.book = self.marks.with_suffix(".mails")
        self.workers.in_odoo(lambda env: world.prepare(env, PEOPLE, self.port))

    @contextmanager
    def _office(self, seconds=0):
        """The mail server, switched on for a while.

        :param seconds: how long it takes to confirm a mail
        """
        program = str(Path(__file__).with_name("post_office.py"))
        office = subprocess.Popen(
            [sys.executable, program, str(self.port), str(self.book), str(seconds)])
        try:
            self._wait_until_open()
            yield
        finally:
            office.kill()
            office.wait()

    def _wait_until_open(self):
        for _try in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.05)
        raise SystemExit("the post office does not open")

    def _delivered(self):
        """:return: list of ``(address, kind)`` of all mails taken"""
        lines = self.book.read_text().splitlines() if self.book.exists() else []
        return [
            (to, next(kind for kind in world.KINDS if kind in subject))
            for to, _tab, subject in (line.partition("\t") for line in lines)
        ]

    def _wait_for_deliveries(self, number, seconds=60):
        deadline = time.monotonic() + seconds
        while len(self._delivered()) < number and time.monotonic() < deadline:
            time.sleep(0.005)

    # -- senders -------------------------------------------------------------------------------

    def _start_over(self):
        self.book.unlink(missing_ok=True)
        self.workers.in_odoo(world.reset)

    def _post(self):
        """What cron workers do until nothing is due any more."""
        from odoo.addons.base.models.ir_cron import IrCron

        for _pass in range(PASSES):
            IrCron._process_jobs(self.workers.database)
            if not self.workers.in_odoo(world.is_due):
                break

    def _post_all(self):
        """The same over some hours: what waits is tried again, what was sent is noted."""
        for _hour in range(HOURS):
            self._post()
            self.workers.in_odoo(world.time_passes)

    def _careless(self):
        """Make a mail for everybody, send it at once, note at the end that it was done."""
        def send_all(env):
            digest = env["digest.digest"].search([("name", "=", world.KINDS[0])])
            for user in digest.user_ids:
                env["mail.mail"].create({
                    "subject": world.KINDS[0], "body_html": "figures", "email_to": user.email,
                    "email_from": digest.company_id.email,
                }).send()

        self.workers.in_odoo(send_all)

    # -- what must hold ------------------------------------------------------------------------

    def _doubles(self):
        return sum(number - 1 for number in Counter(self._delivered()).values())

    def _faults(self, doubles=0):
        """What is wrong after everything was sent, one line each.

        :param doubles: how many mails may have come twice
        """
        delivered = Counter(self._delivered())
        found = []
        for kind in world.KINDS:
            number = sum(one == kind for _to, one in delivered)
            if number != PEOPLE:
                found.append(f"{kind}: {number} of {PEOPLE} people got it")
        if self._doubles() > doubles:
            found.append(f"{self._doubles()} doubles")
        states = self.workers.in_odoo(world.states)
        if any(rows != {"sent": PEOPLE} for rows in states.values()):
            found.append(f"the ledgers say {states}")
        return found
