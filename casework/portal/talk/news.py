"""What is new for a person: read marks, and a word by e-mail or text that there is something.

A piece of news is an event that somebody else wrote, staff or somebody whom they let in, and that
an app has given words for. Nothing is copied: what is kept quiet today is news on the day when it
is told. A notice by e-mail or text says that something is new and never what; it goes only by a way
that the person chose *and* that is marked as safe at that moment, and never in their quiet hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from casework.cases.models import Allocation, CaseEvent, WorkerHandover
from casework.cases.services.reminders import safe_channels
from casework.common.dates import add_working_days
from casework.outbox import services as outbox
from casework.portal import pages
from casework.portal.models import NewsMark, NoticeChoice, PortalAccount

KEPT_DAYS = 60  # how far back "what is new" goes
TALK_WITHIN = 2  # working days in which somebody talks with the person about hard news
TOGETHER = dt.timedelta(hours=1)  # what happens within it is one notice
JOB = "portal.notices"
ABOUT = "Something new on own pages"

# Under which choice of the person the events of a noun are told; others are about meetings.
GROUPS = {"portal": "answers", "plan": "plan", "referral": "referrals"}


def group_of(kind: str) -> str:
    """Under which choice of the person an event is told."""
    return GROUPS.get(kind.partition(".")[0], "meetings")


# In the person's own pages -----------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """One thing that somebody did, in words to the person."""

    event_id: UUID
    words: str
    day: dt.date
    is_new: bool


def told_of(account: PortalAccount, on: dt.date, *, days: int = KEPT_DAYS) -> QuerySet[CaseEvent]:
    """What is told to the person, the latest first, with whether they have read it (`was_read`)."""
    since = timezone.now() - dt.timedelta(days=days)
    read = NewsMark.objects.filter(
        event=OuterRef("pk"), account=account.pk, kind=NewsMark.Kind.READ
    )
    return (
        account.person.events.filter(
            Q(by__isnull=False) & ~Q(by=account.user_id) | Q(kind__in=pages.carers_kinds()),
            kind__in=list(pages.news_words(account)),
            created_at__gt=since,
        )
        .exclude(about__in=pages.quiet_about(account))
        .annotate(was_read=Exists(read))
        .select_related("worker", "team")
        .order_by("-created_at", "-pk")
    )


def unread(account: PortalAccount, on: dt.date, *, days: int = KEPT_DAYS) -> QuerySet[CaseEvent]:
    """What the person has not read yet."""
    return told_of(account, on, days=days).filter(was_read=False)


def pieces(account: PortalAccount, rows: Iterable[Any]) -> list[Piece]:
    """Events in words."""
    words = pages.news_words(account)
    return [
        Piece(
            row.pk,
            pages.told(row, words),
            timezone.localtime(row.created_at).date(),
            not row.was_read,
        )
        for row in rows
    ]


@transaction.atomic
def mark_all_read(*, account: PortalAccount, on: dt.date) -> int:
    """The person has read all that is told now; what is still kept quiet stays new."""
    return _mark(account, unread(account, on).values_list("pk", flat=True), NewsMark.Kind.READ)


@transaction.atomic
def mark_read_about(*, account: PortalAccount, about: UUID, on: dt.date) -> int:
    """The person has read all that is told about one row: a message, a meeting."""
    rows = unread(account, on).filter(about=about)
    return _mark(account, rows.values_list("pk", flat=True), NewsMark.Kind.READ)


def _mark(account: PortalAccount, events: Iterable[UUID], kind: NewsMark.Kind) -> int:
    rows = [NewsMark(account=account, event_id=one, kind=kind) for one in events]
    NewsMark.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def unsaid_changes(account: PortalAccount, on: dt.date) -> set[Any]:
    """Allocations whose beginning or end is a change of worker that nobody has talked about with
    the person: for two working days, or at once where they asked to read everything at once."""
    if account.read_at_once:
        return set()
    since = on - dt.timedelta(days=14)
    ended = list(
        Allocation.objects.filter(person=account.person_id, end__gte=since).exclude(
            planned_ending=True
        )
    )
    if not ended:
        return set()
    talked = set(
        WorkerHandover.objects.filter(
            person=account.person_id, agreed_with_person_on__isnull=False
        ).values_list("from_worker_id", flat=True)
    )
    unsaid = [
        one
        for one in ended
        if one.worker_id not in talked
        and one.end is not None
        and on <= add_working_days(one.end, TALK_WITHIN)
    ]
    begun = Allocation.objects.filter(
        person=account.person_id,
        role__in={one.role for one in unsaid},
        start__gte=since,
    )
    return {one.pk for one in unsaid} | set(begun.values_list("pk", flat=True))


# Choosing how to be told -------------------------------------------------------------------------


def choice_of(account: PortalAccount) -> NoticeChoice:
    """What the person chose; what is so where they have not chosen anything."""
    row = NoticeChoice.objects.filter(account=account).first()
    return row if row is not None else NoticeChoice(account=account)


def is_told(account: PortalAccount) -> bool:
    """Does a word go to the person when something is new: do they want it, by a way that is safe
    today?"""
    choice = choice_of(account)
    chosen = {"text": choice.by_text, "email": choice.by_email}
    return any(chosen.get(one[0]) for one in safe_channels(account.person))


@transaction.atomic
def choose(*, account: PortalAccount, **chosen: Any) -> NoticeChoice:
    """The person chooses how they are told.

    Promise: what is new at this moment is not sent afterwards: a notice is about what comes.
    """
    PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row = choice_of(account)
    sent_before = row.by_text or row.by_email
    for name, value in chosen.items():
        setattr(row, name, value)
    row._history_user = account.user
    row.full_clean(validate_unique=False)
    row.save()
    if not sent_before:
        _mark(account, _untold(account).values_list("pk", flat=True), NewsMark.Kind.TOLD)
    return row


def _untold(account: PortalAccount) -> QuerySet[CaseEvent]:
    told = NewsMark.objects.filter(
        event=OuterRef("pk"), account=account.pk, kind=NewsMark.Kind.TOLD
    )
    return unread(account, timezone.localdate()).filter(~Exists(told))


# Telling them ------------------------------------------------------------------------------------


def is_quiet_time(choice: NoticeChoice, time: dt.time) -> bool:
    """Is it one of the hours in which the person wants nothing? They may run over midnight."""
    start, end = choice.quiet_from, choice.quiet_until
    if start == end:
        return False
    if start < end:
        return start <= time < end
    return time >= start or time < end


def tell_all(*, now: dt.datetime | None = None) -> int:
    """Tell everybody who wants it, and for whom it is time, that something is new; how many.

    Run again, it tells nobody twice.
    """
    now = now or timezone.now()
    wanted = (
        NoticeChoice.objects.filter(account__ended_on__isnull=True, account__user__is_active=True)
        .filter(account__person__death_date__isnull=True, account__unsafe_at__isnull=True)
        .exclude(by_text=False, by_email=False)
        .order_by("pk")
    )
    ready = [
        one.account_id
        for one in wanted
        if not is_quiet_time(one, timezone.localtime(now).time())
        and (one.rhythm == one.Rhythm.SOON or timezone.localtime(now).time() >= one.daily_at)
    ]
    return sum(tell_one(account_id=one, now=now) for one in ready)


@transaction.atomic
def tell_one(*, account_id: UUID, now: dt.datetime) -> bool:
    """Tell one person, once for all that is new, by each way that they chose and that is safe."""
    account = (
        PortalAccount.objects.select_for_update(of=("self",))
        .select_related("person", "user", "notice_choice")
        .get(pk=account_id)
    )
    choice = account.notice_choice
    last = account.news_marks.filter(kind=NewsMark.Kind.TOLD).order_by("-created_at").first()
    if last is not None and not _time_again(choice, last.created_at, now):
        return False
    rows = [
        pk
        for pk, kind in _untold(account).values_list("pk", "kind")
        if getattr(choice, f"about_{group_of(kind)}")
    ]
    chosen = {"text": choice.by_text, "email": choice.by_email}
    ways = [one for one in safe_channels(account.person) if chosen[one[0]]]
    if not rows or not ways:
        return False
    with override(settings.LANGUAGE_CODE):
        for channel, address, name in ways:
            outbox.send(
                channel=channel,
                to=address,
                subject=_("Something new for you"),
                body=words(name),
                about=ABOUT,
            )
    _mark(account, rows, NewsMark.Kind.TOLD)
    return True


def _time_again(choice: NoticeChoice, last: dt.datetime, now: dt.datetime) -> bool:
    if choice.rhythm == NoticeChoice.Rhythm.DAILY:
        return timezone.localtime(last).date() < timezone.localtime(now).date()
    return now - last >= TOGETHER


def words(name: str = "") -> str:
    """What a notice says. Nothing in it tells a stranger what kind of page it is."""
    return "\n".join(
        [
            _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
            _("there is something new on the page that you know."),
            _("Read it when you are in a good place to do so: %(page)s")
            % {"page": settings.SITE_URL},
            _("You can stop these notes there, under My account."),
        ]
    )
