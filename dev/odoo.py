"""How Odoo is called: configuration, databases, shell and background server."""

import os
import shutil
import socket
import subprocess

from .console import fail, run, say
from .postgres import Postgres
from .settings import ADDON, CHECKOUT

PORTS = range(8069, 8169)


class Odoo:
    """The Odoo of one checkout on one database.

    :param source: folder whose content is the addon; the checkout itself unless told.
    """

    def __init__(self, settings, database, source=CHECKOUT):
        self.settings = settings
        self.database = database
        self.postgres = Postgres(settings)
        self.source = source

    # -- command line -------------------------------------------------------------------------

    def addons_path(self):
        """Folders with addons: ours first, then the person's own Odoo's or none (built in)."""
        link = self.settings.links / self.source.name / ADDON
        link.parent.mkdir(parents=True, exist_ok=True)
        if not (link.is_symlink() and link.readlink() == self.source):
            link.unlink(missing_ok=True)
            link.symlink_to(self.source)
        extra = os.environ.get("ADDONS_PATH", "").split(",")
        return [str(link.parent), *(path for path in extra if path)]

    def config(self):
        """Write the configuration file of this database and return its path."""
        words = self.postgres.connection()
        options = {
            "db_host": words["host"],
            "db_port": words["port"],
            "db_user": words["user"],
            "db_password": words["password"],
            "db_name": self.database,
            "dbfilter": f"^{self.database}$",
            "data_dir": self.settings.data,
            "addons_path": ",".join(self.addons_path()),
            "http_interface": "127.0.0.1",
            "list_db": False,
            "with_demo": False,
            "publisher_warranty_url": "",
            "limit_time_cpu": 3600,
            "limit_time_real": 3600,
        }
        lines = "".join(f"{name} = {value}\n" for name, value in options.items())
        path = self.settings.run / f"{self.database}.conf"
        path.write_text("[options]\n" + lines)
        path.chmod(0o600)
        return path

    def command(self, *words):
        """The command line of Odoo; a sub-command such as shell comes first in words."""
        sub = [words[0]] if words and not words[0].startswith("-") else []
        rest = words[len(sub):]
        return [str(self.settings.python), "-m", "odoo", *sub, "-c", str(self.config()), *rest]

    def environment(self):
        """Environment of Odoo: no stray libpq words, and the right server on the path."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "ODOO_RC"))}
        kept["PYTHONPATH"] = str(self.settings.own_odoo or "")
        return kept

    def call(self, *words, log=None):
        """Run Odoo and stop when it fails."""
        return run(self.command(*words), log=log, env=self.environment(), cwd=self.settings.run)

    # -- databases ----------------------------------------------------------------------------

    def filestore(self, database=None):
        """Folder of a database's attachments."""
        return self.settings.data / "filestore" / (database or self.database)

    def copy_from(self, template):
        """Make this database a copy of another one, attachments included."""
        self.postgres.clone(template, self.database)
        shutil.rmtree(self.filestore(), ignore_errors=True)
        if self.filestore(template).exists():
            shutil.copytree(self.filestore(template), self.filestore(), copy_function=_link)

    def drop(self):
        """Remove this database and its attachments."""
        self.postgres.drop(self.database)
        shutil.rmtree(self.filestore(), ignore_errors=True)

    # -- server -------------------------------------------------------------------------------

    @property
    def pid_file(self):
        """File with the process number and port of the background server."""
        return self.settings.run / f"{self.database}.server"

    def server(self):
        """(process number, port) of the running background server, or None."""
        try:
            pid, port = map(int, self.pid_file.read_text().split())
            words = open(f"/proc/{pid}/cmdline").read()
        except (OSError, ValueError):
            return None
        return (pid, port) if f"{self.database}.conf" in words else None

    def start_server(self, port=None):
        """Start the server in the background and wait until it answers; return its port."""
        if self.server():
            return self.server()[1]
        port = port or free_port()
        log = self.settings.logs / f"{self.database}.server.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                self.command(f"--http-port={port}", "--max-cron-threads=0"),
                stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=self.environment(), cwd=self.settings.run, start_new_session=True,
            )
        self.pid_file.write_text(f"{process.pid} {port}")
        wait_for_server(process, port, log)
        return port

    def stop_server(self):
        """Stop the background server; True when one was running."""
        running = self.server()
        self.pid_file.unlink(missing_ok=True)
        if not running:
            return False
        stop_process(running[0])
        return True


def _link(source, target):
    """Attachments are never changed in place, so a copy may share the file."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def free_port():
    """A free port of this machine, the usual one first."""
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    fail(f"no free port between {PORTS.start} and {PORTS.stop - 1}: pass PORT=…")


def wait_for_server(process, port, log, seconds=120):
    """Wait until the web server answers; stop with the log's end when it does not."""
    import time
    import urllib.request

    for _attempt in range(seconds * 2):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    print("\n".join(log.read_text(errors="replace").splitlines()[-20:]))
    fail(f"Odoo did not start on port {port}, see {log}")


def stop_process(pid, seconds=20):
    """Ask a process to end, insist after a while."""
    import signal
    import time

    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        for _attempt in range(seconds * 5):
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if not os.path.exists(f"/proc/{pid}") or _is_zombie(pid):
                return
            time.sleep(0.2)
    say(f"process {pid} does not end")


def _is_zombie(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
