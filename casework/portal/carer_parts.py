"""What this app lets a person show to a carer, or let them do: meetings, messages to the team."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import SealedNote
from casework.portal.carers import MEETINGS, WRITES, CarerPart, carer_parts
from casework.portal.models import CarerAccess
from casework.portal.talk.messages import with_reads
from casework.portal.talk.presenters import CarerMessage

LATEST = 10


@dataclass(frozen=True)
class CarerMessages:
    """The latest that a carer wrote to the team, with the answers."""

    lines: list[CarerMessage]
    write_href: str


def _messages(access: CarerAccess, codes: frozenset[str], on: dt.date) -> CarerMessages:
    rows = with_reads(access.messages.order_by("-sent_at", "-pk"))[:LATEST]
    return CarerMessages(
        [CarerMessage(row, on) for row in rows],
        reverse("portal:carer_write", args=[access.pk]),
    )


carer_parts.register("meetings", MEETINGS)
carer_parts.register(
    "messages",
    CarerPart(
        40,
        "portal/carer/messages.jinja",
        lambda person: [(WRITES, _("Messages to my team, in their own name"))],
        _messages,
        SealedNote.Area.PEOPLE,
    ),
)
