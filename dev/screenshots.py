"""Pictures of the demo's pages; the list below says which."""

import json
import subprocess
from collections import namedtuple
from pathlib import Path

from .console import fail, say
from .odoo import Odoo
from .settings import CHECKOUT, DEV

WINDOW, PHONE = (1400, 900), (390, 844)
IMAGES = "static/description"

# name: also the file's name; path: below the server's address, or action:XMLID;
# wait: selector that shows that the page is complete; size; folder below the checkout
Page = namedtuple("Page", "name path wait clicks size folder", defaults=("", (), WINDOW, IMAGES))

KPIS = "action:crm_roi.crm_kpi_snapshot_action"
STUDIES, CHART = "/odoo/roi-studies", ".o_roi_chart_canvas canvas"
PIVOT, GRAPH = ".o_pivot table", ".o_graph_canvas_container canvas"
BOARDS, TALL = "/odoo/dashboards", (1400, 1500)


def board(name):
    """Where a spreadsheet dashboard is found."""
    return BOARDS, ".o_renderer canvas", (f".o_search_panel_field li[data-name='{name}']",)


PAGES = (
    Page("kpi_overview", KPIS, PIVOT),
    Page("kpi_overview_graph", KPIS, GRAPH, (".o_switch_view.o_graph",)),
    Page("kpi_leads", f"{KPIS}_leads", PIVOT),
    Page("kpi_sales", f"{KPIS}_sales", PIVOT),
    Page("kpi_pipeline", f"{KPIS}_pipeline", PIVOT),
    Page("kpi_orders", f"{KPIS}_orders", PIVOT),
    Page("kpi_board", "/odoo/kpi-board", ".o_kanban_record"),
    Page("kpi_targets", "/odoo/kpi-targets", ".o_list_view"),
    Page("report_kit", "/odoo/report-kits/1", ".o_form_view .badge"),
    Page("report_kit_preview", "/odoo/report-kits/1", ".modal [name='body'] h2",
         ("button[name='action_preview']",), (1400, 1500)),
    Page("kpi_dictionary", "action:crm_roi.crm_kpi_action", ".o_list_view"),
    Page("roi_study", f"{STUDIES}/1", CHART, (), (1400, 1500)),
    Page("roi_study_phone", f"{STUDIES}/1", CHART, (), PHONE),
    Page("roi_features", "action:crm_roi.crm_roi_feature_action", ".o_list_view"),
    Page("roi_channels", "/odoo/channels", PIVOT),
    Page("score_proof", "/odoo/lead-scoring-proof/1", ".o_form_view"),
    Page("funnel", "/odoo/funnel", ".o_crm_funnel_canvas canvas", (), (1400, 1000)),
    Page("sales_cycle", "/odoo/sales-cycle/1", CHART),
    Page("ticket_panel", "/odoo/action-helpdesk_mgmt.helpdesk_ticket_action_opened/261",
         ".o_customer_panel_tier"),
    Page("kpi_support", "/odoo/kpi-support", PIVOT),
    Page("customers_slipping", "/odoo/customers-slipping-away", ".o_list_view"),
    Page("dashboard_director", *board("CRM Director"), TALL),
    Page("dashboard_my_sales", *board("My Sales"), TALL),
    Page("dashboard_roi", *board("ROI"), TALL),
    Page("dashboard_customers", *board("Customers"), TALL),
    Page("dashboard_phone", BOARDS, ".o_mobile_dashboard canvas", (), PHONE),
    Page("waiting", "/odoo/waiting-leads", ".o_data_row"),
    Page("log_call", "/odoo/waiting-leads", ".modal .o_form_view",
         (".o_data_row button[name='action_log_call']",)),
    Page("activities", "/odoo/selling-activities", PIVOT),
    Page("kpi_overview_phone", KPIS, PIVOT, (), PHONE),
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
    from . import demo

    odoo = Odoo(settings, settings.database("demo"))
    if not odoo.exists():
        demo.demo(settings)
    running = odoo.server_port()
    port = running or odoo.start_server()
    say(f"taking {len(chosen(only))} pictures")
    pages = [
        {
            "path": address(page), "wait": page.wait, "clicks": page.clicks,
            "out": str((Path(out).absolute() if out else CHECKOUT / page.folder)
                       / f"{page.name}.png"),
            "width": page.size[0], "height": page.size[1], "phone": page.size == PHONE,
        }
        for page in chosen(only)
    ]
    words = [settings.venv / "bin/python", DEV / "shoot.py", "--batch", "--login", "admin",
             "--url", f"http://127.0.0.1:{port}"]
    done = subprocess.run([str(word) for word in words], input=json.dumps(pages), text=True,
                          check=False)
    if not running:
        odoo.stop_server()
    return done.returncode
