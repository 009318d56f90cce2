"""apt with its own sources and state: the machine's configuration is read, never changed."""

import os
import re
from pathlib import Path

from .console import fail, find_program, run

PASS_INSTEAD = (
    "pass the folder of your own Odoo 19 with ODOO=/path/to/odoo, and its interpreter with"
    " ODOO_PYTHON=/path/to/python"
)
APT = Path("/etc/apt")
RELEASE = Path("/etc/os-release")


def read_deb822(text):
    """Sources of a deb822 file (`Types: deb …`): list of dictionaries uri, suites, signed_by."""
    sources = []
    for stanza in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        # `Name: value`; a line that starts with a blank continues the value
        pairs = re.findall(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza)
        fields = {key.lower(): value.strip() for key, value in pairs}
        active = "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no"
        if active and "main" in fields.get("components", "").split():
            sources.append(
                {
                    "uri": fields["uris"].split()[0],
                    "suites": fields["suites"].split(),
                    "signed_by": fields.get("signed-by", ""),
                }
            )
    return sources


def read_one_line(text):
    """Sources of a classic file (`deb [options] uri suite components`), in the same form."""
    sources = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)", line.split("#")[0])
        if match and "main" in match[4].split():
            signed = re.search(r"signed-by=(\S+)", match[1] or "")
            sources.append(
                {"uri": match[2], "suites": [match[3]], "signed_by": signed[1] if signed else ""}
            )
    return sources


def machine_sources():
    """All active sources of the machine that carry the component main."""
    sources = []
    for path in sorted([APT / "sources.list", *(APT / "sources.list.d").glob("*")]):
        if path.suffix == ".sources":
            sources += read_deb822(path.read_text())
        elif path.suffix == ".list" and path.exists():
            sources += read_one_line(path.read_text())
    return sources


def own_source():
    """(source, suite) of the machine's own Debian release, or stop saying what to pass instead."""
    text = RELEASE.read_text() if RELEASE.exists() else ""
    words = dict(re.findall(r'(?m)^(\w+)="?([^"\n]*)"?$', text))
    if words.get("ID") != "debian" or not (find_program("apt-get") and find_program("dpkg")):
        fail(f"this machine is not Debian, so Odoo cannot be fetched: {PASS_INSTEAD}")
    names = {words.get("VERSION_CODENAME"), "stable", "testing", "unstable", "sid"}
    for source in machine_sources():
        for suite in source["suites"]:
            if suite in names:
                return source, suite
    fail(f"/etc/apt names no Debian source for this release: {PASS_INSTEAD}")


class PrivateApt:
    """Reads the machine's release and sid; apt checks every signature as it always does."""

    def __init__(self, folder):
        source, self.own_suite = own_source()
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        signed = f"Signed-By: {source['signed_by']}\n" if source["signed_by"] else ""
        suites = " ".join(sorted({"sid", self.own_suite}))
        (folder / "debian.sources").write_text(
            f"Types: deb\nURIs: {source['uri']}\nSuites: {suites}\nComponents: main\n{signed}"
        )
        words = [
            f"Dir::Etc::sourcelist={folder}/debian.sources",
            "Dir::Etc::sourceparts=/nonexistent",
            "Dir::Etc::preferencesparts=/nonexistent",
            f"Dir::State::Lists={folder}/lists",
            f"Dir::Cache={folder}/cache",
            "Acquire::Languages=none",
        ]
        if os.geteuid() == 0:
            words.append("APT::Sandbox::User=root")  # the cache may be closed to the user _apt
        self.options = [part for word in words for part in ("-o", word)]

    def update(self):
        """Fetch the package lists."""
        run(["apt-get", *self.options, "update", "-q"])

    def versions(self, package, origin):
        """Versions served of a package, newest first.

        :param origin: `sid`, or `own` for the machine's release.
        """
        suite = "sid" if origin == "sid" else self.own_suite
        found = []
        for line in run(["apt-cache", *self.options, "madison", package]).splitlines():
            columns = [column.strip() for column in line.split("|")]
            if len(columns) == 3 and f" {suite}/main" in columns[2]:
                found.append(columns[1])
        return found

    def download(self, wanted, folder):
        """Download packages named `name=version` into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        run(["apt-get", *self.options, "download", "-q", *wanted], cwd=folder)
