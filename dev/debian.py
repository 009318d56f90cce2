"""Odoo 19 and the files it links to, from Debian packages unpacked into the cache."""

import os
import shutil

from .apt import PASS_INSTEAD, PrivateApt
from .console import fail, run, say
from .settings import DEBIAN_LOCK

STRIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
STUB = "// Debian strips this library; only the blurring of video backgrounds needs it\n"


def read_lock():
    """Locked packages as a list of (name, version, origin); origin is `sid` or `own`."""
    lines = (line.split("#")[0].split() for line in DEBIAN_LOCK.read_text().splitlines())
    return [tuple(words) for words in lines if words]


def choose_version(name, locked, served):
    """The locked version if it is still served, else the newest of the same Odoo series.

    :returns: (version, note); the note is empty unless the lock could not be kept.
    """
    if locked in served:
        return locked, ""
    usable = [v for v in served if name != "odoo-19" or v.startswith("19.0")]
    if not usable:
        fail(f"Debian serves no usable {name} any more: {PASS_INSTEAD}")
    return usable[0], f"NOTE: {name} {locked} is not served here, taking {usable[0]} instead"


def ensure_odoo(settings):
    """Unpack Odoo 19 into the cache unless that was done from the same lock file."""
    root = settings.odoo_root
    if not root.exists():
        say("fetching Odoo 19 from Debian (about 130 MB)")
        packages = settings.downloads / "debs"
        shutil.rmtree(packages, ignore_errors=True)
        apt = PrivateApt(settings.downloads / "apt")
        apt.update()
        wanted = []
        for name, locked, origin in read_lock():
            version, note = choose_version(name, locked, apt.versions(name, origin))
            wanted.append(f"{name}={version}")
            if note:
                say(note)
        apt.download(wanted, packages)
        say("unpacking Odoo")
        fresh = root.with_name(f"{root.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for package in sorted(packages.glob("*.deb")):
            run(["dpkg", "-x", package, fresh])
        shutil.rmtree(packages)
        mend_odoo(fresh)
        fresh.rename(root)
    point(settings.cache / "odoo", root)


def point(link, target):
    """Let a link show the version in use; for people, no program follows it."""
    if not (link.is_symlink() and link.readlink() == target):
        shutil.rmtree(link) if link.is_dir() and not link.is_symlink() else link.unlink(True)
        link.symlink_to(target)


def mend_odoo(root):
    """Add the file that Debian stripped, drop copies, and check that no link dangles."""
    home = root / "usr/lib/python3/dist-packages"
    for name in ("addons", "doc", "setup"):  # copies of the Python files, without data
        shutil.rmtree(home / name, ignore_errors=True)
    stub = home / "odoo/addons" / STRIPPED
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text(STUB)
    dangling = []
    for path in filter(lambda each: each.is_symlink(), root.rglob("*")):
        target = os.readlink(path)
        if target.startswith("/") and (root / target[1:]).exists():
            path.unlink()
            path.symlink_to(os.path.relpath(root / target[1:], path.parent))
        elif not path.exists() and "point_of_sale" not in path.parts:
            dangling.append(str(path.relative_to(home)))
    if dangling:
        fail(
            "Odoo links to files of packages that dev/debian.lock does not name:\n  "
            + "\n  ".join(dangling[:10])
        )
