"""Staff sign in with their organisation's provider: OpenID Connect, with everything that can be
wrong with an answer."""

import time

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from casework.accounts import identities, services
from casework.accounts.models import Membership, ProviderIdentity, User
from casework.common.errors import Refusal
from tests import factories
from tests.factories import provider as providers
from tests.factories.accounts import PASSWORD
from tests.integration.accounts.test_strong import app_of, code, confirm, sign_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.unrestricted_get("the provider sends the browser back with a GET, and it signs in"),
]


@pytest.fixture
def trust(settings):
    with providers.running() as made:
        settings.OIDC = made.settings("staff")
        yield made


@pytest.fixture
def user(trust):
    """A team lead whom the trust knows as sub-1."""
    found = factories.member("team_lead", email="sam@alongside.example")
    identities.bind(user=found, issuer=trust.issuer, subject="sub-1", by=None)
    return found


def start(client, why="start", then=""):
    path = reverse(f"oidc:{why}", args=["staff"])
    return client.get(f"{path}?next={then}" if then else path)


def come_in(client, trust, sub="sub-1", why="start", then=""):
    return client.get(trust.sign_in(start(client, why, then)["Location"], sub))


def is_in(client, user) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


# Coming in ---------------------------------------------------------------------------------------


def test_whoever_the_trust_knows_comes_in_and_goes_on(client, trust, user):
    answer = come_in(client, trust, then="/signed-in/")
    assert (answer.status_code, answer["Location"]) == (302, "/signed-in/")
    assert is_in(client, user)
    (asked,) = trust.asked
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["scope"] == "openid" and len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43
    assert "prompt" not in asked
    assert not trust.refused
    assert "sub-1" not in str(dict(client.session.items())["came_from"]["token"])


def test_the_button_is_on_the_sign_in_page_and_keeps_the_way(client, trust):
    html = client.get(reverse("account_login") + "?next=/signed-in/").content.decode()
    assert "Sign in with Riverside Trust" in html
    assert "/sign-in-with/staff/?next=%2Fsigned-in%2F" in html


def test_without_a_provider_there_is_nothing(client):
    assert "Sign in with" not in client.get(reverse("account_login")).content.decode()
    assert client.get(reverse("oidc:start", args=["staff"])).status_code == 404
    assert client.get(reverse("oidc:back", args=["staff"])).status_code == 404


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/x"])
def test_it_leads_to_no_other_site(client, trust, user, then):
    assert come_in(client, trust, then=then)["Location"] == "/"


def test_every_sign_in_has_its_own_state_nonce_and_verifier(client, trust, user):
    come_in(client, trust)
    come_in(client, trust)
    first, second = trust.asked
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


# Answers that are not believed -------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 1_000_000_000},
        {"aud": "another client"},
        {"aud": [providers.CLIENT, "another"]},
        {"azp": "another"},
        {"iss": "https://another.example"},
        {"sub": None},
        {"sub": "ü" * 3},
        {"sub": "x" * 256},
        {"nbf": 99_999_999_999},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(client, trust, user, claims, caplog):
    trust.claims = claims
    answer = come_in(client, trust)
    assert answer.status_code == 403
    assert "could not be believed" in answer.content.decode()
    assert not is_in(client, user)
    assert "is not believed" in caplog.text and "sub-1" not in caplog.text


def test_another_signature_lets_nobody_in(client, trust, user):
    trust.signs_with = "forger"
    assert come_in(client, trust).status_code == 403
    trust.signs_with, trust.kid = "provider", "unknown"
    assert come_in(client, trust).status_code == 403
    assert not is_in(client, user)


def test_a_key_that_is_newer_than_our_copy_is_looked_for_once(client, trust, user):
    come_in(client, trust)
    client.post(reverse("account_logout"))
    trust.publishes, trust.signs_with, trust.kid = {"two": "newer"}, "newer", "two"
    come_in(client, trust)
    assert is_in(client, user)
    client.post(reverse("account_logout"))
    trust.publishes, trust.signs_with, trust.kid = {"three": "newest"}, "newest", "three"
    assert come_in(client, trust).status_code == 403  # it was looked for a moment ago


@pytest.mark.parametrize("query", ["", "state=wrong&code=code-0", "code=code-0"])
def test_without_the_state_of_this_browser_nothing_happens(client, trust, user, query):
    start(client)
    answer = client.get(f"{reverse('oidc:back', args=['staff'])}?{query}")
    assert answer.status_code == 403 and "Begin again here" in answer.content.decode()


