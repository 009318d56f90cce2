from odoo.tests import TransactionCase, tagged

from ..hooks import uninstall_hook


@tagged("post_install", "-at_install", "fault")
class TestFaultUninstall(TransactionCase):
    """H1: an uninstall removes what would not work any more, and nothing else."""

    def test_H1_saved_filters(self):
        def saved(name, model, **vals):
            return self.env["ir.filters"].create({"name": name, "model_id": model, **vals})

        gone = (
            saved("Ours", "crm.kpi.snapshot")
            + saved("By domain", "crm.lead", domain="[('cycle_days', '>', 90)]")
            + saved("By group", "crm.lead", context="{'group_by': ['deadline_push_count']}")
            + saved("By order", "sale.order", sort='["order_kind desc"]')
            + saved("Archived", "crm.lead", domain="[('is_overdue', '=', True)]", active=False)
        )
        kept = (
            saved("Theirs", "crm.lead", domain="[('probability', '>', 90)]")
            + saved("Longer name", "crm.lead", domain="[('x_cycle_days_of_ours', '>', 1)]")
            + saved("Other model", "res.partner", domain="[('name', '=', 'cycle_days')]")
        )
        uninstall_hook(self.env)
        self.assertFalse(gone.exists())
        self.assertEqual(kept.exists(), kept)

    def test_H1_calls_keep_a_type(self):
        kind = self.env.ref("crm_roi.mail_activity_type_call_in")
        lead = self.env["crm.lead"].create({"name": "Lead"})
        planned, done = (
            lead.activity_schedule(activity_type_id=kind.id, user_id=self.env.uid)
            for _number in range(2)
        )
        message, _next = done._action_done()
        uninstall_hook(self.env)
        call = self.env.ref("mail.mail_activity_data_call")
        self.assertEqual(planned.activity_type_id, call)
        self.assertEqual(done.activity_type_id, call)
        self.assertEqual(message.mail_activity_type_id, call)
        kind.unlink()

    def test_H1_export_lists(self):
        def exported(model, *names):
            return self.env["ir.exports"].create({
                "name": "List", "resource": model,
                "export_fields": [(0, 0, {"name": name}) for name in names],
            })

        ours = exported("crm.kpi", "code")
        theirs = exported("crm.lead", "name", "cycle_days", "team_id/name")
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        self.assertEqual(theirs.export_fields.mapped("name"), ["name", "team_id/name"])

    def test_H1_parameters_and_attachments(self):
        Parameter = self.env["ir.config_parameter"]
        Parameter.set_param("crm_roi.anything", "1")
        Parameter.set_param("crm_roistery.other", "1")
        snapshot, lead = self.env["ir.attachment"].create([
            {"name": "a", "res_model": "crm.kpi", "raw": b"x",
             "res_id": self.env["crm.kpi"].search([], limit=1).id},
            {"name": "b", "res_model": "crm.lead", "raw": b"x",
             "res_id": self.env["crm.lead"].create({"name": "Lead"}).id},
        ])
        uninstall_hook(self.env)
        self.assertFalse(Parameter.get_param("crm_roi.anything"))
        self.assertEqual(Parameter.get_param("crm_roistery.other"), "1")
        self.assertFalse(snapshot.exists())
        self.assertTrue(lead.exists())
