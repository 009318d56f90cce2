from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "fault")
class TestFaultSchedule(TransactionCase):
    """The button that measures now, when the scheduled action is in trouble."""

    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("crm_roi.ir_cron_kpi_nightly")
        self.registry_enter_test_mode()

    def measure_now(self):
        return self.env["res.config.settings"].create({}).action_run_kpi_nightly()

    def test_D4_the_button_works_after_three_runs_were_killed(self):
        """Odoo would refuse to run the job, and fail to say so."""
        self.env["ir.cron.progress"].create({
            "cron_id": self.cron.id, "timed_out_counter": 3, "done": 0, "remaining": 0,
        })
        before = self.env["crm.kpi.snapshot.day"].search_count([])
        self.assertIs(self.measure_now(), True)
        self.assertGreater(self.env["crm.kpi.snapshot.day"].search_count([]), before)

    def test_the_button_needs_the_right_to_run_scheduled_actions(self):
        manager = new_test_user(self.env, "drill_manager", "sales_team.group_sale_manager")
        settings = self.env["res.config.settings"].create({})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            settings.with_user(manager).action_run_kpi_nightly()
