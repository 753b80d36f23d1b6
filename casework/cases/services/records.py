"""What every act leaves behind, so that each service leaves the same."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from casework.accounts.models import User
from casework.cases.models import Case, Person, Touched
from casework.common.errors import Refusal

Historied = TypeVar("Historied", bound=models.Model)


def save(row: Historied, *, by: User | None, reason: str = "") -> Historied:
    """Save a historied row under the name of who did it."""
    row._history_user = by  # type: ignore[attr-defined]
    if reason:
        row._change_reason = reason  # type: ignore[attr-defined]
    row.save()
    return row


def touch(person: Person | UUID) -> None:
    """Mark a person as changed, so that the next sweep looks at them."""
    key: Any = person.pk if isinstance(person, Person) else person
    Touched.objects.bulk_create(
        [Touched(person_id=key)],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["at"],
    )


def open_case_of(person: Person, refusal: Any) -> Case:
    """The person's open case, locked until the transaction ends; without one, the refusal."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(person=person, closed_on__isnull=True)
        .order_by("pk")
        .first()
    )
    if case is None:
        raise Refusal(refusal)
    return case
