# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Answers, calls, meetings and stages of a small company, and their KPIs in plain Python."""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from ..tools.report_period import ReportPeriod

SELLING_CODES = [
    "first_response_expected_count", "first_response_count", "first_response_unanswered_count",
    "first_response_in_time_count", "first_response_hours_average",
    "first_response_unanswered_rate", "first_response_service_level",
    "first_response_waiting_count", "stage_entry_count", "reopened_count", "call_count",
    "email_count", "meeting_count", "task_count", "deal_activity_count", "calls_per_sale",
    "activities_per_won",
]
NOON = time(12)
ANSWER_WITHIN = 24  # hours, as every company begins


class SellingRecords:
    """For a class of ``ScreensCase``: what its two people did on its leads."""

    @classmethod
    def _make_selling(cls, leads, today):
        """:param leads: deals of ``ScreensCase`` by name, their dates set"""
        Member = cls.env["crm.team.member"]
        for user, team in ((cls.salesperson, cls.north), (cls.manager, cls.south)):
            Member.create({"crm_team_id": team.id, "user_id": user.id})
        cls._close_moment()
        created = datetime.combine(cls.created_on, NOON)
        cls._say(leads["Deal 0"], cls.salesperson, created + timedelta(hours=5))
        cls._say(leads["Deal 1"], cls.salesperson, created + timedelta(hours=30), "call")
        cls._say(leads["Deal 2"], cls.manager, created + timedelta(hours=2))
        closed = datetime.combine(cls.closed_on, NOON)
        for number in range(3):
            cls._say(leads[f"Deal {number}"], cls.manager, closed - timedelta(days=3), "call")
            cls._say(leads[f"Deal {number}"], cls.salesperson, closed - timedelta(days=2), "todo")
        cls._say(leads["Deal 2"], cls.salesperson, closed + timedelta(days=1), "call")
        cls.env["calendar.event"].create({
            "name": "Visit", "opportunity_id": leads["Deal 3"].id, "user_id": cls.manager.id,
            "start": closed - timedelta(days=4), "stop": closed - timedelta(days=4, hours=-1)})
        cls._enquiries(datetime.combine(ReportPeriod.of("last_month", today).first, NOON))
        cls._reopen(closed)
        everything = cls._all_leads()
        everything._kpi_recompute_sql(everything.ids)

    @classmethod
    def _all_leads(cls):
        return cls.env["crm.lead"].with_context(active_test=False).search(
            [("company_id", "=", cls.company.id)])

    @classmethod
    def _close_moment(cls):
        """Histories begin with the dates that were set, not with those of the test."""
        cls._end_transaction()
        cls.env["crm.stage.event.writer"]._rebuild(cls._all_leads().ids)

    @classmethod
    def _end_transaction(cls):
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _say(cls, lead, user, moment, kind="email"):
        own = lead.with_user(user).with_context(allowed_company_ids=cls.company.ids)
        if user == cls.salesperson and lead.user_id - user:
            own = lead  # what he did before it was somebody else's
        if kind == "email":
            message = own.message_post(body="Hello", message_type="comment",
                                       author_id=user.partner_id.id,
                                       subtype_xmlid="mail.mt_comment")
        else:
            activity = own.activity_schedule(
                f"mail.mail_activity_data_{kind}", user_id=user.id)
            message, _next = activity._action_done(feedback="Done")
            message.sudo().author_id = user.partner_id
        message.sudo().date = moment

    @classmethod
    def _enquiries(cls, moment):
        """In the last month: one answered, one not, one that its salesperson entered."""
        values = {"type": "lead", "company_id": cls.company.id, "team_id": cls.north.id,
                  "user_id": cls.salesperson.id, "source_id": cls.source.id}
        Lead = cls.env["crm.lead"]
        leads = Lead.create([{**values, "name": name} for name in ("Answered", "Unanswered")])
        leads += Lead.with_user(cls.salesperson).with_context(
            allowed_company_ids=cls.company.ids).create({**values, "name": "Own"}).with_env(cls.env)
        cls._end_transaction()
        cls._date(leads, "create_date", moment.date())
        cls._say(leads[0], cls.salesperson, moment + timedelta(minutes=90))

    @classmethod
    def _reopen(cls, moment):
        deal = cls.env["crm.lead"].create({
            "name": "Reopened", "type": "opportunity", "company_id": cls.company.id,
            "team_id": cls.north.id, "user_id": cls.manager.id, "source_id": cls.source.id})
        cls._end_transaction()
        deal.action_set_lost()
        cls._end_transaction()
        deal.action_unarchive()
        cls._end_transaction()
        cls._date(deal, "create_date", cls.created_on)
        cls.env.cr.execute(SQL(
            """UPDATE crm_stage_event SET entered_at = %s + id * interval '1 s',
                      left_at = CASE WHEN left_at IS NOT NULL
                                THEN %s + (id + 1) * interval '1 s' END
               WHERE lead_id = %s""", moment, moment, deal.id))
        cls.env.invalidate_all()

    # -- The same figures, counted by hand -------------------------------------------------

    def selling_by_records(self, user, period, scope):
        """Plain Python over what a person may see."""
        own = None if user == self.manager else {user.id, False}
        start, stop = (datetime.combine(day, time()) for day in (period.first, period.stop))
        team_of = {member.user_id: member.crm_team_id.id
                   for member in self.env["crm.team.member"].search([])}

        def is_meant(person, team, source):
            dims = {"user_id": person, "team_id": team, "source_id": source}
            return (own is None or person in own) and all(
                dims[name] in ids for name, ids in scope.items())

        def is_in(moment):
            return bool(moment) and start <= moment < stop

        leads = self._all_leads()
        mine = leads.filtered(
            lambda lead: is_meant(lead.user_id.id, lead.team_id.id, lead.source_id.id))
        done = self._done_by_hand(leads)
        counted = [kind for kind, moment, lead, doer in done
                   if is_in(moment) and is_meant(doer.id, team_of.get(doer), lead.source_id.id)]
        closed = mine.filtered(lambda lead: lead.won_status != "pending"
                               and is_in(lead.date_closed))
        won = len(closed.filtered(lambda lead: lead.won_status == "won"))
        efforts = [kind for kind, moment, lead, _doer in done
                   if lead in closed and moment <= lead.date_closed]
        events = self.env["crm.stage.event"].search([("lead_id", "in", mine.ids)]).filtered(
            lambda event: is_in(event.entered_at))
        return {
            **self._answers_by_hand(mine, is_in, done), **self._waiting_by_hand(mine, period, done),
            "stage_entry_count": sum(e.kind == "entered" and e.is_first for e in events),
            "reopened_count": sum(event.kind == "reopened" for event in events),
            "call_count": counted.count("call"), "email_count": counted.count("email"),
            "meeting_count": counted.count("meeting"), "task_count": counted.count("task"),
            "deal_activity_count": len(efforts),
            "calls_per_sale": efforts.count("call") / won if won else None,
            "activities_per_won": len(efforts) / won if won else None,
        }

    def _done_by_hand(self, leads):
        """:return: list of ``(kind, moment, lead, doer)``"""
        kinds = {"phonecall": "call", "default": "task"}
        people = {user.partner_id: user for user in (self.manager, self.salesperson)}
        found = [("meeting", event.start, event.opportunity_id, event.user_id)
                 for event in self.env["calendar.event"].search(
                     [("opportunity_id", "in", leads.ids)])]
        for message in self.env["mail.message"].search(
                [("model", "=", "crm.lead"), ("res_id", "in", leads.ids)]):
            activity = message.mail_activity_type_id
            is_email = message.message_type == "comment" and not message.subtype_id.internal
            if message.author_id in people and (activity or is_email):
                kind = kinds[activity.category] if activity else "email"
                lead = leads.browse(message.res_id)
                found.append((kind, message.date, lead, people[message.author_id]))
        return found

    def _answers_by_hand(self, leads, is_in, done):
        hours = {}
        expected = leads.filtered(
            lambda lead: is_in(lead.create_date) and lead.create_uid != lead.user_id)
        # A task is no answer.
        for kind, moment, lead, _doer in sorted(done, key=lambda one: one[1]):
            if lead in expected and kind != "task":
                hours.setdefault(lead, (moment - lead.create_date).total_seconds() / 3600)
        count, in_time = len(hours), sum(value <= ANSWER_WITHIN for value in hours.values())
        return {
            "first_response_expected_count": len(expected), "first_response_count": count,
            "first_response_unanswered_count": len(expected) - count,
            "first_response_in_time_count": in_time,
            "first_response_hours_average": sum(hours.values()) / count if count else None,
            "first_response_unanswered_rate":
                (len(expected) - count) / len(expected) if expected else None,
            "first_response_service_level": in_time / len(expected) if expected else None,
        }

    def _waiting_by_hand(self, leads, period, done):
        """Only one night was measured, the last one."""
        if not period.first <= self.today - timedelta(days=1) < period.stop:
            return {"first_response_waiting_count": None}
        answered = {lead for kind, _moment, lead, _doer in done if kind != "task"}
        waiting = leads.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
            and lead.create_uid != lead.user_id and lead not in answered
            and lead.create_date < datetime.combine(self.today, time()))
        return {"first_response_waiting_count": len(waiting)}
