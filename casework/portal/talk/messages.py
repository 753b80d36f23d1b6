"""Messages between a person and their team: sent, read, and answered once, by a day that was said.

A worker may begin one too; the person answers it with a message of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Absence, Case, Person
from casework.cases.policy import can_see_person
from casework.common.dates import add_working_days
from casework.common.errors import Refusal
from casework.portal import carers
from casework.portal.models import CarerAccess, MessageRead, PortalAccount, TeamMessage
from casework.portal.talk.promises import MESSAGES, days_to_answer, held_by
from casework.portal.telling import tell


@transaction.atomic
def write(
    *,
    person: Person,
    words: str,
    wants_answer: bool = True,
    in_reply_to: TeamMessage | None = None,
) -> TeamMessage:
    """The person writes to their team, of themselves or in reply to what a worker wrote to them.

    Precondition: somebody holds them, so that somebody reads it. Promise: the team sees it today,
    and owes an answer by a day that the person is told, unless they need none. What they reply to
    counts as read.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if in_reply_to is not None:
        if in_reply_to.person_id != person.pk or in_reply_to.begun_by_id is None:
            raise ValueError("this was not written to them")
        mark_read_by_person(message=in_reply_to)
    row = _sent(person, words, wants_answer)
    row.in_reply_to = in_reply_to
    row.save()
    tell(person, "wrote", by=None, about=row.pk)
    return row


@transaction.atomic
def write_as_carer(*, access: CarerAccess, words: str, wants_answer: bool = True) -> TeamMessage:
    """Somebody whom the person let in writes to the team, in their own name.

    Precondition: the person lets them write, today. Promise: the person can read it and the answer
    too; it never counts as the person's own words.
    """
    access = (
        CarerAccess.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=access.pk)
    )
    if not carers.may_do(access, carers.WRITES, timezone.localdate()):
        raise Refusal(_("You cannot write here at the moment."))
    person = Person.objects.select_for_update(of=("self",)).get(pk=access.person_id)
    row = _sent(person, words, wants_answer)
    row.let_in = access
    row.save()
    tell(person, "carer_wrote", by=None, about=row.pk)
    return row


def _sent(person: Person, words: str, wants_answer: bool) -> TeamMessage:
    """What is sent to the team that holds a person, not saved yet."""
    if not words.strip():
        raise Refusal(_("Write what you want to say."))
    team = held_by(person).team
    if team is None:
        raise Refusal(
            _("No team is with you at the moment, so nobody would read it. Please ring instead.")
        )
    today = timezone.localdate()
    day = add_working_days(today, days_to_answer(team, MESSAGES)) if wants_answer else None
    return TeamMessage(person=person, team=team, words=words.strip(), answer_by=day)


@transaction.atomic
def mark_read(*, message: TeamMessage, by: User) -> None:
    """Somebody of the team opens a message. Promise: the person sees who, and when it was first."""
    MessageRead.objects.bulk_create([MessageRead(message=message, by=by)], ignore_conflicts=True)


@transaction.atomic
def answer(*, message: TeamMessage, by: User, words: str) -> TeamMessage:
    """Somebody of the team answers, in words that the person reads.

    Precondition: nobody has answered yet, and the answer has words. Promise: it counts as read.
    """
    row = TeamMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.begun_by_id is not None:
        raise Refusal(_("They answer this, not you."))
    if row.answered_at is not None:
        raise Refusal(_("Somebody has answered this already."))
    if not words.strip():
        raise Refusal(_("Write the answer."))
    mark_read(message=row, by=by)
    row.answer, row.answered_by, row.answered_at = words.strip(), by, timezone.now()
    row._history_user = by
    row.save()
    tell(row.person, "replied" if row.let_in_id is None else "replied_carer", by=by, about=row.pk)
    return row


@transaction.atomic
def answer_was_read(*, message: TeamMessage) -> None:
    """The person says that they have read the answer."""
    row = TeamMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.answered_at is not None and row.answer_read_at is None:
        row.answer_read_at = timezone.now()
        row.save()


# A worker begins ---------------------------------------------------------------------------------


class Hard(TextChoices):
    """Is there hard news in what a worker writes, and has somebody talked about it?"""

    NO = "no", gettext_lazy("No")
    TALKED = "talked", gettext_lazy("Yes, and I have talked with them about it")
    WAITS = "waits", gettext_lazy("Yes, and nobody has talked with them yet")


