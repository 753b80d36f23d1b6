"""A worker makes sure who it is; the person comes in with a code, once."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Draft
from casework.cases.models import ContactPreference
from casework.common.errors import Refusal
from casework.outbox.models import Message
from casework.portal import services
from casework.portal.access import IDLE
from casework.portal.models import PortalAccount, PortalInvitation
from tests import factories
from tests.factories.accounts import PASSWORD
from tests.factories.portal import invitation, own_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return factories.team()


@pytest.fixture
def person(team):
    return factories.person_with_key_worker(team=team, preferred_name="Marigold")


@pytest.fixture
def worker(team):
    return factories.member("key_worker", team=team)


def found(pattern, answer):
    match = re.search(pattern, answer.content.decode())
    assert match, pattern
    return match.group()


def choose(client, code, **data):
    client.post(reverse("portal:start"), {"code": code})
    data = {"email": "me@people.example", "password": PASSWORD, "again": PASSWORD, **data}
    return client.post(reverse("portal:choose"), data)


def test_a_worker_gets_a_code_that_is_shown_once_and_kept_nowhere(client, person, worker):
    client.force_login(worker)
    page = reverse("own_accounts:invite", args=[person.pk])
    assert client.get(page).status_code == 200
    data = {"check_how": "known", "check_words": "At her flat", "way": "in_person"}
    answer = client.post(page, data)
    code = found(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){2}", answer)
    row = person.portal_invitations.get()
    assert code not in str(row.__dict__) and row.digest == services.digest_of(code)
    assert code not in client.get(reverse("own_accounts:detail", args=[person.pk])).content.decode()


def test_without_a_check_there_is_no_code(client, person, worker):
    client.force_login(worker)
    answer = client.post(reverse("own_accounts:invite", args=[person.pk]), {"way": "in_person"})
    assert b"Select how you know who they are" in answer.content
    assert not PortalInvitation.objects.exists()


@pytest.mark.parametrize("way", ["letter", "email"])
def test_a_way_that_is_not_known_to_be_safe_is_refused(person, way):
    with pytest.raises(Refusal):
        invitation(person, way=way)


def test_an_email_says_where_and_never_the_code(person, on_commit):
    person.email = "marigold@people.example"
    person.save()
    ContactPreference.objects.create(
        person=person, channel="email", may_use=True, safe_to_leave_message=True
    )
    with on_commit():
        _row, code = invitation(person, way="email")
    message = Message.objects.get(about="portal.page")
    assert reverse("portal:start") in message.body
    assert code not in message.body and "Marigold" not in message.body


def test_the_person_comes_in_with_the_code(client, person):
    _row, code = invitation(person)
    answer = choose(client, code.lower().replace("-", " "))
    assert answer["Location"] == reverse("portal:second_step")
    account = PortalAccount.objects.get()
    assert account.person == person
    assert not account.user.memberships.exists()
    assert list(person.events.filter(kind__startswith="portal").values_list("kind", flat=True)) == [
        "portal.opened",
        "portal.invited",
    ]
    page = client.get(reverse("portal:second_step"))
    secret = found(r"(?<=break-word\">)[A-Z2-7]+", page)
    value = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("portal:second_step"), {"code": value})["Location"] == reverse(
        "portal:home"
    )
    assert Authenticator.objects.filter(user=account.user, type="totp").exists()
    assert client.get(reverse("portal:home")).status_code == 200


def test_a_code_works_once(client, person):
    _row, code = invitation(person)
    choose(client, code)
    client.logout()
    answer = client.post(reverse("portal:start"), {"code": code})
    assert b"This code does not work" in answer.content
    assert client.get(reverse("portal:choose"))["Location"] == reverse("portal:start")


def test_a_code_ends_and_a_newer_one_ends_the_older(person):
    _row, first = invitation(person)
    _row, second = invitation(person)
    assert services.find(first) is None
    assert services.find(second) is not None
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert services.find(second) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"again": "another-long-password"}, "The two passwords are not the same"),
    ],
)
def test_mistakes_are_said(client, person, data, said):
    _row, code = invitation(person)
    assert said in choose(client, code, **data).content.decode()
    assert not PortalAccount.objects.exists()


def test_an_address_of_somebody_else_is_not_taken_over(client, person, worker):
    _row, code = invitation(person)
    answer = choose(client, code, email=worker.email.upper())
    assert b"this one is in use" in answer.content
    assert not PortalAccount.objects.exists()


def test_who_lost_everything_gets_back_in_person_and_what_was_ends(client, person):
    account = own_account(person)
    client.force_login(account.user)
    _row, code = invitation(person)
    other = type(client)()
    answer = choose(other, code, email="new@people.example")
    assert answer["Location"] == reverse("portal:second_step")
    account.user.refresh_from_db()
    assert account.user.email == "new@people.example"
    assert not Authenticator.objects.filter(user=account.user).exists()
    assert client.get(reverse("portal:home"))["Location"].startswith(reverse("account_login"))
    kinds = list(person.events.filter(kind__startswith="portal").values_list("kind", flat=True))
    assert kinds[:2] == ["portal.recovered", "portal.let_back"]
    TOTP.activate(account.user, "JBSWY3DPEHPK3PXP")
    assert b"made a new code with which you can get back in" in (
        other.get(reverse("portal:home")).content
    )
    assert PortalAccount.objects.count() == 1


def test_signing_in_asks_for_the_second_step(client, person):
    account = own_account(person)
    answer = client.post(
        reverse("account_login"), {"login": account.user.email, "password": PASSWORD}
    )
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("portal:home")).status_code == 302


def test_after_a_while_without_a_click_it_ends_and_words_are_kept(client, person):
    account = own_account(person)
    client.force_login(account.user)
    page = client.get(reverse("portal:ask"))
    posted = {
        "about": "worker",
        "words": "Somebody who knows what it is like",
        "draft_token": found(r'(?<=name="draft_token" value=")[^"]+', page),
        "draft_revision": "0",
        "draft_writer": "one",
    }
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=IDLE + 60), tick=False):
        answer = client.post(reverse("portal:ask"), posted)
        assert answer["Location"].startswith(reverse("account_login"))
        assert not person.change_requests.exists()
        assert Draft.objects.filter(user=account.user).count() == 1
        client.force_login(account.user)
        again = client.get(reverse("portal:ask") + "?carry-on=1")
        assert "Somebody who knows what it is like" in again.content.decode()


def test_staff_are_not_signed_out_that_early(client, worker):
    client.force_login(worker)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=IDLE + 60), tick=False):
        assert client.get(reverse("home")).status_code == 200


def test_leaving_in_a_hurry_signs_out(client, person, settings):
    client.force_login(own_account(person).user)
    answer = client.post(reverse("portal:leave"))
    assert answer["Location"] == settings.QUICK_EXIT_URL
    assert client.get(reverse("portal:home")).status_code == 302


def test_every_page_can_be_left_without_script_and_is_kept_in_no_cache(client, person, settings):
    client.force_login(own_account(person).user)
    answer = client.get(reverse("portal:home"))
    assert f'href="{settings.QUICK_EXIT_URL}"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert len(answer.content) < 100_000


def test_other_places_can_be_signed_out(client, person):
    account = own_account(person)
    client.force_login(account.user)
    other = type(client)()
    other.force_login(account.user)
    html = client.get(reverse("portal:account")).content.decode()
    assert html.count("(here)") == 1 and "Sign out everywhere else" in html
    assert other.session.session_key not in html
    (there,) = re.findall(r'action="(/my/account/devices/[0-9a-f]{32}/sign-out/)"', html)
    strangers = type(client)()
    strangers.force_login(own_account(factories.held_person()).user)
    assert strangers.post(there).status_code == 404
    assert client.post(there)["Location"] == reverse("portal:account")
    assert other.get(reverse("portal:home")).status_code == 302
    assert client.post(there).status_code == 404
    third = type(client)()
    third.force_login(account.user)
    client.post(reverse("portal:sign_out_others"))
    assert third.get(reverse("portal:home")).status_code == 302
    assert "everywhere else" not in client.get(reverse("portal:account")).content.decode().replace(
        "You are signed out everywhere else.", ""
    )


def test_a_worker_closes_it_and_says_why(client, person, worker):
    account = own_account(person)
    client.force_login(worker)
    page = reverse("own_accounts:close", args=[account.pk])
    assert b"Enter why" in client.post(page, {"why": ""}).content
    client.post(page, {"why": "He reads her phone"})
    account.refresh_from_db()
    assert account.ended_on == timezone.localdate()
    assert client.get(page).status_code == 404


def test_who_gets_back_in_is_told_where_that_is_safe(person, on_commit):
    person.email = "marigold@people.example"
    person.save()
    ContactPreference.objects.create(
        person=person, channel="email", may_use=True, safe_to_leave_message=True
    )
    account = own_account(person)
    assert not Message.objects.filter(about="portal.sign_in").exists()
    with on_commit():
        _row, code = invitation(person)
    services.open_account(code=code, email=account.user.email, password=PASSWORD)
    told = list(Message.objects.filter(about="portal.sign_in").order_by("created_at"))
    assert "has made a new code" in told[0].body and "old ways do not work" in told[1].body
    for one in told:
        assert code not in one.body and "Marigold" not in one.body
        assert "care" not in one.body.lower() and one.to == "marigold@people.example"


def test_outside_a_demonstration_the_second_step_comes_first_and_can_be_reached(
    client, person, settings
):
    settings.STRONG_SIGN_IN = True
    _row, code = invitation(person)
    assert choose(client, code)["Location"] == reverse("portal:second_step")
    assert client.get(reverse("portal:second_step")).status_code == 200
    assert client.get(reverse("portal:passkey")).status_code == 200
    assert client.get(reverse("portal:home"))["Location"] == reverse("portal:second_step")


def test_the_last_second_step_stays_and_another_can_go(client, person):
    account = own_account(person)
    client.force_login(account.user)
    app = Authenticator.objects.get(user=account.user)
    page = reverse("portal:remove_step", args=[app.pk])
    assert b"This is your only second step" in client.post(page, follow=True).content
    key = Authenticator.objects.create(
        user=account.user, type="webauthn", data={"name": "My phone", "credential": {}}
    )
    assert b"Passkey: My phone" in client.get(reverse("portal:account")).content
    assert b"Add an app" not in client.get(reverse("portal:account")).content
    assert b"The app that shows 6 numbers" in client.get(page).content
    client.post(page)
    assert list(Authenticator.objects.filter(user=account.user)) == [key]
    other = own_account(factories.held_person())
    theirs = Authenticator.objects.get(user=other.user)
    path = reverse("portal:remove_step", args=[theirs.pk])
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_a_change_to_the_sign_in_asks_for_the_password_with_a_limit(client, person, settings):
    settings.STRONG_SIGN_IN = True
    account = own_account(person)
    client.force_login(account.user)
    asked = client.get(reverse("portal:passkey"))["Location"]
    assert asked == f"{reverse('portal:confirm')}?next=%2Fmy%2Fsecond-step%2Fpasskey%2F"
    assert b"Leave this page now" in client.get(asked).content
    for _number in range(10):
        client.post(asked, {"password": "wrong-password"})
    answer = client.post(asked, {"password": PASSWORD, "next": reverse("portal:passkey")})
    assert b"Too many tries" in answer.content
