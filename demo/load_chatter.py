"""The past of each enquiry as its chatter shows it, with authors, dates and tracked changes."""

from datetime import timedelta

from markupsafe import Markup

from odoo import Command

from . import world
from .calls import call_of

TYPE_LABEL = {"lead": "Lead", "opportunity": "Opportunity"}


def load_messages(loading):
    """E-mails, calls, notes and tracked changes, oldest first."""
    entries = []
    for deal in loading.plan.deals:
        entries += [(talk.at, _talk, deal, talk) for talk in deal.talks]
        entries += [(move.at, _move, deal, move) for move in deal.moves]
    entries.sort(key=lambda entry: (entry[0], entry[2].key))
    kit = _Kit(loading)
    Message, Tracking = loading.env["mail.message"], loading.env["mail.tracking.value"]
    number = 0
    for chunk in loading.in_chunks(entries, 1000):
        values, changes = [], []
        for _at, make, deal, what in chunk:
            number += 1
            message, tracked = make(kit, deal, what)
            message["message_id"] = f"<story-{number}@noordvelt.example>"
            values.append(message)
            changes.append(tracked)
        messages = Message.create(values)
        Tracking.create([
            {**change, "mail_message_id": message.id}
            for message, tracked in zip(messages, changes, strict=True) for change in tracked])


class _Kit:
    """Ids that every message needs."""

    def __init__(self, loading):
        env = loading.env
        self.loading = loading
        self.subtypes = {name: env.ref(xmlid).id for name, xmlid in {
            "comment": "mail.mt_comment", "note": "mail.mt_note",
            "activity": "mail.mt_activities", "stage": "crm.mt_lead_stage",
            "won": "crm.mt_lead_won", "lost": "crm.mt_lead_lost",
            "reopened": "crm.mt_lead_restored",
        }.items()}
        self.types = {"in": env.ref("crm_roi.mail_activity_type_call_in"),
                      "out": env.ref("crm_roi.mail_activity_type_call_out"),
                      "meeting": env.ref("mail.mail_activity_data_meeting")}
        self.fields = {name: env["ir.model.fields"]._get("crm.lead", name).id for name in (
            "type", "stage_id", "won_status", "active", "lost_reason_id", "user_id",
            "expected_revenue")}

    def message(self, deal, at, login, kind, subtype, body, **values):
        user = self.loading.users[login]
        return {
            "model": "crm.lead", "res_id": self.loading.leads[deal.key].id, "date": at,
            "message_type": kind, "subtype_id": self.subtypes[subtype], "body": body,
            "author_id": user.partner_id.id, "email_from": user.email_formatted,
            "reply_to": user.email, **values,
        }

    def change(self, at, field, old, new, old_id=0, new_id=0):
        return {"field_id": self.fields[field], "create_date": at,
                "old_value_char": old, "new_value_char": new,
                "old_value_integer": old_id, "new_value_integer": new_id}


def _html(text):
    return Markup("<p>%s</p>") % Markup("<br/>").join(text.split("\n"))


def _talk(kit, deal, talk):
    if talk.kind == "in":
        contact = kit.loading.contacts.get((deal.customer.key, deal.contact.email))
        return kit.message(
            deal, talk.at, world.DIRECTOR[0], "email", "comment", _html(talk.text),
            subject=talk.subject, author_id=contact.id if contact else False,
            email_from=f'"{deal.contact.name}" <{deal.contact.email}>',
            reply_to=deal.contact.email), []
    if talk.kind in ("call", "meeting"):
        call = call_of(talk) if talk.kind == "call" else None
        kind = kit.types[call.direction if call else "meeting"]
        known = {"call_minutes": call.minutes, "call_outcome": call.outcome} if call else {}
        body = Markup(
            '<div><p><span class="fa %s fa-fw"></span><span>%s</span> done<span>: </span>'
            '<span>%s</span></p><div><div class="fw-bold">Feedback:</div>%s</div></div>'
        ) % (kind.icon, kind.name, talk.subject, talk.text)
        return kit.message(deal, talk.at, talk.by, "notification", "activity", body,
                           mail_activity_type_id=kind.id, is_internal=True, **known), []
    subtype = "comment" if talk.kind == "out" else "note"
    return kit.message(deal, talk.at, talk.by, "comment", subtype, _html(talk.text),
                       subject=talk.subject or False, is_internal=talk.kind == "note"), []


def _move(kit, deal, move):
    by = move.by or world.DIRECTOR[0]
    subtype = {"stage": "stage", "won": "won", "lost": "lost", "reopened": "reopened"}
    message = kit.message(deal, move.at, by, "notification", subtype.get(move.what, "note"), "")
    return message, [*_CHANGES[move.what](kit, move), *_revenue(kit, deal, move)]


