"""Where staff sign in with their organisation's provider only."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from casework.accounts import identities, invitations
from casework.accounts.models import User
from casework.cases.models import AccessEntry
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from tests import factories
from tests.factories import provider as providers
from tests.factories.accounts import PASSWORD
from tests.factories.portal import own_account
from tests.integration.accounts.test_providers import come_in, is_in
from tests.integration.accounts.test_strong import app_of, sign_in
from tests.unit.common.test_settings import ENOUGH, settings_in, values

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.unrestricted_get("the provider sends the browser back with a GET, and it signs in"),
]


@pytest.fixture
def trust(settings):
    with providers.running() as made:
        settings.OIDC = made.settings("staff")
        settings.STAFF_PASSWORDS = False
        yield made


@pytest.fixture
def user(trust):
    found = factories.member("team_lead", email="sam@alongside.example")
    identities.bind(user=found, issuer=trust.issuer, subject="sub-1", by=None)
    return found


def text(answer) -> str:
    html = answer.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_needs_another_way_in(tmp_path):
    alone = settings_in({**ENOUGH, "STAFF_PASSWORDS": "0", "VAR_DIR": str(tmp_path)})
    assert alone.returncode != 0
    assert "no other way to sign in" in alone.stderr
    provider = {
        "STAFF_OIDC_ISSUER": "https://sign-in.trust.example",
        "STAFF_OIDC_CLIENT_ID": "alongside",
        "STAFF_OIDC_CLIENT_SECRET": "made-up",
        "VAR_DIR": str(tmp_path),
    }
    assert values({**provider, "STAFF_PASSWORDS": "0"}, "STAFF_PASSWORDS") == [False]
    assert values(provider, "STAFF_PASSWORDS") == [True]


def test_the_right_password_is_answered_like_a_wrong_one(trust, user):
    right, wrong = Client(), Client()
    answers = [sign_in(right, user), sign_in(wrong, user, password="wrong-password-1")]
    assert not is_in(right, user)
    errors = [answer.context_data["form"].errors for answer in answers]
    assert errors[0] == errors[1]
    assert AccessEntry.objects.filter(action="not_let_in", user=user).count() == 2


def test_with_the_provider_they_come_in(client, trust, user):
    come_in(client, trust)
    assert is_in(client, user)


def test_people_keep_their_passwords(trust):
    account = own_account(factories.held_person())
    answer = sign_in(Client(), account.user)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))


def test_the_password_is_not_asked_for_once_more_either(client, trust, settings):
    settings.STRONG_SIGN_IN = True
    boss = factories.member("administrator")
    app_of(boss)
    client.force_login(boss)
    asked = client.get(reverse("users:add"))
    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    by_password = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert by_password["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.get(reverse("users:add")).status_code == 302


def test_the_pages_say_so(client, trust, user):
    assert "Staff sign in with Riverside Trust" in text(client.get(reverse("account_login")))
    client.force_login(user)
    page = client.get(reverse("mfa_index")).content.decode()
    assert reverse("account_change_password") not in page


def test_with_passwords_nothing_is_said_of_it(client, trust, user, settings):
    settings.STAFF_PASSWORDS = True
    assert "Staff sign in with" not in text(client.get(reverse("account_login")))
    client.force_login(user)
    page = client.get(reverse("mfa_index")).content.decode()
    assert reverse("account_change_password") in page


def test_nobody_is_sent_a_link_to_choose_a_password(client, trust, settings):
    boss = factories.member("administrator")
    client.force_login(boss)
    assert "They get no email" in text(client.get(reverse("users:add")))
    client.post(reverse("users:add"), {"name": "Ned New", "email": "ned@alongside.example"})
    outbox.run_due()
    assert not mail.outbox
    user = User.objects.get(email="ned@alongside.example")
    detail = client.get(reverse("users:detail", args=[user.pk])).content.decode()
    assert reverse("users:invite", args=[user.pk]) not in detail
    assert "Invited" not in detail
    with pytest.raises(Refusal, match="do not sign in with a password"):
        invitations.invite(user=user, by=boss)


def test_a_link_that_is_under_way_opens_nothing(trust, settings):
    settings.STAFF_PASSWORDS = True
    boss = factories.member("administrator")
    user = invitations.add_user(email="ned@alongside.example", name="Ned", by=boss)
    secret = invitations.secret_of(user.invitations.get().pk)
    settings.STAFF_PASSWORDS = False
    assert invitations.find(secret) is None
    with pytest.raises(Refusal):
        invitations.accept(secret=secret, password="an-invented-password-2")


def test_whom_the_provider_does_not_know_here_is_told_whom_to_ask(client, trust):
    answer = come_in(client, trust, sub="sub-9")
    assert answer.status_code == 403
    assert "Ask an administrator." in text(answer)
    assert "Sign in with a password" not in text(answer)
    assert AccessEntry.objects.get(action="not_let_in").reason == "provider"
