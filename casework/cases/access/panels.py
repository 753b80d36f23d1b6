"""On a person's page: that there are sealed notes, for those who may know of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels


@dataclass(frozen=True)
class Sealed:
    """Where they are."""

    href: str


def sealed(person: Person, viewer: User, on: dt.date) -> Sealed | None:
    """The panel, where there is a note that the viewer may know of. The page's own query has asked:
    see `policy.sealed_about`."""
    may = accounts.may(viewer, Permission.EDIT_PEOPLE)
    if not may or not getattr(person, "has_sealed", False):
        return None
    return Sealed(reverse("access:sealed", args=[person.pk]))


person_panels.register("sealed", Panel("access/panel.jinja", 70, sealed, aside=True))
