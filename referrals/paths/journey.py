"""A person's journeys between teams: which team had it, in which state, and who held them.

A fixed number of queries, whatever the number of referrals. Days are local; a span includes its
first and its last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from casework.cases.models import CaseEvent, Person
from referrals.models import HoldingChange, Referral
from referrals.table import EVENTS, OPEN, State

ONE_DAY = dt.timedelta(days=1)
_KINDS = [f"referral.{verb}" for verb in ("drafted", *EVENTS)]


@dataclass(frozen=True)
class Stay:
    """A team had a referral in one state for some days; an ending is the day on which it came."""

    lane: str
    name: str
    state: State
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Holding:
    """Somebody held the person for some days; without a team, nobody did."""

    name: str
    start: dt.date
    end: dt.date

    @property
    def is_gap(self) -> bool:
        return not self.name

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass
class Journey:
    """All referrals for one need."""

    root: Referral
    referrals: list[Referral]
    stays: list[Stay] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    start: dt.date = dt.date.max
    end: dt.date = dt.date.min
    goes_on: bool = False

    @property
    def declines(self) -> int:
        return sum(1 for one in self.referrals if one.state == State.DECLINED or one.rejected_on)

    @property
    def redirects(self) -> int:
        return sum(one.redirects for one in self.referrals)

    @property
    def bounces(self) -> int:
        return self.declines + self.redirects

    @property
    def gaps(self) -> list[Holding]:
        return [one for one in self.holdings if one.is_gap]


def journeys_of(person: Person, today: dt.date) -> list[Journey]:
    """Every journey of a person, the latest first."""
    rows = list(
        person.referrals.exclude(state=State.ENTERED_IN_ERROR)
        .select_related("team", "sender_team")
        .order_by("received_on", "received_time", "pk")
    )
    events: dict[UUID, list[CaseEvent]] = {}
    for event in (
        CaseEvent.objects.filter(person=person, kind__in=_KINDS)
        .select_related("team")
        .order_by("on", "created_at", "pk")
    ):
        if event.about is not None and event.data.get("to") in State.values:
            events.setdefault(event.about, []).append(event)
    changes = list(
        HoldingChange.objects.filter(person=person)
        .select_related("team", "worker")
        .order_by("on", "created_at", "pk")
    )
    until = min(today, person.death_date) if person.death_date else today
    found: dict[UUID, Journey] = {}
    for row in rows:
        key = row.journey_id
        journey = found.setdefault(key, Journey(row, []))
        if row.pk == key:
            journey.root = row
        journey.referrals.append(row)
        _walk(journey, row, events.get(row.pk, []), until)
    for journey in found.values():
        if journey.goes_on:
            journey.end = max(journey.end, until)
        journey.end = max(journey.end, journey.start)
        journey.stays.sort(key=lambda stay: stay.start)
        journey.holdings = holdings(
            [(one.on, _holder(one)) for one in changes], journey.start, journey.end
        )
    return sorted(found.values(), key=lambda one: (one.start, str(one.root.pk)), reverse=True)


def _holder(change: HoldingChange) -> str:
    if change.team is None:
        return ""
    return f"{change.worker.name}, {change.team.name}" if change.worker else change.team.name


def _walk(journey: Journey, row: Referral, events: list[CaseEvent], until: dt.date) -> None:
    """Add the stays of one referral, in the order in which they came."""
    points = list(_imported(row, events[0].on if events else None))
    for event in events:
        state = State(event.data["to"])
        team = event.team
        lane = (str(team.pk), team.name) if team else _sender(row)
        if state == State.DRAFT:
            lane = _sender(row)
        points.append((event.on, state, lane))
    if not points:  # nothing was ever recorded of it but what it is now
        day = row.asked_on or row.received_on or timezone.localdate(row.created_at)
        lane = (str(row.team.pk), row.team.name) if row.team else _sender(row)
        points.append((min(day, until), State(row.state), lane))
    for n, (start, state, lane) in enumerate(points):
        journey.start = min(journey.start, start)
        journey.end = max(journey.end, min(start, until))
        if state not in (State.DRAFT, *OPEN):
            journey.stays.append(Stay(*lane, state, min(start, until), min(start, until)))
            continue
        last = n + 1 == len(points)
        end = until if last else points[n + 1][0]
        if last:
            journey.goes_on = True
        elif end > start:
            end -= ONE_DAY
        end = max(end, start)
        journey.end = max(journey.end, end)
        before = journey.stays[-1] if n and journey.stays else None
        if (
            before
            and (before.lane, before.state) == (lane[0], state)
            and before.end >= start - ONE_DAY
        ):
            journey.stays[-1] = Stay(before.lane, before.name, state, before.start, end)
        else:
            journey.stays.append(Stay(*lane, state, start, end))
    if row.asked_on is not None:
        journey.start = min(journey.start, row.asked_on)


def _sender(row: Referral) -> tuple[str, str]:
    if row.sender_team is not None:
        return str(row.sender_team.pk), row.sender_team.name
    return f"sender:{row.sender}", row.sender_words or row.get_sender_display()


def _imported(
    row: Referral, first: dt.date | None
) -> Iterable[tuple[dt.date, State, tuple[str, str]]]:
    """What an extract says about a referral, until somebody acted on it here."""
    if row.provider_id is None:
        return
    lane = (str(row.team.pk), row.team.name) if row.team else ("team:", "")
    yield row.received_on, State.RECEIVED, lane
    if first is not None:
        return
    state = State(row.state)
    if state == State.CLOSED and row.first_contact_on and row.first_contact_on > row.received_on:
        yield row.first_contact_on, State.IN_SERVICE, lane
    ended = row.rejected_on if state == State.DECLINED else row.discharged_on
    on = ended or row.state_on or row.received_on
    if state != State.RECEIVED:
        yield max(on, row.received_on), state, lane


def holdings(changes: list[tuple[dt.date, str]], start: dt.date, end: dt.date) -> list[Holding]:
    """Who held when, from `start` to `end`: every day belongs to exactly one of them, and the days
    that belong to nobody are gaps. On the day of a change the new holder counts."""
    found: list[Holding] = []
    edges = [(dt.date.min, ""), *sorted(changes, key=lambda one: one[0])]
    for n, (on, name) in enumerate(edges):
        until = edges[n + 1][0] - ONE_DAY if n + 1 < len(edges) else dt.date.max
        first, last = max(on, start), min(until, end)
        if first > last:
            continue
        if found and found[-1].name == name:
            found[-1] = Holding(name, found[-1].start, last)
        else:
            found.append(Holding(name, first, last))
    return found