def test_an_answer_is_taken_once_lately_and_by_the_browser_that_asked(client, trust, user):
    back = trust.sign_in(start(client)["Location"])
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403
    other = Client()
    late = trust.sign_in(start(other)["Location"])
    with time_machine.travel(time.time() + 901):
        assert other.get(late).status_code == 403
    assert not is_in(other, user)


def test_the_code_needs_the_verifier_of_the_browser_that_asked(client, trust, user):
    """A code that leaked is of no use in another sign-in (PKCE)."""
    stolen = trust.sign_in(start(client)["Location"]).split("code=")[1].split("&")[0]
    thief = Client()
    state = trust.sign_in(start(thief)["Location"]).split("state=")[1]
    answer = thief.get(f"{reverse('oidc:back', args=['staff'])}?code={stolen}&state={state}")
    assert answer.status_code == 503
    assert trust.refused == ["verifier"]
    assert not is_in(thief, user)


def test_an_answer_that_names_another_issuer_is_not_taken(client, trust, user):
    back = trust.sign_in(start(client)["Location"])
    assert client.get(f"{back}&iss=https://another.example").status_code == 403
    back = trust.sign_in(start(client)["Location"])
    assert client.get(f"{back}&iss={trust.issuer}").status_code == 302


def test_who_stops_there_and_a_provider_that_is_down(client, trust, user, settings):
    state = trust.sign_in(start(client)["Location"]).split("state=")[1]
    path = reverse("oidc:back", args=["staff"])
    said = client.get(f"{path}?error=access_denied&state={state}").content.decode()
    assert "You stopped before" in said
    cache.clear()
    trust.down = True
    answer = start(client)
    assert answer.status_code == 503 and "does not answer" in answer.content.decode()
    trust.down = False
    settings.OIDC["staff"]["issuer"] = f"{trust.issuer}/other"
    assert start(client).status_code == 503


def test_a_wrong_secret_is_no_sign_in(client, trust, user, settings):
    settings.OIDC["staff"]["secret"] = "another"
    assert come_in(client, trust).status_code == 503
    assert trust.refused == ["secret"]


# Whose account -----------------------------------------------------------------------------------


def test_an_address_or_a_name_opens_no_account(client, trust, user):
    trust.claims = {"email": user.email, "email_verified": True, "name": user.name}
    before = User.objects.count()
    answer = come_in(client, trust, sub="somebody-else")
    assert answer.status_code == 403 and "no account here belongs to that" in (
        answer.content.decode()
    )
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_whose_access_has_ended_does_not_come_in(client, trust, user):
    services.deactivate(user=user, by=factories.member("administrator"), reason="left")
    answer = come_in(client, trust)
    assert answer.status_code == 403 and "Your access here has ended" in answer.content.decode()
    assert not is_in(client, user)


def test_an_identifier_belongs_to_one_user_and_a_user_has_one(trust, user):
    other = factories.member("team_lead")
    for whom, sub in ((other, "sub-1"), (user, "sub-2")):
        with pytest.raises(Refusal):
            identities.bind(user=whom, issuer=trust.issuer, subject=sub, by=None)
    identities.unbind(identity=ProviderIdentity.objects.get(), by=None)
    identities.bind(user=other, issuer=trust.issuer, subject="sub-1", by=None)
    assert ProviderIdentity.history.count() == 3


