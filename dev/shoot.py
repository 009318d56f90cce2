"""Take a picture of a page of a running Odoo.

    dev/shoot.py --url http://127.0.0.1:8069/odoo --out page.png --login admin --password admin
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """A headless browser with one logged-in page; use it as a context manager."""

    def __init__(self, base, login=None, password=None, width=1400, height=900, phone=False):
        self.base, self.login, self.password = base.rstrip("/"), login, password
        self.width, self.height, self.phone = width, height, phone
        self.messages = []

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        executable = next((path for path in map(shutil.which, BROWSERS) if path), None)
        if not executable:
            raise SystemExit("error: no browser: apt-get install chromium")
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        context = self.browser.new_context(
            viewport={"width": self.width, "height": self.height},
            is_mobile=self.phone, has_touch=self.phone, reduced_motion="reduce",
        )
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        if self.login:
            self._log_in()
        return self

    def __exit__(self, *_error):
        self.browser.close()
        self.playwright.stop()

    def _note(self, message):
        if message.type == "error":
            self.messages.append(f"{message.type}: {message.text}")

    def _log_in(self):
        self.page.goto(f"{self.base}/web/login")
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", self.password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/web/login" not in url, timeout=60000)

    def open(self, path, wait=None, clicks=(), timeout=60000):
        """Go to a path, wait until the client is idle, click what is asked for."""
        url = path if path.startswith("http") else self.base + path
        self.page.goto(url, timeout=timeout)
        self._settle(wait, timeout)
        for selector in clicks:
            self.page.click(selector, timeout=timeout)
            self._settle(None, timeout)

    def _settle(self, wait, timeout):
        if wait:
            self.page.wait_for_selector(wait, timeout=timeout)
        self.page.wait_for_load_state("load", timeout=timeout)
        # the long-polling bus may keep the network busy, so idleness is only hoped for
        for _attempt in range(40):
            self.page.wait_for_timeout(250)
            busy = self.page.evaluate(
                "() => !!document.querySelector('.o_loading, .o_loading_indicator, .o_blockUI')"
                " || (location.pathname.startsWith('/odoo') && !document.querySelector("
                "'.o_action_manager > *, .o_home_menu'))"
            )
            if not busy:
                break
        self.page.wait_for_timeout(500)

    def picture(self, out, full=False):
        """Save a PNG and return its path."""
        Path(out).parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(out), full_page=full)
        return out


def _environment_python():
    """Run this file with the environment's Python when the present one has no Playwright."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        from dev.settings import Settings

        python = Settings().venv / "bin" / "python"
        if Path(sys.prefix) == python.parent.parent or not python.exists():
            raise SystemExit("error: run 'python3 -m dev setup' first") from None
        os.execv(python, [str(python), __file__, *sys.argv[1:]])


def call(settings, words):
    """Run this file in a process of its own with the environment's Python; return its code."""
    command = [settings.venv / "bin/python", __file__, *words]
    return subprocess.run([str(word) for word in command], check=False).returncode


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="full address of the page")
    parser.add_argument("--out", required=True, help="PNG to write")
    parser.add_argument("--login")
    parser.add_argument("--password", help="the login itself unless given")
    parser.add_argument("--click", action="append", default=[], help="selector; may be repeated")
    parser.add_argument("--wait", help="selector that must appear first")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--phone", action="store_true", help="390 x 844 with touch")
    parser.add_argument("--full", action="store_true", help="the whole page, not just the window")
    args = parser.parse_args()
    _environment_python()
    base = "/".join(args.url.split("/")[:3])
    width, height = (390, 844) if args.phone else (args.width, args.height)
    password = args.password or args.login
    with Browser(base, args.login, password, width, height, args.phone) as browser:
        browser.open(args.url, args.wait, args.click)
        print(browser.picture(args.out, args.full))
        for message in browser.messages:
            print(f"console {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
