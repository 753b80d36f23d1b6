"""What a contact is in the database, so that each act on one leaves the same behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.contact_hooks import hooks_for
from casework.cases.event_kinds import contact_kind
from casework.cases.models import (
    Activity,
    ActivityWorker,
    CaseEvent,
    Contact,
    LiveReason,
    Person,
)
from casework.cases.services.records import save, touch
from casework.common.errors import Refusal
from casework.common.history import save_new
from casework.directory.models import Team, Worker

RECENT_DAYS = 28  # how long a contact stays a reason to open the record afterwards


class ChangedMeanwhile(Refusal):
    """The contact is not as it was when the page was opened: both texts are shown, none is lost."""


CANCELLED = (Contact.Attendance.CANCELLED_BY_PERSON, Contact.Attendance.CANCELLED_BY_SERVICE)


def may_be_recorded(attendance: str, date: dt.date) -> None:
    if attendance not in Contact.Attendance.values or not attendance:
        raise Refusal(_("Select what happened."))
    if attendance == Contact.Attendance.BOOKED:
        raise Refusal(_("Book a contact that has not taken place yet."))
    if date > timezone.localdate() and attendance not in CANCELLED:
        raise Refusal(_("A contact in the future cannot be recorded yet. Book it."))


def may_meet(person: Person, workers: Sequence[Worker], date: dt.date) -> None:
    for worker in workers:
        if not worker.active:
            raise Refusal(_("%(worker)s no longer works here.") % {"worker": worker})
    if person.death_date is not None and date > person.death_date:
        raise Refusal(_("This day is after the person's date of death."))


def locked(contact: Contact, version: int | None) -> Contact:
    """The contact until the transaction ends, unless somebody has changed it meanwhile."""
    taking_part = ActivityWorker.objects.filter(activity__contact=OuterRef("pk"))
    rows = (
        Contact.objects.select_for_update(of=("self",))
        .select_related("person", "worker")
        .annotate(names_workers=Exists(taking_part))
    )
    found = rows.get(pk=contact.pk)
    if version is not None and found.version != version:
        raise ChangedMeanwhile(_("Somebody has changed this contact since you opened it."))
    return found


def moment(contact: Contact) -> str:
    time = f" {contact.time:%H:%M}" if contact.time else ""
    return f"{contact.date.isoformat()}{time}"


def change(
    contact: Contact,
    *,
    by: User | None,
    workers: Sequence[Worker] = (),
    reason: str = "",
    **changes: Any,
) -> list[str]:
    """Write changes to a locked contact; the names of the fields that changed.

    A worker who was there stays named even if they have left since; nobody who has left is added.
    """
    who = list(dict.fromkeys(workers))
    named = who and contact.__dict__.get("names_workers", True)
    there = list(ActivityWorker.objects.filter(activity__contact=contact)) if named else []
    before = {row.worker_id for row in there} or {contact.worker_id}
    if who:
        changes |= {"worker": who[0], "worker_count": len(who)}
    changes = {name: value for name, value in changes.items() if getattr(contact, name) != value}
    known = before | {contact.worker_id}
    new = [worker for worker in who if worker.pk not in known]
    if changes.get("attendance") not in CANCELLED:
        may_meet(contact.person, new, changes.get("date", contact.date))
    # what was booked here gave its workers their reasons then, and they hold as long as it stays
    reasons_hold = (
        contact.attendance == Contact.Attendance.BOOKED
        and contact.provider_id is None
        and "date" not in changes
        and {worker.pk for worker in who} <= before
    )
    contact.note_edits(**changes)
    contact.order_key = Contact.make_order_key(
        contact.time, contact.order_key.partition("|")[2] or str(contact.pk)
    )
    contact.version += 1
    save(contact, by=by, reason=reason.strip()[:100])
    if who and {worker.pk for worker in who} != before:
        _let_take_part(contact, who, there)
        changes.setdefault("worker", who[0])
    if "minutes" in changes and (there or not who):
        Activity.objects.filter(contact=contact).update(minutes=contact.minutes)
    if (who or "date" in changes) and not reasons_hold:
        give_reasons(contact, who)
    return sorted(set(changes) - {"worker_count", "recorded_by", "cancelled_on"})


def _let_take_part(
    contact: Contact, who: Sequence[Worker], there: Collection[ActivityWorker]
) -> None:
    """Let exactly these workers have taken part.

    Whoever met the person alone is named by the contact itself, and by nothing else.
    """
    wanted = {worker.pk for worker in who}
    gone = [row.pk for row in there if row.worker_id not in wanted]
    if gone:
        ActivityWorker.objects.filter(pk__in=gone).delete()
    known = {row.worker_id for row in there}
    if len(who) == 1 and not known:
        return
    activity = Activity.objects.filter(contact=contact).order_by("local_id", "pk").first()
    if activity is None:
        activity = Activity.objects.create(contact=contact, minutes=contact.minutes)
    ActivityWorker.objects.bulk_create(
        ActivityWorker(activity=activity, worker=worker) for worker in who if worker.pk not in known
    )


def reason_key(contact: Contact, worker_id: UUID) -> str:
    return f"contact:{contact.pk}:{worker_id}"


def reasons_of(contact: Contact) -> dict[str, LiveReason]:
    rows = LiveReason.objects.select_for_update(of=("self",)).filter(
        person_id=contact.person_id, source_key__startswith=f"contact:{contact.pk}:"
    )
    return {row.source_key: row for row in rows}


def give_reasons(contact: Contact, who: Sequence[Worker]) -> None:
    """Let the reasons to open the record follow a contact whose day or workers have changed."""
    there = reasons_of(contact)
    start = min(contact.date, timezone.localdate())
    end = contact.date + dt.timedelta(days=RECENT_DAYS)
    for live in there.values():
        first = min(live.start, start)
        if (live.start, live.end) != (first, end):
            live.start, live.end = first, end
            live.save()
    LiveReason.objects.bulk_create(
        LiveReason(
            person_id=contact.person_id,
            worker=worker,
            kind=LiveReason.Kind.CONTACT,
            source_key=reason_key(contact, worker.pk),
            start=start,
            end=end,
        )
        for worker in who
        if reason_key(contact, worker.pk) not in there
    )


def tell(
    contact: Contact,
    *,
    by: User | None,
    kind: str = "",
    hooks: bool = True,
    data: dict[str, Any] | None = None,
) -> None:
    """Leave behind what every change of a contact does: event, mark, and what other apps do."""
    CaseEvent.objects.create(
        person_id=contact.person_id,
        kind=kind or contact_kind(contact.attendance),
        on=contact.date,
        time=contact.time,
        by=by,
        worker_id=contact.worker_id,
        team_id=contact.team_id,
        about=contact.pk,
        data={
            "medium": contact.medium,
            "purpose": contact.purpose,
            "barrier": contact.barrier,
            "others": max(contact.worker_count - 1, 0),
            **(data or {}),
        },
    )
    touch(contact.person_id)
    if hooks:
        for hook in hooks_for(contact):
            hook(contact=contact, by=by)


def write(
    *,
    person: Person,
    workers: Sequence[Worker],
    date: dt.date,
    time: dt.time | None,
    team: Team | None,
    by: User | None,
    attendance: str,
    **details: Any,
) -> Contact:
    who = list(dict.fromkeys(workers))
    if not who:
        raise Refusal(_("Name at least one worker."))
    may_meet(person, who, date)
    contact = Contact(
        person=person,
        worker=who[0],
        worker_count=len(who),
        team=team,
        date=date,
        time=time,
        attendance=attendance,
        recorded_by=by,
        **details,
    )
    contact.order_key = Contact.make_order_key(time, str(contact.pk))
    save_new(contact, by=by)
    if len(who) > 1:
        _let_take_part(contact, who, ())
    today = timezone.localdate()
    LiveReason.objects.bulk_create(
        LiveReason(
            person=person,
            worker=worker,
            kind=LiveReason.Kind.CONTACT,
            source_key=reason_key(contact, worker.pk),
            start=min(date, today),
            end=date + dt.timedelta(days=RECENT_DAYS),
        )
        for worker in who
    )
    tell(contact, by=by)
    return contact
