"""The parts of a person's page that come from other apps.

An upper app registers a `Panel` in its own `panels.py`; the page places those that have something
to show, by their order. Each panel runs a fixed number of queries, whatever the person's history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.accounts.models import User
from casework.cases.models import Contact, Person
from casework.common.registry import Registry


@dataclass(frozen=True)
class Panel:
    """`build(person, viewer, on)` returns what `template` shows as `panel`, or None for nothing.

    `order` says where it stands: below 20 is about what is going on now, from 20 on come the
    plan and the referrals, and from 50 on what stands below the contacts. `aside` puts it into the
    narrow column, for what is looked up and not read.
    """

    template: str
    order: int
    build: Callable[[Person, User, dt.date], Any]
    aside: bool = False


@dataclass(frozen=True)
class PlacedPanel:
    """A panel with something to show."""

    template: str
    content: Any
    aside: bool
    order: int


person_panels: Registry[Panel] = Registry("panels")

marks: Registry[Callable[[], Any]] = Registry("panels")
"""Columns of the statement that opens a person's record, for panels that need no more: by the name
under which the person has it, the function that makes the expression. A page costs no query more
for one. Whoever sees it may open the record; there is nobody to ask what else they may."""


def panels_for(person: Person, viewer: User, on: dt.date) -> list[PlacedPanel]:
    """The panels of one person's page, in their order."""
    placed = []
    for panel in sorted(person_panels, key=lambda panel: (panel.order, panel.template)):
        content = panel.build(person, viewer, on)
        if content is not None:
            placed.append(PlacedPanel(panel.template, content, panel.aside, panel.order))
    return placed


@dataclass(frozen=True)
class Said:
    """What the person says about an entry: it stays beside it and changes nothing in it."""

    words: str
    on: dt.date


# An upper app registers in its `contact_remarks.py` what it knows the person to have said about a
# contact, the oldest first; one query each.
contact_remarks: Registry[Callable[[Contact], list[Said]]] = Registry("contact_remarks")


def said_about(contact: Contact) -> list[Said]:
    """What the person says about what is written of a contact."""
    return [said for about in contact_remarks for said in about(contact)]
