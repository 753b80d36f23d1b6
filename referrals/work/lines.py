"""The lines of a list of referrals: what each shows, read without a row of the model for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from casework.directory.models import Worker
from referrals.models import Referral
from referrals.table import URGENT

_SHOWN = (
    "pk",
    "person_id",
    "state",
    "state_on",
    "kind",
    "priority",
    "primary_reason",
    "received_on",
    "timer_on",
    "due_at",
    "sender",
    "sender_words",
    "person__name",
    "person__preferred_name",
    "person__local_id",
    "team_id",
    "team__name",
    "team__kind",
    "sender_team_id",
    "sender_team__name",
    "sender_team__kind",
    "named_worker_id",
    "worker",
    "waiting_since",
    "met_on",
)


class Named(NamedTuple):
    """A person, team or worker beside a referral, as a line names them."""

    pk: UUID
    name: str
    kind: str = ""

    @property
    def display_name(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Line:
    """A referral as a line of a list shows it: by the names of its model, and no more of it."""

    pk: UUID
    person_id: UUID
    state: str
    state_on: dt.date | None
    kind: str
    priority: str
    primary_reason: str
    received_on: dt.date
    timer_on: dt.date | None
    due_at: dt.datetime | None
    sender: str
    sender_words: str
    person: Named
    team: Named | None
    sender_team: Named | None
    named_worker: Named | None
    waiting_since: dt.date
    met_on: dt.date | None

    @property
    def urgent(self) -> bool:
        return self.priority in URGENT

    @property
    def team_id(self) -> UUID | None:
        return self.team.pk if self.team is not None else None

    @property
    def sender_team_id(self) -> UUID | None:
        return self.sender_team.pk if self.sender_team is not None else None

    @property
    def named_worker_id(self) -> UUID | None:
        return self.named_worker.pk if self.named_worker is not None else None


def waiting_since() -> Coalesce:
    """When the person first asked in this journey."""
    return Coalesce(F("root__asked_on"), F("root__received_on"), F("asked_on"), F("received_on"))


def met_on() -> Subquery:
    """When a team that kept the person first met them, in this journey."""
    journey = Coalesce(OuterRef("root_id"), OuterRef("pk"))
    found = Referral.objects.filter(
        Q(root_id=journey) | Q(pk=journey), first_contact_on__isnull=False
    )
    return Subquery(found.order_by("first_contact_on").values("first_contact_on")[:1])


def read(ids: Any) -> QuerySet[Any, Any]:
    """What the lines of these referrals show, without a row of the model for each: lists have
    fifty of them. What few have is read beside and not joined, which a planner is quicker with."""
    root = Referral.objects.filter(pk=OuterRef("root_id"))
    began = Subquery(root.values_list(Coalesce("asked_on", "received_on")))
    worker = Worker.objects.filter(pk=OuterRef("named_worker_id"))
    return (
        Referral.objects.filter(pk__in=ids)
        .annotate(
            waiting_since=Coalesce(began, F("asked_on"), F("received_on")),
            met_on=met_on(),
            worker=Subquery(worker.values("name")),
        )
        .values_list(*_SHOWN, named=True)
    )


def lines(rows: Sequence[Any]) -> list[Line]:
    teams: dict[UUID, Named] = {}

    def team(pk: UUID | None, name: str, kind: str) -> Named | None:
        if pk is None:
            return None
        return teams.get(pk) or teams.setdefault(pk, Named(pk, name, kind))

    return [
        Line(
            pk=row.pk,
            person_id=row.person_id,
            state=row.state,
            state_on=row.state_on,
            kind=row.kind,
            priority=row.priority,
            primary_reason=row.primary_reason,
            received_on=row.received_on,
            timer_on=row.timer_on,
            due_at=row.due_at,
            sender=row.sender,
            sender_words=row.sender_words,
            person=Named(
                row.person_id,
                row.person__preferred_name
                or row.person__name
                or row.person__local_id
                or str(row.person_id),
            ),
            team=team(row.team_id, row.team__name, row.team__kind),
            sender_team=team(row.sender_team_id, row.sender_team__name, row.sender_team__kind),
            named_worker=Named(row.named_worker_id, row.worker) if row.named_worker_id else None,
            waiting_since=row.waiting_since,
            met_on=row.met_on,
        )
        for row in rows
    ]
