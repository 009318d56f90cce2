"""What people write and say. Placeholders are filled by talk.py and deals.py."""

TITLES = {
    "machine": ("{product} for {short}", "Packaging line retrofit for {short}",
                "End-of-line packaging, {short}, {city}", "Second case line for {short}",
                "Replacement of old case packer, {short}", "New filling hall packaging, {short}"),
    "pallet": ("Pallet wrapping for {short}", "Palletising cell, {short}, {city}",
               "Stretch wrapper replacement, {short}", "Pallet line extension for {short}"),
    "conveyor": ("Conveyor extension, {short}", "Conveyors for new warehouse, {short}, {city}",
                 "Sorting area rebuild for {short}", "Conveyor modules for {short}"),
    "software": ("Line monitoring for {short}", "Line Monitor pilot, {short}, {city}",
                 "Downtime reporting for {short}"),
    "service": ("Service contract for {short}", "Maintenance agreement, {short}, {city}",
                "Preventive service, {short}"),
    "parts": ("Yearly film and parts supply, {short}", "Spare parts package for {short}",
              "Consumables frame agreement, {short}"),
}
REPEAT_TITLES = {
    "machine": ("Further case line for {short}", "Line extension, {short}, {city}"),
    "pallet": ("Second wrapper for {short}", "Pallet handling upgrade, {short}"),
    "conveyor": ("More conveyor modules, {short}", "Conveyor extension phase 2, {short}"),
    "software": ("Line Monitor for the other lines, {short}", "Monitoring upgrade, {short}"),
    "service": ("Service contract renewal, {short}", "Upgrade of service level, {short}"),
    "parts": ("Parts restocking, {short}", "Film contract renewal, {short}"),
}

NEEDS = {
    "food": "We pack trays and cartons in two shifts and change formats six times a day.",
    "bakery": "Our bread lines run from 2 a.m.; stops in the morning cost us deliveries.",
    "logistics": "We ship about {number} pallets a day and wrap most of them by hand.",
    "beverages": "We fill {number} bottles an hour and the case packer is the slowest part.",
    "pharma": "Every carton has to be traceable; the present machine is not validated.",
    "chemicals": "Drums and canisters are still palletised by two people per shift.",
    "dairy": "The packaging room is cold and wet, stainless steel is a must.",
    "retail": "Our distribution centre moves to a new building in {month}.",
    "cosmetics": "Small series, many formats: changeover time matters more than speed.",
    "printing": "We need a gentle wrapper for printed pallets that must not be scratched.",
    "furniture": "Flat packs up to 2.4 m long, about {number} a day.",
    "metal": "Heavy parts, up to 40 kg a box, and floor space is tight.",
    "flowers": "Buckets and boxes, very seasonal: the peak before Mother's Day is the problem.",
    "wood": "Dusty environment, pallets of 1.2 by 2.4 m.",
}

