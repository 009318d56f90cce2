"""Style, XML and text checks; each counts as one check."""

import re
import subprocess

from . import catalogue, dashboards
from .settings import ADDON, CHECKOUT, DEV
from .template import manifest
from .testing import export, git
from .xml_checks import check_csv, check_manifest, check_xml

# rules of pylint-odoo that are about somebody else's house style
NOT_OURS = (
    "attribute-string-redundant,manifest-required-author,manifest-superfluous-key,missing-readme,"
    "no-search-all,no-wizard-in-models,consider-merging-classes-inherited"
)
EXCEPTIONS = DEV / "lint_exceptions.txt"
# addresses that belong to the product: documentation, licence, name spaces, examples
HOSTS = re.compile(
    r"^(127\.0\.0\.1|localhost|www\.|www\.odoo\.com|odoo\.com|github\.com|www\.gnu\.org|www\.w3\.org|"
    r"(\w+\.)*example\.(com|org|net|invalid)|schemas\.openxmlformats\.org|purl\.org|"
    r"odoo-community\.org)$"
)
ADDRESS = re.compile(r"\b(?:https?|ftp|git|ssh)://([\w.-]+)")
# folders of a person's or a build machine; the file system's own (/etc, /usr, /tmp) are fine
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:root|home|work|opt|mnt|srv|Users)/[\w.-]+")
TEXT_SUFFIXES = {
    "", ".py", ".xml", ".csv", ".js", ".scss", ".css", ".md", ".toml", ".txt", ".cfg", ".yml",
    ".yaml", ".json", ".po", ".pot", ".in", ".lock", ".rst", ".sh", ".html",
}


def exceptions():
    """Findings that were looked at and are right: list of (file or folder/, code)."""
    lines = (line.split("#")[0].split() for line in EXCEPTIONS.read_text().splitlines())
    return [tuple(words[:2]) for words in lines if words]


def is_known(known, name, code):
    """True when an exception names this finding."""
    return any(
        code == allowed and (name == place or (place.endswith("/") and name.startswith(place)))
        for place, allowed in known
    )


def run_ruff(settings):
    """Faults that ruff finds in the checkout."""
    done = subprocess.run(
        [settings.venv / "bin/ruff", "check", "--no-cache", "--output-format=concise", "."],
        cwd=CHECKOUT, check=False, capture_output=True, text=True,
    )
    lines = [line for line in done.stdout.splitlines() if re.match(r"\S+:\d+:\d+:", line)]
    return lines if lines or not done.returncode else [done.stderr.strip()]


def run_pylint(settings, folder):
    """Faults that pylint-odoo finds in what ships."""
    link = settings.links / "lint" / ADDON
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    words = [
        *("--load-plugins=pylint_odoo", "--valid-odoo-versions=19.0", "--score=no"),
        *("--disable=all", "--enable=odoolint", f"--disable={NOT_OURS}"),
        "--msg-template={path}:{line}: {symbol}: {msg}",
    ]
    done = subprocess.run(
        [settings.venv / "bin/python", "-m", "pylint", *words, ADDON],
        cwd=link.parent, check=False, capture_output=True, text=True,
    )
    known, faults = exceptions(), []
    for line in done.stdout.splitlines():
        match = re.match(rf"(?:{ADDON}/)?(\S+?):\d+: ([\w-]+):", line)
        if match and not is_known(known, *match.groups()):
            faults.append(line)
    if done.returncode & 32 or "Traceback" in done.stderr:
        faults.append(done.stderr.strip()[-500:])
    return faults


def check_texts(names):
    """Faults of texts: addresses of foreign hosts, paths of one machine, conflict marks."""
    faults = []
    for name in names:
        path = CHECKOUT / name
        if path.suffix not in TEXT_SUFFIXES or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            hosts = [host for host in ADDRESS.findall(line) if not HOSTS.match(host)]
            faults += [f"{name}:{number}: names the host {host}" for host in hosts]
            faults += [f"{name}:{number}: names the path {found}"
                       for found in MACHINE_PATH.findall(line)]
            if re.match(r"(<{7}|>{7}|={7})( |$)", line):
                faults.append(f"{name}:{number}: a mark of a merge conflict")
    return faults


def checked_files():
    """Names of the files that git knows or would add; everything when there is no git."""
    if not (CHECKOUT / ".git").exists():
        found = CHECKOUT.rglob("*")
        return sorted(str(path.relative_to(CHECKOUT)) for path in found if path.is_file())
    return git("ls-files", "-co", "--exclude-standard").decode().splitlines()


def run_all(settings, tally):
    """All checks."""
    folder = export(settings)
    names = checked_files()
    with tally.check("ruff") as faults:
        faults += run_ruff(settings)
    with tally.check("pylint-odoo") as faults:
        faults += run_pylint(settings, folder)
    with tally.check("XML files") as faults:
        files = sorted(folder.rglob("*.xml"))
        faults += check_xml(folder, files)
    with tally.check("CSV data files") as faults:
        files = [path for path in sorted(folder.glob("*/*.csv")) if path.parts[-2] != "demo"]
        faults += check_csv(folder, files)
    with tally.check("manifest") as faults:
        faults += check_manifest(folder, manifest(folder))
    with tally.check("no foreign host, machine path or conflict mark") as faults:
        faults += check_texts(names)
    with tally.check("dashboards are as described in dev/dashboards") as faults:
        faults += [f"{name}: run python3 -m dev dashboards" for name in dashboards.stale()]
    with tally.check("each case of the fault catalogue has a test or drill") as faults:
        faults += catalogue.check()
    with tally.check("Python compiles on the oldest version") as faults:
        faults += check_syntax(settings, names)


def check_syntax(settings, names):
    """Faults of files that Python 3.10 could not read."""
    script = (
        "import ast, sys\n"
        "for name in sys.stdin.read().split('\\n'):\n"
        "    try:\n"
        "        name and ast.parse(open(name).read(), name, feature_version=(3, 10))\n"
        "    except SyntaxError as error:\n"
        "        print(f'{name}:{error.lineno}: {error.msg}')\n"
    )
    files = "\n".join(name for name in names if name.endswith(".py"))
    done = subprocess.run(
        [settings.venv / "bin/python", "-c", script], input=files, cwd=CHECKOUT,
        check=True, capture_output=True, text=True,
    )
    return done.stdout.splitlines()
