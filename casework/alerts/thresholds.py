"""Thresholds: who may set which, what a change would come to, and setting it with a reason.

A threshold is set for everybody or for a kind of team by the administrator, or for a team by its
lead; the narrowest counts (`casework.continuity.policy_values`). Changing one makes the next sweep
look at everybody anew.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.alerts.models import ThresholdChange
from casework.cases.models import Case
from casework.common.errors import Refusal
from casework.common.rules import Policy, RuleFacts, RuleSource, Threshold, rule_sources
from casework.continuity.models import PolicyValue
from casework.continuity.policy_values import Policies, declared
from casework.directory.models import Organisation, Team


@dataclass(frozen=True)
class Scope:
    """For whom a threshold is set: everybody, a kind of team, or one team."""

    team: Team | None = None
    kind: str = ""

    @property
    def code(self) -> str:
        """As it stands in an address."""
        if self.team is not None:
            return str(self.team.pk)
        return self.kind or "all"

    @property
    def name(self) -> str:
        if self.team is not None:
            return self.team.name
        return str(Team.Kind(self.kind).label) if self.kind else _("Everybody")

    @property
    def row(self) -> dict[str, Any]:
        return {"team": self.team, "team_kind": self.kind}


def scopes(user: Any) -> list[Scope]:
    """For whom this user sets thresholds: the administrator widely, a lead for their own teams."""
    found = []
    if accounts.may_in_network(user, Permission.SET_THRESHOLDS):
        found = [Scope(), *(Scope(kind=kind) for kind in Team.Kind.values)]
    teams = Team.objects.filter(
        active=True, pk__in=accounts.teams_where(user, Permission.SET_THRESHOLDS)
    )
    return found + [Scope(team=team) for team in teams.order_by("name", "pk")]


def scope_of(user: Any, code: str) -> Scope | None:
    """The scope with this code among the user's; without a code their first."""
    mine = scopes(user)
    if not code:
        return mine[0] if mine else None
    return next((scope for scope in mine if scope.code == code), None)


# What is in force --------------------------------------------------------------------------------


@dataclass(frozen=True)
class InForce:
    """One threshold as it is in force for a scope, and where that comes from."""

    code: str
    threshold: Threshold
    value: float
    set_here: float | None
    source: str


def in_force(scope: Scope) -> list[InForce]:
    """Every threshold for a scope, in the order in which the rules declare them. One query."""
    rows: dict[str, dict[str, float]] = {}
    kind = scope.team.kind if scope.team is not None else scope.kind
    wanted = Q(team=None, team_kind="")
    if kind:
        wanted |= Q(team=None, team_kind=kind)
    if scope.team is not None:
        wanted |= Q(team=scope.team)
    for row in PolicyValue.objects.filter(wanted):
        place = "team" if row.team_id else ("kind" if row.team_kind else "all")
        rows.setdefault(row.code, {})[place] = row.value
    here = "team" if scope.team is not None else ("kind" if scope.kind else "all")
    words = {
        "team": _("set for the team"),
        "kind": _("set for this kind of team"),
        "all": _("set for everybody"),
    }
    found = []
    for code, threshold in declared().items():
        values = rows.get(code, {})
        place = next((one for one in ("team", "kind", "all") if one in values), "")
        found.append(
            InForce(
                code=code,
                threshold=threshold,
                value=values[place] if place else float(threshold.default),
                set_here=values.get(here),
                source=words[place] if place else _("the default"),
            )
        )
    return found


# What a change would come to ---------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """How many people one rule flags in a scope: with what is in force, and with a new value."""

    rule: str
    title: str
    now: int
    then: int


