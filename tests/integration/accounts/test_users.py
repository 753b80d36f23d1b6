"""Looking after users: invitations, roles with dates, and the end of access."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.accounts import invitations, policy, services
from casework.accounts.models import Invitation, Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.outbox.models import Job, Message
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-new-invented-password"


@pytest.fixture
def administrator():
    return factories.member("administrator", name="Ada Admin")


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def text(answer) -> str:
    html = answer.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def invited(by, email="new@alongside.example") -> tuple[User, str]:
    """A user who was invited, and the link in their e-mail."""
    user = invitations.add_user(email=email, name="Ned New", by=by)
    outbox.run_due()
    (link,) = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    return user, link


# Invitations -------------------------------------------------------------------------------------


def test_a_new_user_chooses_a_password_by_the_link_and_signs_in(office):
    answer = office.post(
        reverse("users:add"), {"name": "Ned New", "email": "ned@alongside.example"}, follow=True
    )
    assert "Now give them a role" in text(answer)
    outbox.run_due()
    (letter,) = mail.outbox
    assert letter.to == ["ned@alongside.example"]
    assert "Ned" not in letter.subject + letter.body
    (link,) = re.findall(r"http://testserver(\S+)", letter.body)

    browser = Client()
    answer = browser.get(link)
    assert answer["Location"] == reverse("invitations:choose")
    answer = browser.get(answer["Location"])
    assert "Choose a password" in text(answer)
    answer = browser.post(
        reverse("invitations:choose"), {"password": PASSWORD, "again": PASSWORD}, follow=True
    )
    assert "Your password is set" in text(answer)
    answer = browser.post(
        reverse("account_login"), {"login": "ned@alongside.example", "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_only_a_digest_of_the_link_is_kept(administrator):
    _user, link = invited(administrator)
    secret = link.rstrip("/").rpartition("/")[2]
    assert len(secret) >= 43
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert secret not in repr(cursor.fetchall()), table
    assert Invitation.objects.get().digest == invitations.digest_of(secret)


def test_a_link_works_once(administrator):
    user, link = invited(administrator)
    secret = link.rstrip("/").rpartition("/")[2]
    invitations.accept(secret=secret, password=PASSWORD)
    with pytest.raises(Refusal, match="does not work any more"):
        invitations.accept(secret=secret, password="another-invented-password")
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    answer = Client().get(link, follow=True)
    assert answer.status_code == 410


def test_a_link_works_for_seven_days(administrator):
    _user, link = invited(administrator)
    secret = link.rstrip("/").rpartition("/")[2]
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23)):
        assert invitations.find(secret)
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, seconds=1)):
        assert invitations.find(secret) is None
        with pytest.raises(Refusal):
            invitations.accept(secret=secret, password=PASSWORD)


@pytest.mark.parametrize("secret", ["", "x", "a" * 43])
def test_a_guessed_link_opens_nothing(administrator, secret):
    invited(administrator)
    assert invitations.find(secret) is None
    assert Client().get(f"/invitation/{secret}/", follow=True).status_code in {404, 410}


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("short", "short", "too short"),
        ("password1234", "password1234", "too common"),
        ("ned.new@alongside", "ned.new@alongside", "too similar"),
        (PASSWORD, PASSWORD + "x", "Enter the same password in both boxes"),
    ],
)
def test_a_password_must_be_good_and_typed_twice(administrator, password, again, message):
    user, link = invited(administrator, email="ned.new@alongside.example")
    browser = Client()
    browser.get(link)
    answer = browser.post(reverse("invitations:choose"), {"password": password, "again": again})
    assert message in text(answer)
    assert f'value="{password}"' not in answer.content.decode()
    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_a_new_letter_makes_the_earlier_one_void(office, administrator):
    user, first = invited(administrator)
    office.post(reverse("users:invite", args=[user.pk]))
    outbox.run_due()
    (second,) = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    assert invitations.find(first.rstrip("/").rpartition("/")[2]) is None
    assert invitations.find(second.rstrip("/").rpartition("/")[2]).user == user


def test_sent_twice_it_is_the_same_link(administrator):
    user = invitations.add_user(email="ned@alongside.example", name="Ned", by=administrator)
    pk = str(user.invitations.get().pk)
    invitations.deliver(invitation=pk)
    invitations.deliver(invitation=pk)
    first, second = mail.outbox
    assert first.body == second.body


def test_whoever_has_a_password_gets_no_letter(administrator):
    with pytest.raises(Refusal, match="has chosen a password already"):
        invitations.invite(user=factories.user(), by=administrator)


def test_with_another_key_no_letter_leaves(administrator, settings):
    user = invitations.add_user(email="ned@alongside.example", name="Ned", by=administrator)
    settings.SECRET_KEY = "another-key-" * 5
    with pytest.raises(invitations.KeyChanged):
        invitations.deliver(invitation=str(user.invitations.get().pk))
    assert not mail.outbox


def test_the_page_says_how_the_letter_stands(office, administrator):
    user = invitations.add_user(email="ned@alongside.example", name="Ned", by=administrator)
    page = reverse("users:detail", args=[user.pk])
    assert "is about to be sent" in text(office.get(page))
    outbox.run_due()
    assert "was sent. It works until" in text(office.get(page))
    Job.objects.filter(kind="accounts.invite").update(state=Job.State.FAILED)
    assert "could not be sent" in text(office.get(page))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20)):
        Job.objects.update(state=Job.State.DONE)
    Invitation.objects.update(expires_at=timezone.now())
    assert "does not work any more. Send a new one" in text(office.get(page))


# Roles -------------------------------------------------------------------------------------------


def test_each_role_is_shown_with_what_it_may_do(office):
    user = factories.user()
    shown = text(office.get(reverse("users:role", args=[user.pk])))
    for role in ROLES.values():
        assert str(role.name) in shown
        assert str(role.description)[:60] in shown


def today_plus(days):
    day = timezone.localdate() + dt.timedelta(days=days)
    return {"day": day.day, "month": day.month, "year": day.year}


def dates(**days):
    return {
        f"{name}_{part}": value
        for name, count in days.items()
        for part, value in today_plus(count).items()
    }


@pytest.mark.parametrize("code", ROLES)
def test_a_role_asks_for_the_place_it_applies_to(office, code):
    user = factories.user()
    team = factories.team("Harbour Team")
    path = reverse("users:role", args=[user.pk])
    answer = office.post(path, {"role": code})
    assert answer["Location"] == reverse("users:grant", args=[user.pk, code])
    shown = text(office.get(answer["Location"]))
    scope = ROLES[code].scope
    assert ("Harbour Team" in shown) == (scope == "team")
    place = {"team": {"team": team.pk}, "organisation": {"organisation": team.organisation_id}}
    missing = office.post(answer["Location"], dates(start=0))
    if scope != "network":
        assert f"Select the {scope} for this role" in text(missing)
    else:
        assert missing.status_code == 302
        return
    done = office.post(answer["Location"], {**dates(start=0, end=30), **place[scope]}, follow=True)
    assert "has the role" in text(done)
    member = user.memberships.get()
    assert (member.team or member.organisation) in {team, team.organisation}
    assert member.end == timezone.localdate() + dt.timedelta(days=30)
    assert member.history.get().history_user.name == "Ada Admin"


def test_a_role_cannot_end_before_it_begins(office):
    user = factories.user()
    answer = office.post(
        reverse("users:grant", args=[user.pk, "administrator"]), dates(start=0, end=-1)
    )
    assert "The last day must not be before the first day" in text(answer)
    assert not Membership.objects.filter(user=user).exists()


def test_an_unknown_role_does_not_exist(office):
    path = reverse("users:grant", args=[factories.user().pk, "emperor"])
    assert office.get(path).status_code == 404


def test_a_role_ends_on_its_last_day(office):
    user = factories.member("key_worker")
    member = user.memberships.get()
    answer = office.post(
        reverse("users:end", args=[member.pk]), {**dates(end=0), "reason": "Moved"}, follow=True
    )
    assert "The last day of the role was saved" in text(answer)
    policy.forget(user)
    assert policy.may(user, Permission.SEE_PEOPLE)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        policy.forget(user)
        assert not policy.may(user, Permission.SEE_PEOPLE)
    assert member.history.first().history_change_reason == "Moved"


def test_nobody_takes_their_own_last_administration(office, administrator):
    member = administrator.memberships.get()
    factories.member("administrator")  # that there is another one does not matter
    answer = office.post(
        reverse("users:end", args=[member.pk]), {**dates(end=0), "reason": "Enough"}
    )
    assert "you cannot take it from yourself" in text(answer)
    member.refresh_from_db()
    assert member.end is None


def test_one_of_two_administrations_may_go(administrator):
    first = administrator.memberships.get()
    second = services.grant(
        user=administrator,
        role="administrator",
        by=None,
        start=timezone.localdate() - dt.timedelta(days=3),
        end=timezone.localdate() - dt.timedelta(days=2),
    )
    with pytest.raises(Refusal, match="yourself"):  # the other one is over
        services.end_membership(membership=first, by=administrator)
    assert second.end < timezone.localdate()


def test_the_last_administrator_stays(administrator):
    other = factories.member("administrator")
    services.end_membership(
        membership=administrator.memberships.get(), by=other, end=timezone.localdate()
    )
    administrator.is_active = False
    administrator.save()
    somebody = factories.user()
    with pytest.raises(Refusal, match="no administrator left"):
        services.end_membership(membership=other.memberships.get(), by=somebody)


# The end of access -------------------------------------------------------------------------------


def test_access_ends_at_once(office, administrator):
    user = factories.member("key_worker")
    services.grant(
        user=user,
        role="administrator",
        by=None,
        start=timezone.localdate() + dt.timedelta(days=10),
    )
    theirs = Client()
    theirs.force_login(user)
    assert theirs.get(reverse("people:list")).status_code == 200
    answer = office.post(
        reverse("users:deactivate", args=[user.pk]), {"reason": "Left"}, follow=True
    )
    assert "The change was saved" in text(answer)
    assert theirs.get(reverse("people:list"))["Location"].startswith(reverse("account_login"))
    assert not theirs.session.keys()
    assert not user.memberships.on(timezone.localdate() + dt.timedelta(days=11)).exists()
    answer = Client().post(
        reverse("account_login"), {"login": user.email, "password": factories.accounts.PASSWORD}
    )
    assert "_auth_user_id" not in answer.client.session
    assert office.get(reverse("users:list")).status_code == 200  # others stay signed in
    assert User.objects.filter(pk=user.pk).exists()


def test_whoever_comes_back_has_no_role_and_no_session(office, administrator):
    user = factories.member("key_worker")
    theirs = Client()
    theirs.force_login(user)
    office.post(reverse("users:deactivate", args=[user.pk]), {"reason": "Left"})
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        office.force_login(administrator)
        office.post(reverse("users:reactivate", args=[user.pk]), {"reason": "Back"})
        user = User.objects.get(pk=user.pk)
        assert user.is_active
        assert not any(policy.may(user, permission) for permission in Permission)
    assert theirs.get(reverse("people:list")).status_code == 302


def test_a_letter_of_somebody_who_left_opens_nothing(administrator):
    user, link = invited(administrator)
    services.deactivate(user=user, by=administrator, reason="Did not come")
    assert invitations.find(link.rstrip("/").rpartition("/")[2]) is None
    with pytest.raises(Refusal, match="cannot sign in any more"):
        invitations.invite(user=user, by=administrator)


def test_nobody_ends_their_own_access(office, administrator):
    page = text(office.get(reverse("users:detail", args=[administrator.pk])))
    assert "End this user's access" not in page
    answer = office.post(reverse("users:deactivate", args=[administrator.pk]), {"reason": "x"})
    assert "You cannot end your own access" in text(answer)
    administrator.refresh_from_db()
    assert administrator.is_active


# Name, address, worker ---------------------------------------------------------------------------


def test_with_a_new_address_the_old_one_opens_nothing(office):
    user = factories.user(email="old@alongside.example")
    login = {"password": factories.accounts.PASSWORD}
    Client().post(reverse("account_login"), {"login": "old@alongside.example", **login})
    office.post(
        reverse("users:edit", args=[user.pk]), {"name": "Ro", "email": "new@alongside.example"}
    )
    for address, works in (("old@alongside.example", False), ("new@alongside.example", True)):
        browser = Client()
        browser.post(reverse("account_login"), {"login": address, **login})
        assert ("_auth_user_id" in browser.session) == works


def test_a_taken_address_is_refused(office):
    factories.user(email="taken@alongside.example")
    answer = office.post(reverse("users:add"), {"name": "Ro", "email": "TAKEN@alongside.example"})
    assert "There is already a user with this e-mail address" in text(answer)
    assert not Message.objects.exists()
    assert not Job.objects.exists()


def test_a_user_is_linked_to_the_worker_they_are(office):
    user = factories.user(name="Grace Fairweather")
    worker = factories.worker("Grace Fairweather", role_words="Nurse")
    taken = factories.worker("Grace Hill")
    factories.user(worker=taken)
    path = reverse("users:worker", args=[user.pk])
    answer = office.post(path, {"words": "grace"}, follow=True)
    shown = text(answer)
    assert "Link to Grace Fairweather" in shown
    assert "Grace Hill" not in shown
    assert "grace" not in answer.redirect_chain[0][0]
    link = reverse("users:link", args=[user.pk])
    assert office.post(link, {"worker": taken.pk}).status_code == 404
    assert office.post(link, {"worker": "x"}).status_code == 404
    office.post(link, {"worker": worker.pk})
    assert User.objects.get(pk=user.pk).worker == worker
    office.post(link)
    assert User.objects.get(pk=user.pk).worker is None


# Lists -------------------------------------------------------------------------------------------


def test_users_are_found_by_any_part_of_name_or_address(office):
    factories.user(name="Zora Quill", email="zq@alongside.example")
    factories.user(name="Somebody Else")
    for words in ("quill", "ZQ@", "zora zq"):
        shown = text(office.post(reverse("users:list"), {"words": words}, follow=True))
        assert "Zora Quill" in shown
        assert "Somebody Else" not in shown


def test_those_whose_access_has_ended_have_their_own_list(office, administrator):
    user = factories.member("key_worker", name="Lee Left")
    services.deactivate(user=user, by=administrator, reason="Left")
    assert "Lee Left" not in text(office.get(reverse("users:list")))
    assert "Lee Left" in text(office.get(reverse("users:list") + "?show=left"))


def test_the_list_has_pages(office):
    for number in range(30):
        factories.user(name=f"Page {number:02}")
    first = office.get(reverse("users:list"))
    (after,) = re.findall(r'href="(/users/\?after=[^"]+)"', first.content.decode())
    second = text(office.get(after))
    assert "Page 29" in second
    assert "Page 00" not in second


def test_joiners_movers_and_leavers(office, administrator):
    today = timezone.localdate()
    long_ago = today - dt.timedelta(days=400)
    joined = factories.user(name="Jo Joined")
    services.grant(user=joined, role="key_worker", team=factories.team(), by=None)
    moved = factories.user(name="Mo Moved")
    for start, end in ((long_ago, today - dt.timedelta(days=1)), (today, None)):
        services.grant(
            user=moved, role="key_worker", team=factories.team(), by=None, start=start, end=end
        )
    left = factories.user(name="Lee Left")
    services.grant(user=left, role="key_worker", team=factories.team(), by=None, start=long_ago)
    services.deactivate(user=left, by=administrator, reason="Left")

    def names(show):
        html = office.get(reverse("users:access") + f"?show={show}").content.decode()
        return set(re.findall(r">(\w+ \w+)</a>", html.split("<table")[1].split("</table>")[0]))

    assert names("now") == {"Jo Joined", "Mo Moved", "Ada Admin"}
    assert names("joined") == {"Jo Joined", "Ada Admin"}
    assert names("moved") == {"Mo Moved"}
    assert names("left") == {"Lee Left"}


@pytest.mark.parametrize("name", ["users:list", "users:access"])
def test_lists_ask_as_often_for_one_as_for_many(office, name):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(name)).status_code == 200
        return len(queries)

    asked()
    one = asked()
    for _number in range(12):
        factories.member("key_worker")
    assert asked() == one


def test_a_users_page_asks_as_often_for_many_roles(office):
    user = factories.user()
    path = reverse("users:detail", args=[user.pk])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert office.get(path).status_code == 200
        return len(queries)

    services.grant(user=user, role="key_worker", team=factories.team(), by=None)
    one = asked()
    for _number in range(8):
        services.grant(user=user, role="key_worker", team=factories.team(), by=None)
    assert asked() == one


def test_an_administrator_sees_nothing_about_people(office):
    person = factories.person_with_key_worker()
    for name in ("people:list", "people:detail", "people:timeline"):
        arguments = [person.pk] if name != "people:list" else []
        assert office.get(reverse(name, args=arguments)).status_code == 403
