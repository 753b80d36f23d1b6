"""Registers the rules about continuity with whatever looks at rules: sweep, pages, closure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from uuid import UUID

from casework.common.rules import rule_sources
from casework.continuity import facts as continuity_facts
from casework.continuity.facts import ContinuityFacts
from casework.continuity.rules import RULES, THRESHOLDS


class Continuity:
    """Who keeps meeting different workers, has nobody named, or is met in crisis only."""

    rules = RULES
    thresholds = THRESHOLDS

    def facts(
        self, *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
    ) -> Iterator[ContinuityFacts]:
        """One statement for everybody of the organisation, or for those people of it.

        Read it to its end before anything is written (`casework.continuity.engines.stream`).
        """
        if people is None:
            return continuity_facts.of_organisation(organisation_id, on)
        return iter(continuity_facts.of_people(people, on, organisation_id=organisation_id))


rule_sources.register("continuity", Continuity())
