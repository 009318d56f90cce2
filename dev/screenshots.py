"""Pictures of the demo's pages; the list below says which."""

from collections import namedtuple
from pathlib import Path

from .console import fail, say
from .odoo import Odoo
from .settings import CHECKOUT

WINDOW, PHONE = (1400, 900), (390, 844)
IMAGES = "static/description"

# name: also the file's name; path: below the server's address, or action:XMLID;
# wait: selector that shows that the page is complete; size; folder below the checkout
Page = namedtuple("Page", "name path wait clicks size folder", defaults=("", (), WINDOW, IMAGES))

PAGES = (
    Page("kpi_pivot", "action:crm_roi.crm_kpi_snapshot_action", ".o_pivot table"),
    Page("kpi_graph", "action:crm_roi.crm_kpi_snapshot_action", ".o_graph_renderer canvas",
         (".o_switch_view.o_graph",)),
    Page("kpi_dictionary", "action:crm_roi.crm_kpi_action", ".o_list_view"),
    Page("pipeline", "/odoo/crm", ".o_kanban_view"),
    Page("kpi_pivot_phone", "action:crm_roi.crm_kpi_snapshot_action", ".o_pivot table", (), PHONE),
)


def address(page):
    """Path of a page below the server's address."""
    kind, _colon, name = page.path.partition(":")
    return f"/odoo/action-{name}" if kind == "action" else page.path


def chosen(only):
    """The pages whose name contains the given text."""
    pages = [page for page in PAGES if not only or only in page.name]
    if not pages:
        fail(f"no page is called {only}; there are {', '.join(page.name for page in PAGES)}")
    return pages


def run(settings, out=None, only=None):
    """Take the pictures of the running demo, building the demo first when there is none.

    :param out: folder for all pictures, instead of where each belongs.
    :returns: 1 when a page failed, else 0.
    """
    from . import demo, shoot

    odoo = Odoo(settings, settings.database("demo"))
    if not odoo.exists():
        demo.demo(settings)
    running = odoo.server_port()
    port = running or odoo.start_server()
    failed = 0
    for page in chosen(only):
        target = (Path(out) if out else CHECKOUT / page.folder) / f"{page.name}.png"
        words = [
            *("--url", f"http://127.0.0.1:{port}{address(page)}", "--out", target),
            *("--login", "admin", "--width", page.size[0], "--height", page.size[1]),
            *(("--wait", page.wait) if page.wait else ()),
            *(part for selector in page.clicks for part in ("--click", selector)),
            *(("--phone",) if page.size == PHONE else ()),
        ]
        failed += shoot.call(settings, words)
        say(f"{page.name}: {target}")
    if not running:
        odoo.stop_server()
    return 1 if failed else 0
