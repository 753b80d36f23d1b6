"""Every page of the sign-in library, and every page for what went wrong, wears our layout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from casework import errors
from casework.common import navigation

PASSWORD = "correct horse battery staple"
pytestmark = pytest.mark.usefixtures("gallery")


@pytest.fixture
def user(db: None) -> Any:
    return get_user_model().objects.create_user("sam@example.com", PASSWORD, name="Sam Okoro")


@pytest.fixture
def signed_in(client: Client, user: Any) -> Client:
    """Signed in and confirmed just now, so that the library does not ask again who it is."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def library_patterns() -> Iterator[tuple[str, Any]]:
    """Name and view of every address that the sign-in library brings."""

    def walk(patterns: Any) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield pattern
            else:
                yield from walk(pattern.url_patterns)

    for pattern in walk(get_resolver("tests.unit.ui.gallery").url_patterns):
        if pattern.callback.__module__.startswith("allauth."):
            yield str(pattern.name), pattern.callback


def library_templates() -> list[str]:
    found = set()
    for _name, view in library_patterns():
        template = getattr(getattr(view, "view_class", None), "template_name", None)
        if template and template.endswith(".jinja"):
            found.add(template)
    return sorted(found)


def test_the_library_has_pages_to_check():
    assert len(library_templates()) >= 15


@pytest.mark.parametrize("name", library_templates())
def test_every_page_of_the_library_is_ours(name: str):
    template = get_template(name)
    assert template.backend.name == "jinja2"
    assert template.origin.name.endswith(f"templates/{name}")


def assert_ours(html: str) -> None:
    assert "casework/casework.css" in html
    assert "116 123" in html
    assert 'id="maincontent"' in html
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert "<title>" in html
    assert "<title> - " not in html


PLAIN = sorted(
    {
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "account_email_verification_sent",
    }
)
OWN = sorted(
    {
        "account_logout",
        "account_change_password",
        "account_email",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
    }
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PLAIN)
def test_pages_before_sign_in(client: Client, name: str):
    response = client.get(reverse(name))
    assert response.status_code == 200, response.headers
    assert_ours(response.content.decode())
    assert "Sign out" not in response.content.decode()


@pytest.mark.unrestricted_get("the library copies a user's address into its own table")
@pytest.mark.parametrize("name", OWN)
def test_pages_after_sign_in(signed_in: Client, name: str):
    response = signed_in.get(reverse(name))
    assert response.status_code == 200, response.headers
    html = response.content.decode()
    assert_ours(html)
    assert "Sam Okoro" in html
    assert html.count("Sign out") >= 1


@pytest.mark.unrestricted_get("the library notes that recovery codes were shown")
@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
    ],
)
def test_pages_with_a_second_step(signed_in: Client, user: Any, name: str):
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    response = signed_in.get(reverse(name))
    assert response.status_code == 200, response.headers
    assert_ours(response.content.decode())


def test_pages_about_a_security_key(signed_in: Client, user: Any):
    key = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Blue key", "credential": {"clientExtensionResults": {}}},
    )
    for address in (
        reverse("mfa_list_webauthn"),
        reverse("mfa_edit_webauthn", kwargs={"pk": key.pk}),
        reverse("mfa_remove_webauthn", kwargs={"pk": key.pk}),
    ):
        response = signed_in.get(address)
        assert response.status_code == 200
        assert_ours(response.content.decode())


@pytest.mark.unrestricted_get("the library notes that recovery codes were shown")
def test_downloaded_recovery_codes_are_plain_text(signed_in: Client, user: Any):
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user).get_unused_codes()
    response = signed_in.get(reverse("mfa_download_recovery_codes"))
    assert response.headers["Content-Type"].startswith("text/plain")
    assert all(code in response.content.decode() for code in codes)


def test_the_second_step_of_signing_in(client: Client, user: Any):
    TOTP.activate(user, generate_totp_secret())
    response = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True
    )
    html = response.content.decode()
    assert_ours(html)
    assert "Enter your security code" in html
    response = client.post(reverse("mfa_authenticate"), {"code": "000"}, follow=True)
    html = response.content.decode()
    assert "<title>Error: Enter your security code - Alongside</title>" in html


