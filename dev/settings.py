"""Where everything lives and what the person chose through environment variables."""

import hashlib
import os
import re
from functools import cached_property
from pathlib import Path

ADDON = "crm_roi"
CHECKOUT = Path(__file__).resolve().parent.parent
DEV = CHECKOUT / "dev"


def _cache_root():
    """The one folder outside the checkout that holds everything the environment makes."""
    chosen = os.environ.get("CRM_ROI_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().resolve() / ADDON


class Settings:
    """Folders and choices of one run; one checkout has its own folders and database names."""

    def __init__(self):
        self.cache = _cache_root()
        self.key = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
        self.odoo_root = self.cache / "odoo"
        self.venv = self.cache / "venv"
        self.postgres = self.cache / "postgres"
        self.data = self.cache / "data"
        self.logs = self.cache / "logs" / self.key
        self.links = self.cache / "links" / self.key
        self.exports = self.cache / "exports" / self.key
        self.run = self.cache / "run" / self.key
        self.downloads = self.cache / "downloads"

    def make_folders(self):
        """Create every folder; safe to repeat. The data folder is private: it holds filestores."""
        for folder in (self.cache, self.data, self.logs, self.links, self.run, self.downloads):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def python(self):
        """Interpreter that runs Odoo: the person's own when they name it, else the locked one."""
        return Path(os.environ.get("ODOO_PYTHON") or self.venv / "bin" / "python")

    @cached_property
    def own_odoo(self):
        """The person's own Odoo folder (it contains odoo-bin or an odoo package), or None."""
        chosen = os.environ.get("ODOO")
        if not chosen:
            return None
        path = Path(chosen).expanduser().resolve()
        if path.name == "odoo-bin":
            path = path.parent
        if not (path / "odoo" / "release.py").exists():
            raise SystemExit(
                f"ODOO={chosen} holds no Odoo: pass the folder that contains odoo/release.py."
            )
        return path

    @property
    def odoo_home(self):
        """Folder to put on the Python path so that `import odoo` finds the right server."""
        return self.own_odoo or self.odoo_root / "usr/lib/python3/dist-packages"

    @property
    def own_postgres(self):
        """True when the person points at a PostgreSQL server of theirs."""
        return bool(os.environ.get("PGHOST"))

    def database(self, purpose):
        """Database name for a purpose, for example test or demo; CRM_ROI_DB replaces it."""
        name = os.environ.get("CRM_ROI_DB") or f"{ADDON}_{purpose}_{self.key}"
        if not re.fullmatch(r"[a-z0-9_.-]{1,60}", name):
            raise SystemExit(
                f"CRM_ROI_DB={name} is no usable database name: use lower-case letters, digits, _ . -"
            )
        return name
