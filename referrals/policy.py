"""What somebody is to a referral, by memberships, names and links. Every answer fails closed."""

from __future__ import annotations

from typing import Any

from casework.accounts import policy as accounts
from casework.accounts.roles import ROLES, Permission
from referrals.actors import Actor
from referrals.models import Question, Referral, Responsibility
from referrals.table import Role

P = Permission


def roles_of(
    referral: Referral,
    actor: Actor,
    *,
    responsibility: Responsibility | None,
    question: Question | None,
) -> frozenset[Role]:
    """Everything that this actor is to this referral now."""
    roles = roles_by_membership(referral, actor)
    if actor.how == "user":
        roles |= roles_by_name(actor.user, responsibility=responsibility, question=question)
    return roles


def roles_by_membership(referral: Referral, actor: Actor) -> frozenset[Role]:
    """What this actor is to this referral now, as far as the referral and memberships say it."""
    roles: set[Role] = set()
    if actor.service:
        return frozenset({Role.SERVICE})
    if actor.contact:
        return frozenset({Role.CONTACT})
    if actor.link_referral_id is not None:
        return frozenset({Role.LINK_PARTNER} if actor.link_referral_id == referral.pk else ())
    if actor.person_id is not None:
        return frozenset({Role.PERSON} if actor.person_id == referral.person_id else ())
    user = actor.user
    if user is None:
        return frozenset()
    sending = accounts.may_in_team(user, P.REFER, referral.sender_team_id)
    if sending:
        roles.add(Role.SENDER)
    if referral.author_id == user.pk and (sending or referral.sender_team_id is None):
        if accounts.may(user, P.REFER):
            roles |= {Role.AUTHOR, Role.SENDER}
    if accounts.may_in_team(user, P.DECIDE_REFERRALS, referral.team_id):
        roles.add(Role.RECEIVER)
    if accounts.may_in_team(user, P.ALLOCATE, referral.team_id):
        roles.add(Role.RECEIVING_LEAD)
    if accounts.may_in_team(user, P.SIGN_OFF, referral.team_id):
        roles.add(Role.SIGNING_LEAD)
    works = user.worker_id is not None and accounts.may(user, P.SEE_PEOPLE)
    if works and user.worker_id == referral.named_worker_id:
        roles.add(Role.NAMED_WORKER)
    if accounts.may_in_network(user, P.SEE_NETWORK):
        roles.add(Role.NETWORK_LEAD)
    if _corrects(user, referral):
        roles.add(Role.RECORDS_ADMINISTRATOR)
    return frozenset(roles)


def roles_by_name(
    user: Any, *, responsibility: Responsibility | None, question: Question | None
) -> frozenset[Role]:
    """What a user is by being named: as who holds the person, or who was asked."""
    if user is None:
        return frozenset()
    roles: set[Role] = set()
    works = user.worker_id is not None and accounts.may(user, P.SEE_PEOPLE)
    if _holds(user, responsibility, works):
        roles.add(Role.HOLDER)
    if question is not None and _is_asked(user, question, works):
        roles.add(Role.ASKED)
    return frozenset(roles)


def _holds(user: Any, responsibility: Responsibility | None, works: bool) -> bool:
    """The named holder; where an extract names nobody, whoever allocates in the holding team."""
    if responsibility is None:
        return False
    if responsibility.worker_id is None:
        return accounts.may_in_team(user, P.ALLOCATE, responsibility.team_id)
    return works and user.worker_id == responsibility.worker_id


def _is_asked(user: Any, question: Question, works: bool) -> bool:
    if works and question.asked_worker_id is not None:
        return bool(user.worker_id == question.asked_worker_id)
    return accounts.may_in_team(user, P.REFER, question.asked_team_id)


def _corrects(user: Any, referral: Referral) -> bool:
    """Records administrators correct what their own organisation's teams sent or received."""
    correcting = [
        member
        for member in accounts.memberships(user)
        if member.role in ROLES and P.CORRECT_RECORDS in ROLES[member.role].permissions
    ]
    if not correcting:  # nearly everybody: the teams need not be read
        return False
    places = {
        team.organisation_id for team in (referral.team, referral.sender_team) if team is not None
    }
    return any(
        member.organisation_id in places or member.organisation_id is member.team_id is None
        for member in correcting
    )


def can_see_referral(user: Any, referral: Referral) -> bool:
    """May this user open this referral today?"""
    return Referral.objects.visible_to(user).filter(pk=referral.pk).exists()
