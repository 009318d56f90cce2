from collections import Counter
from pathlib import Path

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.orm.model_classes import add_to_registry
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .access_checker import (
    leaks,
    own_models,
    power_lines,
    public_methods,
    rights,
    source_files,
    uncommented_powers,
)
from .access_golden import COMPANY_FREE, MATRIX, OTHERS_MODELS, PUBLIC_METHODS
from .access_roles import ROLES, AccessCase


@tagged("post_install", "-at_install", "fault")
class TestAccessMatrix(AccessCase):
    """The whole matrix of rights, and the static checks that nothing goes round it."""

    # -- models x roles x operations -----------------------------------------------------------

    def test_matrix_has_a_row_for_each_model(self):
        stored = {name for name in own_models(self.env) if not self.env[name]._abstract}
        self.assertEqual(
            stored, set(MATRIX), "add a new model to MATRIX, with the rights you mean to give"
        )

    def test_matrix_of_rights(self):
        for role in ROLES:
            found = rights(self.env, self.users[role])
            for model in found:
                with self.subTest(role=role, model=model):
                    # In the order c, r, w, u whatever the order in the golden matrix.
                    golden = MATRIX.get(model, {}).get(role, "")
                    self.assertEqual(sorted(found[model]), sorted(golden))

    def test_matrix_abstract_models_give_no_right(self):
        for name in own_models(self.env):
            if self.env[name]._abstract:
                for role in ROLES:
                    model = self.env[name].with_user(self.users[role])
                    for operation in ("create", "read", "write", "unlink"):
                        self.assertFalse(model.has_access(operation), f"{role} {name}")

    def test_matrix_negative_control_a_right_too_many_is_seen(self):
        self.env["ir.model.access"].create({
            "name": "planted", "model_id": self.env["ir.model"]._get_id("crm.kpi.snapshot"),
            "group_id": self.env.ref("base.group_user").id, "perm_read": True,
        })
        self.assertEqual(rights(self.env, self.users["internal"])["crm.kpi.snapshot"], "r")

    def test_matrix_rights_concern_own_models_only(self):
        data = self.env["ir.model.data"].sudo().search([
            ("module", "=", "crm_roi"), ("model", "=", "ir.model.access"),
        ])
        access = self.env["ir.model.access"].browse(data.mapped("res_id"))
        self.assertEqual(
            set(access.mapped("model_id.model")) - set(MATRIX), set(OTHERS_MODELS),
            "the addon changes the rights of somebody else's model",
        )
        self.assertFalse(access.filtered(lambda line: not line.group_id), "rights for everybody")

    # -- A1: a model with a company has a rule -------------------------------------------------

    def test_A1_no_model_leaks_between_companies(self):
        self.assertEqual(leaks(self.env, own_models(self.env), COMPANY_FREE), [])

    def test_A1_negative_control_missing_rule_is_seen(self):
        self.env.ref("crm_roi.crm_kpi_snapshot_rule_company").unlink()
        self.assertRegex(str(leaks(self.env, own_models(self.env), COMPANY_FREE)), "snapshot")

    def test_A1_negative_control_wrong_rules_are_seen(self):
        rule = self.env.ref("crm_roi.crm_kpi_snapshot_rule_company")
        for domain in (
            "[(1, '=', 1)]",
            "[('company_id', '!=', False)]",
            "['|', ('company_id', 'in', company_ids), ('user_id', '=', user.id)]",
            "[('company_id', 'not in', company_ids)]",
        ):
            rule.domain_force = domain
            self.assertEqual(
                len(leaks(self.env, ["crm.kpi.snapshot"], COMPANY_FREE)), 1, domain
            )
        rule.domain_force = "['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]"
        self.assertEqual(leaks(self.env, ["crm.kpi.snapshot"], COMPANY_FREE), [])
        rule.groups = self.env.ref("sales_team.group_sale_salesman")
        self.assertEqual(len(leaks(self.env, ["crm.kpi.snapshot"], COMPANY_FREE)), 1)

    def test_A1_negative_control_planted_model_is_seen(self):
        class Planted(models.Model):
            _module = "crm_roi"
            _name = "crm.roi.planted"
            _description = "Planted leak"

            company_id = fields.Many2one("res.company")

        add_to_registry(self.registry, Planted)
        self.addCleanup(self.registry._setup_models__, self.cr, ["crm.roi.planted"])
        self.addCleanup(self.registry.__delitem__, "crm.roi.planted")
        self.registry._setup_models__(self.cr, [])
        self.assertIn("crm.roi.planted", own_models(self.env))
        self.assertEqual(len(leaks(self.env, own_models(self.env), COMPANY_FREE)), 1)

    # -- A9: what can be called remotely -------------------------------------------------------

    def test_A9_public_methods_are_the_reviewed_ones(self):
        golden = {module: set(methods) for module, methods in PUBLIC_METHODS.items()}
        self.assertEqual(public_methods(self.env), golden)

    def test_A9_negative_control_public_method_is_seen(self):
        def recompute_everything(self):
            return True

        owner = next(
            cls for cls in type(self.env["crm.kpi"]).mro()
            if cls.__module__.endswith("crm_roi.models.kpi.crm_kpi")
        )
        owner.recompute_everything = recompute_everything
        self.addCleanup(delattr, owner, "recompute_everything")
        self.assertIn("recompute_everything", public_methods(self.env)["models.kpi.crm_kpi"])

    def test_A9_scheduled_actions_are_refused_remotely(self):
        data = self.env["ir.model.data"].sudo().search([
            ("module", "=", "crm_roi"), ("model", "=", "ir.cron"),
        ])
        crons = self.env["ir.cron"].sudo().browse(data.mapped("res_id"))
        self.assertTrue(crons)
        for cron in crons:
            method = cron.code.strip().removeprefix("model.").partition("(")[0]
            model = self.env[cron.model_id.model]
            self.assertTrue(hasattr(model, method), cron.code)
            with self.assertRaises(AccessError):
                get_public_method(model, method)

    # -- A12: ways round rights are reviewed ---------------------------------------------------

    def test_A12_lines_that_go_round_rights_are_reviewed(self):
        lines = Path(__file__).with_name("sudo_reviewed.txt").read_text().splitlines()
        reviewed = Counter(line for line in lines if line and not line.startswith("#"))
        found = power_lines(source_files())
        self.assertEqual(
            sorted((found - reviewed).elements()), [], "review, then add to sudo_reviewed.txt"
        )
        self.assertEqual(
            sorted((reviewed - found).elements()), [], "gone: remove from sudo_reviewed.txt"
        )

    def test_A12_lines_that_go_round_rights_say_why(self):
        self.assertEqual(uncommented_powers(source_files()), [])

    def test_A12_negative_control_planted_line_is_seen(self):
        planted = {"models/planted.py": "def f(self):\n    x = 1\n    return self.sudo()\n"}
        self.assertEqual(list(power_lines(planted)), ["models/planted.py | return self.sudo()"])
        self.assertEqual(len(uncommented_powers(planted)), 1)
        explained = {"a.py": "# Only a name is read.\nname = record.sudo().name\n"}
        self.assertEqual(uncommented_powers(explained), [])
