from odoo import models
from odoo.tools import SQL


class CrmStage(models.Model):
    _inherit = "crm.stage"

    def unlink(self):
        """The history keeps the name and the place of a stage that goes."""
        names = [(stage.id, stage.name, stage.sequence) for stage in self]
        if names and self.has_access("unlink"):
            ids, words, places = zip(*names, strict=True)
            self.env.execute_query(SQL(
                """UPDATE crm_stage_event event
                   SET stage_name = stage.name, stage_sequence = stage.sequence
                   FROM unnest(%s::int[], %s::varchar[], %s::int[]) AS stage (id, name, sequence)
                   WHERE event.stage_id = stage.id RETURNING event.id""",
                list(ids), list(words), list(places),
            ))
        return super().unlink()
