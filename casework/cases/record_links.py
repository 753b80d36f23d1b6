"""What else can be changed in a person's record, at the end of the page about who they are.

An upper app registers in its own `record_links.py` a function that gives the link, or None where
this viewer cannot do it. Here stand acts that are rare and weigh much, so that they do not stand
among what is pressed every day.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.accounts.models import User
from casework.cases.models import Person
from casework.common.pages import Link
from casework.common.registry import Registry

RecordLink = Callable[[Person, User], Link | None]

record_links: Registry[RecordLink] = Registry("record_links")


def record_links_for(person: Person, viewer: User) -> list[Link]:
    """The links for this viewer, in the order of their names."""
    found = (entry(person, viewer) for entry in record_links)
    return [link for link in found if link is not None]
