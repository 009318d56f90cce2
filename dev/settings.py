"""Where everything lives and what the person chose through environment variables."""

import hashlib
import os
import re
import sys
from functools import cached_property
from pathlib import Path

from .console import fail

ADDON = "crm_roi"
CHECKOUT = Path(__file__).resolve().parent.parent
DEV = CHECKOUT / "dev"
DEBIAN_LOCK = DEV / "debian.lock"
PYTHON_LOCK = DEV / "requirements.lock"
NEIGHBOURS_LOCK = DEV / "neighbours.lock"


def fingerprint(*parts):
    """Short stable name made of texts and bytes."""
    words = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return hashlib.sha256(b"\0".join(words)).hexdigest()[:8]


def cache_root():
    """The one folder outside the checkout that holds everything the environment makes."""
    chosen = os.environ.get("CRM_ROI_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().resolve() / ADDON


class Settings:
    """Folders and choices of one run; one checkout has its own folders and database names.

    Odoo and the Python environment are in folders named after their lock file, so that a change
    of a lock never pulls them away from under a process of another checkout.
    """

    # everything that may be in the cache folder, so that `make clean` removes nothing else
    PARTS = (
        "odoo-*", "venv-*", "neighbours-*", "odoo", "venv", "postgres", "data", "logs", "links",
        "exports", "run", "downloads", "pycache", "*.lock",
    )

    def __init__(self):
        self.cache = cache_root()
        self.key = fingerprint(CHECKOUT)
        self.odoo_root = self.cache / f"odoo-{fingerprint(DEBIAN_LOCK.read_bytes())}"
        # the environment of a person's own Odoo holds no link to another one: Odoo is a name
        # space, and modules of both would mix
        own = "-own" if os.environ.get("ODOO") else ""
        self.venv = self.cache / f"venv-{fingerprint(PYTHON_LOCK.read_bytes(), sys.version)}{own}"
        self.neighbours = self.cache / f"neighbours-{fingerprint(NEIGHBOURS_LOCK.read_bytes())}"
        self.postgres = self.cache / "postgres"
        self.data = self.cache / "data"
        self.logs = self.cache / "logs" / self.key
        self.links = self.cache / "links" / self.key
        self.exports = self.cache / "exports" / self.key
        self.run = self.cache / "run" / self.key
        self.downloads = self.cache / "downloads"

    def make_folders(self):
        """Create every folder; safe to repeat."""
        for folder in (self.cache, self.data, self.logs, self.links, self.run, self.downloads):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def python(self):
        """Interpreter that runs Odoo: the person's own when they name it, else the locked one."""
        return Path(os.environ.get("ODOO_PYTHON") or self.venv / "bin" / "python")

    @cached_property
    def own_odoo(self):
        """The person's own Odoo folder (it contains the package odoo), or None."""
        chosen = os.environ.get("ODOO")
        if not chosen:
            return None
        path = Path(chosen).expanduser().resolve()
        path = path.parent if path.name == "odoo-bin" else path
        if not (path / "odoo" / "release.py").exists():
            fail(f"ODOO={chosen} holds no Odoo: pass the folder that contains odoo/release.py")
        return path

    @property
    def odoo_home(self):
        """Folder that contains the package odoo."""
        return self.own_odoo or self.odoo_root / "usr/lib/python3/dist-packages"

    def database(self, purpose):
        """Database name for a purpose, for example test or demo; CRM_ROI_DB replaces it."""
        name = os.environ.get("CRM_ROI_DB") or f"{ADDON}_{purpose}_{self.key}"
        if not re.fullmatch(r"[a-z0-9_-]{1,60}", name):
            fail(f"CRM_ROI_DB={name} is no usable name: use lower-case letters, digits, _ and -")
        return name
