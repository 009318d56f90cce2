import io
import re
from datetime import timedelta
from pathlib import Path

import polib

from odoo.exceptions import UserError
from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools.translate import trans_export

from ..reports.pivot_sheet import PivotLayout, render_pivot
from .access_checker import own_models, source_files
from .access_roles import AccessCase

POT = Path(get_module_path("crm_roi"), "i18n", "crm_roi.pot")
PLACES = re.compile(r"%(?:\((\w+)\))?[-+ 0#]*\d*(?:\.\d+)?([a-zA-Z%])")
RAISED = re.compile(r"(?:UserError|ValidationError|AccessError)\(\s*(f?)(['\"])(.*)")


def english_errors(source):
    """Texts of errors in a source that no translation reaches."""
    texts = [
        (re.sub(r"\{[^}]*\}", "", text) if formatted else text).partition(quote)[0]
        for formatted, quote, text in RAISED.findall(source)
    ]
    return [text for text in texts if re.search(r"[A-Za-z]{2}", text)]


@tagged("post_install", "-at_install", "fault")
class TestFaultLanguage(AccessCase):
    """H9: every text can be translated, and a language without translations works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_leads()

    def exported(self):
        """Texts as Odoo finds them now: ``{(context, text)}``."""
        stream = io.BytesIO()
        trans_export(False, ["crm_roi"], stream, "po", self.env)
        return polib.pofile(stream.getvalue().decode())

    def test_H9_the_list_of_texts_is_complete(self):
        listed = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(POT))}
        found = {(entry.msgctxt, entry.msgid) for entry in self.exported()}
        self.assertGreater(len(found), 300)
        remedy = "write the list anew: make pot"
        self.assertEqual(sorted(text for _context, text in found - listed), [], remedy)
        self.assertEqual(sorted(text for _context, text in listed - found), [], remedy)

    def test_H9_negative_control_a_new_text_is_seen(self):
        before = {entry.msgid for entry in self.exported()}
        self.env["ir.ui.menu"].search([("name", "=", "KPIs")], limit=1).name = "Planted text"
        self.assertEqual({entry.msgid for entry in self.exported()} - before, {"Planted text"})

    def test_H9_texts_with_several_places_name_them(self):
        """A translator must be able to change the order of what is filled in."""
        for entry in polib.pofile(str(POT)):
            places = [place for place in PLACES.findall(entry.msgid) if place[1] != "%"]
            if len(places) > 1 and "python-format" in entry.flags:
                self.assertTrue(all(name for name, _kind in places), entry.msgid)

    def test_H9_messages_are_translatable(self):
        """Errors for people are raised with a text that goes through the translation."""
        for name, text in source_files().items():
            self.assertEqual(english_errors(text), [], f"{name} raises a text that stays English")

    def test_H9_negative_control_an_english_error_is_seen(self):
        self.assertEqual(len(english_errors('raise UserError("Too late")')), 1)
        self.assertEqual(len(english_errors("raise ValidationError(\n  f'{name} too late')")), 1)
        self.assertEqual(english_errors('raise UserError(f"{name}: {reason}")'), [])
        self.assertEqual(english_errors('raise UserError(self.env._("Too late"))'), [])

    # -- languages without translations --------------------------------------------------------

    def use(self, code):
        """Everything a person sees, in a language."""
        snapshot = self.as_role("manager", "crm.kpi.snapshot").with_context(lang=code)
        env = snapshot.env
        for name in own_models(env):
            model = self.env[name].with_context(lang=code)
            model.fields_get()
            if not model._abstract and self.env["ir.ui.view"].search([("model", "=", name)]):
                model.get_views([(False, kind) for kind in ("list", "form", "search")])
        described = snapshot.fields_get()
        layout = PivotLayout.from_json(snapshot, {
            "title": "KPIs", "domain": [], "row_groupbys": ["day:month"], "col_groupbys": [],
            "rows": [[]], "columns": [{"values": [], "measure": "win_rate"}],
        })
        self.assertTrue(render_pivot(snapshot, layout))
        snapshot.formatted_read_group([], ["day:month", "day:week"], ["win_rate:avg"])
        action = snapshot.action_drill("lead_count", [("day", "=", self.day)])
        with self.assertRaises(UserError) as refused:
            snapshot.action_drill("team_id", [])
        health = self.env["crm.kpi.snapshot.day"].with_context(lang=code)._health(self.company_a)
        values = env["crm.kpi"]._values(["win_rate"], self.day, self.day + timedelta(days=1))
        self.assertIn((), values)
        texts = {
            "label": described["win_rate"]["string"], "drill": action["name"], "health": health,
            "error": str(refused.exception),
            "dictionary": env["crm.kpi"].search([("code", "=", "win_rate")]).name,
        }
        self.assertTrue(all(texts.values()), texts)
        return texts

    def test_H9_languages_without_translations(self):
        english = self.use("en_US")
        for code in ("fr_FR", "ar_001", "ja_JP"):
            self.env["res.lang"]._activate_lang(code)
            self.env["ir.module.module"].search([("name", "=", "crm_roi")])._update_translations(
                [code]
            )
            with self.subTest(code=code):
                self.assertEqual(self.use(code), english)

    def test_H9_half_a_translation(self):
        """A label is translated, the rest is not: both are shown."""
        self.env["res.lang"]._activate_lang("fr_FR")
        english = self.use("en_US")
        self.env["ir.model.fields"]._get("crm.kpi.snapshot", "win_rate").update_field_translations(
            "field_description", {"fr_FR": "Taux de réussite"}
        )
        self.env.registry.clear_cache("stable")
        french = self.use("fr_FR")
        self.assertEqual(french["label"], "Taux de réussite")
        self.assertEqual(french["dictionary"], "Taux de réussite")
        self.assertEqual(french["error"], english["error"])
