"""Stalled referrals, people whom nobody holds, and the four-week clock, for the sweep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.common.rules import Rule, RuleFacts, Threshold, rule_sources
from referrals import stall_facts, stalls


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
    "referrals",
    Source(stalls.REFERRAL_RULES, stalls.THRESHOLDS, stall_facts.referral_facts),
)
rule_sources.register("referrals_clock", Source(stalls.CLOCK_RULES, (), stall_facts.clock_facts))
rule_sources.register(
    "referrals_holding", Source(stalls.HOLDING_RULES, (), stall_facts.holding_facts)
)
