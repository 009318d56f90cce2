"""The company of the story: who sells what, where, through which channels."""

from dataclasses import dataclass

COMPANIES = {
    "eu": {
        "name": "Noordvelt Packaging Systems", "currency": "EUR", "country": "BE",
        "tz": "Europe/Brussels", "street": "Havenlaan 118", "zip": "9000", "city": "Gent",
        "phone": "+32 9 255 41 20", "email": "hello@noordvelt.example",
    },
    "us": {
        "name": "Noordvelt North America Inc.", "currency": "USD", "country": "US",
        "tz": "America/New_York", "street": "2200 Commerce Drive", "zip": "18109",
        "city": "Allentown", "state": "PA", "phone": "+1 610-555-0142",
        "email": "hello.us@noordvelt.example",
    },
}


@dataclass(frozen=True, slots=True)
class Team:
    key: str
    name: str
    company: str
    share: float  # of all enquiries
    win_rate: float  # of decided opportunities, before any planted effect
    countries: tuple[tuple[str, int], ...]


TEAMS = {
    team.key: team
    for team in (
        Team("west", "Western Europe", "eu", 0.42, 0.30,
             (("BE", 42), ("NL", 24), ("FR", 22), ("GB", 12))),
        Team("central", "DACH & Nordics", "eu", 0.33, 0.36,
             (("DE", 50), ("AT", 15), ("CH", 15), ("SE", 12), ("DK", 8))),
        Team("america", "North America", "us", 0.25, 0.33, (("US", 82), ("CA", 18))),
    )
}


@dataclass(frozen=True, slots=True)
class Rep:
    login: str
    name: str
    team: str
    share: float  # of the team's enquiries
    answer: float  # median office hours to the first answer
    calls: float  # calls per opportunity
    win: float  # factor on the odds of winning, within the team
    rhythm: float  # 1 = steady calls, 0 = at random
    months: int = 0  # months with us; 0 = since before the story
    leader: bool = False


REPS = {
    rep.login: rep
    for rep in (
        Rep("sofie", "Sofie Peeters", "west", 0.29, 11, 2.0, 1.10, 0.6, leader=True),
        Rep("thomas", "Thomas Lambert", "west", 0.25, 15, 1.5, 0.95, 0.4),
        Rep("julie", "Julie Mertens", "west", 0.26, 12, 1.8, 1.05, 0.5),
        Rep("nicolas", "Nicolas Dubois", "west", 0.20, 19, 1.0, 0.85, 0.2),
        Rep("anna", "Anna Keller", "central", 0.46, 0.7, 2.8, 1.65, 1.0, leader=True),
        Rep("jonas", "Jonas Berg", "central", 0.29, 8, 1.3, 0.80, 0.3),
        Rep("lukas", "Lukas Brandt", "central", 0.25, 10, 1.1, 0.75, 0.3),
        Rep("michael", "Michael Torres", "america", 0.52, 6, 2.0, 1.10, 0.6, leader=True),
        Rep("emily", "Emily Carter", "america", 0.44, 8, 1.6, 0.95, 0.5),
        Rep("ryan", "Ryan Walsh", "america", 0.17, 11, 0.9, 1.00, 0.2, months=8),
    )
}

DIRECTOR = ("director", "Claire Vandenberghe")
SUPPORT = ("support", "Marc Simons")

STAGES = {  # key: name, sequence
    "new": ("New", 1),
    "qualified": ("Qualified", 2),
    "proposition": ("Proposition", 3),
    "negotiation": ("Negotiation", 4),
    "won": ("Won", 70),
}


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    name: str
    medium: str
    weight: float
    qualify: float  # share of answered enquiries that become opportunities
    win: float
    size: float
    weight_late: float = 0.0  # weight in the last eighteen months, when it differs


SOURCES = {
    source.key: source
    for source in (
        Source("search", "Search engine", "Website", 25, 0.52, 1.0, 1.0),
        Source("social", "Social Ads", "Paid social", 13, 0.26, 0.40, 0.33, weight_late=52),
        Source("newsletter", "Newsletter", "Email", 10, 0.52, 0.95, 0.8),
        Source("fair", "Trade fair", "Event", 12, 0.60, 1.05, 1.3),
        Source("partner", "Partner", "Direct", 7, 0.72, 1.2, 1.3),
        Source("referral", "Referral", "Direct", 5, 0.90, 1.75, 1.9),
        Source("linkedin", "LinkedIn", "LinkedIn", 6, 0.42, 0.9, 0.9),
        Source("cold", "Outbound call", "Phone", 7, 0.42, 0.75, 0.9),
        Source("", "", "", 6, 0.45, 0.9, 0.9),
    )
}
ACCOUNT_SOURCE = ("account", "Account management", "Phone")

