"""An attended contact with the receiving team belongs to its referral, and the first of them
passes the responsibility on: in the contact's own transaction."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from casework.accounts.models import User
from casework.cases.contact_hooks import Concerned, contact_hooks
from casework.cases.models import Contact
from referrals import services
from referrals.actors import Actor
from referrals.models import Referral, ReferralContact
from referrals.situation import Situation
from referrals.table import OPEN, Kind, State
from referrals.verdicts import judge


def awaiting(contact: Contact) -> QuerySet[Referral] | None:
    """Accepted referrals that wait for a contact like this one, if it took place."""
    if not contact.attended:
        return None
    return Referral.objects.filter(
        Q(team_id=contact.team_id) | Q(named_worker_id=contact.worker_id),
        person_id=contact.person_id,
        state__in=[State.ACCEPTED, State.ALLOCATED],
    )


def first_contact(*, contact: Contact, by: User | None) -> None:
    """Move every accepted referral for which this contact is the first."""
    waiting = awaiting(contact)
    if waiting is None:
        return
    waiting = waiting.select_related("person", "team", "sender_team", "named_worker")
    for referral in waiting.order_by("received_on", "pk"):
        actor = Actor(user=by, contact=True)
        situation = Situation(referral, actor, {"contact": contact})
        if judge("first_contact", situation).allowed:
            services.first_contact(referral=referral, by=actor, contact=contact)


def under_way(contact: Contact) -> QuerySet[Referral] | None:
    """Open referrals that a contact like this one may belong to, if it took place."""
    if not contact.attended:
        return None
    return Referral.objects.filter(
        Q(team_id=contact.team_id) | Q(named_worker_id=contact.worker_id),
        person_id=contact.person_id,
        state__in=OPEN,
        received_on__lte=contact.date,
    ).exclude(kind=Kind.ADVICE)


def belong(*, contact: Contact, by: User | None) -> None:
    """Write down which referral this contact belongs to: the clocks read it there. An assessment
    counts as well; of several referrals it is the latest."""
    rows = under_way(contact)
    latest = rows.order_by("-received_on", "-pk").first() if rows is not None else None
    if latest is not None:
        ReferralContact.objects.bulk_create(
            [ReferralContact(contact=contact, referral=latest)], ignore_conflicts=True
        )


contact_hooks.register("referrals.belongs", Concerned(belong, under_way))
contact_hooks.register("referrals.first_contact", Concerned(first_contact, awaiting))
