"""Who may sign in, and what each membership lets them do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy, sessions
from casework.accounts.models import Membership, User
from casework.accounts.outsiders import is_outsider
from casework.accounts.roles import ROLES, Permission, Scope
from casework.common.errors import Refusal
from casework.directory.models import Organisation, Team, Worker


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str,
    by: User | None,
    password: str | None = None,
    worker: Worker | None = None,
) -> User:
    """Make an account for a member of staff, with no ability until a membership is granted.

    Precondition: nobody has this e-mail address, and no account is linked to this worker; a
    password, where given, is one that the service accepts.
    Promise: the account exists. Without a password it cannot sign in until one is set.
    """
    user = User(email=User.objects.normalize_email(email.strip()), name=name.strip(), worker=worker)
    if worker is not None and User.objects.filter(worker=worker).exists():
        raise Refusal(_("%(worker)s already has an account.") % {"worker": worker})
    try:
        user.full_clean(exclude=["password"])
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    user.set_password(password)
    user._history_user = by
    user.save()
    return user


@transaction.atomic
def grant(
    *,
    user: User,
    role: str,
    by: User | None,
    team: Team | None = None,
    organisation: Organisation | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Membership:
    """Give a user the abilities of a role, where the role applies.

    Precondition: a team for a team's role, an organisation for an organisation's, neither for a
    role of the whole network; the user may sign in and has not the same membership already.
    Promise: from the first day (today if not said) to the last, the user may do what the role may.
    """
    start = start or timezone.localdate()
    if role not in ROLES:
        raise Refusal(_("Select a role."))
    if not user.is_active:
        raise Refusal(_("%(user)s cannot sign in any more.") % {"user": user})
    scope = ROLES[role].scope
    if (team is not None) != (scope is Scope.TEAM) or (organisation is not None) != (
        scope is Scope.ORGANISATION
    ):
        raise Refusal(
            {
                Scope.TEAM: _("Select the team for this role."),
                Scope.ORGANISATION: _("Select the organisation for this role."),
                Scope.NETWORK: _("This role is for the whole network, not for one team."),
            }[scope]
        )
    if is_outsider(user):
        raise Refusal(
            _(
                "This is somebody's own account. For work, they need another one, with an address"
                " for work."
            )
        )
    same = user.memberships.filter(role=role, team=team, organisation=organisation)
    if same.on(start).exists():
        raise Refusal(_("%(user)s already has this role there.") % {"user": user})
    member = Membership(
        user=user, role=role, team=team, organisation=organisation, start=start, end=end
    )
    try:
        member.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    member._history_user = by
    member.save()
    policy.forget(user)
    return member


@transaction.atomic
def end_membership(
    *, membership: Membership, by: User | None, end: dt.date | None = None, reason: str = ""
) -> Membership:
    """Take the abilities of a role away; `end` is the last day that they last (yesterday, unless
    said, so that they are gone at once).

    Precondition: the membership has not ended already.
    Promise: after the last day the user may no longer do what only this membership let them do.
    """
    today = timezone.localdate()
    member = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if member.end is not None and member.end < today:
        raise Refusal(_("This membership has already ended."))
    last = end or max(today - dt.timedelta(days=1), member.start)
    if last < member.start:
        raise Refusal(_("The last day must not be before the first day."))
    if by is not None:
        _somebody_must_look_after_users(without=[member], user=member.user, by=by)
    member.end = last
    member._history_user = by
    member._change_reason = reason
    member.save()
    policy.forget(member.user)
    return member


def _somebody_must_look_after_users(
    *, without: Collection[Membership], user: User, by: User
) -> None:
    """Refuse to take away the last abilities to look after users: one's own, or anybody's."""
    roles = [code for code, role in ROLES.items() if Permission.MANAGE_USERS in role.permissions]
    if not any(member.role in roles for member in without):
        return
    # locked, so that two administrators cannot remove each other at the same moment
    others = [
        member
        for member in Membership.objects.on()
        .filter(role__in=roles, user__is_active=True)
        .select_related("user")
        .select_for_update(of=("self",))
        if member.pk not in {one.pk for one in without}
    ]
    if user.pk == by.pk and not any(member.user_id == by.pk for member in others):
        raise Refusal(
            _(
                "This is what lets you look after users, so you cannot take it from yourself."
                " Ask another administrator."
            )
        )
    if not others:
        raise Refusal(_("There would be no administrator left. Give the role to somebody first."))


@transaction.atomic
def change_user(*, user: User, name: str, email: str, by: User | None) -> User:
    """Put right what somebody is called and where their e-mail goes.

    Precondition: nobody else has this e-mail address.
    Promise: the user signs in with the new address, and no longer with the old one.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    row.name, before = name.strip(), row.email
    row.email = User.objects.normalize_email(email.strip())
    try:
        row.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    if row.email != before:
        EmailAddress.objects.filter(user=row).delete()
    row._history_user = by
    row.save()
    return row


@transaction.atomic
def link_worker(*, user: User, worker: Worker | None, by: User | None) -> User:
    """Say which worker of the directory a user is (None: not one of them).

    Precondition: no other account is linked to this worker.
    Promise: the people and alerts of that worker are what the user's pages begin with.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if worker is not None and User.objects.filter(worker=worker).exclude(pk=row.pk).exists():
        raise Refusal(_("%(worker)s already has an account.") % {"worker": worker})
    row.worker = worker
    row._history_user = by
    row.save()
    return row


@transaction.atomic
def deactivate(*, user: User, by: User, reason: str) -> User:
    """End somebody's access, from this moment; the account and what it did stay on record.

    Precondition: it is somebody else's account, it may sign in, and an administrator remains.
    Promise: every session is over and every membership has ended; letters of invitation are void.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if row.pk == by.pk:
        raise Refusal(_("You cannot end your own access. Ask another administrator."))
    if not row.is_active:
        raise Refusal(_("%(user)s cannot sign in any more.") % {"user": row})
    today = timezone.localdate()
    yesterday = today - dt.timedelta(days=1)
    lasting = [one for one in row.memberships.all() if one.end is None or one.end >= today]
    _somebody_must_look_after_users(without=lasting, user=row, by=by)
    for member in lasting:
        if member.start > today:  # it never came into force
            member.start = yesterday
        member.end = max(yesterday, member.start)
        member._history_user = by
        member._change_reason = reason
        member.save()
    row.is_active = False
    row._history_user = by
    row._change_reason = reason
    row.save()
    for letter in row.invitations.filter(used_at=None, expires_at__gt=timezone.now()):
        letter.expires_at = timezone.now()
        letter._history_user = by
        letter.save()
    end_sessions(user=row)
    policy.forget(row)
    return row


@transaction.atomic
def reactivate(*, user: User, by: User, reason: str) -> User:
    """Let somebody who had left sign in again.

    Precondition: the account may not sign in.
    Promise: it may, with no ability until a membership is granted.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if row.is_active:
        raise Refusal(_("%(user)s can sign in already.") % {"user": row})
    row.is_active = True
    row._history_user = by
    row._change_reason = reason
    row.save()
    policy.forget(row)
    return row


def end_sessions(*, user: User) -> int:
    """Sign a user out everywhere; how many sessions that were."""
    return sessions.end([one.key for one in sessions.of(user)])
