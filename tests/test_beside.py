"""The run beside real neighbours is what it says."""

from odoo.tests import TransactionCase, tagged

NEIGHBOURS = (
    "helpdesk.ticket", "project.task", "crm.phonecall", "mailing.trace", "survey.user_input",
)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestBeside(TransactionCase):
    def test_neighbours_are_installed(self):
        self.assertEqual([name for name in NEIGHBOURS if name not in self.env], [])

    def test_nightly_jobs_run_beside_them(self):
        """Every scheduled action of the addon runs without an error."""
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda _cron, *_args, **_kw: 60,
        )
        names = self.env["ir.model.data"].search([
            ("module", "=", "crm_roi"), ("model", "=", "ir.cron"),
        ])
        crons = self.env["ir.cron"].browse(names.mapped("res_id"))
        self.assertTrue(crons)
        for cron in crons:
            cron.ir_actions_server_id.with_context(lastcall=None, cron_id=cron.id).run()