@pytest.mark.django_db
def test_a_wrong_password_keeps_what_it_knows_to_itself(client: Client, user: Any):
    for email in (user.email, "nobody@example.com"):
        response = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
        html = response.content.decode()
        assert "There is a problem" in html
        assert "wrong" not in html.replace("went wrong", "")
    assert "<title>Error: Sign in - Alongside</title>" in html


@pytest.mark.django_db
def test_a_link_to_a_new_password_by_email(client: Client, user: Any, mailoutbox: Any):
    response = client.post(reverse("account_reset_password"), {"email": user.email}, follow=True)
    assert "Check your email" in response.content.decode()
    (mail,) = mailoutbox
    address = next(word for word in mail.body.split() if "/password/reset/key/" in word)
    response = client.get(address, follow=True)
    html = response.content.decode()
    assert_ours(html)
    assert "Set a new password" in html
    response = client.post(
        response.request["PATH_INFO"],
        {"password1": "a new battery staple", "password2": "a new battery stapel"},
    )
    assert "You must type the same password each time" in response.content.decode()


@pytest.mark.django_db
def test_a_broken_link_says_what_to_do(client: Client):
    response = client.get("/accounts/password/reset/key/1-broken/")
    assert "This link does not work any more" in response.content.decode()


@pytest.mark.django_db
def test_too_many_tries(client: Client, settings: Any):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    cache.clear()
    for _ in range(2):
        response = client.post(reverse("account_reset_password"), {"email": "a@example.com"})
    assert response.status_code == 429
    assert_ours(response.content.decode())
    assert "Too many tries" in response.content.decode()


# What went wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (errors.bad_request, 400, "could not be read"),
        (errors.forbidden, 403, "You cannot open this page"),
        (errors.not_found, 404, "Page not found"),
        (errors.server_error, 500, "there is a problem with the service"),
        (errors.csrf_failure, 403, "open for too long"),
    ],
)
def test_error_pages_need_neither_database_nor_session(view: Any, status: int, words: str):
    response = view(RequestFactory().get("/"))  # without middleware; no database mark either
    assert response.status_code == status
    html = response.content.decode()
    assert_ours(html)
    assert words in html


@pytest.mark.django_db
def test_an_unknown_address_of_somebody_signed_in(signed_in: Client):
    response = signed_in.get("/nowhere/")
    assert response.status_code == 404
    assert_ours(response.content.decode())


# The frame ----------------------------------------------------------------------------------------


def test_the_navigation_shows_what_may_be_opened_and_marks_where_one_is(signed_in: Client):
    html = signed_in.get("/gallery/form/").content.decode()
    assert "Reports" not in html
    current = html.split('aria-current="page"')
    assert len(current) == 2
    assert "People" in current[1][:200]


def test_nobody_signed_in_sees_no_navigation(client: Client, db: None):
    html = client.get("/gallery/form/").content.decode()
    assert "nhsuk-header__navigation" not in html


def test_the_demonstration_says_so(client: Client, db: None, settings: Any):
    settings.DEMO = True
    assert "This is a demonstration" in client.get("/accounts/login/").content.decode()
    settings.DEMO = False
    assert "This is a demonstration" not in client.get("/accounts/login/").content.decode()


def test_crisis_contacts_may_be_local(settings: Any):
    settings.CRISIS_CONTACTS = "Night line|01632 960 001; Crisis team|01632 960 002"
    assert navigation.crisis_contacts() == [
        {"name": "Night line", "number": "01632 960 001", "href": "tel:01632960001"},
        {"name": "Crisis team", "number": "01632 960 002", "href": "tel:01632960002"},
    ]
    settings.CRISIS_CONTACTS = ""
    assert [contact["number"] for contact in navigation.crisis_contacts()] == [
        "999",
        "111",
        "116 123",
    ]


def test_script_runs_by_the_responses_own_key(client: Client, db: None):
    response = client.get("/accounts/login/")
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    html = response.content.decode()
    assert html.count(f'nonce="{nonce}"') == html.count("<script") == 2
    assert "'unsafe-inline'" not in policy


def test_signing_out_is_a_post(signed_in: Client):
    html = signed_in.get("/gallery/form/").content.decode()
    assert re.search(r'<form[^>]* action="/accounts/logout/"\s+method="post"', html)
    assert signed_in.get("/accounts/logout/").status_code == 200
    assert "Sign out" in signed_in.get("/gallery/form/").content.decode(), "a GET signs nobody out"