def _revenue(kit, deal, move):
    """The expected revenue is filled in when the lead is qualified, and follows the order."""
    estimate = deal.estimate or deal.revenue
    old, new = {"type": (0, estimate), "won": (estimate, deal.revenue)}.get(move.what, (0, 0))
    if old == new:
        return []
    return [{"field_id": kit.fields["expected_revenue"], "create_date": move.at,
             "old_value_float": old, "new_value_float": new}]


def _stage(kit, move):
    stages = kit.loading.stages
    return [kit.change(move.at, "stage_id", stages[move.old].name, stages[move.new].name,
                       stages[move.old].id, stages[move.new].id)]


def _won(kit, move):
    return [*_stage(kit, move), kit.change(move.at, "won_status", "Pending", "Won")]


def _lost(kit, move):
    reason = kit.loading.reasons[move.new]
    return [kit.change(move.at, "won_status", "Pending", "Lost"),
            kit.change(move.at, "lost_reason_id", "", reason.name, 0, reason.id),
            kit.change(move.at, "active", False, False, 1, 0)]


def _reopened(kit, move):
    reason = kit.loading.reasons[move.old]
    return [kit.change(move.at, "won_status", "Lost", "Pending"),
            kit.change(move.at, "lost_reason_id", reason.name, "", reason.id, 0),
            kit.change(move.at, "active", False, False, 0, 1)]


def _void(kit, move):
    return [kit.change(move.at, "active", False, False, 1, 0)]


def _type(kit, move):
    return [kit.change(move.at, "type", TYPE_LABEL[move.old], TYPE_LABEL[move.new])]


def _user(kit, move):
    old, new = (kit.loading.users[login] for login in (move.old, move.new))
    return [kit.change(move.at, "user_id", old.name, new.name, old.id, new.id)]


_CHANGES = {"stage": _stage, "won": _won, "lost": _lost, "reopened": _reopened, "void": _void,
            "type": _type, "user": _user}


def load_meetings(loading):
    """Calendar entries, what was done and what is still to do."""
    env = loading.env
    types = {key: env.ref(f"mail.mail_activity_data_{key}") for key in
             ("call", "email", "todo", "meeting")}
    types.update((key, env.ref(f"crm_roi.mail_activity_type_call_{key}")) for key in ("in", "out"))
    model = env["ir.model"]._get_id("crm.lead")
    done, planned, events = [], [], []
    for deal in loading.plan.deals:
        lead = loading.leads[deal.key]
        base = {"res_model_id": model, "res_id": lead.id}
        for talk in deal.talks:
            if talk.kind == "call":
                done.append(_activity(loading, base, types[call_of(talk).direction], talk.by,
                                      talk.subject, talk.at.date(), talk.text))
        for task in deal.tasks:
            planned.append(_activity(loading, base, types[task.kind], task.by, task.summary,
                                     task.due))
        events += [_event(loading, deal, lead, meeting, base, types) for meeting in deal.meetings]
    for chunk in loading.in_chunks(done + planned, 1000):
        env["mail.activity"].create(chunk)
    for chunk in loading.in_chunks(events, 200):
        # finished activities are archived, and must be seen lest Odoo logs the meeting again
        env["calendar.event"].with_context(active_test=False).create(chunk)


def _activity(loading, base, kind, login, summary, due, feedback=None):
    values = {**base, "activity_type_id": kind.id, "user_id": loading.users[login].id,
              "summary": summary, "date_deadline": due}
    if feedback is not None:
        values.update(active=False, date_done=due, feedback=feedback)
    return values


def _event(loading, deal, lead, meeting, base, types):
    """A held meeting brings its finished activity along, as when it was planned from the lead."""
    user = loading.users[meeting.by]
    contact = loading.contacts.get((deal.customer.key, deal.contact.email))
    day = meeting.start.date()
    held = day < loading.plan.today
    values = {
        "name": meeting.subject, "start": meeting.start, "duration": meeting.hours,
        "stop": meeting.start + timedelta(hours=meeting.hours), "user_id": user.id,
        "partner_ids": [Command.set((user.partner_id | contact).ids if contact
                                    else user.partner_id.ids)],
        "opportunity_id": lead.id, "location": deal.customer.city,
    }
    activity = _activity(loading, base, types["meeting"], meeting.by, meeting.subject, day,
                         "" if held else None)
    return {**values, "activity_ids": [Command.create(activity)]}
