"""Lines of a back-test, and shares as a reader wants them: with their interval, and a dash for
what is not known."""

from odoo import fields, models


class LeadScoreInterval(models.AbstractModel):
    _name = "crm.lead.score.interval"
    _description = "Lead Score Figures in Words"

    proof_id = fields.Many2one(
        "crm.lead.score.proof", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="proof_id.company_id", store=True, index=True)

    def _share_text(self, value, low=False, high=False, digits=0):
        """"31 % (27 to 35 %)", or "–" when there is no figure."""
        if value is False or value is None:
            return "–"
        share = self.env._("%s %%", f"{100 * value:.{digits}f}")
        if low is False or low is None:
            return share
        return self.env._(
            "%(share)s (%(low)s to %(high)s %%)", share=share, low=f"{100 * low:.{digits}f}",
            high=f"{100 * high:.{digits}f}",
        )

    def _times_text(self, value, low=False, high=False):
        if value is False or value is None:
            return "–"
        if low is False or low is None:
            return f"{value:.1f} ×"
        return self.env._(
            "%(value)s × (%(low)s to %(high)s)", value=f"{value:.1f}", low=f"{low:.1f}",
            high=f"{high:.1f}",
        )
