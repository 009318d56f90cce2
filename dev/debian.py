"""Odoo 19 and what it links to from Debian, unpacked into the cache; system programs by apt."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from .console import as_root, fail, find_program, run, say
from .settings import DEV

LOCK = DEV / "debian.lock"
STUB = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
PASS_INSTEAD = (
    "pass a folder of your own Odoo 19 with ODOO=/path/to/odoo (and its interpreter with"
    " ODOO_PYTHON=/path/to/python if it has one)"
)
# program names that satisfy a need -> the package that brings it
PROGRAMS = {
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("wkhtmltopdf",): "wkhtmltopdf",
}


def install_programs(required=True):
    """Install the browser and the PDF tool when they are missing.

    :param required: stop when they cannot be installed; otherwise say so and go on.
    """
    missing = [package for names, package in PROGRAMS.items() if not find_program(*names)]
    if not missing:
        return
    sentence = f"install {' and '.join(missing)} yourself: apt-get install {' '.join(missing)}"
    command = as_root(["apt-get", "install", "-y", "-qq", "--no-install-recommends"])
    if find_program("apt-get") and command:
        say(f"installing {', '.join(missing)} with apt-get")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        update = as_root(["apt-get", "update", "-qq"])
        for args in (update, [*command, *missing, "fonts-dejavu-core"]):
            subprocess.run(
                args, check=False, env=environment, stdout=subprocess.DEVNULL,
                stdin=None if command[0] != "apt-get" else subprocess.DEVNULL,
            )
        missing = [package for names, package in PROGRAMS.items() if not find_program(*names)]
    if missing and required:
        fail(sentence)
    elif missing:
        say(f"note: {sentence}")


def read_lock():
    """Locked packages as a list of (name, version, origin); origin is `sid` or `own`."""
    lines = (line.split("#")[0].split() for line in LOCK.read_text().splitlines())
    return [tuple(words) for words in lines if words]


def machine_sources():
    """The machine's Debian sources as a list of dictionaries (uris, suites, options)."""
    apt = Path("/etc/apt")
    sources = []
    for path in sorted([apt / "sources.list", *(apt / "sources.list.d").glob("*")]):
        if path.suffix == ".sources":
            sources += _read_deb822(path.read_text())
        elif path.suffix == ".list" and path.exists():
            sources += _read_one_line(path.read_text())
    return sources


def _read_deb822(text):
    sources = []
    for stanza in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        # a continuation line starts with a blank; a key is `Name: value`
        pairs = re.findall(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza)
        fields = {key.lower(): value.strip() for key, value in pairs}
        usable = "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no"
        if usable and "main" in fields.get("components", "").split():
            sources.append(
                {
                    "uri": fields["uris"].split()[0],
                    "suites": fields["suites"].split(),
                    "signed_by": fields.get("signed-by", ""),
                }
            )
    return sources


def _read_one_line(text):
    sources = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)", line.split("#")[0])
        if match and "main" in match[4].split():
            signed = re.search(r"signed-by=(\S+)", match[1] or "")
            sources.append(
                {
                    "uri": match[2],
                    "suites": [match[3]],
                    "signed_by": signed[1] if signed else "",
                }
            )
    return sources


def _own_source():
    """The machine's main Debian source and its suite, or stop saying what to pass instead."""
    release = Path("/etc/os-release")
    words = dict(re.findall(r'(?m)^(\w+)="?([^"\n]*)"?$', release.read_text())) if release.exists() else {}
    if words.get("ID") != "debian" or not find_program("apt-get") or not find_program("dpkg"):
        fail(f"this machine is not Debian, so Odoo cannot be fetched: {PASS_INSTEAD}.")
    names = {words.get("VERSION_CODENAME"), "stable", "testing", "unstable", "sid"} - {None}
    for source in machine_sources():
        for suite in source["suites"]:
            if suite in names:
                return source, suite
    fail(f"no Debian source for {words.get('VERSION_CODENAME')} was found in /etc/apt: {PASS_INSTEAD}.")


