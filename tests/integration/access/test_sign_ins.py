"""How staff came in is in the access log: append-only, sealed, and read by the privacy officer."""

import datetime as dt
import html
import json
import re
from hashlib import sha256
from secrets import token_bytes

import pytest
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from casework.accounts import watch
from casework.accounts.models import User
from casework.cases.access import policy, seals
from casework.cases.models import AccessEntry
from casework.common.errors import Refusal
from tests import factories
from tests.factories.accounts import PASSWORD
from tests.factories.portal import own_account
from tests.hostile import CommittingClient
from tests.integration.accounts.test_strong import app_of, code, within_a_code

pytestmark = pytest.mark.django_db
Action = AccessEntry.Action
WRONG = "not-the-password-1"
FLAGS = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.ATTESTED


def sign_in(browser, email, password=PASSWORD):
    return browser.post(reverse("account_login"), {"login": email, "password": password})


def written() -> list[tuple]:
    """What was written about signing in, oldest first."""
    rows = AccessEntry.objects.filter(action__in=AccessEntry.SIGNING).order_by("created_at", "pk")
    return [(row.action, row.reason, row.user) for row in rows]


def page(browser, **asked) -> str:
    answer = browser.get(reverse("access:sign_ins"), asked)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def officer(place, client):
    client.force_login(place.officer)
    return client


# What is written ----------------------------------------------------------------------------------


def test_in_and_out(place):
    browser = CommittingClient(REMOTE_ADDR="192.0.2.7")
    sign_in(browser, place.holder.email.upper())
    assert browser.get(reverse("people:list")).status_code == 200
    browser.post(reverse("account_logout"))
    assert written() == [("signed_in", "", place.holder), ("signed_out", "", place.holder)]
    first = AccessEntry.objects.get(action=Action.SIGNED_IN)
    assert (first.role, first.team, first.ip) == ("key_worker", place.ours, "192.0.2.7")
    assert (first.person_id, first.page) == (None, "account_login")


def test_a_wrong_password_and_an_address_that_nobody_has(place):
    browser = CommittingClient()
    sign_in(browser, place.holder.email, WRONG)
    sign_in(browser, "hunter2-typed-into-the-wrong-box@nowhere.example", WRONG)
    assert written() == [
        ("not_let_in", "password", place.holder),
        ("not_let_in", "password", None),
    ]
    for row in AccessEntry.objects.values():
        assert "hunter2" not in repr(row)
        assert WRONG not in repr(row)


def test_a_known_address_costs_what_an_unknown_one_does(place):
    def cost(email):
        with CaptureQueriesContext(connection) as queries:
            sign_in(CommittingClient(), email, WRONG)
        return len(queries)

    cost("warm@nowhere.example")
    assert cost(place.holder.email) == cost("nobody@nowhere.example")


def test_shut_after_too_many_is_said_once(place):
    browser = CommittingClient()
    for _ in range(8):
        sign_in(browser, place.holder.email, WRONG)
    assert [why for _action, why, _user in written()] == ["password"] * 5 + ["locked"]
    sign_in(browser, place.holder.email)
    assert [action for action, _why, _user in written()] == ["not_let_in"] * 6


def test_a_wrong_code_after_the_right_password(place, settings):
    settings.STRONG_SIGN_IN = True
    secret = app_of(place.holder)
    browser = CommittingClient()
    sign_in(browser, place.holder.email)
    with within_a_code():
        right = code(secret)
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        browser.post(reverse("mfa_authenticate"), {"code": wrong})
        assert written() == [("not_let_in", "second_factor", place.holder)]
        browser.post(reverse("mfa_authenticate"), {"code": right})
    assert sorted(action for action, *_rest in written()) == ["not_let_in", "signed_in"]


