# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Leaving a report kit from its mail, without logging in.

Mail programs and scanners open links: opening this one only asks. What unsubscribes is a POST, of
the button or of the mail program itself (RFC 8058, ``List-Unsubscribe-Post``). The signature in the
address is the recipient's; whoever has another one learns nothing, not even whether there is
such a kit.
"""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import consteq

ADDRESS = "/crm_roi/report_kit/<int:recipient_id>/<string:token>/unsubscribe"
# The address is a secret of the recipient: it is not told to others, nor kept by search machines.
HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


class KpiReportUnsubscribe(http.Controller):
    @http.route(ADDRESS, type="http", auth="public", methods=["GET"], readonly=True)
    def ask(self, recipient_id, token, **_values):
        """A page that asks whether to stop; it changes nothing."""
        recipient = _recipient(recipient_id, token)
        return _page(recipient, done=bool(recipient.unsubscribed_at))

    # Without csrf token: a mail program posts from outside; the signature stands for it.
    @http.route(ADDRESS, type="http", auth="public", methods=["POST"], csrf=False)
    def unsubscribe(self, recipient_id, token, **_values):
        """Stop sending the kit to the recipient. Done twice it changes nothing."""
        recipient = _recipient(recipient_id, token)
        recipient._unsubscribe()
        return _page(recipient, done=True)


def _recipient(recipient_id, token):
    """The recipient whose signature was sent.

    :raises NotFound: there is none, or it is another one's
    """
    # Nobody is logged in: the signature is what gives the right, and it is asked first.
    recipient = request.env["crm.kpi.report.recipient"].sudo().browse(recipient_id).exists()
    expected = recipient._token() if recipient else ""
    if not recipient or not consteq(expected, token.encode("ascii", "replace").decode()):
        raise NotFound()
    return recipient


def _page(recipient, done):
    request.update_context(lang=recipient.user_id.lang)
    values = {
        "name": recipient.schedule_id.with_context(lang=recipient.user_id.lang).name,
        "person": recipient.user_id.name, "done": done,
    }
    return request.render("crm_roi.kpi_kit_unsubscribe", values, headers=HEADERS)
