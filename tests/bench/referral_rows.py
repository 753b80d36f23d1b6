"""A made-up service's referrals: very many that have ended, and those that still wait."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.cases.models import LiveReason, Person
from casework.directory.models import Worker
from referrals.models import Referral, Responsibility
from referrals.table import NAMED, State
from tests.bench.generate import Made, analyse, load

_OPEN = (
    State.SENT,
    State.RECEIVED,
    State.ASSESSING,
    State.ACCEPTED,
    State.ALLOCATED,
    State.IN_SERVICE,
)
_FIRST = 2  # of a hundred go to the team that is asked about, at any size
_COLUMNS = (
    "id",
    "person_id",
    "team_id",
    "sender_team_id",
    "named_worker_id",
    "held_id",
    "state",
    "state_on",
    "received_on",
    "sent_on",
    "asked_on",
    "discharged_on",
    "priority",
    "primary_reason",
    "intensity",
    "person_view",
    "reason_words",
    "sender",
)


@dataclass
class Referrals:
    """What a benchmark needs to ask its questions."""

    user: User
    team: uuid.UUID
    open: dict[State, list[uuid.UUID]] = field(default_factory=dict)
    people: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)


def ended(made: Made, count: int, *, seed: int) -> None:
    """Referrals that have ended, spread over people, teams and five years."""
    draw = random.Random(seed)

    def rows() -> Iterator[tuple[Any, ...]]:
        for _number in range(count):
            received = made.on - dt.timedelta(days=draw.randrange(120, 1900))
            closed = received + dt.timedelta(days=draw.randrange(1, 100))
            team, sender = draw.sample(made.teams, 2)
            yield (
                uuid.UUID(int=draw.getrandbits(128), version=4),
                draw.choice(made.people),
                team,
                sender,
                None,
                None,
                State.CLOSED.value,
                closed,
                received,
                received,
                received,
                closed,
                "3",
                "14",
                "",
                "wants",
                "I would like to talk with somebody.",
                "team",
            )

    load(Referral, _COLUMNS, rows())
    analyse()


def waiting(made: Made, count: int, *, seed: int = 7) -> Referrals:
    """Referrals that have not ended, each about another person, held as the constraint wants it;
    and somebody who leads the first team."""
    draw = random.Random(seed)
    alive = list(
        Person.objects.filter(pk__in=made.people, death_date=None).values_list("pk", flat=True)
    )
    people = draw.sample(alive, min(count, len(alive)))
    first = max(_FIRST, min(50, 60_000 // max(count, 1)))
    per_team = max(len(made.workers) // len(made.teams), 1)
    made_rows: list[tuple[Any, ...]] = []
    held: list[tuple[Any, ...]] = []
    reasons: list[tuple[Any, ...]] = []
    worker = Worker.objects.create(name="Lead of the first team")
    user = accounts.create_user(
        by=None, email="referrals@bench.example", name="Lead", password="a-long-bench-password"
    )
    user.worker = worker
    user.save()
    accounts.grant(user=user, role="team_lead", team=_team(made.teams[0]), by=None)
    found = Referrals(user, made.teams[0], {state: [] for state in _OPEN})
    for number, person in enumerate(people):
        key = uuid.UUID(int=draw.getrandbits(128), version=4)
        state = _OPEN[number % len(_OPEN)]
        team_at, sender_at = draw.sample(range(len(made.teams)), 2)
        if number % 100 < first:
            team_at, sender_at = 0, draw.randrange(1, len(made.teams))
        team, sender = made.teams[team_at], made.teams[sender_at]
        named = made.workers[team_at * per_team + draw.randrange(per_team)]
        since = made.on - dt.timedelta(days=draw.randrange(0, 3))
        received = since - dt.timedelta(days=draw.randrange(0, 60))
        found.open[state].append(key)
        found.people[key] = person
        made_rows.append(
            (
                key,
                person,
                team,
                sender,
                named if state in NAMED else None,
                person,
                state.value,
                since,
                received,
                received,
                received - dt.timedelta(days=draw.randrange(0, 30)),
                None,
                "3",
                "14",
                "steady" if state == State.IN_SERVICE else "",
                "wants",
                "I would like to talk with somebody.",
                "team",
            )
        )
        held.append((person, team, named, received))
        for place in (team, sender):
            reason = uuid.UUID(int=draw.getrandbits(128), version=4)
            source = f"referral:{key}:{place}"
            reasons.append((reason, person, None, place, "referral", source, received, None))
    load(Responsibility, ("person_id", "team_id", "worker_id", "since"), held)
    load(Referral, _COLUMNS, made_rows)
    names = ("id", "person_id", "worker_id", "team_id", "kind", "source_key", "start", "end")
    load(LiveReason, names, reasons)
    analyse()
    return found


def _team(pk: uuid.UUID) -> Any:
    from casework.directory.models import Team

    return Team.objects.get(pk=pk)
