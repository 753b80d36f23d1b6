"""What a password may be, and how long a code lasts."""

import time

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from casework.accounts import services
from casework.cases.models import AccessEntry
from tests import factories
from tests.integration.accounts.test_strong import app_of, code, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password",
    [
        "Alongside-2026!",
        "alongsidealongside",
        "Password-Welcome",
        "Mereside-Trust-1",
        "mereside-1234",
    ],
)
def test_the_words_in_use_here_are_not_enough(settings, password):
    settings.ORGANISATION_NAME = "Mereside Community Trust"
    with pytest.raises(ValidationError, match="more than the name"):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "walking alongside the river",
        "kettle-by-the-window",
        "all lower case letters",
        "ALL UPPER CASE LETTERS",
        "ŵyneb hapus 😀 yn y glaw",
        "x y" * 43,
    ],
)
def test_any_composition_and_any_length_will_do(settings, password):
    settings.ORGANISATION_NAME = "Mereside Community Trust"
    validate_password(password)
    user = factories.user(password=password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
    assert not user.check_password(password.swapcase())
    browser = Client()
    sign_in(browser, user, password)
    assert browser.session["_auth_user_id"] == str(user.pk)


def test_the_form_lets_a_password_be_pasted_and_kept_by_the_browser(client):
    html = client.get(reverse("account_login")).content.decode()
    assert 'type="password"' in html
    assert 'autocomplete="current-password"' in html
    assert "onpaste" not in html


def test_a_code_is_good_once_and_for_half_a_minute(settings):
    settings.STRONG_SIGN_IN = True
    user = factories.member("team_lead")
    secret = app_of(user)
    start = (int(time.time()) // 30) * 30 + 5
    with time_machine.travel(start, tick=False):
        given = code(secret)
        first, second = Client(), Client()
        for browser in (first, second):
            sign_in(browser, user)
            browser.post(reverse("mfa_authenticate"), {"code": given})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session
    late = Client()
    with time_machine.travel(start + 60, tick=False):
        old = code(secret)
        sign_in(late, user)
    with time_machine.travel(start + 120, tick=False):
        late.post(reverse("mfa_authenticate"), {"code": old})
        assert "_auth_user_id" not in late.session
        late.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert "_auth_user_id" in late.session


def test_a_new_password_ends_the_other_sessions():
    user = factories.member("team_lead")
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, user)
        assert browser.get("/").status_code == 200
    changed = "another-invented-password"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": "a-long-invented-password", "password1": changed, "password2": changed},
    )
    assert there.get("/")["Location"].startswith(reverse("account_login"))


def test_an_administrator_signs_somebody_out_everywhere(client):
    boss, user = factories.member("administrator"), factories.member("team_lead")
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
        assert browser.get("/").status_code == 200
    client.force_login(boss)
    path = reverse("users:sign_out", args=[user.pk])
    assert path in client.get(reverse("users:detail", args=[user.pk])).content.decode()
    assert client.get(path).status_code == 405
    answer = client.post(path, follow=True)
    assert "was signed out in 2 places." in answer.content.decode()
    for browser in browsers:
        assert browser.get("/")["Location"].startswith(reverse("account_login"))
    assert AccessEntry.objects.get(reason="sessions_ended").record == user.pk
    sign_in(browsers[0], user)
    assert browsers[0].get("/").status_code == 200


def test_that_is_not_offered_for_oneself_nor_after_the_end(client):
    boss, user = factories.member("administrator"), factories.member("team_lead")
    client.force_login(boss)
    services.deactivate(user=user, by=boss, reason="left")
    for somebody in (boss, user):
        page = client.get(reverse("users:detail", args=[somebody.pk])).content.decode()
        assert reverse("users:sign_out", args=[somebody.pk]) not in page
