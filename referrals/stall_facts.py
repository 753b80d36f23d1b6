"""The facts behind the stalls: set-based queries over referrals that have not ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from casework.common.dates import to_utc, window_12m
from casework.reports.plan_agreements import asked_among
from referrals.clocks import FACE_TO_FACE, crisis_limit
from referrals.models import Question, Referral, ReferralContact, Responsibility
from referrals.spell_facts import spells_of
from referrals.stalls import ClockFacts, HoldingFacts, ReferralFacts
from referrals.table import OPEN, URGENT, State

CHUNK = 5_000


def moment(on: dt.date) -> dt.datetime:
    """Now, when it is that day; the end of the day, for a day that is over."""
    if on == timezone.localdate():
        return timezone.now()
    return to_utc(on + dt.timedelta(days=1), None)


def live_referrals(organisation_id: UUID, people: Sequence[UUID] | None) -> QuerySet[Referral]:
    """An organisation's referrals that have not ended (of some people)."""
    rows = Referral.objects.filter(state__in=OPEN).annotate(
        place=Coalesce(F("provider_id"), F("team__organisation_id"))
    )
    if people is not None:
        rows = rows.filter(person_id__in=people)
    return rows.filter(place=organisation_id)


def referral_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[ReferralFacts]:
    """One row of facts for each referral that has not ended."""
    rows = live_referrals(organisation_id, people)
    at = moment(on)
    question = Question.objects.filter(referral=OuterRef("pk"), settled_on__isnull=True)
    columns = (
        rows.annotate(
            asked_worker=Subquery(question.values("asked_worker_id")[:1], output_field=UUIDField()),
            asked_team=Subquery(question.values("asked_team_id")[:1], output_field=UUIDField()),
            asked_team_kind=Subquery(question.values("asked_team__kind")[:1]),
        )
        .order_by("pk")
        .values(
            "pk",
            "person_id",
            "root_id",
            "state",
            "state_on",
            "state_time",
            "received_on",
            "received_time",
            "timer_on",
            "snoozed_until",
            "priority",
            "source",
            "rest_by",
            "team_id",
            "team__name",
            "team__kind",
            "team__mhsds_type",
            "sender_team_id",
            "sender_team__kind",
            "named_worker_id",
            "named_worker__active",
            "held__worker_id",
            "asked_worker",
            "asked_team",
            "asked_team_kind",
        )
    )
    bounces = _Bounces(rows, on)
    urgent = [
        pk
        for pk, team_type, priority, source in rows.filter(
            Q(priority__in=URGENT) | Q(source="H1")
        ).values_list("pk", "team__mhsds_type", "priority", "source")
        if crisis_limit(team_type or "", priority, source) is not None
    ]
    seen = _met_since_referral(urgent)
    for row in columns.iterator(chunk_size=CHUNK):
        yield _facts(row, on, at, bounces, seen)


def _met_since_referral(referrals: list[UUID]) -> set[UUID]:
    """Which of these urgent referrals have led to a face-to-face contact."""
    found: set[UUID] = set()
    contacts = (
        ReferralContact.objects.filter(
            referral_id__in=referrals,
            contact__attendance__in=["5", "6"],
            contact__medium=FACE_TO_FACE,
        )
        .order_by("pk")
        .values_list(
            "referral_id",
            "referral__received_on",
            "referral__received_time",
            "contact__date",
            "contact__time",
        )
        if referrals
        else []
    )
    for referral_id, start, start_time, day, time in contacts:
        if to_utc(day, time) >= to_utc(start, start_time):
            found.add(referral_id)
    return found


