"""django-fsm transitions, made from the table: one method per event, and nothing in their bodies.

What an act changes besides the state is done by `referrals.services`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_fsm import GET_STATE, transition

from referrals.table import EVENTS, Row, State, targets


def _make(event: str) -> Callable[..., None]:
    def act(self: Any, *, row: Row) -> None:
        """Move as `row` of the table says."""

    act.__name__ = act.__qualname__ = event
    for state in State:
        ways = targets(event, state)
        if not ways:
            continue
        target: Any = ways[0]
        if len(ways) > 1:
            target = GET_STATE(lambda referral, row: row.target_from(referral.state), states=ways)
        act = transition(field="state", source=state, target=target)(act)
    return act


Transitions = type("Transitions", (), {event: _make(event) for event in EVENTS})
Transitions.__doc__ = "One transition method per event of the table."
