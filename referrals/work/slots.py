"""Pages of other parts about one referral, where they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from casework.accounts import policy as accounts
from casework.common.pages import Link
from referrals.models import Referral
from referrals.table import OPEN, State

_SENT = tuple(state for state in State if state not in (State.DRAFT, State.ENTERED_IN_ERROR))


@dataclass(frozen=True)
class Slot:
    """A page with one argument, the referral's id, and in which states it is of use."""

    url_name: str
    text: Any
    states: tuple[State, ...]


SLOTS: tuple[Slot, ...] = (
    Slot("asking:read", _("Read it as it is, with its files"), (State.DRAFT, *OPEN)),
    Slot("asking:write", _("Go on writing it"), (State.DRAFT,)),
    Slot("asking:attach", _("Add a file"), (State.DRAFT, *OPEN)),
    Slot("paths:journey", _("The whole journey as a picture"), _SENT),
    Slot("paths:reply_link", _("Send a reply link"), OPEN),
    Slot("paths:handover", _("Plan a handover"), (State.IN_SERVICE,)),
    Slot("paths:ending", _("Agree an ending plan"), (State.IN_SERVICE,)),
)


def links(referral: Referral, user: Any) -> list[Link]:
    """The pages that this deployment has for a referral in this state, and this user may open."""
    found = []
    for slot in SLOTS:
        if referral.state in slot.states:
            try:
                address = reverse(slot.url_name, args=[referral.pk])
            except NoReverseMatch:
                continue
            declared = resolve(address).func.required_permissions  # type: ignore[attr-defined]
            if any(accounts.may(user, permission) for permission in declared):
                found.append(Link(str(slot.text), address))
    return found