class Passkey:
    """A device that signs what a page asks it to sign, with a key of its own."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.ident = token_bytes(16)
        self._count = 0

    def belongs_to(self, user) -> None:
        auth = AuthenticatorData.create(
            sha256(b"testserver").digest(),
            FLAGS,
            0,
            AttestedCredentialData.create(
                Aaguid(bytes(16)), self.ident, ES256.from_cryptography_key(self._key.public_key())
            ),
        )
        client = CollectedClientData.create("webauthn.create", b"x" * 32, "http://testserver")
        attested = AttestationObject.create("none", auth, {})
        credential = self._said({"clientDataJSON": client, "attestationObject": attested})
        WebAuthn.add(user, "Key", credential)

    def answer(self, page) -> str:
        """What the browser posts for a page that asks."""
        asked = re.search(r'"challenge": ?"([\w-]+)"', html.unescape(page.content.decode())).group(
            1
        )
        client = CollectedClientData.create(
            "webauthn.get", websafe_decode(asked), "http://testserver"
        )
        self._count += 1
        auth = AuthenticatorData.create(sha256(b"testserver").digest(), 0x05, self._count)
        signature = self._key.sign(auth + client.hash, ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            self._said(
                {"clientDataJSON": client, "authenticatorData": auth, "signature": signature}
            )
        )

    def _said(self, response) -> dict:
        ident = websafe_encode(self.ident)
        return {
            "id": ident,
            "rawId": ident,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }


def test_a_passkey_that_does_not_fit(place, settings):
    settings.STRONG_SIGN_IN = True
    own, another = Passkey(), Passkey()
    own.belongs_to(place.holder)
    browser = CommittingClient()
    sign_in(browser, place.holder.email)
    path = reverse("mfa_authenticate")
    browser.post(path, {"credential": another.answer(browser.get(path))})
    refused = ("not_let_in", "second_factor", place.holder)
    assert written() == [refused]
    right = own.answer(browser.get(path))
    wrong = right.replace(json.loads(right)["response"]["signature"], websafe_encode(b"0" * 70))
    browser.post(path, {"credential": wrong})
    assert written() == [refused] * 2
    browser.get(path)
    browser.post(path, {"credential": ""})  # nothing was answered
    assert written() == [refused] * 2
    browser.post(path, {"credential": own.answer(browser.get(path))})
    assert [action for action, *_rest in written()] == ["not_let_in"] * 2 + ["signed_in"]


@pytest.mark.parametrize(
    "said", ['{"id": "x"}', '["x"]', '"x"', "7", '{"rawId": 7, "id": 7}', '{"response": null}', "{"]
)
def test_an_answer_that_no_passkey_gives(place, settings, said):
    settings.STRONG_SIGN_IN = True
    Passkey().belongs_to(place.holder)
    browser = CommittingClient()
    sign_in(browser, place.holder.email)
    path = reverse("mfa_authenticate")
    browser.get(path)
    assert browser.post(path, {"credential": said}).status_code == 200
    told = [("not_let_in", "second_factor", place.holder)]
    assert written() == (told if said != "{" else [])  # which is no answer at all


def test_after_too_many_a_passkey_is_not_looked_at(place, settings):
    settings.STRONG_SIGN_IN = True
    own, another = Passkey(), Passkey()
    own.belongs_to(place.holder)
    browser = CommittingClient()
    sign_in(browser, place.holder.email)
    path = reverse("mfa_authenticate")
    for _ in range(8):
        browser.post(path, {"credential": another.answer(browser.get(path))})
    assert 1 < len(written()) < 8
    before = len(written())
    browser.post(path, {"credential": own.answer(browser.get(path))})
    assert len(written()) == before


def test_a_passkey_that_does_not_fit_where_it_is_asked_once_more(place, settings):
    settings.STRONG_SIGN_IN = True
    own, another = Passkey(), Passkey()
    own.belongs_to(place.holder)
    browser = CommittingClient()
    browser.force_login(place.holder)
    path = reverse("mfa_reauthenticate_webauthn")
    browser.post(path, {"credential": another.answer(browser.get(path))})
    assert written() == [("not_let_in", "second_factor", place.holder)]
    assert browser.post(path, {"credential": own.answer(browser.get(path))}).status_code == 302
    assert len(written()) == 1


def test_the_password_once_more(place, settings):
    settings.STRONG_SIGN_IN = True
    browser = CommittingClient()
    browser.force_login(place.holder)
    browser.post(reverse("account_reauthenticate"), {"password": WRONG})
    assert written() == [("not_let_in", "password", place.holder)]


def test_changes_to_how_somebody_signs_in(place, settings):
    settings.STRONG_SIGN_IN = True
    browser = CommittingClient()
    sign_in(browser, place.holder.email)
    changed = "another-invented-password"
    browser.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": changed, "password2": changed},
    )
    assert User.objects.get(pk=place.holder.pk).check_password(changed)
    assert written()[1:] == [("sign_way", "password_changed", place.holder)]
    assert AccessEntry.objects.get(action=Action.SIGN_WAY).record == place.holder.pk


def test_somebody_elses_second_step_is_taken_away(place, settings):
    boss = factories.member("administrator")
    app_of(place.holder)
    browser = CommittingClient()
    browser.force_login(boss)
    browser.post(
        reverse("users:reset_factors", args=[place.holder.pk]),
        {"checked": "met", "reason": "Lost it"},
    )
    assert written() == [("sign_way", "factors_reset", boss)]
    assert AccessEntry.objects.get(action=Action.SIGN_WAY).record == place.holder.pk


def test_outside_of_a_page_nothing_is_written(place):
    browser = Client()
    browser.force_login(place.holder)
    browser.logout()
    watch.tell(None, watch.SIGNED_IN, by=place.holder)
    assert written() == []


def test_it_is_sealed_with_the_rest(place):
    browser = CommittingClient()
    sign_in(browser, place.holder.email, WRONG)
    sign_in(browser, place.holder.email)
    later = timezone.now() + dt.timedelta(minutes=5)
    assert seals.seal(now=later) == 2
    assert seals.verify(now=later).findings == []
    table = AccessEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET user_id = NULL WHERE action = 'not_let_in'")
    (found,) = seals.verify(now=later).findings
    assert "changed" in found.words


def test_it_cannot_be_changed(place, append_only):
    sign_in(CommittingClient(), place.holder.email, WRONG)
    row = AccessEntry.objects.get(action=Action.NOT_LET_IN)
    row.reason = "nothing"
    with pytest.raises((Refusal, ValidationError, TypeError, RuntimeError)):
        row.save()


@pytest.mark.parametrize(
    ("trusted", "forwarded", "found"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_the_address_is_the_one_before_our_own_proxies(place, settings, trusted, forwarded, found):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    browser = CommittingClient(REMOTE_ADDR="10.0.0.1")
    browser.force_login(place.holder)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    browser.get(reverse("people:detail", args=[place.person.pk]), headers=headers)
    assert {row.ip for row in AccessEntry.objects.all()} == {found}


# Who reads it -------------------------------------------------------------------------------------


def test_the_officer_reads_who_when_and_from_where(place, officer):
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.7"), place.holder.email)
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.8"), "nobody@nowhere.example", WRONG)
    said = page(officer)
    for words in ("Grace Fairweather", "Signed in", "192.0.2.7", "Wrong password", "192.0.2.8"):
        assert words in said
    assert "Nobody&#x27;s account" in said or "Nobody&#39;s account" in said
    assert "nowhere.example" not in said


def test_it_can_be_narrowed(place, officer):
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.7"), place.holder.email)
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.8"), place.holder.email, WRONG)
    assert "192.0.2.7" in page(officer, show="anything else")
    refused = page(officer, show="not_let_in")
    assert "192.0.2.8" in refused
    assert "192.0.2.7" not in refused
    assert "There is nothing here." in page(officer, show="changes")


def test_it_can_be_narrowed_to_one_user(place, officer):
    boss = factories.member("administrator", name="Ada Admin")
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.7"), place.holder.email)
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.8"), place.outsider.email, WRONG)
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.9"), "nobody@nowhere.example", WRONG)
    AccessEntry.objects.create(
        user=boss, action=Action.SIGN_WAY, reason="factors_reset", record=place.holder.pk,
        ip="192.0.2.10", page="users:reset_factors",
    )  # fmt: skip

    def addresses(**asked) -> list[str]:
        text = page(officer, **asked)
        return [one for one in ("7", "8", "9", "10") if f"192.0.2.{one}<" in text]

    assert addresses() == ["7", "8", "9", "10"]
    who = str(place.holder.pk)
    assert addresses(who=who) == ["7", "10"]  # and what somebody changed for them
    assert addresses(who=who, show="changes") == ["10"]
    assert addresses(who=str(place.outsider.pk)) == ["8"]
    assert addresses(who=str(place.outsider.pk), show="changes") == []
    assert addresses(who=str(boss.pk)) == ["10"]
    said = page(officer, who=who)
    assert "Only Grace Fairweather" in said
    assert f"show=not_let_in&amp;who={who}" in said
    assert "Only " not in page(officer)


def test_nobody_else_can_be_asked_about(place, officer):
    own = own_account(place.person).user
    for who in (own.pk, place.person.pk, "x"):
        answer = officer.get(reverse("access:sign_ins"), {"who": str(who)})
        assert answer.status_code == 404


def test_from_a_name_and_from_who_has_access_to_one_user_and_back(place, officer):
    sign_in(CommittingClient(), place.holder.email)
    only = f"{reverse('access:sign_ins')}?who={place.holder.pk}"
    assert f'href="{only}"' in page(officer)
    listed = officer.get(reverse("users:access")).content.decode()
    assert f'href="{only}"' in listed
    said = page(officer, who=str(place.holder.pk), show="not_let_in")
    assert f'href="{reverse("access:sign_ins")}?show=not_let_in"' in said
    assert place.holder.email in said  # two of one name are told apart


def test_further_pages_stay_with_one_user(place, officer):
    for number in range(30):
        AccessEntry.objects.create(
            user=place.holder, action=Action.SIGNED_IN, page="account_login",
            ip=f"10.2.0.{number}",
        )  # fmt: skip
    who = str(place.holder.pk)
    assert re.search(rf"who={who}&amp;after=", page(officer, who=who))


def test_whose_sign_in_was_changed_is_named(place, officer):
    boss = factories.member("administrator", name="Ada Admin")
    app_of(place.holder)
    browser = CommittingClient()
    browser.force_login(boss)
    browser.post(
        reverse("users:reset_factors", args=[place.holder.pk]),
        {"checked": "met", "reason": "Lost it"},
    )
    said = page(officer, show="changes")
    assert "Ada Admin" in said
    assert "Took away a lost second step" in said
    assert "For Grace Fairweather" in said


def test_how_people_come_to_their_own_pages_is_theirs(place, officer):
    account = own_account(place.person)
    sign_in(CommittingClient(REMOTE_ADDR="192.0.2.9"), account.user.email, WRONG)
    assert [user for _action, _why, user in written()] == [account.user]
    assert "192.0.2.9" not in page(officer)


@pytest.mark.parametrize("role", ["team_lead", "administrator", "network_lead", "key_worker"])
def test_nobody_else_reads_it(place, client, role):
    sign_in(CommittingClient(), place.holder.email)
    other = factories.member(role)
    client.force_login(other)
    assert client.get(reverse("access:sign_ins")).status_code == 403
    assert not policy.reviewable_sign_ins(other).exists()


def test_the_list_costs_the_same_for_one_row_and_for_many(place, officer):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(officer)
        return len(queries)

    sign_in(CommittingClient(), place.holder.email)
    page(officer)
    one = cost()
    for number in range(12):
        somebody = factories.member("team_lead", name=f"User {number}")
        sign_in(CommittingClient(REMOTE_ADDR=f"10.1.0.{number}"), somebody.email)
    assert cost() == one


def test_older_ones_are_on_further_pages(place, officer):
    for number in range(30):
        AccessEntry.objects.create(
            user=place.holder,
            action=Action.SIGNED_IN,
            page="account_login",
            ip=f"10.2.0.{number}",
        )
    first = page(officer)
    assert "10.2.0.29" in first
    assert "10.2.0.1<" not in first
    oldest_there = AccessEntry.objects.order_by("-created_at", "-pk")[24]
    assert "10.2.0.1<" in page(officer, after=str(oldest_there.pk))
