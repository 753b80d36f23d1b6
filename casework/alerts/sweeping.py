"""Compares the rules' breaches with the open alerts, a batch of people at a time.

How it stays right when it is killed, run twice, or run on two machines at once:

- `settle` is one short transaction. It waits for its turn (one batch at a time over all
  machines), *then* reads the facts, then writes. So the alerts of a person never go back to facts
  older than those that somebody else has already used.
- A person's `Touched` row is removed after that transaction has committed, and only while it
  still carries the moment that was read before the facts: who is touched meanwhile stays touched.
- A full look settles everybody. Its mark is written at the end: one that was killed is done again.

Every subject belongs to a person, so that looking at people finds all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from casework.alerts import rows
from casework.alerts.models import Alert, SweepMark
from casework.cases.models import Person, Touched
from casework.common.ids import uuid7
from casework.common.rules import RuleSource, cause_kind, rule_sources
from casework.continuity.policy_values import Policies

BATCH = 1000
MANY = 10_000  # written alerts after which the planner's idea of the table is out of date
_TURN = 7_105_320_231  # one number that all sweeps of a database agree on
_SAID = (
    "sentence",
    "cause",
    "cause_kind",
    "next_step",
    "facts",
    "team_id",
    "worker_id",
    "organisation_id",
)
_WHO = ("team_id", "worker_id")


@dataclass
class SweepResult:
    """What a sweep came to. `full` names the organisations of which everybody was looked at."""

    opened: int = 0
    updated: int = 0
    resolved: int = 0
    full: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule in breach for one subject, in words and numbers."""

    rule: str
    subject_key: str
    person_id: UUID | None
    team_id: UUID | None
    worker_id: UUID | None
    organisation_id: UUID
    on: dt.date
    sentence: str
    cause: str
    cause_kind: str
    next_step: str
    facts: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.subject_key

    @property
    def said(self) -> dict[str, Any]:
        """What may change while the alert stays open."""
        return {name: getattr(self, name) for name in _SAID}


def rules_digest(policies: Policies) -> str:
    """Another text whenever a rule or a threshold has changed: everybody is looked at anew."""
    codes = sorted(rule.code for source in rule_sources for rule in source.rules)
    return hashlib.sha256(" ".join([policies.digest, *codes]).encode()).hexdigest()


