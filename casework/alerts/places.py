"""Where the thing stands that an alert is about, beside the person: a referral, a plan, a promise.

An app registers in its own `alert_places.py`, by the kind of its subjects (what stands before the
colon of `Alert.subject_key`), which of them a user may open and where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from casework.accounts.models import User
from casework.alerts.models import Alert
from casework.common.pages import Link
from casework.common.registry import Registry

alert_places: Registry[Callable[[User, Collection[UUID]], dict[UUID, Link]]] = Registry(
    "alert_places"
)


def places_of(alerts: Iterable[Alert], user: User) -> dict[UUID, Link]:
    """By alert, where its subject is read; alerts about a person alone, and what the user may not
    open, are left out. One query for each kind of subject."""
    kinds: dict[str, dict[UUID, list[UUID]]] = {}
    for alert in alerts:
        kind, _colon, ident = alert.subject_key.partition(":")
        if kind in alert_places:
            kinds.setdefault(kind, {}).setdefault(UUID(ident), []).append(alert.pk)
    found = {}
    for kind, wanted in kinds.items():
        for ident, link in alert_places[kind](user, wanted).items():
            found |= dict.fromkeys(wanted[ident], link)
    return found
