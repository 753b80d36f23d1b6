"""What other apps do when a contact is written, in the contact's own transaction.

An upper app registers a callable in its `contact_hooks.py`; this is how a first contact moves a
referral. A hook that raises undoes the contact as well. Most contacts concern no hook at all: a
`Concerned` one says which rows it would act on, and all of them are asked for in one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Exists, QuerySet

from casework.accounts.models import User
from casework.cases.models import Contact
from casework.common.registry import Registry
from casework.common.standing import standing


class ContactHook(Protocol):
    """Called with a contact that has just been booked or recorded."""

    def __call__(self, *, contact: Contact, by: User | None) -> None: ...


@dataclass(frozen=True)
class Concerned:
    """A hook that is called only where there are rows for it to act on.

    `rows` is None where the contact cannot concern it, whatever the rows.
    """

    act: ContactHook
    rows: Callable[[Contact], QuerySet[Any] | None]

    def __call__(self, *, contact: Contact, by: User | None) -> None:
        self.act(contact=contact, by=by)


contact_hooks: Registry[ContactHook] = Registry("contact_hooks")


def hooks_for(contact: Contact) -> list[ContactHook]:
    """The hooks that this contact concerns, in their order; one query for all of them."""
    if contact.attended:
        asked = (contact.pk, contact.person_id, contact.worker_id, contact.team_id, contact.date)
        found = next(iter(_concerned_by(*asked, str(contact.attendance))), {})
    else:  # a booking: its hooks ask what day it is
        found = next(iter(_answers(contact)), {})
    return [hook for name, hook in _numbered() if found.get(name, not isinstance(hook, Concerned))]


def _numbered() -> list[tuple[str, ContactHook]]:
    return [(f"hook_{number}", hook) for number, hook in enumerate(contact_hooks)]


def _asked(contact: Contact) -> dict[str, Exists]:
    asked = {}
    for name, hook in _numbered():
        rows = hook.rows(contact) if isinstance(hook, Concerned) else None
        if rows is not None:
            asked[name] = Exists(rows)
    return asked


def _answers(contact: Contact) -> QuerySet[Any]:
    """One row: which hook has rows to act on."""
    asked = _asked(contact)
    rows: QuerySet[Any] = Contact.objects.filter(pk=contact.pk)
    return rows.values(**asked) if asked else rows.none().values("pk")


@standing
def _concerned_by(
    contact: UUID,
    person: UUID,
    worker: UUID | None,
    team: UUID | None,
    date: dt.date,
    attendance: str,
) -> QuerySet[Any]:
    return _answers(
        Contact(
            pk=contact,
            person_id=person,
            worker_id=worker,
            team_id=team,
            date=date,
            attendance=attendance,
        )
    )
