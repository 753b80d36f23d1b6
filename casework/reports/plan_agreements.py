"""Whether the person themselves has agreed to a plan, and whether they are being asked just now.

The app that keeps plans registers in its own `plan_agreements.py`. While somebody is asked, nothing
about a clock is shown anywhere: nobody shall be hurried into a yes. That has a bound, by which the
app decides what "just now" is: a wait goes on whatever is shown, and who works with the person must
not lose sight of it because a question stays without an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.common.registry import Registry


@dataclass(frozen=True)
class PlanAgreement:
    """What is known about one person's agreement: when they last agreed, if they did; whether they
    are being asked just now; and since when a question waits, be it young or old."""

    agreed_on: dt.date | None = None
    being_asked: bool = False
    asked_since: dt.date | None = None


plan_agreements: Registry[Callable[[UUID, dt.date], PlanAgreement]] = Registry("plan_agreements")
# The same question over many people at once: who of them (None = of all) is being asked now.
people_asked: Registry[Callable[[Any, dt.date], Iterable[UUID]]] = Registry("plan_agreements")


def agreement_of(person_id: UUID, on: dt.date) -> PlanAgreement:
    """Over all apps that keep plans, as of a day."""
    found = [ask(person_id, on) for ask in plan_agreements]
    return PlanAgreement(
        max((one.agreed_on for one in found if one.agreed_on is not None), default=None),
        any(one.being_asked for one in found),
        min((one.asked_since for one in found if one.asked_since is not None), default=None),
    )


def asked_among(people: Any | None, on: dt.date) -> frozenset[UUID]:
    """Who is being asked now whether they agree to a plan."""
    return frozenset(person for ask in people_asked for person in ask(people, on))
