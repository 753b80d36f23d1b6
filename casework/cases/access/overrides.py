"""Opening a record in an emergency, for an hour, in the open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases import policy as people
from casework.cases.access import policy
from casework.cases.models import CaseEvent, LiveReason, Override, Person, SealedNote
from casework.cases.services.records import save
from casework.cases.services.reminders import safe_channels
from casework.common import dates, nhs_number
from casework.common.errors import Refusal
from casework.outbox import services as outbox

HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = 5
MOST_A_DAY = 15
MORNING, NIGHT = dt.time(8), dt.time(20)  # nobody is sent a message at night
ABOUT = "Somebody opened the record"


def may_ask(*, by: User, now: dt.datetime | None = None) -> None:
    """Refuse somebody who has asked for too many records, found or not."""
    now = now or timezone.now()
    asked = Override.objects.filter(user=by)
    many = asked.filter(created_at__gt=now - HOUR).count() >= MOST_AN_HOUR
    if many or asked.filter(created_at__gt=now - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refusal(
            _(
                "You have asked for many records in a short time. Ring the team that holds the"
                " person, or your lead."
            )
        )
    if by.worker_id is None:
        raise Refusal(
            _("Your account is not linked to a worker yet. An administrator can link it.")
        )


@transaction.atomic
def ask(*, identifier: str, category: str, reason: str, safety_reason: str, by: User) -> Override:
    """Write down who wants to open whose record and why, and only then look whether there is one.

    Precondition: a reason; not too many before. Promise: the same is written, in as many
    statements, whether or not the identifier leads to anybody.
    """
    may_ask(by=by)
    if not reason.strip():
        raise Refusal(_("Say why you need to open this record."))
    row = save(
        Override(
            user=by,
            team_id=policy.acting_team_id(by),
            category=category,
            reason=reason.strip(),
            safety_reason=safety_reason.strip(),
        ),
        by=by,
    )
    row.person = _find(identifier)
    return save(row, by=by)


def _find(identifier: str) -> Person | None:
    """The one person with exactly this NHS number or local id."""
    words = identifier.strip()
    number = nhs_number.normalise(words)
    found = Q(local_id=words)
    if nhs_number.is_valid(number):
        found |= Q(nhs_number=number)
    rows = list(Person.objects.filter(found).order_by("pk")[:2])
    return rows[0] if len(rows) == 1 else None


@transaction.atomic
def open_record(*, override: Override, by: User, now: dt.datetime | None = None) -> Override:
    """Open the record for an hour.

    Precondition: asked for by the same user within ten minutes; one person has the identifier;
    the user has no reason of their own. Promise: a live reason that ends by itself, the person is
    told unless a reason of safety waits for a second person, and the privacy officer's queue
    has it.
    """
    now = now or timezone.now()
    row = Override.objects.select_for_update(of=("self",)).get(pk=override.pk)
    if row.user_id != by.pk or row.opened_at is not None or row.note_id is not None:
        raise Refusal(_("This has been opened already. Ask again."))
    if row.person is None:
        raise Refusal(
            _(
                "No single record has this identifier. Check it, and ask again. That you asked is"
                " written down."
            )
        )
    if people.can_see_person(by, row.person):
        raise Refusal(_("You can open this record already, without an override."))
    row.opened_at, row.ends_at = now, now + HOUR
    LiveReason.objects.create(
        person=row.person,
        worker_id=by.worker_id,
        kind=LiveReason.Kind.OVERRIDE,
        source_key=_source(row),
        start=timezone.localdate(now),
        end=timezone.localdate(row.ends_at),
        ends_at=row.ends_at,
    )
    _tell_or_wait(row, now)
    return save(row, by=by, reason=row.category)


def _source(row: Override) -> str:
    return f"override:{row.pk}"


def _tell_or_wait(row: Override, now: dt.datetime) -> None:
    if row.safety_reason:
        row.telling = Override.Telling.WAITS
    else:
        tell(row, now)


def tell(row: Override, now: dt.datetime) -> None:
    """Tell the person, on the channels that they marked as safe; the timeline says it too."""
    person = row.person
    assert person is not None  # noqa: S101
    sent = False
    for channel, address, name in safe_channels(person):
        outbox.send(
            channel=channel,
            to=address,
            subject=_("A message for you"),
            body=_words(row, name),
            about=ABOUT,
            send_after=_in_daytime(now),
        )
        sent = True
    row.telling = Override.Telling.TOLD if sent else Override.Telling.PORTAL
    CaseEvent.objects.create(
        person=person,
        kind="override.opened",  # not that it was a sealed note: that one exists is for few
        on=timezone.localdate(row.opened_at or now),
        time=timezone.localtime(row.opened_at or now).time().replace(second=0, microsecond=0),
        by=row.user,
        worker_id=row.user.worker_id,
        team_id=row.team_id,
        about=row.pk,
        data={"category": row.category},
    )


def _words(row: Override, name: str) -> str:
    """What the message says: nothing in it tells a stranger what kind of record it is."""
    hello = _("Hello %(name)s,") % {"name": name} if name else _("Hello,")
    phone = row.team.phone if row.team else ""
    said = _("somebody who is not usually with you has looked at your details.")
    if phone:
        ask_us = _("You can ask who it was and why: ring %(phone)s.") % {"phone": phone}
    else:
        ask_us = _("You can ask us who it was and why.")
    return "\n".join([hello, said, ask_us])


def _in_daytime(now: dt.datetime) -> dt.datetime:
    local = timezone.localtime(now)
    if local.time() < MORNING:
        return dates.to_utc(local.date(), MORNING)
    if local.time() >= NIGHT:
        return dates.to_utc(local.date() + dt.timedelta(days=1), MORNING)
    return now


@transaction.atomic
def finish(*, override: Override, by: User, now: dt.datetime | None = None) -> Override:
    """Close the record before the hour is over."""
    now = now or timezone.now()
    row = Override.objects.select_for_update(of=("self",)).get(pk=override.pk)
    if row.user_id != by.pk or row.ends_at is None or row.ends_at <= now:
        raise Refusal(_("This record is closed already."))
    row.ends_at = now
    reason = LiveReason.objects.select_for_update(of=("self",)).get(
        person_id=row.person_id, source_key=_source(row)
    )
    reason.ends_at, reason.end = now, timezone.localdate(now)
    reason.save()
    return save(row, by=by)


@transaction.atomic
def open_note(
    *,
    note: SealedNote,
    ground: str,
    reason: str,
    safety_reason: str,
    by: User,
    now: dt.datetime | None = None,
) -> Override:
    """Open a sealed note that is not granted to somebody, on one of three grounds, for an hour.

    Precondition: they may know that it is there; a ground and a reason; not too many before.
    Promise: as for a record; a second person looks at it afterwards.
    """
    now = now or timezone.now()
    may_ask(by=by, now=now)
    if ground not in Override.Ground.values:
        raise Refusal(_("Select the ground on which you open this note."))
    if not reason.strip():
        raise Refusal(_("Say why you need to open this note."))
    row = Override(
        user=by,
        team_id=policy.acting_team_id(by),
        person=note.person,
        note=note,
        category=ground,
        reason=reason.strip(),
        safety_reason=safety_reason.strip(),
        opened_at=now,
        ends_at=now + HOUR,
    )
    _tell_or_wait(row, now)
    return save(row, by=by, reason=ground)


@transaction.atomic
def review(
    *,
    override: Override,
    outcome: str,
    words: str,
    not_told: bool,
    by: User,
    now: dt.datetime | None = None,
) -> Override:
    """A privacy officer says how it was.

    Precondition: nobody has yet, and it is not their own. Promise: where the person was not told
    and the officer does not agree to that (`not_told`), they are told now.
    """
    now = now or timezone.now()
    row = Override.objects.select_for_update(of=("self",)).get(pk=override.pk)
    if row.user_id == by.pk:
        raise Refusal(_("Somebody else must look at what you opened yourself."))
    if row.outcome:
        raise Refusal(_("This has been looked at already."))
    if outcome not in Override.Outcome.values:
        raise Refusal(_("Select an outcome."))
    if outcome != Override.Outcome.IN_ORDER and not words.strip():
        raise Refusal(_("Say in a few words what follows from it."))
    row.outcome, row.outcome_words = outcome, words.strip()
    row.reviewed_by, row.reviewed_at = by, now
    if row.telling == Override.Telling.WAITS:
        if not_told:
            row.telling = Override.Telling.WITHHELD
        else:
            tell(row, now)
    return save(row, by=by, reason=outcome)


def held_open(user: Any) -> dict[str, str]:
    """Which records a user holds open by override, and until when: for the banner."""
    return {
        str(one.person_id): one.ends_at.isoformat()
        for one in policy.own_open(user)
        if one.ends_at is not None
    }
