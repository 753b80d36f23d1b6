"""What else counts as help for the four-week clock.

The app that keeps plans registers in its own `clock_legs.py`: a callable that yields, for the
people of a query (None = everybody), (person, created, updated) for each plan that somebody has
agreed to, ordered by person. The referral engine counts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from casework.common.registry import Registry


class AgreedPlans(Protocol):
    """Yields the agreed plans of some people, ordered by person."""

    def __call__(self, *, people: Any | None) -> Iterator[tuple[UUID, dt.date, dt.date]]: ...


clock_legs: Registry[AgreedPlans] = Registry("clock_legs")
