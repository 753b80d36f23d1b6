"""Keeps the directory: who there is to turn to, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from casework.common.errors import Refusal
from casework.common.models import ImportedMixin
from casework.directory.models import Locality, Organisation, Team, Worker

Row = TypeVar("Row", Organisation, Team, Locality, Worker)


@transaction.atomic
def add(*, row: Row, by: Any, localities: Iterable[Locality] = ()) -> Row:
    """Put an organisation, a team, a locality or a worker into the directory.

    Precondition: it is new, and its code or its locality's name is not there yet.
    Promise: it can be chosen from now on.
    """
    _check(row)
    if isinstance(row, Team) and row.phone:
        row.details_checked_on = timezone.localdate()
    row._history_user = by
    row.save()
    if isinstance(row, Team):
        row.localities.set(localities)
    return row


@transaction.atomic
def edit(
    *,
    row: Row,
    by: Any,
    localities: Iterable[Locality] | None = None,
    checked: bool = False,
    **changes: Any,
) -> Row:
    """Change what the directory says about one of its rows.

    Precondition: the row is there. Promise: a later import leaves alone what was changed here, and
    shows where an extract says something else. A team whose number or hours were entered, or which
    somebody rang and `checked`, counts as checked today.
    """
    model: Any = type(row)
    found: Row = model.objects.select_for_update(of=("self",)).get(pk=row.pk)
    details = _details(found)
    if isinstance(found, ImportedMixin):
        found.note_edits(**changes)
    else:
        for name, value in changes.items():
            setattr(found, name, value)
    _check(found)
    if isinstance(found, Team) and found.phone and (checked or _details(found) != details):
        found.details_checked_on = timezone.localdate()
    found._history_user = by
    found.save()
    if isinstance(found, Team) and localities is not None:
        found.localities.set(localities)
    return found


def _details(row: Any) -> tuple[str, str]:
    """What people rely on when they ring."""
    return getattr(row, "phone", ""), getattr(row, "hours", "")


def _check(row: Any) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error


def of_the_same_name(
    rows: QuerySet[Any], *, name: str, organisation: Organisation | None = None, but: Any = None
) -> QuerySet[Any]:
    """Rows that are called the same, whatever the capitals; within an organisation if one is said.

    Two that are called the same are mostly one that was entered twice.
    """
    found = rows.filter(name__iexact=" ".join(name.split()))
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return found.exclude(pk=but.pk) if but is not None else found
