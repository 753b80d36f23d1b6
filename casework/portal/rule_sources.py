"""Answers that people were promised on their own pages, for the sweep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.common.rules import Rule, RuleFacts, Threshold, rule_sources
from casework.portal import promise_facts, promise_rules


@dataclass(frozen=True)
class Source:
    """Rules with the query that feeds them."""

    rules: tuple[Rule[Any], ...]
    thresholds: tuple[Threshold, ...]
    query: Callable[..., Iterator[Any]]

    def facts(
        self, *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
    ) -> Iterator[RuleFacts]:
        return self.query(organisation_id=organisation_id, on=on, people=people)


rule_sources.register(
    "portal_asking", Source(promise_rules.ASKING_RULES, (), promise_facts.asking_facts)
)
rule_sources.register(
    "portal_messages",
    Source(promise_rules.MESSAGE_RULES, promise_rules.THRESHOLDS, promise_facts.message_facts),
)
