"""The facts behind the rules about promised answers: one query each over what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from casework.cases.models import Case
from casework.portal.models import ChangeRequest, TeamMessage
from casework.portal.promise_rules import PromiseFacts

CHUNK = 5_000


def _facts(
    rows: QuerySet[Any],
    subject: str,
    organisation_id: UUID,
    on: dt.date,
    people: Sequence[UUID] | None,
) -> Iterator[PromiseFacts]:
    """One row of facts for each person with something late among `rows`.

    Whoever holds the person now has to answer; where nobody does, whoever held them last.
    """
    case = Case.objects.filter(person=OuterRef("person_id")).order_by(
        F("closed_on").desc(nulls_first=True), "-pk"
    )
    rows = rows.filter(answer_by__lt=on, person__death_date__isnull=True)
    if people is not None:
        rows = rows.filter(person_id__in=people)
    found = (
        rows.annotate(
            case_team=Subquery(case.values("team_id")[:1]),
            case_kind=Subquery(case.values("team__kind")[:1]),
            case_worker=Subquery(case.values("key_worker_id")[:1]),
            place=Coalesce(
                Subquery(case.values("team__organisation_id")[:1]),
                F("person__provider_id"),
                output_field=UUIDField(),
            ),
        )
        .filter(place=organisation_id)
        .order_by("person_id", "answer_by", "pk")
        .values_list("person_id", "answer_by", "case_team", "case_kind", "case_worker")
    )
    for person_id, late in groupby(found.iterator(chunk_size=CHUNK), key=lambda row: row[0]):
        waiting = list(late)
        _person, promised_by, team_id, kind, worker_id = waiting[0]
        yield PromiseFacts(
            subject_key=f"{subject}:{person_id}",
            person_id=person_id,
            team_id=team_id,
            team_kind=kind or "",
            worker_id=worker_id,
            on=on,
            promised_by=promised_by,
            waiting=len(waiting),
        )


def message_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[PromiseFacts]:
    """Messages that should have been answered, by person."""
    rows = TeamMessage.objects.filter(answered_at__isnull=True, answer_by__isnull=False)
    return _facts(rows, "messages", organisation_id, on, people)


def asking_facts(
    *, organisation_id: UUID, on: dt.date, people: Sequence[UUID] | None = None
) -> Iterator[PromiseFacts]:
    """Changes that somebody asked for and that should have been answered, by person."""
    rows = ChangeRequest.objects.filter(answered_on__isnull=True, withdrawn_on__isnull=True)
    return _facts(rows, "asked", organisation_id, on, people)