class PrivateApt:
    """apt with its own sources and state: the system's configuration is read, never changed."""

    def __init__(self, folder):
        source, self.own_suite = _own_source()
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        suites = sorted({"sid", self.own_suite})
        signed = f"Signed-By: {source['signed_by']}\n" if source["signed_by"] else ""
        (folder / "debian.sources").write_text(
            f"Types: deb\nURIs: {source['uri']}\nSuites: {' '.join(suites)}\n"
            f"Components: main\n{signed}"
        )
        self.options = [
            *("-o", f"Dir::Etc::sourcelist={folder}/debian.sources"),
            *("-o", "Dir::Etc::sourceparts=/nonexistent"),
            *("-o", "Dir::Etc::preferencesparts=/nonexistent"),
            *("-o", f"Dir::State::Lists={folder}/lists"),
            *("-o", f"Dir::Cache={folder}/cache"),
            *("-o", "APT::Get::List-Cleanup=0", "-o", "Acquire::Languages=none"),
            *(("-o", "APT::Sandbox::User=root") if os.geteuid() == 0 else ()),
        ]

    def update(self):
        """Fetch the lists; apt checks their signatures."""
        run(["apt-get", *self.options, "update", "-q"])

    def versions(self, package, origin):
        """Versions of a package in the wanted suite, newest first."""
        suite = "sid" if origin == "sid" else self.own_suite
        found = []
        for line in run(["apt-cache", *self.options, "madison", package]).splitlines():
            columns = [column.strip() for column in line.split("|")]
            if len(columns) == 3 and f" {suite}/main" in columns[2]:
                found.append(columns[1])
        return found

    def download(self, wanted, folder):
        """Download `name=version` words into a folder; apt checks their hashes."""
        folder.mkdir(parents=True, exist_ok=True)
        run(["apt-get", *self.options, "download", "-q", *wanted], cwd=folder)


def choose_version(name, locked, available):
    """The locked version if it is still served, else the newest of the same Odoo series.

    :returns: (version, note); the note is empty unless the lock could not be kept.
    """
    if locked in available or (locked == "*" and available):
        return (locked if locked in available else available[0]), ""
    usable = [v for v in available if name != "odoo-19" or v.startswith("19.0")]
    if not usable:
        fail(f"Debian serves no usable {name} any more: {PASS_INSTEAD}.")
    return usable[0], f"NOTE: {name} {locked} is gone; using {usable[0]}. Update dev/debian.lock."


def odoo_stamp():
    """Fingerprint of what the unpacked Odoo was made from."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]


def ensure_odoo(settings):
    """Unpack Odoo 19 into the cache unless that was done from the same lock file."""
    stamp = settings.odoo_root / ".stamp"
    if stamp.exists() and stamp.read_text() == odoo_stamp():
        return
    say("fetching Odoo 19 from Debian (about 130 MB)")
    apt = PrivateApt(settings.downloads / "apt")
    apt.update()
    wanted = []
    for name, locked, origin in read_lock():
        version, note = choose_version(name, locked, apt.versions(name, origin))
        if note:
            say(note)
        wanted.append(f"{name}={version}")
    packages = settings.downloads / "debs"
    shutil.rmtree(packages, ignore_errors=True)
    apt.download(wanted, packages)
    say("unpacking Odoo")
    fresh = settings.odoo_root.with_name("odoo.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for package in sorted(packages.glob("*.deb")):
        run(["dpkg", "-x", package, fresh])
    shutil.rmtree(packages)
    mend_odoo(fresh)
    (fresh / ".stamp").write_text(odoo_stamp())
    shutil.rmtree(settings.odoo_root, ignore_errors=True)
    fresh.rename(settings.odoo_root)


def mend_odoo(root):
    """Add the file that Debian stripped and check that no link the web client needs dangles."""
    addons = root / "usr/lib/python3/dist-packages/odoo/addons"
    if not addons.is_dir():
        addons = root / "usr/lib/python3/dist-packages/addons"
    for base in (addons, addons.parent.parent / "addons"):
        stub = base / STUB
        if (base / "mail").is_dir() and not stub.exists():
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text("// stripped by Debian; video backgrounds are not available\n")
    _make_links_relative(root)
    dangling = [
        path for path in root.rglob("*")
        if path.is_symlink() and not path.exists() and "point_of_sale" not in path.parts
    ]
    if dangling:
        names = "\n  ".join(str(path.relative_to(root)) for path in dangling[:10])
        fail(f"files that Odoo links to are missing; add their package to dev/debian.lock:\n  {names}")


def _make_links_relative(root):
    """Point absolute links of the packages into the unpacked root."""
    for path in root.rglob("*"):
        if path.is_symlink():
            target = os.readlink(path)
            if target.startswith("/") and (root / target[1:]).exists():
                path.unlink()
                path.symlink_to(os.path.relpath(root / target[1:], path.parent))
