"""Programs of the system that Odoo calls: a browser for tests and pictures, a PDF printer."""

from .console import fail, find_program, install, say

# program names that satisfy a need -> the Debian package that brings it
PROGRAMS = {
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("wkhtmltopdf",): "wkhtmltopdf",
}
FONTS = "fonts-dejavu-core"  # a browser without any font draws empty boxes


def missing_packages():
    """Debian packages of the programs that are not there."""
    return [package for names, package in PROGRAMS.items() if not find_program(*names)]


def ensure_programs(required):
    """Install what is missing.

    :param required: stop when that is impossible; otherwise say so and go on.
    """
    missing = missing_packages()
    if not missing:
        return
    install([*missing, FONTS])
    missing = missing_packages()
    sentence = f"{' and '.join(missing)} missing: run 'apt-get install {' '.join(missing)}' as root"
    if missing and required:
        fail(sentence)
    elif missing:
        say(f"note: {sentence}")
