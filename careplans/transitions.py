"""django-fsm transitions, made from the table: one method per act, and nothing in their bodies.

What an act changes besides the state is done by `careplans.services`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_fsm import GET_STATE, transition

from careplans.table import TABLE, Facts, Row


def _make(row: Row) -> Callable[..., None]:
    def act(self: Any, *, facts: Facts) -> None:
        """Move as the table says."""

    act.__name__ = act.__qualname__ = row.event
    target: Any = row.targets[0]
    if row.chosen is not None:
        target = GET_STATE(lambda plan, facts: row.target(facts), states=row.targets)
    for state in row.sources:
        act = transition(field="state", source=state, target=target)(act)
    return act


Transitions = type("Transitions", (), {row.event: _make(row) for row in TABLE})
Transitions.__doc__ = "One transition method per act of the table."
