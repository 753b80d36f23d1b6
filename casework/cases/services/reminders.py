"""The day before a meeting the person is reminded, where they have said that it is safe.

What is sent says when, whom to ring and whom to ask for, and nothing about what it is for. The
job looks again when its hour has come: a meeting that was moved or cancelled, or a channel that is
no longer safe, sends nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import Contact, ContactPreference, Person
from casework.common import dates
from casework.common.presenters import clock
from casework.outbox import services as outbox
from casework.outbox.models import Message

HOUR = dt.time(10)  # of the day before
LATEST = dt.time(20)  # nobody is sent a message at night
JOB = "cases.remind"
ABOUT = "Reminder of a meeting"


def plan_reminder(*, contact: Contact, now: dt.datetime | None = None) -> None:
    """Have the person reminded of a booked contact, in the transaction that books or moves it.

    A contact of today, or one that is booked late in the evening for tomorrow, sends nothing.
    """
    now = now or timezone.now()
    today = timezone.localtime(now).date()
    before = contact.date - dt.timedelta(days=1)
    if contact.date <= today:
        return
    due_at = max(dates.to_utc(before, HOUR), now)
    if due_at >= dates.to_utc(before, LATEST):
        return
    moment = _moment(contact)
    outbox.enqueue(
        JOB,
        key=f"{contact.pk} {moment}",
        arguments={"contact": str(contact.pk), "moment": moment},
        due_at=due_at,
    )


def remind(*, contact: str, moment: str) -> None:
    """Handler of the job: send the reminder, if the contact is still booked for that moment."""
    with transaction.atomic():
        row = (
            Contact.objects.select_for_update(of=("self",))
            .select_related("person", "worker", "team")
            .get(pk=UUID(contact))
        )
        if row.attendance != Contact.Attendance.BOOKED or _moment(row) != moment:
            return
        if row.date <= timezone.localdate():
            return
        for channel, address, ask_for in safe_channels(row.person):
            body = words_for(row, ask_for)
            if not _already_sent(channel, address, body):
                outbox.send(
                    channel=channel,
                    to=address,
                    subject=_("A reminder for tomorrow"),
                    body=body,
                    about=ABOUT,
                )


def _already_sent(channel: str, address: str, body: str) -> bool:
    """Has an earlier run of the same job got this far? It may have been killed afterwards."""
    return Message.objects.filter(
        channel=channel, to=address, about=ABOUT, body=body, created_at__date=timezone.localdate()
    ).exists()


def words_for(contact: Contact, name: str = "") -> str:
    """What the reminder says. Nothing in it tells a stranger what kind of meeting it is."""
    when = _("tomorrow")
    if contact.time is not None:
        when = _("tomorrow at %(time)s") % {"time": clock(contact.time)}
    first = _("you have a meeting %(when)s.") % {"when": when}
    lines = [_("Hello %(name)s,") % {"name": name} if name else _("Hello,"), first]
    phone = contact.team.phone if contact.team else ""
    if phone and contact.worker:
        lines.append(
            _("If you want another time, ring %(phone)s and ask for %(worker)s.")
            % {"phone": phone, "worker": contact.worker.name}
        )
    elif contact.worker:
        lines.append(_("It is with %(worker)s.") % {"worker": contact.worker.name})
    return "\n".join(lines)


def safe_channels(person: Person) -> Iterator[tuple[str, str, str]]:
    """Channel, address and the name to use there, where a message may be left."""
    if person.death_date is not None:
        return
    addresses = {
        ContactPreference.Channel.TEXT.value: ("text", person.phone),
        ContactPreference.Channel.EMAIL.value: ("email", person.email),
    }
    for one in person.contact_preferences.filter(
        channel__in=addresses, may_use=True, safe_to_leave_message=True
    ):
        channel, address = addresses[one.channel]
        if address:
            yield channel, address, one.ask_for


def _moment(contact: Contact) -> str:
    """Day and time, so that a booking that was moved is another one."""
    time = f"T{contact.time:%H:%M}" if contact.time else ""
    return f"{contact.date.isoformat()}{time}"