ENQUIRY = (
    "Hello,\n{need}\nCould you send us a proposal for the {product}, with delivery time?\n"
    "Kind regards,\n{contact}\n{function}, {company}",
    "Good morning,\nwe are looking for a supplier for this project. {need}\n"
    "When could somebody visit us in {city}?\nBest regards,\n{contact}",
    "Dear sir or madam,\n{need}\nPlease let us know a budget price for the {product}.\n"
    "Regards,\n{contact}, {company}",
    "Hi,\nsaw your {product} and would like to know if it fits our line. {need}\nThanks,\n"
    "{contact}",
)
FORM_NOTES = (
    "Website form: interested in {product}. {need}",
    "Asked for a call back about {product}.",
    "{need} Budget said to be available this year.",
    "Request for price list and references in the same trade.",
    "Looks at two other suppliers as well. Decision planned for {month}.",
)
FAIR_NOTES = (
    "Met at our stand, wants documentation for {product}.",
    "Talk at the fair: {need}",
    "Watched the {product} demo at our stand twice. Decision planned for {month}.",
)
FIRST_ANSWER = (
    "Dear {contact},\nthank you for your enquiry. I would like to understand your line better:"
    " formats, speed and available space. Would a short call this week suit you?\n"
    "Best regards,\n{rep}",
    "Dear {contact},\nthank you for your interest in our {product}. The data sheet is on our"
    " website; may I call you tomorrow to go through your requirements?\n{rep}",
    "Hello {contact_first},\ngood to hear from you. To quote correctly I need the carton sizes and"
    " the number of cycles per minute. A photo of the present line helps a lot."
    "\nKind regards,\n{rep}",
)
OUT = {
    "early": (
        "Hello {contact_first},\nour service engineer can come to {city} next week to measure the"
        " line. Which day suits you?\nBest regards,\n{rep}",
        "Hello {contact_first},\nattached is the reference list for your trade. You are welcome to"
        " visit one of these lines.\n{rep}",
        "Dear {contact},\nthank you for the call. I have noted: formats, speed, and the height"
        " limit. We will send a first layout within two weeks.\nKind regards,\n{rep}",
        "Hello {contact_first},\nto finish the layout I still need the drawing of the hall and the"
        " carton sizes.\nThanks,\n{rep_first}",
        "Dear {contact},\nwe could run a test with your own cartons in our test centre. It takes"
        " half a day.\nBest regards,\n{rep}",
    ),
    "late": (
        "Dear {contact},\nas discussed, our proposal with the layout is attached. The delivery"
        " time is {weeks} weeks from order.\nBest regards,\n{rep}",
        "Dear {contact},\nI have added the spare parts package and the operator training as you"
        " asked. The price is valid until the end of the month.\nKind regards,\n{rep}",
        "Hello {contact_first},\nhave you had a chance to discuss our offer internally? I am happy"
        " to join a call with your technical colleagues.\n{rep_first}",
        "Hello {contact_first},\nplease find the revised offer with payment in three parts."
        "\nBest regards,\n{rep_first}",
        "Dear {contact},\nproduction can still reserve a slot for you this month. After that the"
        " delivery time goes up to {weeks} weeks.\nKind regards,\n{rep}",
    ),
}
IN = {
    "early": (
        "Hello {rep_first},\ncould you confirm that the machine handles our smallest carton?"
        " Samples went out by post today.\nKind regards,\n{contact}",
        "Hi {rep_first},\nplease quote the {product} as an option too.\n{contact_first}",
        "Hello {rep_first},\nattached the floor plan. The door is only 2.2 m wide."
        "\nRegards,\n{contact}",
        "Dear {rep},\nplease include commissioning and training in the offer.\n{contact}",
    ),
    "late": (
        "Hello {rep_first},\nthanks, the layout looks good. Can you shift the outfeed by one metre?"
        "\n{contact_first}",
        "Hello {rep_first},\nour management asks for a better price before the order can be"
        " released.\nRegards,\n{contact}",
        "Dear {rep},\nwe received your proposal. A decision will be taken in the meeting in"
        " {month}.\nBest regards,\n{contact}",
        "Hi {rep_first},\none more question from maintenance: which spare parts do you keep on"
        " stock?\n{contact_first}",
    ),
}
CALL_SUBJECTS = {"early": ("Requirements", "Technical questions", "Follow-up", "Site visit"),
                 "late": ("Offer", "Follow-up on offer", "Decision", "Terms")}
CALLS = (
    "Reached {contact}: interested, wants figures on changeover time.",
    "Talked about budget: {amount} seems realistic, investment committee in {month}.",
    "Short call, {contact} was on the way to a meeting. Call again next week.",
    "Present machine breaks down about twice a month; pressure to decide is high.",
    "Left a message with reception.",
    "{contact} confirmed that purchasing has our offer and one from a competitor.",
    "Clarified delivery time and installation over the weekend.",
    "Asked for references in the same trade, sent afterwards.",
    "Decision maker is the plant manager; {contact} prepares the comparison.",
)
FIRST_CALLS = (
    "First call: enquiry confirmed, details to follow by e-mail.",
    "First call: {contact} explained the project, visit to be arranged.",
    "First call: still at an early stage, wants documentation only.",
    "First call: urgent, present machine is down.",
)
STALL = (
    "Contract is with their legal department, no date yet.",
    "Waiting for the approval of the investment. Purchasing asks for payment in three parts.",
    "Terms: they want 5 % more discount and an extended warranty.",
    "Signature postponed again, managing director is travelling.",
    "Negotiating penalty clause for late delivery.",
)
NOTES = (
    "Floor plan received. Ceiling height only 2.9 m: check the mast version.",
    "Credit check is fine.",
    "Competitor offers about 8 % below us but with 24 weeks delivery.",
    "Technical clarification done with engineering, standard machine fits.",
    "Customer visited our test centre with own cartons: all formats ran.",
    "Uses compressed air at 5 bar only, needs booster.",
)
LOST_NOTES = {
    "price": "Final answer: competitor about 12 % cheaper, we could not follow.",
    "competitor": "They stay with their present supplier.",
    "budget": "Investment was stopped by group management.",
    "silent": "No answer to five messages. Closed, remind next year.",
    "timing": "Project moved to next year. Stay in touch.",
    "fit": "Outside our range.",
    "features": "Needs a speed our machine does not reach.",
}
WON_NOTES = (
    "Order received by e-mail. Kick-off planned for {month}.",
    "Signed on site. Thanks to engineering for the quick layout!",
    "Order confirmed, down payment announced.",
)
MEETINGS = ("Site visit {short}", "Line review with {contact}", "Offer presentation {short}",
            "Demo in test centre, {short}", "Negotiation meeting {short}")
TASKS = {
    "call": ("Call about open offer", "Ask for decision date", "Follow up after visit"),
    "email": ("Send revised offer", "Send references", "Send layout"),
    "todo": ("Check delivery time with production", "Prepare calculation"),
    "meeting": ("Arrange site visit", "Arrange demo in test centre"),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
