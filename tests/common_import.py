import base64
import io
from pathlib import Path

from openpyxl import Workbook

from .common import KpiCase

DATA = Path(__file__).parent / "data"


class ImportCase(KpiCase):
    """Runs the import wizard as a sales manager without any other right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Import = cls.env["crm.lead.import"].with_user(cls.manager)

    def upload(self, content, filename="deals.csv", teams=None, **values):
        """Return a wizard holding a file.

        :param content: bytes or text
        """
        if isinstance(content, str):
            content = content.encode()
        wizard = self.Import.create({
            "company_id": self.company.id, "refresh_kpis": False, "file": base64.b64encode(content),
            "filename": filename, **values,
        })
        if teams:
            wizard.write({"team_file": base64.b64encode(teams), "team_filename": "teams.csv"})
        return wizard

    def check(self, content, columns=None, create_users=True, **values):
        """Return a wizard at the step Check.

        :param columns: ``{heading: target}`` to choose beside the guess
        """
        wizard = self.upload(content, **values)
        wizard.action_read()
        for header, target in (columns or {}).items():
            wizard.column_ids.filtered(lambda one, header=header: one.header == header).target = (
                target)
        wizard.action_match()
        wizard.create_users = create_users
        wizard.action_check()
        return wizard

    def bring(self, content, **values):
        """Import a file that has no problems and return the wizard."""
        wizard = self.check(content, **values)
        self.assertFalse(
            wizard.issue_count, [(one.row, one.column, one.message) for one in wizard.issue_ids])
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        return wizard

    def imported(self):
        """Return ``{external id: lead}`` of the company."""
        leads = self.Lead.search([
            ("company_id", "=", self.company.id), ("import_ref", "!=", False)])
        return {lead.import_ref: lead for lead in leads}

    def problems(self, wizard):
        """Return ``[(row, column, value)]`` of a checked wizard."""
        return [(one.row, one.column, one.value or "") for one in wizard.issue_ids]


class TableImport:
    """Mixed into a case with ``self.manager``: imports whose headings say what the columns are."""

    wizard_model = None

    def _wizard_vals(self):
        return {}

    def _wizard(self, content, filename="old.csv", **vals):
        data = content.encode() if isinstance(content, str) else content
        return self.env[self.wizard_model].with_user(self.manager).create({
            **self._wizard_vals(), "file": base64.b64encode(data), "filename": filename, **vals,
        })

    def _import(self, content, **kwargs):
        wizard = self._wizard(content, **kwargs)
        wizard.action_check()
        if not wizard.issue_count:
            wizard.action_import()
        return wizard

    def _import_book(self, *rows):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return self._import(stream.getvalue(), filename="old.xlsx")
