"""Whoever acts next is told that something waits for them, and never what it is."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.outbox import services as outbox
from referrals.models import DeclineProposal, Referral
from referrals.table import STATES, Role, State

_MOST = 10  # nobody's mailbox is flooded by a team of hundreds
_PERMISSION = {
    Role.SENDER: Permission.REFER,
    Role.RECEIVER: Permission.DECIDE_REFERRALS,
    Role.RECEIVING_LEAD: Permission.ALLOCATE,
}


def send_notice(*, referral: str, event: str, by: str = "") -> None:
    """Tell those who act next, except whoever has just acted. The referral may have moved on
    since: then those who act next now are told."""
    row = Referral.objects.select_related("named_worker").filter(pk=UUID(referral)).first()
    if row is None:
        return
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        for user in next_users(row, event):
            if str(user.pk) != by and user.digest:
                outbox.send(
                    channel="email",
                    to=user.email,
                    subject=_("Something waits for you in Alongside"),
                    body=_("A referral waits for you or your team. Sign in to read it: %s")
                    % settings.SITE_URL,
                    about=f"referral.{event}",
                )


def next_users(referral: Referral, event: str) -> list[User]:
    """Who acts next, by the table."""
    if event == "request_sign_off":
        return _of_team(referral.team_id, Permission.SIGN_OFF)
    if event == "challenge":
        return _of_team(referral.team_id, Permission.DECIDE_REFERRALS) + _network_leads(referral)
    role = STATES[State(referral.state)].next_role
    if role == Role.NAMED_WORKER:
        return _workers([referral.named_worker_id])
    if role == Role.ASKED:
        question = referral.questions.filter(settled_on__isnull=True).first()
        if question is None:
            return []
        if question.asked_worker_id is not None:
            return _workers([question.asked_worker_id])
        return _of_team(question.asked_team_id, Permission.REFER)
    if role not in _PERMISSION:
        return []
    team_id = referral.sender_team_id if role == Role.SENDER else referral.team_id
    return _of_team(team_id, _PERMISSION[role])


def _network_leads(referral: Referral) -> list[User]:
    """A second challenge is theirs, too."""
    if referral.proposals.filter(outcome=DeclineProposal.Outcome.CHALLENGED).count() < 2:
        return []
    roles = [code for code, role in ROLES.items() if Permission.SEE_NETWORK in role.permissions]
    leads = Membership.objects.on(timezone.localdate()).filter(
        team=None, organisation=None, role__in=roles
    )
    users = User.objects.filter(is_active=True, memberships__in=leads).distinct()
    return list(users.order_by("name", "pk")[:_MOST])


def _workers(workers: list[UUID | None]) -> list[User]:
    return list(User.objects.filter(worker_id__in=[one for one in workers if one], is_active=True))


def _of_team(team_id: UUID | None, permission: Permission) -> list[User]:
    if team_id is None:
        return []
    today = timezone.localdate()
    roles = [code for code, role in ROLES.items() if permission in role.permissions]
    users = User.objects.filter(
        is_active=True,
        memberships__in=Membership.objects.on(today).filter(team_id=team_id, role__in=roles),
    ).distinct()
    return list(users.order_by("name", "pk")[:_MOST])
