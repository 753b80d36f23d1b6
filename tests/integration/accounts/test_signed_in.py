"""Where somebody is signed in, and signing out there."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.accounts import sessions
from tests import factories
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
PLACES = "/signed-in/"


def signed_in(user, agent=FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def lines(client) -> list[str]:
    html = client.get(PLACES).content.decode()
    return [" ".join(one.split()) for one in re.findall(r'line__title">(.*?)<', html, re.S)]


def ends(client) -> list[str]:
    return re.findall(
        r'action="(/signed-in/[0-9a-f]{32}/end/)"', client.get(PLACES).content.decode()
    )


@pytest.fixture
def user():
    return factories.member("team_lead")


def test_each_place_is_named_and_this_one_comes_first(user):
    desk, phone = signed_in(user), signed_in(user, PHONE)
    signed_in(factories.member("team_lead"), "Mozilla/5.0 (iPad; CPU OS 18) Safari/605.1")
    assert lines(desk) == ["Firefox on Windows (here)", "Chrome on Android"]
    assert lines(phone) == ["Chrome on Android (here)", "Firefox on Windows"]


def test_no_key_of_a_session_is_on_the_page(user):
    desk, phone = signed_in(user), signed_in(user, PHONE)
    html = desk.get(PLACES).content.decode()
    assert desk.session.session_key not in html
    assert phone.session.session_key not in html


def test_signed_out_there_it_is_over_at_once(user):
    desk, phone = signed_in(user), signed_in(user, PHONE)
    (path,) = ends(desk)
    answer = desk.post(path, follow=True)
    assert "You are signed out there." in answer.content.decode()
    assert phone.get("/")["Location"].startswith(reverse("account_login"))
    assert lines(desk) == ["Firefox on Windows (here)"]
    assert desk.post(path).status_code == 404


def test_somebody_elses_place_is_not_there(user):
    other = factories.member("team_lead")
    desk, theirs = signed_in(user), signed_in(other)
    signed_in(other, PHONE)
    (path,) = ends(theirs)
    assert desk.post(path).status_code == 404
    assert len(lines(theirs)) == 2


def test_everywhere_else(user):
    desk, others = signed_in(user), [signed_in(user, PHONE) for _number in range(3)]
    other = signed_in(factories.member("team_lead"))
    desk.post(reverse("signed_in:end_others"))
    assert lines(desk) == ["Firefox on Windows (here)"]
    assert all(one.get("/").status_code == 302 for one in others)
    assert other.get("/").status_code == 200


def test_a_browser_that_nobody_knows(user):
    assert lines(signed_in(user, "")) == ["A browser that we do not know (here)"]
    assert sessions.device(PHONE) == ["Chrome", "Android"]


def test_it_asks_as_often_for_many_as_for_one(user):
    desk = signed_in(user)
    with CaptureQueriesContext(connection) as few:
        desk.get(PLACES)
    for _number in range(8):
        signed_in(user, PHONE)
    with CaptureQueriesContext(connection) as many:
        desk.get(PLACES)
    assert len(many) == len(few)
