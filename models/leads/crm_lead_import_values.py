import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import email_normalize, plaintext2html

from ...tools.columns import LOST, WON, squash


@dataclass
class Matches:
    """Records that the labels of a file stand for, each ``{squashed label: record id}``.

    A label that is absent or maps to False leaves the field empty.
    """

    company: object
    targets: set
    first_stage: int
    won_stage: int
    won_stages: set
    record_type: str = "opportunity"
    product_as: str = "tag"
    stages: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)  # the same by target: partner, source, product, ...


class CrmLeadImportValues(models.AbstractModel):
    """Values of a lead from a deal; only those of the columns that the file has."""

    _name = "crm.lead.import.values"
    _inherit = ["crm.lead.import.labels"]
    _description = "Import: Values of a Lead"

    @api.model
    def _match_others(self, deals, matches):
        """Find or create accounts, contacts, sources, lost reasons and tags of the deals."""
        labels = defaultdict(Counter)
        for deal in deals:
            for target in ("partner", "source", "medium", "campaign", "lost_reason", "product"):
                if target in deal.values:
                    labels[target][deal.values[target]] += 1
            labels["tags"].update(_split_tags(deal))
        others = {
            target: self._find_or_create(model, labels[target])
            for target, model in (
                ("source", "utm.source"), ("medium", "utm.medium"), ("campaign", "utm.campaign"),
                ("lost_reason", "crm.lost.reason"), ("tags", "crm.tag"),
            )
        }
        others["partner"] = self._accounts(labels["partner"])
        products = labels["product"] if matches.product_as == "tag" else Counter()
        others["product"] = self._product_tags(products)
        people = {}
        for deal in deals:
            account = others["partner"].get(squash(deal.values.get("partner")))
            if account and _person_key(deal):
                people.setdefault((account, _person_key(deal)), _person(deal))
        others["contact"] = self._contacts(people)
        return others

    @api.model
    def _lead_values(self, deal, matches):
        """Return the values that a created and an updated lead get; ``tag_ids`` is a set of ids."""
        get, targets, others = deal.values.get, matches.targets, matches.others
        values = {"name": deal.name, **self._outcome_values(deal, matches)}
        if matches.record_type == "opportunity" or deal.converted or deal.outcome == WON:
            values["type"] = "opportunity"
        for target, name, found in (
            ("user", "user_id", matches.users),
            ("team", "team_id", matches.teams),
            ("source", "source_id", others["source"]),
            ("medium", "medium_id", others["medium"]),
            ("campaign", "campaign_id", others["campaign"]),
        ):
            if target in targets:
                values[name] = found.get(squash(get(target))) or False
        if "amount" in targets:
            values["expected_revenue"] = get("amount", 0.0)
        if deal.deadline or "deadline" in targets:
            values["date_deadline"] = deal.deadline or False
        values.update(self._customer_values(deal, others))
        values.update(self._text_values(deal, matches))
        return values

    @api.model
    def _outcome_values(self, deal, matches):
        stage = matches.stages.get(squash(deal.values.get("stage")))
        if deal.outcome == WON:
            stage = stage if stage in matches.won_stages else matches.won_stage
            return {
                "stage_id": stage, "active": True, "probability": 100.0, "lost_reason_id": False,
            }
        if not stage or stage in matches.won_stages:
            stage = matches.first_stage
        if deal.outcome == LOST:
            reason = matches.others["lost_reason"].get(squash(deal.values.get("lost_reason")))
            return {
                "stage_id": stage, "active": False, "probability": 0.0,
                "lost_reason_id": reason or False,
            }
        values = {"stage_id": stage, "active": True, "lost_reason_id": False}
        if "probability" in deal.values:
            # 100 and 0 are outcomes; a deal that is still open has neither.
            values["probability"] = min(max(deal.values["probability"], 0.01), 99.99)
        return values

    @api.model
    def _customer_values(self, deal, others):
        """The account or its contact; without an account what is known of the person."""
        account = others["partner"].get(squash(deal.values.get("partner")))
        if account:
            return {"partner_id": others["contact"].get((account, _person_key(deal)), account)}
        names = {"contact": "contact_name", "email": "email_from", "phone": "phone"}
        return {name: deal.values[target] for target, name in names.items()
                if target in deal.values}

    @api.model
    def _text_values(self, deal, matches):
        get, others = deal.values.get, matches.others
        product = get("product")
        tags = {others["tags"][squash(tag)] for tag in _split_tags(deal)}
        lines = [get("notes")] if get("notes") else []
        if product and matches.product_as == "tag" and squash(product) in others["product"]:
            tags.add(others["product"][squash(product)])
        elif product and matches.product_as == "note":
            lines.append(self.env._("Product: %s", product))
        values = {"tag_ids": tags}
        if lines:
            values["description"] = plaintext2html("\n".join(lines))
        return values


def _split_tags(deal):
    return [tag for tag in re.split(r"[;,|\n]+", deal.values.get("tags", "")) if squash(tag)]


def _person_key(deal):
    """What tells people of one account apart: the e-mail address, else the name."""
    return email_normalize(deal.values.get("email")) or squash(deal.values.get("contact"))


def _person(deal):
    get = deal.values.get
    values = {"name": get("contact") or get("email"), "email": get("email"), "phone": get("phone")}
    return {name: value for name, value in values.items() if value}