def why_not(person: Person, account: PortalAccount | None) -> str:
    """Why nobody can write to a person on their own pages now; nothing, where one can."""
    if account is None or account.ended_on is not None or person.death_date is not None:
        return _("They have no pages of their own, so they could not read it.")
    if account.unsafe_at is not None:
        return _("Their own pages are not safe for them now. Do not write there.")
    return ""


@transaction.atomic
def begin(*, person: Person, by: User, words: str, hard: str = Hard.NO) -> TeamMessage:
    """A worker writes to a person, on the person's own pages.

    Precondition: a live reason to open the record, and pages that the person can open and that are
    safe for them. Promise: it stands among their messages; hard news that nobody has talked about
    stays hidden until somebody has, unless the person asked to read everything at once.
    """
    if not accounts.may(by, Permission.RECORD_CONTACTS) or not can_see_person(by, person):
        raise Refusal(_("You have no reason to open this record now."))
    account = PortalAccount.objects.select_for_update(of=("self",)).filter(person=person).first()
    refused = why_not(person, account)
    if account is None or refused:
        raise Refusal(refused)
    if not words.strip():
        raise Refusal(_("Write what you want to say."))
    team = held_by(person).team
    if team is None:
        raise Refusal(_("No team is with them now, so nobody would read what they answer."))
    row = TeamMessage(
        person=person, team=team, begun_by=by, words=words.strip(), hard=hard != Hard.NO
    )
    if hard == Hard.TALKED:
        row.talked_on, row.talked_by = timezone.localdate(), by
    row._history_user = by
    row.save()
    waits = hard == Hard.WAITS and not account.read_at_once
    tell(person, "kept_quiet" if waits else "began", by=by, about=row.pk)
    return row


@transaction.atomic
def talked(*, message: TeamMessage, by: User) -> TeamMessage:
    """Somebody has talked with the person about the hard news in a message. From now on the person
    reads it."""
    row = TeamMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not row.hard or row.talked_on is not None:
        raise Refusal(_("It does not wait for a talk."))
    row.talked_on, row.talked_by = timezone.localdate(), by
    row._history_user = by
    row.save()
    tell(row.person, "talked" if row.read_at is not None else "began", by=by, about=row.pk)
    return row


@transaction.atomic
def mark_read_by_person(*, message: TeamMessage) -> None:
    """The person says that they have read what a worker wrote to them."""
    row = TeamMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.begun_by_id is not None and row.read_at is None:
        row.read_at = timezone.now()
        row.save()


# Who has to read what ----------------------------------------------------------------------------


def with_reads(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With who has read each and who answered."""
    reads = MessageRead.objects.select_related("by__worker").order_by("created_at", "pk")
    return rows.select_related(
        "team", "answered_by__worker", "begun_by__worker", "let_in", "in_reply_to__begun_by"
    ).prefetch_related(Prefetch("reads", queryset=reads))


def open_for_staff(user: Any) -> QuerySet[Any]:
    """Messages that somebody has still to answer, or has still to read, of the people whose record
    the user may open."""
    read = MessageRead.objects.filter(message=OuterRef("pk"))
    return TeamMessage.objects.visible_to(user).filter(
        Q(answer_by__isnull=False) | ~Exists(read),
        answered_at__isnull=True,
        begun_by__isnull=True,
        person__death_date__isnull=True,
    )


def to_talk_about(user: Any) -> QuerySet[Any]:
    """Hard news in messages to people whose record the user may open that nobody has talked about,
    and that the person does not read before."""
    return (
        TeamMessage.objects.visible_to(user)
        .filter(person__death_date__isnull=True, person__portal_account__read_at_once=False)
        .filter(person__portal_account__ended_on__isnull=True)
        .waiting_for_talk()
    )


def first_for(user: Any, on: dt.date) -> Q:
    """The people whose messages this user is the first to read: as key worker, as cover of one
    who is away, or with the team where nobody is named."""
    teams = accounts.teams_where(user, Permission.RECORD_CONTACTS)
    stands_in = Q(cover_team__in=teams)
    if user.worker_id is not None:
        stands_in |= Q(cover_worker=user.worker_id)
    away = Absence.objects.on(on).filter(stands_in).order_by().values("worker")
    cases = Case.objects.filter(closed_on__isnull=True).filter(
        Q(key_worker__in=away)
        | Q(key_worker__isnull=True, team__in=teams)
        | (Q(key_worker=user.worker_id) if user.worker_id is not None else Q(pk__in=[]))
    )
    return Q(person__in=cases.order_by().values("person"))
