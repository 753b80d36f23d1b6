"""Who acts: a user, the person themselves, a partner by reply link, or the service."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from casework.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """Exactly one of these is set, except for a first contact, which a user records."""

    user: User | None = None
    person_id: UUID | None = None  # the person themselves, signed in
    link_referral_id: UUID | None = None  # whoever holds a reply link to this one referral
    link_words: str = ""  # to whom the link was sent
    contact: bool = False  # the first attended contact, through the contact hook
    service: bool = False  # what follows from a death

    @property
    def how(self) -> str:
        """What kind of actor this is, as events keep it."""
        if self.contact:
            return "contact"
        if self.service:
            return "service"
        if self.link_referral_id is not None:
            return "link"
        return "person" if self.person_id is not None else "user"


def actor(by: User | Actor) -> Actor:
    """A user who acts is an actor too."""
    return by if isinstance(by, Actor) else Actor(user=by)