def test_an_administrator_connects_and_ends_it(client, trust, settings):
    settings.STRONG_SIGN_IN = True
    boss, somebody = factories.member("administrator"), factories.member("team_lead")
    app_of(boss)
    client.force_login(boss)
    path = reverse("users:identity", args=[somebody.pk])
    assert client.get(path)["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client, then=path)
    assert "Copy it from there" in client.get(path).content.decode().replace("\n", " ")
    client.post(path, {"subject": "sub-9"})
    row = ProviderIdentity.objects.get(user=somebody)
    assert (row.subject, row.bound_by, row.issuer) == ("sub-9", boss, trust.issuer)
    assert "sub-9" in client.get(reverse("users:detail", args=[somebody.pk])).content.decode()
    assert b"already" in client.post(path, {"subject": "sub-10"}).content
    client.post(reverse("users:identity_end", args=[somebody.pk]))
    row.refresh_from_db()
    assert row.ended_at is not None
    assert client.get(reverse("users:identity_end", args=[somebody.pk])).status_code == 404


def test_users_connect_their_own_after_proving_it_at_both_ends(client, trust, settings):
    settings.STRONG_SIGN_IN = True
    somebody = factories.member("team_lead")
    app_of(somebody)
    client.force_login(somebody)
    assert start(client, "connect")["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    assert "Not connected" in client.get(reverse("mfa_index")).content.decode()
    trust.claims = {"auth_time": int(time.time()) - 3600}
    assert come_in(client, trust, "sub-7", "connect").status_code == 403
    trust.claims = {}
    come_in(client, trust, "sub-7", "connect")
    assert trust.asked[-1]["prompt"] == "login" and trust.asked[-1]["max_age"] == "0"
    assert ProviderIdentity.objects.get().user == somebody
    assert "Connected" in client.get(reverse("mfa_index")).content.decode()


def test_a_window_of_somebody_else_connects_nothing(client, trust):
    """Two people at one computer: the answer to what one asked is not taken from the other."""
    one, two = factories.member("team_lead"), factories.member("team_lead")
    client.force_login(one)
    back = trust.sign_in(start(client, "connect")["Location"], "sub-8")
    kept = client.session["oidc_asked"]
    client.force_login(two)
    session = client.session
    session["oidc_asked"] = kept
    session.save()
    assert client.get(back).status_code == 403
    assert not ProviderIdentity.objects.exists()


# Second factor, asking again, signing out ---------------------------------------------------------


@pytest.mark.parametrize("said", [{"amr": ["pwd", "mfa"]}, {"acr": "AAL3"}])
def test_a_second_factor_there_is_enough(client, trust, user, settings, said):
    settings.STRONG_SIGN_IN = True
    trust.claims = said
    come_in(client, trust)
    assert is_in(client, user)
    assert client.get("/").status_code == 200


def test_without_one_there_ours_is_asked_for(client, trust, user, settings):
    settings.STRONG_SIGN_IN = True
    trust.claims = {"amr": ["pwd"]}
    come_in(client, trust)
    assert client.get("/")["Location"] == reverse("mfa_index")  # none yet: set one up
    client.post(reverse("account_logout"))
    secret = app_of(user)
    answer = come_in(client, trust)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client, user)
    settings.MFA_TOTP_TOLERANCE = 1  # the code may end while it is sent
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_in(client, user) and client.get("/").status_code == 200


def test_whoever_has_no_password_proves_it_again_at_the_provider(client, trust, settings):
    settings.STRONG_SIGN_IN = True
    boss = factories.member("administrator")
    boss.set_unusable_password()
    boss.save()
    identities.bind(user=boss, issuer=trust.issuer, subject="boss", by=None)
    trust.claims = {"amr": ["mfa"]}
    come_in(client, trust, "boss")
    path = reverse("users:grant", args=[factories.user().pk, "administrator"])
    with time_machine.travel(time.time() + 400):
        asked = client.get(path)["Location"]
        assert asked.startswith(reverse("oidc:again", args=["staff"]))
        location = client.get(asked)["Location"]
        assert client.get(trust.sign_in(location, "other")).status_code == 403
        location = client.get(asked)["Location"]
        assert client.get(trust.sign_in(location, "boss"))["Location"] == path
        assert client.get(path).status_code == 200
    assert Membership.objects.filter(user=boss).count() == 1


def test_signing_out_goes_on_to_the_provider_only_for_who_came_from_there(client, trust, user):
    come_in(client, trust)
    there = client.post(reverse("account_logout"))["Location"]
    assert there.startswith(f"{trust.issuer}/end?")
    assert "id_token_hint=ey" in there and "post_logout_redirect_uri=" in there
    assert not is_in(client, user)
    sign_in(client, user, PASSWORD)
    assert client.post(reverse("account_logout"))["Location"] == reverse("account_login")


def test_the_provider_ends_sessions_that_began_there(client, trust, user):
    event = {"http://schemas.openid.net/event/backchannel-logout": {}}
    path = reverse("oidc:ended", args=["staff"])
    trust.claims = {"sid": "s-1"}
    come_in(client, trust)
    desk = Client()
    sign_in(desk, user)  # with the password: the provider has no say in it
    trust.claims = {}

    def told(**claims):
        said = {"sub": "sub-1", "events": event, "jti": f"j-{len(claims)}", **claims}
        return Client().post(path, {"logout_token": trust.signed(**said)}).status_code

    assert told(events={}) == 400
    assert told(nonce="n", a=1) == 400
    assert told(aud="another", b=1, c=1) == 400
    assert told(sid="another", jti="x") == 200 and is_in(client, user)
    token = trust.signed(sub="sub-1", sid="s-1", events=event, jti="right")
    assert Client().post(path, {"logout_token": token}).status_code == 200
    assert client.get("/").status_code == 302
    assert is_in(desk, user)
    assert Client().post(path, {"logout_token": token}).status_code == 400  # once
