from datetime import date, datetime, timedelta
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from ..tools.columns import guess_columns, guess_outcome, normal, signature, squash
from ..tools.parsing import (
    CellError,
    guess_decimal,
    guess_order,
    parse_moment,
    parse_number,
    to_utc,
)
from ..tools.period import local_day

ZONES = ("UTC", "Europe/Brussels", "Europe/Dublin", "America/New_York", "America/St_Johns",
         "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia",
         "Asia/Kathmandu", "Africa/Casablanca", "America/Sao_Paulo")


@tagged("post_install", "-at_install")
class TestImportTools(BaseCase):
    def refused(self, code, function, *arguments):
        with self.assertRaises(CellError) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.code, code, arguments)

    def test_numbers(self):
        for value, decimal, expected in (
            ("0", ".", 0), (" 12 ", ".", 12), ("1,234", ".", 1234), ("1.234", ",", 1234),
            ("1,234,567.89", ".", 1234567.89), ("1.234.567,89", ",", 1234567.89),
            ("1 234,5", ",", 1234.5), ("1\u202f234\u00a0567", ".", 1234567),
            ("1'234.5", ".", 1234.5),
            ("+5", ".", 5), (".5", ".", 0.5), (7, ".", 7), (7.25, ",", 7.25),
        ):
            self.assertEqual(parse_number(value, decimal), expected, value)
        self.assertEqual(parse_number("EUR 12,50 €", ",", ("€", "EUR")), 12.5)

    def test_refused_numbers(self):
        for code, values in {
            "not_a_number": ("abc", "NaN", "inf", "1e5", "", "12a", "--5", "1_000", "٣", "0x10",
                             "$5", float("nan"), float("inf"), True, None, date(2024, 1, 1)),
            "brackets": ("(100)", "( 1,000.00 )"),
            "negative": ("-1", "−1", -0.5),
            "wrong_decimal": ("1.234,56", "12,34", "1,2345", "1.2.3", ",5,"),
            "too_big": ("1" + "0" * 14, 1e30),
        }.items():
            for value in values:
                self.refused(code, parse_number, value, ".")

    def test_decimal_mark_is_guessed_only_when_shown(self):
        for values, expected in (
            ([], "."), (["12", None, 3.5], "."), (["1.5"], "."), (["1,5"], ","),
            (["1,234", "0,5"], ","), (["1,234", "1.50"], "."), (["1.234.567"], ","),
            (["1,234.5"], "."), (["1.234,5 €"], ","), (["1,234"], None), (["1.234"], None),
        ):
            self.assertEqual(guess_decimal(values), expected, values)

    def test_dates(self):
        for value, order, expected in (
            ("2024-02-29", "dmy", date(2024, 2, 29)), ("2024/2/9", "ymd", date(2024, 2, 9)),
            ("20240229", "ymd", date(2024, 2, 29)), ("29.02.2024", "dmy", date(2024, 2, 29)),
            ("02/29/2024", "mdy", date(2024, 2, 29)), ("9/2/24", "dmy", date(2024, 2, 9)),
            ("5 Jan 2024", "ymd", date(2024, 1, 5)), ("05-Sept-24", "ymd", date(2024, 9, 5)),
            ("March 3, 2024", "ymd", date(2024, 3, 3)),
            ("2024-01-05 13:45", "ymd", datetime(2024, 1, 5, 13, 45)),
            ("1/5/2024 1:45:07 PM", "mdy", datetime(2024, 1, 5, 13, 45, 7)),
            ("1/5/2024 12:05 am", "mdy", datetime(2024, 1, 5, 0, 5)),
            (datetime(2024, 1, 5), "ymd", date(2024, 1, 5)),
            (datetime(2024, 1, 5, 8), "ymd", datetime(2024, 1, 5, 8)),
        ):
            self.assertEqual(parse_moment(value, order), expected, value)
        for text in ("2024-01-05T13:45:00Z", "2024-01-05T14:45:00.123+01:00",
                     "2024-01-05 08:15:00 -0530"):
            moment = to_utc(parse_moment(text), "Asia/Tokyo")
            self.assertEqual(moment, datetime(2024, 1, 5, 13, 45), text)

    def test_refused_dates(self):
        for code, values in {
            "not_a_date": ("soon", "2024", "45292", "5 Foo 2024", "2024-01-05 quarter past", 45292,
                           "2024-1/5", True, None, ""),
            "no_such_day": ("2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "0000-01-01"),
            "no_such_time": ("2024-01-05 25:00", "2024-01-05 13:00 PM", "2024-01-05 10:61"),
            "unknown_order": ("03/04/2024",),
            "far_year": ("1899-12-31", "3024-01-01"),
        }.items():
            for value in values:
                self.refused(code, parse_moment, value, "ymd")
        self.refused("no_such_day", parse_moment, "02/29/2024", "dmy")

    def test_order_is_guessed_only_when_shown(self):
        for values, expected in (
            ([], "ymd"), (["2024-01-02", None], "ymd"), (["03/04/2024"], None),
            (["03/04/2024", "13/04/2024"], "dmy"), (["03/04/2024", "04/13/2024"], "mdy"),
            (["13/04/2024", "04/13/2024"], None), ([datetime(2024, 1, 1)], "ymd"),
        ):
            self.assertEqual(guess_order(values), expected, values)

    def test_bare_days_keep_their_day_and_whole_differences(self):
        first = date(2010, 1, 1)
        for zone in ZONES:
            days = [first + timedelta(days=n) for n in range(0, 6000, 5)]
            if zone == "Pacific/Apia":  # crossed the date line: this day never was
                days = [day for day in days if day != date(2011, 12, 30)]
            moments = [to_utc(day, zone) for day in days]
            self.assertEqual([local_day(moment, zone) for moment in moments], days, zone)
            if zone != "Pacific/Apia":
                steps = {after - before for before, after in pairwise(moments)}
                self.assertEqual(steps, {timedelta(days=5)}, zone)

    def test_columns_of_common_exports(self):
        for headers, expected in {
            "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Created Date,"
            "Close Date,Amount,Probability (%),Lead Source":
                "ref,name,partner,user,stage,created,closed,amount,probability,source",
            "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date,"
            "Closed Lost Reason,Associated Company":
                "ref,name,stage,closed,user,amount,created,lost_reason,partner",
            "Deal - Title,Deal - Owner,Deal - Status,Deal - Value,Deal - Deal created,"
            "Deal - Won time,Deal - Deal closed on,Deal - Lost reason":
                "name,user,outcome,amount,created,,closed,lost_reason",
            "ID,Title,Owner,Status,Value,Deal created,Won time,Lost reason,Organization":
                "ref,name,user,outcome,amount,created,closed,lost_reason,partner",
            "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value":
                "ref,user,product,partner,stage,created,closed,amount",
            "Name,Opportunity": ",name",
        }.items():
            found = guess_columns(headers.split(","))
            self.assertEqual(
                [found.get(n, "") for n in range(len(headers.split(",")))], expected.split(","))

    def test_outcomes(self):
        for label, expected in (
            ("Won", "won"), ("closedwon", "won"), ("Closed Won", "won"), ("GAGNÉ", "won"),
            ("Closed - Lost", "lost"), ("Perdu", "lost"), ("Open", "open"), ("Wonderful", None),
            ("", None), (None, None),
        ):
            self.assertEqual(guess_outcome(label), expected, label)

    def test_labels(self):
        self.assertEqual(normal("  Flex_Pro —  X "), "flex pro x")
        self.assertEqual(squash("GTXPro"), squash("gtx-Pro"))
        self.assertNotEqual(squash("???"), squash("!"))
        self.assertNotEqual(squash("Zoë"), squash("Zoe"))
        self.assertEqual(signature(["A b", "C"]), signature(["a  B", "c"]))
        self.assertNotEqual(signature(["ab", "c"]), signature(["a", "bc"]))
