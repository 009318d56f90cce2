"""The Python environment with the locked packages, and Odoo linked into it."""

import hashlib
import shutil
import sys

from .console import as_root, fail, run, say
from .settings import DEV

LOCK = DEV / "requirements.lock"


def _stamp():
    words = LOCK.read_bytes() + sys.version.encode()
    return hashlib.sha256(words).hexdigest()[:16]


def ensure_venv(settings):
    """Create the environment unless it was made from the same lock by the same Python."""
    stamp = settings.venv / ".stamp"
    if not (stamp.exists() and stamp.read_text() == _stamp()):
        if sys.version_info < (3, 10):
            fail("Python 3.10 or newer is needed: run make PYTHON=/path/to/python3.11 …")
        say("making the Python environment (about a minute)")
        shutil.rmtree(settings.venv, ignore_errors=True)
        _make_venv(settings.venv)
        run(
            [settings.venv / "bin/pip", "install", "-q", "--disable-pip-version-check"]
            + ["-r", LOCK],
            log=settings.logs / "pip.log",
        )
        stamp.write_text(_stamp())
    link_odoo(settings)


def _make_venv(folder):
    try:
        import ensurepip  # noqa: F401  (Debian ships it in a package of its own)
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        command = as_root(["apt-get", "install", "-y", "-qq", package])
        if not command:
            fail(f"install {package} first: apt-get install {package}")
        say(f"installing {package}")
        run(command)
    run([sys.executable, "-m", "venv", folder])


def link_odoo(settings):
    """Put the cached Odoo and its metadata into site-packages: pip then knows `odoo 19.0`."""
    if settings.own_odoo:
        return
    site = next((settings.venv / "lib").glob("python3*/site-packages"))
    for name in ("odoo", *(path.name for path in settings.odoo_home.glob("odoo-*.egg-info"))):
        link, target = site / name, settings.odoo_home / name
        if link.is_symlink() and link.readlink() == target:
            continue
        link.unlink(missing_ok=True)
        link.symlink_to(target)
