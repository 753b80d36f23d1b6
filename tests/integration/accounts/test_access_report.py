"""Who has access: by which role, since when, used or not; for administrators and reviewers."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from tests import factories
from tests.factories.portal import own_account
from tests.integration.accounts.test_strong import app_of, confirm

pytestmark = pytest.mark.django_db
PAGE, FILE = reverse("users:access"), reverse("users:access_csv")
LONG_AGO = timezone.now() - dt.timedelta(days=120)


def rows(client, show) -> list[dict[str, str]]:
    answer = client.get(FILE, {"show": show})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"access-{show}.csv" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def signed_in_at(user, moment):
    User.objects.filter(pk=user.pk).update(last_login=moment, created_at=LONG_AGO)


def ended(user):
    day = timezone.localdate() - dt.timedelta(days=1)
    user.memberships.update(start=day, end=day)


@pytest.fixture
def staff():
    """One who is here daily, one who has not been, one who never was, and one whose roles ended."""
    names = ("Daily", "Away", "Never", "Ended")
    found = {name: factories.member("team_lead", name=name) for name in names}
    signed_in_at(found["Daily"], timezone.now())
    signed_in_at(found["Away"], LONG_AGO)
    signed_in_at(found["Never"], None)
    signed_in_at(found["Ended"], LONG_AGO)
    ended(found["Ended"])
    return found


@pytest.mark.parametrize("role", ["administrator", "privacy_officer"])
def test_both_read_it_and_only_one_can_change(client, staff, role):
    client.force_login(factories.member(role, name="Reader"))
    html = client.get(PAGE).content.decode()
    assert "Daily" in html and "Ended, still active" in html
    link = reverse("users:detail", args=[staff["Daily"].pk])
    assert (link in html) == (role == "administrator")
    assert (client.get(link).status_code == 200) == (role == "administrator")
    assert {one["Name"] for one in rows(client, "now")} == {"Daily", "Away", "Never", "Reader"}
    assert {one["Name"] for one in rows(client, "unused")} == {"Away", "Never"}
    assert {one["Name"] for one in rows(client, "without")} == {"Ended"}


def test_each_row_says_where_since_when_and_last_used(client, staff):
    client.force_login(factories.member("privacy_officer"))
    by_name = {one["Name"]: one for one in rows(client, "now")}
    member = staff["Away"].memberships.get()
    row = by_name["Away"]
    assert (row["Role"], row["Where"]) == ("Team lead", member.team.name)
    assert row["From"] == member.start.isoformat() and row["Until"] == ""
    assert row["Last signed in"] == timezone.localtime(LONG_AGO).date().isoformat()
    assert row["Not for 90 days"] == "yes" and by_name["Daily"]["Not for 90 days"] == "no"
    assert by_name["Never"]["Last signed in"] == ""
    html = client.get(PAGE, {"show": "without"}).content.decode()
    assert "Last role ended" in html and "Ended" in html


def test_nobodys_own_account_and_no_formula_is_in_it(client, staff):
    me = own_account(factories.held_person())
    User.objects.filter(pk=staff["Daily"].pk).update(name="=1+1")
    client.force_login(factories.member("administrator"))
    for show in ("now", "unused", "without", "joined", "moved", "left"):
        text = client.get(FILE, {"show": show}).content.decode()
        assert me.user.email not in text and ",=1" not in text
        assert me.user.email not in client.get(PAGE, {"show": show}).content.decode()
    assert "'=1+1" in client.get(FILE).content.decode()


def test_the_file_is_given_after_the_password_once_more(client, settings):
    settings.STRONG_SIGN_IN = True
    officer = factories.member("privacy_officer")
    app_of(officer)
    client.force_login(officer)
    assert client.get(PAGE).status_code == 200
    assert client.get(FILE)["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client, then=FILE)
    assert client.get(FILE).status_code == 200


def test_a_button_without_a_page_leads_back_to_where_it_stands(client, settings):
    settings.STRONG_SIGN_IN = True
    boss, somebody = factories.member("administrator"), factories.user()
    app_of(boss)
    client.force_login(boss)
    page = reverse("users:detail", args=[somebody.pk])
    path = reverse("users:invite", args=[somebody.pk])
    answer = client.post(path, headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"].endswith(f"next={page.replace('/', '%2F')}")
    answer = client.post(path, headers={"Referer": "https://evil.example/x"})
    assert answer["Location"].endswith("next=%2F")


@pytest.mark.parametrize("show", ["now", "unused", "without"])
def test_as_many_questions_for_many_as_for_one(client, staff, show):
    client.force_login(factories.member("privacy_officer"))
    client.get(PAGE)

    def asked(path):
        with CaptureQueriesContext(connection) as found:
            client.get(path, {"show": show})
        return len(found)

    few = asked(PAGE), asked(FILE)
    for _number in range(8):
        user = factories.member("team_lead")
        signed_in_at(user, LONG_AGO)
        if show == "without":
            ended(user)
    assert (asked(PAGE), asked(FILE)) == few
