"""Accounts and memberships."""

import datetime as dt

import pytest
from django.utils import timezone

from casework.accounts import policy, services
from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission, Scope
from casework.common.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-invented-password"


def test_a_new_user_may_do_nothing():
    user = services.create_user(email="Ro@Alongside.Example", name="Ro", by=None, password=PASSWORD)
    assert user.email == "Ro@alongside.example"
    assert user.check_password(PASSWORD)
    assert not any(policy.may(user, permission) for permission in Permission)


def test_without_a_password_nobody_can_sign_in():
    user = services.create_user(email="ro@alongside.example", name="Ro", by=None)
    assert not user.has_usable_password()


@pytest.mark.parametrize("password", ["short", "password1234", "ro.example@alongside"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(Refusal):
        services.create_user(
            email="ro.example@alongside.example", name="Ro", by=None, password=password
        )
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["taken@alongside.example", "TAKEN@alongside.example", "none"])
def test_an_address_is_one_and_real(email):
    factories.user(email="taken@alongside.example")
    with pytest.raises(Refusal):
        services.create_user(email=email, name="Ro", by=None)
    assert User.objects.count() == 1


def test_a_worker_has_one_account():
    worker = factories.worker("Jo")
    factories.user(worker=worker)
    with pytest.raises(Refusal, match="Jo already has an account"):
        factories.user(worker=worker)


def test_a_membership_gives_the_abilities_of_its_role_there():
    team = factories.team()
    by = factories.user()
    user = factories.user()
    member = services.grant(user=user, role="team_lead", team=team, by=by)
    assert policy.may_in_team(user, Permission.ALLOCATE, team.pk)
    assert not policy.may_in_team(user, Permission.ALLOCATE, factories.team().pk)
    assert member.history.get().history_user == by


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_granted_where_it_applies_and_nowhere_else(role):
    scope = ROLES[role].scope
    places = {
        Scope.TEAM: {"team": factories.team()},
        Scope.ORGANISATION: {"organisation": factories.organisation()},
        Scope.NETWORK: {},
    }
    for place, arguments in places.items():
        user = factories.user()
        if place is scope:
            services.grant(user=user, role=role, by=None, **arguments)
        else:
            with pytest.raises(Refusal):
                services.grant(user=user, role=role, by=None, **arguments)
        assert user.memberships.exists() == (place is scope)


def test_what_granting_refuses():
    user = factories.user()
    team = factories.team()
    services.grant(user=user, role="key_worker", team=team, by=None)
    with pytest.raises(Refusal, match="already has this role"):
        services.grant(user=user, role="key_worker", team=team, by=None)
    with pytest.raises(Refusal, match="Select a role"):
        services.grant(user=user, role="king", team=team, by=None)
    with pytest.raises(Refusal, match="last day"):
        services.grant(
            user=user,
            role="team_lead",
            team=team,
            end=timezone.localdate() - dt.timedelta(days=1),
            by=None,
        )
    user.is_active = False
    with pytest.raises(Refusal, match="cannot sign in"):
        services.grant(user=user, role="team_lead", team=team, by=None)
    assert Membership.objects.count() == 1


def test_an_ended_membership_gives_nothing():
    user = factories.user()
    today = timezone.localdate()
    member = services.grant(
        user=user,
        role="key_worker",
        team=factories.team(),
        start=today - dt.timedelta(days=9),
        by=None,
    )
    ended = services.end_membership(membership=member, by=None, reason="moved")
    assert ended.end == today - dt.timedelta(days=1)
    policy.forget(user)
    assert not policy.may(user, Permission.SEE_PEOPLE)
    with pytest.raises(Refusal, match="already ended"):
        services.end_membership(membership=member, by=None)
