"""A rule is written once, as pure Python, and used by the page, the sweep and the closure check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from casework.common.registry import Registry

Facts = TypeVar("Facts")


class Cause(str):
    """A likely cause in words, and its kind (`vacancy`, `crisis_rota` …): who can change it, and
    under what it is counted over the months."""

    kind: str

    def __new__(cls, kind: str, words: str) -> Cause:
        cause = super().__new__(cls, words)
        cause.kind = kind
        return cause


def cause_kind(cause: str) -> str:
    """The kind of a cause; "" where a rule gives words alone, or nothing."""
    return getattr(cause, "kind", "")


@dataclass(frozen=True)
class Rule(Generic[Facts]):
    """Something that should not stay unnoticed.

    `breached(facts, policy)` says whether; `sentence(facts)` says it to a worker, with its
    numbers, about the service and never about a person's or a worker's worth; `cause(facts)` is
    the likely cause that the data show (a `Cause` where its kind is known), or "";
    `next_step(facts)` is what could be done. No ORM and no clock: the facts carry their own date.
    """

    code: str
    title: str
    breached: Callable[[Facts, Policy], bool]
    sentence: Callable[[Facts], str]
    cause: Callable[[Facts], str]
    next_step: Callable[[Facts], str]

    def __call__(self, facts: Facts, policy: Policy) -> bool:
        return self.breached(facts, policy)


@dataclass(frozen=True)
class Threshold:
    """A number that a rule compares with. `national` is False for a local default; `off_at_zero`
    where 0 switches the rule off, and not "at once"."""

    code: str
    default: float
    unit: str
    text: str
    national: bool = False
    source: str = ""
    off_at_zero: bool = False


class Policy:
    """The thresholds in force for one team: defaults, then the team type's, then the team's."""

    def __init__(self, values: dict[str, float]) -> None:
        self._values = dict(values)

    def __getitem__(self, code: str) -> float:
        return self._values[code]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._values.items())))


class RuleFacts(Protocol):
    """What every row of facts says besides its numbers: whom it is about and who can act."""

    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    team_kind: str
    worker_id: UUID | None
    on: dt.date

    def as_json(self) -> dict[str, Any]:
        """The numbers, as they are kept with an alert."""
        ...


class RuleSource(Protocol):
    """Where the facts of some rules come from. An app registers one in its `rule_sources.py`.

    `facts` runs a fixed number of set-based queries, whatever the number of subjects; `people`
    limits it to those people (None = everybody of the organisation).
    """

    rules: tuple[Rule[Any], ...]
    thresholds: tuple[Threshold, ...]

    def facts(
        self, *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
    ) -> Iterator[RuleFacts]: ...


rule_sources: Registry[RuleSource] = Registry("rule_sources")
