"""What the pages of the diary read from the database, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.diary.company import teams_of
from casework.cases.models import Absence, ActivityWorker, Allocation, Case, Contact, Person, Step
from casework.cases.models.contact import ContactQuerySet
from casework.directory.models import Team, Worker

AHEAD = dt.timedelta(days=14)
BEHIND = dt.timedelta(days=28)  # how long a booking waits in the diary to be recorded
MOST_LINES = 150
MOST_STEPS = 30
MET_LATELY = 90  # days


def with_workers(contacts: ContactQuerySet, workers: Iterable[UUID]) -> ContactQuerySet:
    """Those at which any of these workers is, whoever they count for.

    A union, because with "or" between the two ways neither index would be used.
    """
    ids = list(workers)
    counting = Contact.objects.filter(worker__in=ids).order_by().values("pk")
    taking_part = (
        ActivityWorker.objects.filter(worker__in=ids).order_by().values("activity__contact_id")
    )
    return contacts.filter(pk__in=counting.union(taking_part))


def absences_covered(
    user: User, today: dt.date, teams: Collection[UUID] | None = None
) -> list[Absence]:
    """Who is away now or in the next two weeks, and is covered by this user or by a team: one of
    those in which they record contacts, or of `teams`."""
    mine = Q(cover_team__in=teams_of(user) if teams is None else teams)
    if user.worker_id is not None:
        mine |= Q(cover_worker=user.worker_id)
    return list(
        Absence.objects.filter(mine, start__lte=today + AHEAD)
        .filter(Q(end__isnull=True) | Q(end__gte=today))
        .exclude(worker=user.worker_id)
        .select_related("worker")
        .order_by("start", "pk")
    )


def in_the_diary(user: User, absences: Iterable[Absence]) -> list[Absence]:
    """Those of these whose contacts stand in the user's own diary."""
    teams = {team.pk for team in teams_of(user)}
    return [
        one
        for one in absences
        if one.cover_team_id in teams
        or (one.cover_worker_id is not None and one.cover_worker_id == user.worker_id)
    ]


def diary_of(
    user: User, absences: Sequence[Absence], today: dt.date
) -> tuple[list[Contact], dict[UUID, Absence]]:
    """Booked contacts of the user and of those whom they cover, today's that are recorded
    already, and for which of them the user stands in."""
    workers = {one.worker_id for one in absences}
    if user.worker_id is not None:
        workers.add(user.worker_id)
    if not workers:
        return [], {}
    booked = Q(attendance=Contact.Attendance.BOOKED, date__gte=today - BEHIND)
    done_today = Q(date=today) & ~Q(attendance=Contact.Attendance.UNKNOWN)
    rows = (
        with_workers(Contact.objects.visible_to(user), workers)
        .filter(booked | done_today, date__lte=today + AHEAD, date__gte=today - BEHIND)
        .select_related("person", "worker", "team")
        .order_by("date", "order_key", "pk")[:MOST_LINES]
    )
    taking_part: dict[UUID, set[UUID]] = {}
    found = list(rows)
    for contact_id, worker_id in ActivityWorker.objects.filter(
        activity__contact__in=[one.pk for one in found], worker__in=workers
    ).values_list("activity__contact_id", "worker_id"):
        taking_part.setdefault(contact_id, set()).add(worker_id)
    lines: list[Contact] = []
    covered: dict[UUID, Absence] = {}
    for one in found:
        there = taking_part.get(one.pk, set()) | {one.worker_id}
        if user.worker_id in there:
            lines.append(one)
            continue
        away = next((gap for gap in absences if _covers(gap, one, there, today)), None)
        if away is not None:
            lines.append(one)
            covered[one.pk] = away
    return lines, covered


def _covers(absence: Absence, contact: Contact, there: set[UUID | None], today: dt.date) -> bool:
    return (
        absence.worker_id in there
        and contact.date >= max(absence.start, today)
        and (absence.end is None or contact.date <= absence.end)
    )


def steps_of(user: User, today: dt.date) -> list[Step]:
    """What the user has promised to do in the next two weeks or should have done already."""
    if user.worker_id is None:
        return []
    return list(
        Step.objects.visible_to(user)
        .filter(worker=user.worker_id, done_on__isnull=True, due_on__lte=today + AHEAD)
        .select_related("person", "worker", "team")
        .order_by("due_on", "pk")[:MOST_STEPS]
    )


def teams_led(user: User) -> set[UUID]:
    """The teams whose diary the user may read: those that they lead."""
    return accounts.teams_where(user, Permission.SEE_TEAM_ALERTS)


def past_of(user: User, today: dt.date) -> ContactQuerySet:
    """Contacts of the user before today, of the people whose record they may still open."""
    rows = Contact.objects.visible_to(user).filter(date__lt=today)
    workers = [user.worker_id] if user.worker_id else []
    return with_workers(rows, workers).select_related("person", "worker", "team")


def team_diary(user: User, today: dt.date) -> ContactQuerySet:
    """What is booked in the teams that the user leads, from today."""
    return (
        Contact.objects.visible_to(user)
        .filter(team__in=teams_led(user), attendance=Contact.Attendance.BOOKED, date__gte=today)
        .select_related("person", "worker", "team")
    )


def next_booked(person: Person, today: dt.date, other_than: UUID | None = None) -> Contact | None:
    """The person's next meeting."""
    rows = person.contacts.filter(attendance=Contact.Attendance.BOOKED, date__gte=today)
    return (
        rows.exclude(pk=other_than)
        .select_related("worker", "team")
        .order_by("date", "order_key", "pk")
        .first()
    )


def holder_of(person: Person) -> Team | None:
    """The team that holds the person."""
    case = (
        Case.objects.filter(person=person, closed_on__isnull=True)
        .select_related("team")
        .order_by("pk")
        .first()
    )
    return case.team if case else None


def last_medium(person: Person) -> str:
    """How the person was last met."""
    rows = person.contacts.attended().exclude(medium="").latest_first()
    return rows.values_list("medium", flat=True).first() or ""


def workers_of(contact: Contact) -> list[Worker]:
    """Who took part, with the one that the contact counts for first."""
    rows = ActivityWorker.objects.filter(activity__contact=contact).select_related("worker")
    found = [contact.worker] if contact.worker is not None else []
    found += [row.worker for row in rows.order_by("pk")]
    return list(dict.fromkeys(found))


def people_for_group(user: User, today: dt.date, *, limit: int) -> list[Person]:
    """Whom the user is with: named for them, or met lately."""
    if user.worker_id is None:
        return []
    named = Allocation.objects.on(today).filter(worker=user.worker_id)
    met = Contact.objects.filter(
        worker=user.worker_id, date__gte=today - dt.timedelta(days=MET_LATELY)
    )
    near = named.order_by().values("person_id").union(met.order_by().values("person_id"))
    return list(Person.objects.visible_to(user).filter(pk__in=near).order_by("name", "pk")[:limit])
