"""The Python environment with the locked packages, and Odoo linked into it."""

import importlib.util
import shutil
import sys

from .console import fail, install, run, say
from .debian import point
from .settings import DEV, NEIGHBOURS_LOCK, PYTHON_LOCK

MINIMUM = (3, 10)


def ensure_venv(settings):
    """Create the environment unless it was made from the same lock by the same Python."""
    folder = settings.venv
    done = folder / ".complete"
    if not done.exists():
        if sys.version_info < MINIMUM:
            fail("Python 3.10 or newer is needed: pass PYTHON=/path/to/python3 to make")
        say("making the Python environment (about a minute)")
        make_venv(folder)
        words = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", PYTHON_LOCK]
        run([folder / "bin/python", *words], log=settings.logs / "pip.log")
        done.touch()
    if not settings.own_odoo:
        link_odoo(settings)
        point(settings.cache / "venv", folder)


def make_venv(folder, python=sys.executable):
    """An empty environment; Debian keeps what this needs in a package of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    if python == sys.executable and not importlib.util.find_spec("ensurepip"):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not install([package]):
            fail(f"{package} missing: run 'apt-get install {package}' as root")
    run([python, "-m", "venv", folder])


def link_odoo(settings):
    """Put the cached Odoo and its metadata into site-packages: pip then knows `odoo 19.0`."""
    site = next(settings.venv.glob("lib/python3*/site-packages"))
    names = ["odoo", *(path.name for path in settings.odoo_home.glob("odoo-*.egg-info"))]
    for name in names:
        link, target = site / name, settings.odoo_home / name
        if not (link.is_symlink() and link.readlink() == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def ensure_neighbours(settings):
    """Unpack the locked wheels into a folder of addons, without what they depend on.

    Needs no Odoo in the environment, so it also serves a person's own Odoo.
    """
    folder = settings.neighbours
    if folder.exists():
        return
    say("fetching the addons that tests run beside")
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    pip = [settings.venv / "bin/python", "-m", "pip", "--disable-pip-version-check", "install"]
    words = ["-q", "--no-deps", "--target", fresh, "-r", NEIGHBOURS_LOCK]
    run([*pip, *words], log=settings.logs / "neighbours.log")
    fresh.rename(folder)


def write_lock(settings, pythons):
    """Resolve dev/requirements.in anew and write dev/requirements.lock.

    :param pythons: interpreters, newest first; where they disagree a line says for which it is.
    """
    frozen = {}
    for python in pythons:
        folder = settings.cache / "venv-lock"
        say(f"resolving the requirements with {python}")
        make_venv(folder, python)
        pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check"]
        run([*pip, "install", "-q", "-r", DEV / "requirements.in"])
        version = run([folder / "bin/python", "--version"]).split()[1].rpartition(".")[0]
        frozen[version] = run([*pip, "freeze"]).splitlines()
        shutil.rmtree(folder)
    PYTHON_LOCK.write_text("\n".join(merge_frozen(frozen)) + "\n")


def merge_frozen(frozen):
    """Lock lines of one or two Pythons ({version: lines}); the newer one stands for all above."""
    newest, *older = frozen
    lines = ["# Exact versions of the Python environment; `python3 -m dev lock` makes this file."]
    for line in sorted({line for each in frozen.values() for line in each}, key=str.lower):
        holders = [version for version in frozen if line in frozen[version]]
        if len(holders) == len(frozen):
            lines.append(line)
        elif holders == [newest]:
            lines.append(f'{line} ; python_version >= "{newest}"')
        else:
            lines.append(f'{line} ; python_version < "{newest}"')
    return lines
