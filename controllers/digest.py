from werkzeug.exceptions import NotFound

from odoo.addons.digest.controllers.portal import DigestController
from odoo.http import request, route
from odoo.tools import consteq


class CrmDigestController(DigestController):
    """Links to leave a CRM digest: programs that look at links in mails must not unsubscribe
    anybody, so following one only shows a page with a button."""

    @route()
    def digest_unsubscribe(self, digest_id, token=None, user_id=None, **kwargs):
        if token and not str(user_id or "").isdecimal():
            raise NotFound()
        # The token is the right; it is compared before anything is shown.
        digest = request.env["digest.digest"].sudo().browse(digest_id).exists()
        if request.httprequest.method == "POST" or not token or not digest._crm_kpis():
            return super().digest_unsubscribe(digest_id, token=token, user_id=user_id, **kwargs)
        if not consteq(digest._get_unsubscribe_token(int(user_id)), token):
            raise NotFound()
        return request.render("crm_roi.digest_unsubscribe", {
            "digest": digest, "token": token, "recipient": user_id,
        })