def preview(*, scope: Scope, code: str, value: float | None) -> list[Effect]:
    """How many people would be flagged if the threshold were `value` (None: not set here).

    Nothing is written. The facts come from the same set-based statements as the sweep's; rules
    that do not ask for the threshold are left out.
    """
    before = Policies()
    after = Policies(instead={(code, *_key(scope)): value})
    now: Counter[str] = Counter()
    then: Counter[str] = Counter()
    concerned: dict[str, str] = {}
    watched: dict[tuple[UUID | None, str], Asked] = {}
    for source, facts in _facts(scope):
        old = before.for_team(facts.team_id, facts.team_kind)
        new = after.for_team(facts.team_id, facts.team_kind)
        asked = watched.setdefault((facts.team_id, facts.team_kind), Asked(new, code))
        for rule in source.rules:
            asked.asked = False
            hit = bool(rule(facts, asked))
            if asked.asked:
                concerned.setdefault(rule.code, str(rule.title))
            then[rule.code] += hit
            now[rule.code] += bool(rule(facts, old)) if asked.asked else hit
    return [Effect(rule, title, now[rule], then[rule]) for rule, title in sorted(concerned.items())]


class Asked(Policy):
    """A policy that remembers whether one threshold was asked for."""

    def __init__(self, policy: Policy, code: str) -> None:
        self._policy = policy
        self._code = code
        self.asked = False

    def __getitem__(self, code: str) -> float:
        self.asked = self.asked or code == self._code
        return self._policy[code]


def _key(scope: Scope) -> tuple[UUID | None, str]:
    return (scope.team.pk if scope.team is not None else None), scope.kind


def _facts(scope: Scope) -> Iterator[tuple[RuleSource, RuleFacts]]:
    """The facts of everybody in a scope, from every source: live organisations as of today, those
    known from extracts as of their day."""
    people: list[UUID] | None = None
    places = Organisation.objects.filter(Q(live=True) | Q(as_of__isnull=False)).order_by("pk")
    if scope.team is not None:
        people = sorted(
            Case.objects.filter(team=scope.team).order_by().values_list("person_id", flat=True)
        )
        if not people:
            return
    today = timezone.localdate()
    for place in places:
        on: dt.date = today if place.live or place.as_of is None else place.as_of
        for source in rule_sources:
            for facts in source.facts(organisation_id=place.pk, on=on, people=people):
                if scope.team is not None and facts.team_id != scope.team.pk:
                    continue
                if scope.kind and facts.team_kind != scope.kind:
                    continue
                yield source, facts


# Setting it --------------------------------------------------------------------------------------


@transaction.atomic
def change(
    *, scope: Scope, code: str, value: float | None, reason: str, by: User
) -> ThresholdChange:
    """Set a threshold for a scope, or (None) put it back to what is set more widely.

    Precondition: the user sets thresholds for this scope, the threshold is declared, the value is
    another than now, and there is a reason. Promise: it counts from the next sweep, and who
    changed what and why stays written.
    """
    if scope_of(by, scope.code) is None:
        raise Refusal(_("You do not set thresholds for %(whom)s.") % {"whom": scope.name})
    if code not in declared():
        raise Refusal(_("There is no such threshold."))
    if not reason.strip():
        raise Refusal(_("Say why it is changed."))
    row = PolicyValue.objects.select_for_update().filter(code=code, **scope.row).first()
    before = row.value if row is not None else None
    if before == value:
        raise Refusal(_("It is so already."))
    if row is None:
        row = PolicyValue(code=code, **scope.row)
    row._history_user = by  # type: ignore[attr-defined]
    if value is None:
        row.delete()
    else:
        if value < 0:
            raise Refusal(_("A threshold cannot be below 0."))
        row.value = value
        row.save()
    return ThresholdChange.objects.create(
        code=code, **scope.row, before=before, after=value, reason=reason.strip(), by=by
    )


def changes(scope: Scope, code: str = "") -> list[ThresholdChange]:
    """What was changed for a scope, the latest first."""
    found = ThresholdChange.objects.filter(**scope.row).select_related("by")
    if code:
        found = found.filter(code=code)
    return list(found.order_by("-created_at", "-pk")[:50])
