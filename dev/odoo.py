"""How Odoo is called: configuration, databases, scripts and background server."""

import os
import shutil
import subprocess

from .console import fail, run, say
from .postgres import Postgres
from .processes import free_port, is_alive, stop_process, wait_for_server
from .settings import ADDON, CHECKOUT, DEV


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class Odoo:
    """The Odoo of one checkout on one database.

    :param source: folder whose content is the addon; the checkout itself unless told.
    """

    def __init__(self, settings, database, source=CHECKOUT):
        self.settings = settings
        self.database = database
        self.postgres = Postgres(settings)
        self.source = source
        self.pid_file = settings.run / f"{database}.server"

    # -- command line -------------------------------------------------------------------------

    def addons_path(self):
        """Folders with addons: a link that gives the checkout its technical name, then ADDONS_PATH.

        The link is outside the checkout, because Odoo's own checks walk addon folders.
        """
        link = self.settings.links / self.source.name / ADDON
        link.parent.mkdir(parents=True, exist_ok=True)
        if not (link.is_symlink() and link.readlink() == self.source):
            link.unlink(missing_ok=True)
            link.symlink_to(self.source)
        paths = [str(link.parent)]
        if self.settings.own_odoo and (self.settings.own_odoo / "addons").is_dir():
            paths.append(str(self.settings.own_odoo / "addons"))
        paths.append(str(self.settings.neighbours / "odoo/addons"))
        return paths + [path for path in os.environ.get("ADDONS_PATH", "").split(",") if path]

    def config(self):
        """Write the configuration file of this database and return its path."""
        words = self.postgres.connection
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
            # a development server tells nobody that it exists
            "publisher_warranty_url": "",
            "limit_time_cpu": 3600,
            "limit_time_real": 3600,
        }
        lines = "".join(f"{name} = {value}\n" for name, value in options.items())
        path = self.settings.run / f"{self.database}.conf"
        path.touch(mode=0o600)
        path.write_text(f"[options]\n{lines}")
        return path

    def command(self, *words):
        """The command line of Odoo; a sub-command such as shell comes first in words."""
        sub = words[:1] if words and not words[0].startswith("-") else ()
        config = ("-c", str(self.config()))
        return [str(self.settings.python), "-m", "odoo", *sub, *config, *words[len(sub):]]

    def environment(self):
        """Environment of Odoo: the chosen server on the path, compiled files in the cache."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "ODOO_"))}
        env |= {k: v for k, v in os.environ.items() if k.startswith(("PGSSL", "PGPASSFILE"))}
        paths = [str(self.settings.own_odoo or ""), os.environ.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        env["PYTHONPYCACHEPREFIX"] = str(self.settings.cache / "pycache")
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        return env

    def call(self, *words, log=None):
        """Run Odoo to its end and stop when it fails."""
        return run(self.command(*words), log=log, env=self.environment(), cwd=self.settings.run)

    def script(self, name, *, show=False, **variables):
        """Run a script of dev/scripts in Odoo's shell on this database and return its output.

        :param show: let the person see the output as it comes; nothing is returned then.
        :param variables: texts that the script finds in os.environ.
        """
        command = self.command("shell", "--no-http", "--log-level=warn")
        with (DEV / "scripts" / f"{name}.py").open() as stream:
            options = {"stdin": stream, "env": self.environment() | variables}
            if show:
                if subprocess.run(command, check=False, **options).returncode:
                    fail(f"the script {name} stopped, see above")
                return None
            return run(command, **options)

    # -- databases ----------------------------------------------------------------------------

    def exists(self):
        """True when the database is there."""
        return self.database in self.postgres.databases()

    def filestore(self, database=None):
        """Folder of a database's attachments."""
        return self.settings.data / "filestore" / (database or self.database)

    def copy_from(self, template):
        """Make this database a copy of another one, attachments included."""
        self.postgres.clone(template, self.database)
        shutil.rmtree(self.filestore(), ignore_errors=True)
        if self.filestore(template).exists():
            # A file is named after its content and never changed: a second name is a copy.
            shutil.copytree(self.filestore(template), self.filestore(), copy_function=_link)

    def drop(self):
        """Remove this database and its attachments."""
        self.postgres.drop(self.database)
        shutil.rmtree(self.filestore(), ignore_errors=True)

    # -- server -------------------------------------------------------------------------------

    @property
    def server_log(self):
        """Log file of the background server."""
        return self.settings.logs / f"{self.database}.server.log"

    def server_port(self):
        """Port of the running background server, or None."""
        try:
            pid, port = map(int, self.pid_file.read_text().split())
        except (OSError, ValueError):
            return None
        return port if is_alive(pid, f"{self.database}.conf") else None

    def start_server(self, port=None, *words):
        """Start the server in the background, wait until it answers and return its port."""
        running = self.server_port()
        if running:
            return running
        # each checkout looks from a place of its own, so that two starts do not collide
        port = port or free_port(9000 + int(self.settings.key, 16) % 900)
        words = self.command(f"--http-port={port}", "--max-cron-threads=0", *words)
        with self.server_log.open("w") as stream:
            process = subprocess.Popen(
                words, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=self.environment(), cwd=self.settings.run, start_new_session=True,
            )
        self.pid_file.write_text(f"{process.pid} {port}")
        wait_for_server(process, port, self.server_log)
        return port

    def stop_server(self):
        """Stop the background server; True when one was running."""
        running = self.server_port()
        if running:
            stop_process(int(self.pid_file.read_text().split()[0]))
            say(f"stopped the server on port {running}")
        self.pid_file.unlink(missing_ok=True)
        return bool(running)
