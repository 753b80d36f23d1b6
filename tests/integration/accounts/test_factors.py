"""A member of staff who has lost their second step: another person's act, recorded and told."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.urls import reverse

from casework.accounts import factors, services
from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.outbox.models import Message
from tests import factories
from tests.factories.portal import own_account
from tests.integration.accounts.test_strong import app_of, code, confirm, sign_in, within_a_code

pytestmark = pytest.mark.django_db
ANSWERS = {"checked": "called", "reason": "Lost their telephone"}


@pytest.fixture(autouse=True)
def _strong(settings):
    settings.STRONG_SIGN_IN = True


@pytest.fixture
def boss():
    return factories.member("administrator")


@pytest.fixture
def office(client, boss):
    """An administrator who has just proved who they are."""
    secret = app_of(boss)
    sign_in(client, boss)
    with within_a_code():
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    return client


@pytest.fixture
def lost():
    """Somebody with an app and recovery codes, none of which they have any more."""
    user = factories.member("key_worker", worker=factories.worker())
    app_of(user)
    RecoveryCodes.activate(user)
    return user


def path(user):
    return reverse("users:reset_factors", args=[user.pk])


def test_they_are_signed_out_told_and_set_up_a_new_one(office, boss, lost):
    browser = Client()
    browser.force_login(lost)
    assert browser.get("/").status_code == 200
    assert "Authenticator app" in (
        office.get(reverse("users:detail", args=[lost.pk])).content.decode()
    )
    assert office.get(path(lost)).status_code == 200
    answer = office.post(path(lost), ANSWERS)
    assert answer["Location"] == reverse("users:detail", args=[lost.pk])
    assert not Authenticator.objects.filter(user=lost).exists()
    assert browser.get("/")["Location"].startswith(reverse("account_login"))
    outbox.run_due()
    (letter,) = mail.outbox
    assert letter.to == [lost.email]
    assert "If you did not ask for this" in letter.body
    assert lost.name not in letter.body + letter.subject
    again = Client()
    sign_in(again, lost)
    assert again.get("/")["Location"] == reverse("mfa_index")
    assert Authenticator.objects.filter(user=boss).exists()


def test_who_did_it_and_how_they_made_sure_is_in_the_accounts_history(office, boss, lost):
    office.post(path(lost), ANSWERS)
    latest = lost.history.first()
    assert latest.history_user == boss
    assert latest.history_change_reason == ("second step taken away (called): Lost their telephone")


@pytest.mark.parametrize("left_out", ANSWERS)
def test_without_saying_how_and_why_nothing_happens(office, lost, left_out):
    answer = office.post(path(lost), {**ANSWERS, left_out: ""})
    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=lost).count() == 2
    assert not Message.objects.exists()


def test_the_password_is_asked_for_once_more(client, boss, lost):
    app_of(boss)
    client.force_login(boss)
    for answer in (client.get(path(lost)), client.post(path(lost), ANSWERS)):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=lost).count() == 2
    confirm(client, then=path(lost))
    assert client.post(path(lost), ANSWERS).status_code == 302
    assert not Authenticator.objects.filter(user=lost).exists()


def test_it_is_offered_only_where_there_is_one_and_never_for_oneself(office, boss, lost):
    def offered(user: User) -> bool:
        page = office.get(reverse("users:detail", args=[user.pk])).content.decode()
        return path(user) in page

    assert offered(lost)
    assert not offered(boss)
    assert not offered(factories.member("key_worker"))
    services.deactivate(user=lost, by=boss, reason="left")
    assert not offered(lost)


def test_nobody_takes_away_their_own(boss):
    app_of(boss)
    with pytest.raises(Refusal, match="your own"):
        factors.reset(user=boss, by=boss, **ANSWERS)
    assert Authenticator.objects.filter(user=boss).exists()


def test_not_without_one_not_after_the_end_and_not_unchecked(boss, lost):
    with pytest.raises(Refusal, match="has no second step"):
        factors.reset(user=factories.user(), by=boss, **ANSWERS)
    with pytest.raises(Refusal, match="made sure"):
        factors.reset(user=lost, by=boss, checked="guessed", reason="x")
    services.deactivate(user=lost, by=boss, reason="left")
    with pytest.raises(Refusal, match="cannot sign in"):
        factors.reset(user=lost, by=boss, **ANSWERS)
    assert Authenticator.objects.filter(user=lost).count() == 2


def test_peoples_own_accounts_are_no_business_of_an_administrators(office, boss):
    account = own_account(factories.held_person())
    assert office.post(path(account.user), ANSWERS).status_code == 404
    with pytest.raises(Refusal, match="own account"):
        factors.reset(user=account.user, by=boss, **ANSWERS)
    assert Authenticator.objects.filter(user=account.user).exists()


@pytest.mark.parametrize("role", ["team_lead", "privacy_officer", "network_lead"])
def test_others_may_not(client, lost, role):
    client.force_login(factories.member(role))
    client.session["second_factor"] = True
    assert client.post(path(lost), ANSWERS).status_code in {302, 403}
    assert Authenticator.objects.filter(user=lost).count() == 2
