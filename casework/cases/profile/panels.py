"""On a person's page: another record that is, or may be, theirs; and who they say they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from casework.accounts.models import User
from casework.cases.around import Twin, around
from casework.cases.models import Person
from casework.cases.panels import Panel, person_panels


@dataclass(frozen=True)
class TwinNotice:
    """What is known about a second record, and where to go on."""

    text: str
    href: str
    link: str


def twins(person: Person, viewer: User, on: dt.date) -> list[TwinNotice] | None:
    """The panel, where another record is the same person's or may be."""
    found = around(person, on).twins
    if not found:
        return None
    rows = Person.objects.visible_to(viewer).filter(pk__in=[one.other_id for one in found])
    seen = set(rows.values_list("pk", flat=True))
    return [_notice(one, one.other_id in seen) for one in found]


def _notice(twin: Twin, visible: bool) -> TwinNotice:
    if twin.same:
        text = gettext("This person is also recorded elsewhere. Read both records.")
        if not visible:
            return TwinNotice(text, "", "")
        return TwinNotice(
            text,
            reverse("people:detail", args=[twin.other_id]),
            gettext("The other record of %(name)s") % {"name": twin.name},
        )
    return TwinNotice(
        gettext("This person may be recorded twice. %(why)s.") % {"why": twin.why},
        reverse("profile:suspect", args=[twin.suspect_id]),
        gettext("Decide whether they are one person"),
    )


person_panels.register("twins", Panel("profile/twins.jinja", 5, twins))
