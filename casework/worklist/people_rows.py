"""The people of a worker or a team, with when they were last met and what is booked.

Every function runs a fixed number of queries. Contacts are looked up for the people of one page
only; a list in the order of the last contact reads one index entry per person of the team.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Upper

from casework.alerts.models import Alert
from casework.cases import policy
from casework.cases.models import Allocation, Case, Contact
from casework.cases.models.contact import ContactQuerySet
from casework.cases.models.person import NEVER
from casework.common import keyset
from casework.common.keyset import Page
from casework.common.standing import padded, standing
from casework.directory.models import Worker
from casework.worklist.filters import Chosen, Show, Sort

QUIET_AFTER = dt.timedelta(days=28)
PAGE = 50

ORDERS: dict[Sort, tuple[str, ...]] = {
    Sort.LONGEST: ("last_on", "pk"),
    Sort.ALERTS: ("-alert_count", "pk"),
    Sort.NAME: ("sort_name", "pk"),
}


def _open_cases(user: Any) -> QuerySet[Case]:
    """Open cases of the living people whose record the user may open."""
    return Case.objects.filter(
        closed_on__isnull=True,
        person__death_date__isnull=True,
        # the same as `Person.objects.visible_to`, without reading the people for it
        person__in=policy.reasons_of(user).order_by().values("person_id"),
    )


def of_teams(user: Any, teams: Collection[UUID]) -> QuerySet[Case]:
    """Everybody whom these teams hold."""
    return _open_cases(user).filter(team_id__in=list(teams))


def of_worker(user: Any, today: dt.date) -> QuerySet[Case]:
    """Everybody for whom the user is named, in whichever part."""
    if getattr(user, "worker_id", None) is None:
        return Case.objects.none()
    named = Allocation.objects.on(today).filter(worker=user.worker_id)
    return _open_cases(user).filter(person__in=named.order_by().values("person_id"))


def of_user(user: Any) -> QuerySet[Case]:
    """Everybody whose record the user may open today, for whatever reason."""
    return _open_cases(user)


def _met(today: dt.date) -> ContactQuerySet:
    """Attended contacts of the case's person, latest first."""
    return (
        Contact.objects.attended()
        .filter(person=OuterRef("person"), date__lte=today)
        .order_by("-date", "-order_key")
    )


def _booked(today: dt.date) -> ContactQuerySet:
    """Booked contacts of the case's person, next first."""
    return Contact.objects.filter(
        person=OuterRef("person"), attendance=Contact.Attendance.BOOKED, date__gte=today
    ).order_by("date", "order_key")


def _last_on(today: dt.date) -> Coalesce:
    return Coalesce(Subquery(_met(today).values("date")[:1]), Value(NEVER))


def quiet(cases: QuerySet[Case], today: dt.date) -> QuerySet[Case]:
    """Those with no contact for four weeks, who have been with us for as long."""
    since = today - QUIET_AFTER
    return cases.filter(~Exists(_met(today).filter(date__gt=since)), opened_on__lte=since)


def chosen(cases: QuerySet[Case], choice: Chosen, today: dt.date) -> QuerySet[Case]:
    """Those of the cases that somebody chose to see, with what they are put in order by."""
    if choice.team is not None:
        cases = cases.filter(team=choice.team)
    if choice.worker is not None:
        cases = cases.filter(key_worker=choice.worker)
    if choice.show == Show.NOBODY_NAMED:
        cases = cases.filter(key_worker__isnull=True)
    elif choice.show == Show.QUIET:
        cases = quiet(cases, today)
    elif choice.show == Show.NOTHING_BOOKED:
        cases = cases.filter(~Exists(_booked(today)))
    elif choice.show == Show.ALERTS:
        cases = cases.filter(Exists(Alert.objects.open().filter(person=OuterRef("person"))))
    if choice.sort == Sort.NAME:
        return cases.annotate(sort_name=Upper("person__name"))
    if choice.sort == Sort.ALERTS:
        return cases.annotate(alert_count=_alert_count())
    return cases.annotate(last_on=_last_on(today))


class Met(NamedTuple):
    """A contact as a list tells it: the day, and with whom."""

    on: dt.date
    worker: str


class Listed(NamedTuple):
    """What a list says about one person. Plain values: a list of fifty makes no model objects."""

    person_id: UUID
    name: str
    team: str
    key_worker: str
    last: Met | None
    following: Met | None
    alerts: int


def page_of(
    cases: QuerySet[Case], choice: Chosen, today: dt.date, *, before: str = "", after: str = ""
) -> Page[Case]:
    """One page of a list, as bare cases: `listed` reads the rest for those few."""
    return keyset.page(
        chosen(cases, choice, today).only("pk", "person_id"),
        order=ORDERS[choice.sort],
        size=PAGE,
        before=before,
        after=after,
    )


def first_of(cases: QuerySet[Case], choice: Chosen, today: dt.date, most: int) -> list[Case]:
    """The first of a list, as bare cases."""
    rows = chosen(cases, choice, today).only("pk", "person_id")
    return list(rows.order_by(*ORDERS[choice.sort])[:most])


def listed(cases: Iterable[Case], today: dt.date) -> list[Listed]:
    """The people of some cases in the same order: who is with them, the last and the next contact
    with whom, and how many alerts are open. Two queries."""
    order = [case.pk for case in cases]
    if not order:
        return []
    found = {row[0]: row for row in _beside(padded(order), today)}
    wanted = {key for row in found.values() for key in row[7:9] if key}
    met = {key: Met(on, worker or "") for key, on, worker in _met_with(padded(wanted))}
    return [
        Listed(
            person_id=row[1],
            name=row[2] or row[3] or row[4] or str(row[1]),
            team=row[5] or "",
            key_worker=row[6] or "",
            last=met.get(row[7]),
            following=met.get(row[8]),
            alerts=row[9],
        )
        for row in (found[key] for key in order if key in found)
    ]


@standing
def _beside(cases: tuple[UUID, ...], today: dt.date) -> QuerySet[Any]:
    return (
        Case.objects.filter(pk__in=cases)
        .annotate(
            last_met=Subquery(_met(today).values("pk")[:1]),
            next_booked=Subquery(_booked(today).values("pk")[:1]),
            open_alerts=_alert_count(),
        )
        .order_by()
        .values_list(
            "pk",
            "person_id",
            "person__preferred_name",
            "person__name",
            "person__local_id",
            "team__name",
            "key_worker__name",
            "last_met",
            "next_booked",
            "open_alerts",
        )
    )


@standing
def _met_with(contacts: tuple[UUID, ...]) -> QuerySet[Any]:
    rows = Contact.objects.filter(pk__in=contacts).order_by()
    return rows.values_list("pk", "date", "worker__name")


def _alert_count() -> Coalesce:
    counted = (
        Alert.objects.open()
        .filter(person=OuterRef("person"))
        .order_by()
        .values("person")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def key_workers(teams: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Who is somebody's key worker in these teams, by name."""
    return _key_workers(tuple(teams))


@standing
def _key_workers(teams: tuple[UUID, ...]) -> QuerySet[Any]:
    cases = Case.objects.filter(closed_on__isnull=True, team_id__in=teams)
    named = cases.filter(key_worker__isnull=False).order_by().values("key_worker_id").distinct()
    rows = Worker.objects.filter(pk__in=named).order_by("name", "pk")
    return rows.values_list("pk", "name")
