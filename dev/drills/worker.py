"""Worker processes of a drill: forked from the shell, each with connections of its own."""

import os
import signal
import sys
import time
import traceback

from odoo import sql_db
from odoo.modules.registry import Registry


class Workers:
    """Starts, kills and awaits workers on one database."""

    def __init__(self, database, log):
        self.database = database
        self.log = log

    # -- statements of the observer ------------------------------------------------------------

    def query(self, statement, params=None):
        """Run a statement in a transaction of its own and return its rows."""
        with sql_db.db_connect(self.database).cursor() as cr:
            cr.execute(statement, params)
            return cr.fetchall() if cr.description else []

    def in_odoo(self, function):
        """Return ``function(env)``, run as the superuser and committed."""
        from odoo import SUPERUSER_ID, api

        registry = Registry(self.database).check_signaling()
        with registry.cursor() as cr:
            result = function(api.Environment(cr, SUPERUSER_ID, {}))
        registry.signal_changes()
        return result

    # -- processes -----------------------------------------------------------------------------

    def start(self, function):
        """Run ``function()`` in a new process and return its number."""
        # A connection that two processes know is closed for both by either of them.
        sql_db.close_all()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            function()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def kill(self, pid):
        """Kill a worker; True when it was still at work."""
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        self.wait_for_backends()
        return os.WIFSIGNALED(status)

    def wait(self, pid, seconds=120):
        """Exit code of a worker; one that does not end is killed and gives None."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.005)
        self.kill(pid)
        return None

    def run(self, function, seconds=120):
        """Run ``function()`` in a new process to its end and return the exit code."""
        return self.wait(self.start(function), seconds)

    # -- the database's side of a worker -------------------------------------------------------

    OTHERS = (
        "datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )

    def wait_for_backends(self, seconds=30):
        """Wait until PostgreSQL has noticed that killed workers are gone."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            sql_db.close_all()
            if not self.query(f"SELECT pid FROM pg_stat_activity WHERE {self.OTHERS}"):
                return
            time.sleep(0.02)
        raise SystemExit("a session of a killed worker does not end")

    def terminate_backends(self):
        """End the sessions of all workers, as a restart of PostgreSQL does; return their number."""
        sql_db.close_all()
        statement = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {self.OTHERS}"
        return len(self.query(statement))