# source, name (with the year), first month, last month
CAMPAIGNS = (
    ("fair", "Spring Packaging Fair {year}", 3, 4),
    ("fair", "Logistics Days {year}", 9, 10),
    ("newsletter", "Energy saving newsletter {year}", 1, 3),
    ("newsletter", "Year-end upgrade offer {year}", 10, 12),
    ("social", "Retrofit video series {year}", 1, 12),
    ("search", "Search: case erectors {year}", 1, 12),
    ("linkedin", "Plant manager webinars {year}", 2, 6),
)

CATEGORIES = {
    "machine": "Packaging machines", "pallet": "Pallet handling", "conveyor": "Conveyors",
    "software": "Software", "service": "Service contracts", "parts": "Spare parts & consumables",
    "training": "Commissioning & training",
}


@dataclass(frozen=True, slots=True)
class Product:
    code: str
    name: str
    category: str
    price: float  # EUR list price
    cost: float  # EUR
    service: bool = False


PRODUCTS = {
    product.code: product
    for product in (
        Product("CE200", "Case erector CE-200 Compact", "machine", 18900, 11900),
        Product("CE400", "Case erector CE-400 High Speed", "machine", 34500, 21400),
        Product("CE800", "Case erector CE-800 Twin", "machine", 61000, 37200),
        Product("TS100", "Tray sealer TS-100", "machine", 12400, 8050),
        Product("TS300", "Tray sealer TS-300 Rotary", "machine", 27800, 17500),
        Product("SW10", "Stretch wrapper SW-10 Semi", "pallet", 7900, 5150),
        Product("SW50", "Ring wrapper SW-50", "pallet", 24600, 15500),
        Product("RP90", "Robot palletising cell RP-90", "pallet", 96000, 63500),
        Product("RC3", "Roller conveyor module 3 m", "conveyor", 1480, 860),
        Product("BC3", "Belt conveyor module 3 m", "conveyor", 2650, 1560),
        Product("SL1", "Sorter lane SL-1", "conveyor", 14200, 8700),
        Product("LM1", "Line Monitor Basic, one year", "software", 1900, 320, True),
        Product("LM2", "Line Monitor Pro, one year", "software", 4800, 780, True),
        Product("LM3", "Line Monitor Plant, one year", "software", 11500, 1900, True),
        Product("SC1", "Service contract Bronze, one year", "service", 2400, 1080, True),
        Product("SC2", "Service contract Silver, one year", "service", 5200, 2250, True),
        Product("SC3", "Service contract Gold, one year", "service", 9800, 4100, True),
        Product("WK1", "Wear kit S", "parts", 180, 82),
        Product("WK2", "Wear kit M", "parts", 420, 190),
        Product("WK3", "Wear kit L", "parts", 890, 400),
        Product("GR1", "Gripper set", "parts", 1150, 560),
        Product("SF1", "Stretch film, pallet of 46 rolls", "parts", 640, 430),
        Product("TP1", "Case tape, box of 36", "parts", 240, 150),
        Product("CD1", "Commissioning day on site", "training", 1250, 640, True),
        Product("OT1", "Operator training, two days", "training", 1900, 850, True),
        Product("AU1", "Remote line audit", "training", 850, 310, True),
    )
}

# what an enquiry is about, and the weight of each
FOCUS = {
    "CE200": 12, "CE400": 11, "CE800": 4, "TS100": 8, "TS300": 5, "SW10": 12, "SW50": 6, "RP90": 3,
    "RC3": 8, "BC3": 6, "SL1": 3, "LM1": 4, "LM2": 4, "LM3": 1, "SC1": 3, "SC2": 3, "SF1": 5,
    "WK3": 3,
}

FOREIGN = {"GB": "GBP", "CH": "CHF", "SE": "SEK", "CA": "CAD"}  # others pay in the team's currency
PRICE_FACTOR = {"EUR": 1.0, "USD": 1.1, "GBP": 0.87, "CHF": 0.98, "SEK": 11.4, "CAD": 1.5}

LOST_REASONS = {
    "price": "Too expensive", "competitor": "Chose a competitor", "budget": "Budget cancelled",
    "silent": "No answer any more", "timing": "Project postponed", "fit": "Not a fit",
    "features": "Technical requirements not met",
}

TAGS = {"retrofit": ("Retrofit", 2), "new_line": ("New line", 10), "spare": ("Spare parts", 4),
        "food": ("Food grade", 8), "urgent": ("Urgent", 1), "tender": ("Tender", 6),
        "rental": ("Rental", 3)}
