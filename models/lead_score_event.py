"""What happens on leads and can be counted by scoring rules."""

EVENTS = [
    ("call", "Call logged"),
    ("meeting", "Meeting held"),
    ("mail_sent", "Mail sent to the customer"),
    ("mail_received", "Mail received from the customer"),
    ("mailing_open", "Mass mailing opened"),
    ("mailing_click", "Mass mailing clicked"),
    ("quotation", "Quotation sent"),
    ("web_visit", "Page of the website visited"),
]
