"""Plans that wait to be looked at and what was promised in them, for the sweep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from careplans import review_facts, review_rules
from casework.common.rules import Rule, RuleFacts, Threshold, rule_sources


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
    "careplans",
    Source(review_rules.PLAN_RULES, review_rules.THRESHOLDS, review_facts.plan_facts),
)
rule_sources.register(
    "careplans_actions", Source(review_rules.ACTION_RULES, (), review_facts.action_facts)
)
