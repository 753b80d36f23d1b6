"""A learnt password is not enough: second factor, lockout, and asking once more."""

import time
from contextlib import contextmanager

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from casework.accounts import services
from casework.accounts.models import Membership
from tests import factories
from tests.factories.accounts import PASSWORD
from tests.meta.test_urls import OURS
from tests.unit.common.test_settings import values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _strong(settings):
    settings.STRONG_SIGN_IN = True


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password}, **extra
    )


def app_of(user) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@contextmanager
def within_a_code():
    """Time stands still, a few seconds after a code of the app has begun."""
    with time_machine.travel(int(time.time()) // 30 * 30 + 5, tick=False):
        yield


def confirm(client, password=PASSWORD, then="/"):
    path = reverse("account_reauthenticate")
    return client.post(f"{path}?next={then}", {"password": password, "next": then})


# The second factor -------------------------------------------------------------------------------


@pytest.mark.parametrize(("demo", "asked"), [("0", True), ("1", False)])
def test_it_is_asked_for_outside_a_demonstration(demo, asked, tmp_path):
    assert values({"DEMO": demo, "VAR_DIR": str(tmp_path)}, "STRONG_SIGN_IN") == [asked]


def test_without_one_there_is_only_the_page_to_set_one_up(client):
    sign_in(client, factories.member("team_lead"))
    walked = 0
    for address in OURS:
        if address.arguments or not getattr(address.view, "login_required", True):
            continue
        reads = "GET" in address.view.read_methods
        answer = client.get(address.path()) if reads else client.post(address.path())
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), address
        walked += 1
    assert walked > 20
    page = client.get(reverse("mfa_index"))
    assert page.status_code == 200
    assert "Set up an authenticator app" in page.content.decode()
    assert client.post(reverse("account_logout")).status_code == 302


def test_whoever_sets_one_up_goes_on(client):
    user = factories.member("team_lead")
    sign_in(client, user)
    assert client.get("/").status_code == 302
    app_of(user)
    assert client.get("/").status_code == 200
    with_it_known = client.get("/")
    assert with_it_known.status_code == 200


def test_the_password_alone_does_not_sign_in_whoever_has_one(client):
    user = factories.member("team_lead")
    secret = app_of(user)
    answer = sign_in(client, user)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    with within_a_code():
        right = code(secret)
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        assert client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
        assert client.get("/")["Location"].startswith(reverse("account_login"))
        assert client.post(reverse("mfa_authenticate"), {"code": right}).status_code == 302
    assert client.get("/").status_code == 200
    assert client.session["second_factor"] is True


def test_a_factor_that_is_taken_away_leads_back_at_the_next_sign_in(client):
    user = factories.member("team_lead")
    app_of(user)
    Authenticator.objects.filter(user=user).delete()
    sign_in(client, user)
    assert client.get("/")["Location"] == reverse("mfa_index")


# Lockout -----------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_is_refused_wherever_it_comes_from():
    user = factories.member("team_lead")
    other = factories.member("team_lead")
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), user, password="wrong-password-1")
    elsewhere = Client(REMOTE_ADDR="10.0.9.9")
    sign_in(elsewhere, user)
    assert "_auth_user_id" not in elsewhere.session
    sign_in(elsewhere, other)  # nobody else is shut out with them
    assert elsewhere.session["_auth_user_id"] == str(other.pk)
    later = Client(REMOTE_ADDR="10.0.9.8")
    with time_machine.travel(time.time() + 601):
        sign_in(later, user)
        assert later.session["_auth_user_id"] == str(user.pk)


def test_the_count_is_shared_by_all_processes(tmp_path):
    for redis, backend in (("", "DatabaseCache"), ("redis://cache:6379/0", "RedisCache")):
        (caches,) = values({"REDIS_URL": redis, "VAR_DIR": str(tmp_path)}, "CACHES")
        assert caches["default"]["BACKEND"].endswith(backend)


def test_the_answer_does_not_say_who_has_an_account(client):
    known = sign_in(client, factories.user(), password="wrong-password-1")
    unknown = client.post(
        reverse("account_login"), {"login": "nobody@example.org", "password": "wrong-password-1"}
    )
    assert known.context_data["form"].errors == unknown.context_data["form"].errors


# Asked once more ---------------------------------------------------------------------------------

ASK_AGAIN = {
    "users:add",
    "users:grant",
    "users:reactivate",
    "users:edit",
    "users:invite",
    "users:worker",
    "users:link",
    "users:identity",
    "users:reset_factors",
    "users:access_csv",
    "oidc:connect",
    "own_accounts:invite",
    "portal:second_step",
    "portal:passkey",
    "portal:remove_step",
    "portal:connect_nhs_login",
    "portal:end_nhs_login",
    "portal:copy_file",
    "access:review",
    "access:note",
    "access:open_note",
    "access:readers",
    "access:change_note",
    "imports:confirm",
    "paths:link_make",
}


def test_these_pages_ask_again():
    assert {one.name for one in OURS if getattr(one.view, "asks_again", False)} == ASK_AGAIN


@pytest.fixture
def office(client):
    """An administrator who signed in half an hour ago."""
    boss = factories.member("administrator")
    app_of(boss)
    client.force_login(boss)
    return client


def test_a_role_is_given_only_after_the_password_once_more(office):
    somebody = factories.user()
    path = reverse("users:grant", args=[somebody.pk, "administrator"])
    for answer in (office.get(path), office.post(path, {"start_0": "1"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Membership.objects.filter(user=somebody).exists()
    assert confirm(office, "wrong-password-1", path).status_code == 200
    assert office.get(path).status_code == 302
    assert confirm(office, then=path)["Location"] == path
    assert office.get(path).status_code == 200


def test_it_lasts_five_minutes_and_longer_for_whoever_is_writing(office):
    somebody = factories.user()
    path = reverse("users:grant", args=[somebody.pk, "administrator"])
    confirm(office, then=path)
    now = time.time()
    with time_machine.travel(now + 301):
        assert office.get(path).status_code == 302
        assert office.post(path, {}).status_code == 200  # the form's own answer
    with time_machine.travel(now + 1801):
        assert office.post(path, {}).status_code == 302


def test_whoever_may_not_is_told_before_being_asked(client):
    user = factories.member("team_lead")
    app_of(user)
    client.force_login(user)
    path = reverse("users:grant", args=[factories.user().pk, "administrator"])
    assert client.get(path).status_code == 403


def test_the_end_of_access_ends_every_session_at_once(client):
    boss, user = factories.member("administrator"), factories.member("team_lead")
    factories.member("administrator")
    app_of(user)
    sessions = [Client(), Client()]
    for one in sessions:
        one.force_login(user)
        assert one.get("/").status_code == 200
    services.deactivate(user=user, by=boss, reason="left")
    for one in sessions:
        assert one.get("/")["Location"].startswith(reverse("account_login"))
