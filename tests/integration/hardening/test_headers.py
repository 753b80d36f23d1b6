"""What every answer carries, and what no request gets past, over sample pages of each kind."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse
from huey.serializer import SignedSerializer

from casework.common.http import http_methods, safe_next
from tests import factories
from tests.unit.common.test_settings import values

pytestmark = pytest.mark.django_db
SECRET = "Quillfeather 999 000 0018"


@http_methods(read=["GET"])
def breaks(request):
    raise RuntimeError(SECRET)


breaks.login_required = False
urlpatterns = [path("breaks/", breaks, name="breaks"), path("", include("casework.urls"))]
handler400 = "casework.errors.bad_request"
handler403 = "casework.errors.forbidden"
handler404 = "casework.errors.not_found"
handler500 = "casework.errors.server_error"

PAGES = [
    # who asks, which page, what comes
    ("", "account_login", 200),
    ("", "account_reset_password", 200),
    ("", "people:list", 302),
    ("team_lead", "home", 200),
    ("team_lead", "people:list", 200),
    ("team_lead", "access:override", 200),
    ("team_lead", "alerts:team", 200),
    ("team_lead", "account_change_password", 200),
    ("team_lead", "users:list", 403),
    ("administrator", "users:list", 200),
    ("administrator", "jobs:list", 200),
    ("privacy_officer", "access:review_list", 200),
    ("team_lead", "/no/such/page/", 404),
    ("team_lead", "/breaks/", 500),
]


def policy_of(answer):
    parts = (one.split() for one in answer["Content-Security-Policy"].split(";"))
    return {name: words for name, *words in parts}


@pytest.mark.parametrize(("role", "where", "status"), PAGES, ids=lambda one: str(one) or "nobody")
@override_settings(ROOT_URLCONF=__name__)
def test_every_kind_of_page(role, where, status):
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(factories.member(role))
    answer = client.get(where if where.startswith("/") else reverse(where))
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(policy["script-src"])
    for name, words in policy.items():
        assert not [word for word in words if "//" in word or word == "*"], name
    html = answer.content.decode()
    assert not re.search(r"<[^>]+\son[a-z]+=|<[^>]+\sstyle=|javascript:", html)
    scripts = re.findall(r"<script\b([^>]*)>", html)
    nonces = {re.search(r'nonce="([^"]+)"', one).group(1) for one in scripts}
    assert len(nonces) == bool(scripts)
    for nonce in nonces:
        assert f"'nonce-{nonce}'" in policy["script-src"]
    if status >= 400:
        for detail in ("Quillfeather", "Traceback", "RuntimeError", "breaks", ".py"):
            assert detail not in html


def test_a_nonce_is_for_one_answer(client):
    first, second = (client.get(reverse("account_login")) for _ in range(2))
    assert first["Content-Security-Policy"] != second["Content-Security-Policy"]


def test_nothing_is_shown_to_whoever_says_a_wrong_host_or_comes_from_another_site():
    checking = Client(enforce_csrf_checks=True)
    assert checking.get("/", headers={"host": "evil.example"}).status_code == 400
    checking.force_login(factories.member("team_lead"))
    page = checking.get(reverse("people:list")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    sent = {"csrfmiddlewaretoken": token, "words": "somebody"}
    path = reverse("people:list")
    assert checking.post(path, {"words": "somebody"}).status_code == 403
    for origin in ("https://evil.example", "http://testserver.evil.example", "null"):
        answer = checking.post(path, sent, headers={"origin": origin})
        assert answer.status_code == 403
        assert "evil" not in answer.content.decode()
    assert checking.post(path, sent, headers={"origin": "http://testserver"}).status_code != 403


AWAY = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    " https://evil.example/",
]


@pytest.mark.parametrize("away", AWAY)
def test_no_address_leads_away_from_this_site(client, away):
    request = RequestFactory().get("/", {"next": away})
    assert safe_next(request, "/here/") == "/here/"
    user = factories.user()
    answer = client.post(
        f"{reverse('account_login')}",
        {"login": user.email, "password": factories.accounts.PASSWORD, "next": away},
    )
    assert answer.status_code == 302
    assert "evil" not in answer["Location"] and answer["Location"].startswith("/")


def test_a_page_of_this_site_is_gone_on_to():
    request = RequestFactory().post("/?next=/no/", {"next": "/people/?show=1"})
    assert safe_next(request, "/here/") == "/people/?show=1"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client):
    user = factories.user()
    client.post(
        reverse("account_login"), {"login": user.email, "password": factories.accounts.PASSWORD}
    )
    session = client.cookies["sessionid"]
    assert session["httponly"] and session["samesite"] == "Lax"
    assert settings.CSRF_COOKIE_HTTPONLY and settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_under_https_cookies_belong_to_this_host_alone(tmp_path):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE")
    given = {"SITE_URL": "https://alongside.example.org", "VAR_DIR": str(tmp_path)}
    assert values(given, *names) == ["__Host-session", "__Host-csrf", True]
    assert settings.SESSION_COOKIE_PATH == settings.CSRF_COOKIE_PATH == "/"
    assert settings.SESSION_COOKIE_DOMAIN is settings.CSRF_COOKIE_DOMAIN is None


@pytest.mark.parametrize("https", [True, False])
def test_at_sign_out_the_browser_forgets(client, settings, https):
    settings.HTTPS = https
    client.force_login(factories.member("team_lead"))
    assert "Clear-Site-Data" not in client.get("/")
    answer = client.post(reverse("account_logout"))
    assert answer.status_code == 302
    assert answer.get("Clear-Site-Data", "") == ('"cache", "storage"' if https else "")
    assert "Clear-Site-Data" not in client.get(reverse("account_login"))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("football", "too common"),
        ("finalfantasy", "too common"),
        ("FinalFantasy", "too common"),
        ("shortword1", "too short"),
        ("83920174650192", "numeric"),
        ("wren.writer@example.org", "too similar"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(password, said):
    user = factories.user(email="wren.writer@example.org", name="Wren Writer")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert said in " ".join(refused.value.messages)


def test_the_queue_takes_only_what_we_signed():
    serializer = settings.HUEY.serializer
    assert isinstance(serializer, SignedSerializer)
    signed = serializer.serialize({"job": 1})
    assert serializer.deserialize(signed) == {"job": 1}
    foreign = SignedSerializer(secret="another key, of somebody who can write to the queue")
    unsigned = signed.rsplit(b":", 1)[0]
    for forged in (foreign.serialize({"job": 1}), unsigned, b"x" + signed, signed[:-1] + b"?"):
        with pytest.raises(ValueError):
            serializer.deserialize(forged)


def test_the_queues_key_is_the_deployments_own():
    made_with = SignedSerializer(secret=settings.SECRET_KEY)
    assert settings.HUEY.serializer.deserialize(made_with.serialize("word")) == "word"
