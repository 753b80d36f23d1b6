"""The thresholds in force for a team: its own, its kind's, everybody's, or the default."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from casework.common.rules import Policy, Threshold, rule_sources
from casework.continuity.models import PolicyValue


def declared() -> dict[str, Threshold]:
    """Every threshold that a registered rule compares with, by its code."""
    return {threshold.code: threshold for source in rule_sources for threshold in source.thresholds}


class Policies:
    """All thresholds in force, read in one query; `for_team` costs a look-up.

    `instead` looks at what would be so if a value were another one (None: not set): by code, team
    and kind of team.
    """

    def __init__(
        self, instead: Mapping[tuple[str, UUID | None, str], float | None] | None = None
    ) -> None:
        defaults = {code: float(threshold.default) for code, threshold in declared().items()}
        self._of_kind: dict[str, dict[str, float]] = {}
        self._of_team: dict[UUID, dict[str, float]] = {}
        set_here: dict[tuple[str, UUID | None, str], float | None] = {
            (code, team_id, team_kind): value
            for code, team_id, team_kind, value in PolicyValue.objects.values_list(
                "code", "team_id", "team_kind", "value"
            )
        }
        set_here.update(instead or {})
        rows = sorted(
            (code, str(team_id or ""), team_kind, value, team_id)
            for (code, team_id, team_kind), value in set_here.items()
            if code in defaults and value is not None
        )
        for code, _team, kind, value, team_id in rows:
            if team_id is not None:
                self._of_team.setdefault(team_id, {})[code] = value
            else:
                self._of_kind.setdefault(kind, {})[code] = value
        everybody = self._of_kind.get("", {})
        self._default = defaults | everybody
        self._said = [sorted(defaults.items()), [row[:4] for row in rows]]
        self._made: dict[tuple[UUID | None, str], Policy] = {}

    @cached_property
    def digest(self) -> str:
        """Another text whenever a value is another one: of use to the sweep alone."""
        return hashlib.sha256(json.dumps(self._said).encode()).hexdigest()

    def everywhere(self, code: str) -> set[float]:
        """Every value of one threshold that is in force for some team or other."""
        places = [self._default, *self._of_kind.values(), *self._of_team.values()]
        return {values[code] for values in places if code in values}

    def for_team(self, team_id: UUID | None, team_kind: str = "") -> Policy:
        """The thresholds of one team, given with its kind; of everybody where there is no team."""
        scope = (team_id, team_kind)
        policy = self._made.get(scope)
        if policy is None:
            values = dict(self._default)
            values |= self._of_kind.get(team_kind, {}) if team_kind else {}
            values |= self._of_team.get(team_id, {}) if team_id else {}
            policy = self._made[scope] = Policy(values)
        return policy
