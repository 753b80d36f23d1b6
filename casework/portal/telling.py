"""Writes down what somebody did on their own pages, or what was done for them there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from casework.accounts.models import User
from casework.cases.models import CaseEvent, Person
from casework.cases.services import touch


def tell(
    person: Person,
    kind: str,
    *,
    by: User | None,
    about: Any = None,
    data: Any = None,
    on: dt.date | None = None,
) -> CaseEvent:
    """One event on the person's timeline, of today or of another day; the next sweep looks at
    them. Its data never hold words of the person's own."""
    event = CaseEvent.objects.create(
        person=person,
        kind=f"portal.{kind}",
        on=on or timezone.localdate(),
        by=by,
        worker_id=by.worker_id if by else None,
        about=about,
        data=data or {},
    )
    touch(person)
    return event