class Sweep:
    """One sweep over `places`: each organisation with the day as of which it is looked at; with a
    `source`, by its rules alone."""

    def __init__(self, places: Mapping[UUID, dt.date], source: RuleSource | None = None) -> None:
        self.places = dict(places)
        self._sources = list(rule_sources) if source is None else [source]
        self._codes = None if source is None else [rule.code for rule in source.rules]
        self.policies = Policies()
        self.digest = rules_digest(self.policies)
        self.result = SweepResult()

    # What is in breach ---------------------------------------------------------------------------

    def breaches(self, organisation_id: UUID, people: Sequence[UUID]) -> Iterator[Breach]:
        """What is in breach for those among these people who are the organisation's."""
        on = self.places[organisation_id]
        for source in self._sources:
            for facts in source.facts(organisation_id=organisation_id, on=on, people=people):
                policy = self.policies.for_team(facts.team_id, facts.team_kind)
                for rule in source.rules:
                    if rule(facts, policy):
                        cause = rule.cause(facts)
                        yield Breach(
                            rule=rule.code,
                            subject_key=facts.subject_key,
                            person_id=facts.person_id,
                            team_id=facts.team_id,
                            worker_id=facts.worker_id,
                            organisation_id=organisation_id,
                            on=facts.on,
                            sentence=str(rule.sentence(facts)),
                            cause=str(cause),
                            cause_kind=cause_kind(cause),
                            next_step=str(rule.next_step(facts)),
                            facts=facts.as_json(),
                        )

    # Whom to look at -----------------------------------------------------------------------------

    def everybody(self, organisations: Sequence[UUID]) -> None:
        """A full look, because something has changed for these organisations as a whole."""
        self._settle_all(Person.objects.values_list("pk", flat=True))
        if self.result.opened + self.result.resolved:
            _count_anew()  # the lists of the day are read next
        for organisation_id in organisations:
            SweepMark.objects.update_or_create(
                organisation_id=organisation_id,
                defaults={
                    "full_on": self.places[organisation_id],
                    "policy_digest": self.digest,
                },
            )
        self.result.full.extend(organisations)

    def touched(self) -> None:
        """A look at those about whom something has changed since they were last looked at."""
        self._settle_all(Touched.objects.values_list("pk", flat=True))

    def these(self, people: Sequence[UUID]) -> None:
        """A look at these people, batch after batch."""
        for start in range(0, len(people), BATCH):
            self.settle(people[start : start + BATCH])

    def _settle_all(self, idents: QuerySet[Any, UUID]) -> None:
        """Settle a list of people that may be of any length, batch after batch."""
        people = list(idents.order_by("pk")[:BATCH])
        written = 0
        while people:
            self.settle(people)
            if self.result.opened + self.result.updated >= written + MANY:
                written = self.result.opened + self.result.updated
                _count_anew()
            people = list(idents.order_by("pk").filter(pk__gt=people[-1])[:BATCH])

    # Making the alerts agree ---------------------------------------------------------------------

    def settle(self, people: Sequence[UUID]) -> None:
        """Make the alerts about these people agree with the facts of this moment."""
        with transaction.atomic():
            _wait_for_turn()
            touched = self._touched(people)
            wanted: dict[tuple[str, str], Breach] = {}
            for organisation_id in self.places:
                for breach in self.breaches(organisation_id, people):
                    wanted.setdefault(breach.key, breach)
            self._agree(people, wanted)
        _forget(touched)

    def _touched(self, people: Sequence[UUID]) -> dict[UUID, dt.datetime]:
        """Whose mark this look answers; none, where it is by some of the rules."""
        if self._codes is not None:
            return {}
        rows = Touched.objects.filter(person_id__in=people)
        return dict(rows.values_list("person_id", "at"))

    def _agree(self, people: Sequence[UUID], wanted: dict[tuple[str, str], Breach]) -> None:
        """Update the open alerts that are wanted, resolve the others, open what is missing."""
        begun = set(SweepMark.objects.values_list("organisation_id", flat=True))
        updated, handed_on, resolved = [], [], []
        # not ordered by the database: it might read every alert in the order of the key
        open_alerts = Alert.objects.open().filter(person_id__in=people).order_by()
        if self._codes is not None:
            open_alerts = open_alerts.filter(rule__in=self._codes)
        for alert in open_alerts.values(
            "pk", "rule", "subject_key", "opened_on", "updated_on", *_SAID
        ):
            breach = wanted.pop((alert["rule"], alert["subject_key"]), None)
            if breach is None:
                day = self.places.get(alert["organisation_id"], alert["updated_on"])
                day = max(day, alert["opened_on"])
                resolved.append({"id": alert["pk"], "resolved_on": day, "updated_on": day})
                continue
            changed = {name for name in _SAID if alert[name] != getattr(breach, name)}
            if changed:
                updated.append({"id": alert["pk"], "updated_on": breach.on, **breach.said})
            if changed.intersection(_WHO):
                handed_on.append(alert["pk"])
        rows.update(updated)
        rows.update(resolved)
        # the daily change of a number is no history; who was to act, and when it ended, is
        rows.remember([*handed_on, *(row["id"] for row in resolved)], "~")
        # what is in breach before the first full look at an organisation has ended was so when
        # Alongside began there: its backlog
        opened = [
            {
                "id": uuid7(),
                "rule": breach.rule,
                "subject_key": breach.subject_key,
                "person_id": breach.person_id,
                "backlog": breach.organisation_id not in begun,
                "opened_on": breach.on,
                "updated_on": breach.on,
                **breach.said,
            }
            for breach in wanted.values()
        ]
        self.result.updated += len(updated)
        self.result.resolved += len(resolved)
        self.result.opened += rows.insert(opened)
        rows.tell([row["id"] for row in opened if not row["backlog"]])


def _wait_for_turn() -> None:
    """Until the transaction ends, no other batch is settled. On SQLite it already is the only
    writer, because transactions begin with the write lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def _count_anew() -> None:
    """Tell PostgreSQL how the table looks now. It finds out by itself only minutes later, and
    until then would read every alert to find those of a batch."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(Alert._meta.db_table)}")


def _forget(touched: Mapping[UUID, dt.datetime]) -> None:
    """Remove the marks of people whose alerts have been settled and who were not touched again.

    A mark that somebody is just writing is left alone: waiting for them could block both.
    """
    if not touched:
        return
    with transaction.atomic():
        now = (
            Touched.objects.filter(person_id__in=touched)
            .select_for_update(skip_locked=True)
            .values_list("person_id", "at")
        )
        settled = [person_id for person_id, at in now if at == touched[person_id]]
        Touched.objects.filter(person_id__in=settled).delete()
