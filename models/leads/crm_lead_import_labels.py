from collections import Counter

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.columns import normal, squash, usual_spellings

MAX_NEW_USERS = 300


class CrmLeadImportLabels(models.AbstractModel):
    """Names in a file to records: found by name whatever the case and spacing, else created."""

    _name = "crm.lead.import.labels"
    _description = "Import: Names to Records"

    @api.model
    def _known(self, model, domain=(), order="id"):
        """Return ``{squashed name: id}`` of the readable records, the first one in ``order``."""
        Model = self.env[model].with_context(active_test=False)
        query = Model._search(list(domain), order=order)
        rows = self.env.execute_query(query.select(
            SQL.identifier(Model._table, "id"), Model._field_to_sql(Model._table, "name", query),
        ))
        known = {}
        for record_id, name in rows:
            known.setdefault(squash(name), record_id)
        return known

    @api.model
    def _find_or_create(self, model, labels, domain=(), order="id", **defaults):
        """Return ``{squashed label: id}``; what does not exist is created with ``defaults``.

        :param labels: ``Counter`` of names; of several spellings the most frequent is kept
        """
        wanted = usual_spellings(labels)
        if not wanted:
            return {}
        known = self._known(model, domain, order)
        missing = {key: label for key, label in wanted.items() if key not in known}
        records = self.env[model].create(
            [{"name": label, **defaults} for label in missing.values()]
        )
        known.update(zip(missing, records.ids, strict=True))
        return {key: known[key] for key in wanted}

    @api.model
    def _product_tags(self, labels):
        """Return ``{squashed product: tag id}``; new tags are spelled like the product's record.

        Without such a product the spelling of the file stays.
        """
        products = self.env["product.template"].with_context(active_test=False)
        spelled = {squash(name): name for name in products.search([]).mapped("name")}
        counts = Counter()
        for label, count in labels.items():
            counts[spelled.get(squash(label), label)] += count
        return self._find_or_create("crm.tag", counts)

    @api.model
    def _accounts(self, labels):
        """Return ``{squashed account: partner id}``, companies before persons."""
        return self._find_or_create(
            "res.partner", labels, domain=[("parent_id", "=", False)],
            order="active DESC, is_company DESC, id", is_company=True,
        )

    @api.model
    def _contacts(self, persons):
        """Return ``{(account id, key): partner id}`` of people at accounts.

        :param persons: ``{(account id, key): {"name", "email", "phone"}}``; the key is the e-mail
            address or else the squashed name
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        accounts = {account for account, _key in persons}
        known = {}
        for partner in Partner.search([("parent_id", "in", list(accounts))], order="id DESC"):
            for key in (partner.email_normalized, squash(partner.name)):
                if key:
                    known[partner.parent_id.id, key] = partner.id
        missing = [place for place in persons if place not in known]
        created = Partner.create([
            {"parent_id": account, "type": "contact", **persons[account, key]}
            for account, key in missing
        ])
        known.update(zip(missing, created.ids, strict=True))
        return {place: known[place] for place in persons}

    @api.model
    def _former_users(self, names, company):
        """Create archived users for people who have left, so that their deals stay theirs.

        :param names: people's names as in the file
        :return: ``{name: user id}``
        :raises UserError: far more names than a sales force has
        """
        if len(names) > MAX_NEW_USERS:
            raise UserError(self.env._(
                "%(count)s new salespeople would be created. Check that the column mapped to "
                "“Salesperson” holds people's names.", count=len(names),
            ))
        # A sales manager may not create users. These cannot be used to log in: they are archived,
        # have no password and no rights but those of any employee, and only an administrator can
        # reactivate them. The wizard creates them on explicit request only.
        Users = self.env["res.users"].sudo().with_context(
            no_reset_password=True, tracking_disable=True)
        taken = set(Users.with_context(active_test=False).search(
            [("login", "=like", "former.%")]).mapped("login"))
        values = []
        for name in names:
            login = base = "former." + normal(name).replace(" ", ".")
            number = 1
            while login in taken:
                number += 1
                login = f"{base}.{number}"
            taken.add(login)
            values.append({
                "name": name, "login": login, "active": False,
                "company_id": company.id, "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            })
        return dict(zip(names, Users.create(values).ids, strict=True))
