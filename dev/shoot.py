"""Take a picture of a page of a running Odoo.

    dev/shoot.py --url http://127.0.0.1:8069/odoo --out page.png --login admin --password admin
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
BUSY = """() => !!document.querySelector('.o_loading_indicator, .o_blockUI')
    || (location.pathname.startsWith('/odoo')
        && !document.querySelector('.o_action_manager > *, .o_home_menu'))"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """A headless browser with one logged-in page; use it as a context manager."""

    def __init__(self, base, login=None, password=None, width=1400, height=900, phone=False):
        self.base, self.login, self.password = base.rstrip("/"), login, password
        self.width, self.height, self.phone = width, height, phone
        self.messages = []
        self.reading = set()

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
        # Dashboards read without the indicator of the client.
        self.page.on("request", lambda request: "/web/dataset/" in request.url
                     and self.reading.add(request))
        for over in ("requestfinished", "requestfailed"):
            self.page.on(over, lambda request: self.reading.discard(request))
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
        self._settle()

    def open(self, path, wait=None, clicks=(), timeout=60000):
        """Go to a path, click what is asked for, wait for a selector and for the client.

        :returns: empty text, or what did not happen in time.
        """
        from playwright.sync_api import Error

        url = path if path.startswith("http") else self.base + path
        try:
            self.page.goto(url, timeout=timeout)
            self._settle()
            for selector in clicks:
                self.page.click(selector, timeout=timeout)
                self._settle()
            if wait:
                self.page.wait_for_selector(wait, timeout=timeout)
                self._settle()
        except Error as error:
            return str(error).split("\n")[0]
        return ""

    def _settle(self):
        """Wait until nothing is loading; the bus keeps its connection, so idleness never comes."""
        from playwright.sync_api import Error

        for _attempt in range(80):
            self.page.wait_for_timeout(250)
            try:
                if not self.page.evaluate(BUSY) and not self.reading:
                    break
            except Error:
                continue  # the page is just being replaced by the next one
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


def take(pages, base, login, password):
    """Take pictures of pages.

    :param pages: dictionaries with path, out, wait, clicks, width, height, phone, full.
    :returns: number of pages that did not come up.
    """
    failed = 0
    sizes = {(page["width"], page["height"], page["phone"]) for page in pages}
    for width, height, phone in sorted(sizes):
        with Browser(base, login, password, width, height, phone) as browser:
            for page in pages:
                if (page["width"], page["height"], page["phone"]) == (width, height, phone):
                    failed += one_picture(browser, page)
    return failed


def one_picture(browser, page):
    """Take one picture and say what is wrong with the page; True when it did not come up."""
    browser.messages.clear()
    fault = browser.open(page["path"], page["wait"], page["clicks"])
    print(browser.picture(page["out"], page["full"]), flush=True)
    for message in [*([f"error: {fault}"] if fault else []), *browser.messages]:
        print(f"  {page['path']}: {message}", file=sys.stderr)
    return bool(fault)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="full address of the page, or of the server")
    parser.add_argument("--out", help="PNG to write")
    parser.add_argument("--batch", action="store_true", help="JSON list of pages on standard input")
    parser.add_argument("--login")
    parser.add_argument("--password", help="the login itself unless given")
    parser.add_argument("--click", action="append", default=[], help="selector; may be repeated")
    parser.add_argument("--wait", help="selector that must appear, after the clicks")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--phone", action="store_true", help="390 x 844 with touch")
    parser.add_argument("--full", action="store_true", help="the whole page, not just the window")
    args = parser.parse_args()
    if not args.batch and not args.out:
        parser.error("--out is needed")
    _environment_python()
    width, height = (390, 844) if args.phone else (args.width, args.height)
    one = {
        "path": args.url, "out": args.out, "wait": args.wait, "clicks": args.click,
        "width": width, "height": height, "phone": args.phone, "full": args.full,
    }
    pages = [one | page for page in json.load(sys.stdin)] if args.batch else [one]
    base = "/".join(args.url.split("/")[:3])
    sys.exit(1 if take(pages, base, args.login, args.password or args.login) else 0)


if __name__ == "__main__":
    main()