def _facts(
    row: dict[str, Any],
    on: dt.date,
    at: dt.datetime,
    bounces: _Bounces,
    seen: set[UUID],
) -> ReferralFacts:
    state = State(row["state"])
    since = row["state_on"] or row["received_on"]
    urgent = row["priority"] in URGENT
    timer = max(since, row["timer_on"] or since)
    hours = None
    if urgent:
        began = to_utc(timer, row["state_time"] if timer == since else None)
        hours = (at - began).total_seconds() / 3600
    limit = crisis_limit(row["team__mhsds_type"] or "", row["priority"], row["source"])
    if row["pk"] in seen:
        limit = None
    minutes = None
    if limit is not None:
        minutes = int((at - to_utc(row["received_on"], row["received_time"])).total_seconds() // 60)
    team_id, team_kind, worker_id = _next_actor(row, state)
    journey, declined_12m, teams = bounces.of(row["root_id"] or row["pk"], row["person_id"])
    return ReferralFacts(
        subject_key=f"referral:{row['pk']}",
        person_id=row["person_id"],
        team_id=team_id,
        team_kind=team_kind or "",
        worker_id=worker_id,
        on=on,
        referral_id=row["pk"],
        state=state,
        team=row["team__name"] or "",
        since=since,
        timer=timer,
        snoozed_until=row["snoozed_until"],
        urgent=urgent,
        hours=hours,
        rest_overdue=row["rest_by"] is not None and at > row["rest_by"],
        crisis_limit=limit,
        crisis_minutes=minutes,
        worker_left=row["named_worker__active"] is False,
        bounces=journey,
        bounces_12m=declined_12m,
        teams=teams,
    )


def _next_actor(row: dict[str, Any], state: State) -> tuple[UUID | None, str | None, UUID | None]:
    """The team whose limits apply and the named worker who can act next, as the table says."""
    if state == State.AWAITING_INFORMATION:
        if row["asked_team"] is not None:
            return row["asked_team"], row["asked_team_kind"], row["asked_worker"]
        if row["asked_worker"] is not None:
            return row["sender_team_id"] or row["team_id"], row["team__kind"], row["asked_worker"]
    if state == State.DECLINE_PROPOSED and row["sender_team_id"] is not None:
        return row["sender_team_id"], row["sender_team__kind"], row["held__worker_id"]
    worker = row["named_worker_id"] if row["named_worker__active"] else None
    return row["team_id"], row["team__kind"], worker


class _Bounces:
    """Declines, redirects and teams in the last 12 months, for people with a live referral."""

    def __init__(self, rows: QuerySet[Referral], on: dt.date) -> None:
        first = window_12m(on)
        recent = Q(rejected_on__gte=first, rejected_on__lte=on)
        turned = Q(redirected_on__gte=first, redirected_on__lte=on)
        waiting = rows.exclude(state=State.IN_SERVICE)
        counted = (
            Referral.objects.filter(person_id__in=waiting.order_by().values("person_id"))
            .filter(recent | turned | Q(received_on__gte=first), received_on__lte=on)
            .exclude(state__in=[State.DRAFT, State.ENTERED_IN_ERROR])
            .annotate(journey=Coalesce(F("root_id"), F("id")))
            .order_by()
            .values("person_id", "journey")
            .annotate(
                declined=Count("pk", filter=recent),
                passed=Coalesce(Sum("redirects", filter=turned), 0),
                teams=Count("team", filter=Q(received_on__gte=first), distinct=True),
            )
        )
        self._journeys: dict[Any, tuple[int, int]] = {}
        self._people: dict[Any, int] = {}
        for one in counted.iterator(chunk_size=CHUNK):
            times = one["declined"] + one["passed"]
            if times or one["teams"] > 1:
                self._journeys[one["journey"]] = (times, one["teams"] + one["passed"])
            if times:
                self._people[one["person_id"]] = self._people.get(one["person_id"], 0) + times

    def of(self, journey: Any, person_id: Any) -> tuple[int, int, int]:
        times, teams = self._journeys.get(journey, (0, 1))
        return times, self._people.get(person_id, 0), teams


def holding_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[HoldingFacts]:
    """One row of facts for each person with a live referral whom nobody named holds."""
    rows = live_referrals(organisation_id, people)
    held = Responsibility.objects.filter(
        person_id=OuterRef("person_id"), worker__isnull=False, worker__active=True
    )
    loose = (
        rows.filter(~Exists(held), person__death_date__isnull=True)
        .order_by("person_id", "pk")
        .values(
            "person_id",
            "team_id",
            "team__kind",
            "person__responsibility__team_id",
            "person__responsibility__team__name",
            "person__responsibility__team__kind",
            "person__responsibility__worker_id",
        )
    )
    last = None
    for row in loose.iterator(chunk_size=CHUNK):
        if row["person_id"] == last:
            continue
        last = row["person_id"]
        team_id = row["person__responsibility__team_id"]
        yield HoldingFacts(
            subject_key=f"person:{row['person_id']}",
            person_id=row["person_id"],
            team_id=team_id or row["team_id"],
            team_kind=row["person__responsibility__team__kind"] or row["team__kind"] or "",
            worker_id=None,
            on=on,
            held=team_id is not None,
            named=row["person__responsibility__worker_id"] is not None,
            holder_left=row["person__responsibility__worker_id"] is not None,
            team=row["person__responsibility__team__name"] or "",
        )


def clock_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[ClockFacts]:
    """One row of facts for each open spell whose four-week clock has not stopped.

    While somebody is being asked whether they agree to a plan, that part of it is not called
    missing: nobody shall be hurried into a yes. What else is missing still is, and so is the plan
    once the question has waited too long.
    """
    rows = live_referrals(organisation_id, people)
    waiting = rows.order_by().values("person_id")
    teams = {
        person_id: (team_id, kind, worker_id if active else None)
        for person_id, team_id, kind, worker_id, active in rows.order_by("-received_on", "-pk")
        .values_list(
            "person_id", "team_id", "team__kind", "named_worker_id", "named_worker__active"
        )
        .iterator(chunk_size=CHUNK)
    }
    asked = asked_among(waiting, on)
    for person in spells_of(on, people=waiting, provider_id=organisation_id):
        spell = person.spells[-1] if person.spells else None
        if spell is None or spell.waiting_days is None:
            continue
        missing = [leg for leg in spell.missing if leg != "help" or person.person_id not in asked]
        if not missing:
            continue
        team_id, kind, worker_id = teams.get(person.person_id, (None, "", None))
        yield ClockFacts(
            subject_key=f"person:{person.person_id}",
            person_id=person.person_id,
            team_id=team_id,
            team_kind=kind or "",
            worker_id=worker_id,
            on=on,
            start=spell.start,
            days=spell.waiting_days,
            missing=tuple(missing),
        )
