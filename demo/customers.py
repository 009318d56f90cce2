"""Builds firms and the people who work there."""

import re
import unicodedata

from . import names, world
from .shapes import Contact, Customer

_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "å": "a", "ł": "l"})


def ascii_slug(text):
    """Lower-case ASCII letters, digits and hyphens: `Brauerei Böhm` -> `brauerei-bohm`."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    plain = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class CustomerBook:
    """Hands out firms, each name once. Small decisions come from the story's random numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.customers = []
        self._decks = {}
        self._domains = set()

    def new(self, team):
        """A firm that nobody has seen yet, in one of the team's countries, with one to three
        contacts."""
        rng = self.rng
        countries = world.TEAMS[team].countries
        country = rng.choices([c for c, _ in countries], weights=[w for _, w in countries])[0]
        name, short, trade = self._draw_name(country)
        town, zip_code, state = (rng.choice(names.PLACES[country].split(" ")) + "||").split("|")[:3]
        customer = Customer(
            key=len(self.customers), name=name, short=short, trade=trade, country=country,
            state=state, city=town.replace("_", " "), zip=zip_code.replace("_", " "),
            street=self._street(country),
            domain=self._domain(short), phone=self._phone(country), team=team,
            size=rng.lognormvariate(0, 0.45), contacts=[],
            currency=self._currency(country),
        )
        customer.contacts = [self._contact(customer) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
        self.customers.append(customer)
        return customer

    def _currency(self, country):
        foreign = world.FOREIGN.get(country, "")
        return foreign if foreign and self.rng.random() < 0.8 else ""

    def _draw_name(self, country):
        deck = self._decks.get(country)
        if not deck:
            deck = self._decks[country] = self._deal_deck(country)
        return deck.pop()

    def _deal_deck(self, country):
        """A firm for every stem, each in another trade; later decks use the stems again."""
        used = {customer.name for customer in self.customers}
        trades = [trade.split("|") for trade in names.TRADES[country].split(" ")]
        deck = []
        for stem in self._stems(country):
            trade, pattern = self.rng.choice(trades)
            name = pattern.replace("_", " ").replace("*", stem)
            if name not in used:
                used.add(name)
                deck.append((name, self._shorten(name), trade))
        if not deck:
            raise ValueError(f"No more firm names for country {country}; lower the scale")
        self.rng.shuffle(deck)
        return deck

    def _stems(self, country):
        """Surnames, pairs of surnames, and as many invented places."""
        surnames = names.LAST[country].split()
        partners = self.rng.sample(surnames, len(surnames))
        pairs = [f"{one} & {two}" for one, two in zip(surnames, partners, strict=True)
                 if one != two]
        first, last = (half.split() for half in names.PLACE_PARTS[country])
        places = [f"{one}{two}".replace("_", " ") for one in first for two in last
                  if one.lower()[-2:] != two[:2]]
        return surnames + pairs + self.rng.sample(places, min(len(places), len(surnames) * 3))

    @staticmethod
    def _shorten(name):
        legal = ("NV", "BV", "SRL", "SA", "SAS", "SARL", "Ltd", "Ltd.", "GmbH", "KG", "AG", "AB",
                 "A/S", "ApS", "Inc.", "LLC", "Co.", "Corp.")
        words = name.split(" ")
        return " ".join(words[:-1]) if words[-1] in legal else name

    def _domain(self, short):
        base = ascii_slug(short)
        domain, number = base, 2
        while domain in self._domains:
            domain, number = f"{base}{number}", number + 1
        self._domains.add(domain)
        return domain + ".example"

    def _street(self, country):
        street = self.rng.choice(names.STREETS[country].split()).replace("_", " ")
        number = self.rng.randint(1, 180)
        if country in ("US", "CA"):
            return f"{number * 10 + self.rng.randint(0, 9)} {street}"
        if country in ("FR", "GB"):
            return f"{number} {street}"
        return f"{street} {number}"

    def _phone(self, country):
        pattern = self.rng.choice(names.PHONES[country].split("|"))
        return "".join(
            str(self.rng.randint(0, 9)) if char == "#" else char for char in pattern)

    def _contact(self, customer):
        first = self.rng.choice(names.FIRST[customer.country].split())
        last = self.rng.choice(names.LAST[customer.country].split())
        email = f"{ascii_slug(first)}.{ascii_slug(last)}@{customer.domain}"
        function = self.rng.choice(names.FUNCTIONS)
        return Contact(f"{first} {last}", function, email, self._phone(customer.country))
