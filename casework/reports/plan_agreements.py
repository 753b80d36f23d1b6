"""Whether the person themselves has agreed to a plan, and whether they are being asked just now.

The app that keeps plans registers in its own `plan_agreements.py`. While somebody is asked, nothing
about a clock is shown anywhere: nobody shall be hurried into a yes.
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
    """What is known about one person's agreement: when they last agreed, if they did."""

    agreed_on: dt.date | None = None
    being_asked: bool = False


plan_agreements: Registry[Callable[[UUID], PlanAgreement]] = Registry("plan_agreements")
# The same question over many people at once: who of them (None = of all) is being asked now.
people_asked: Registry[Callable[[Any], Iterable[UUID]]] = Registry("plan_agreements")


def agreement_of(person_id: UUID) -> PlanAgreement:
    """Over all apps that keep plans."""
    found = [ask(person_id) for ask in plan_agreements]
    return PlanAgreement(
        max((one.agreed_on for one in found if one.agreed_on is not None), default=None),
        any(one.being_asked for one in found),
    )


def asked_among(people: Any | None) -> frozenset[UUID]:
    """Who is being asked now whether they agree to a plan."""
    return frozenset(person for ask in people_asked for person in ask(people))
