"""My diary, the team's diary, and what was promised."""

import datetime as dt
import re

import pytest

from casework.cases.models import AccessEntry, Contact, Step
from casework.cases.services import absences, entries, steps
from casework.cases.services.steps import Promise
from casework.common.errors import Refusal
from tests import factories
from tests.integration.diary.conftest import Reader, text

pytestmark = pytest.mark.django_db


def book(person, *workers, today, in_days, team=None, time=dt.time(14)):
    return entries.book(
        person=person,
        workers=workers,
        date=today + dt.timedelta(days=in_days),
        time=time,
        team=team,
        by=None,
    )


def in_the_past(contact, days):
    """A booking whose day went by without anybody recording it."""
    date = contact.date - dt.timedelta(days=days)
    Contact.objects.filter(pk=contact.pk).update(date=date)


def test_today_and_two_weeks_in_order(reader, person, me, today):
    book(person, me, today=today, in_days=14, time=dt.time(9))
    book(person, me, today=today, in_days=15, time=dt.time(8))
    book(person, me, today=today, in_days=1, time=dt.time(16))
    first = book(person, me, today=today, in_days=1, time=dt.time(9, 30))
    shown = text(reader.get("mine"))
    assert re.search(r"Today, .* Nothing is booked\. Tomorrow, .* 9:30am, Ro", shown)
    assert shown.index("9:30am, Ro") < shown.index("4pm, Ro") < shown.index("9am, Ro")
    assert "8am, Ro" not in shown
    assert reader.path("outcome", first) not in reader.get("mine"), "it has not taken place yet"
    now = book(person, me, today=today, in_days=0, time=dt.time(23))
    href = reader.path("outcome", now)
    assert f'href="{href}?next=%2Fdiary%2F"' in reader.get("mine")


def test_a_meeting_at_which_i_am_second_is_in_my_diary(reader, person, me, today):
    book(person, factories.worker(), me, today=today, in_days=2)
    book(person, factories.worker(), today=today, in_days=3, time=dt.time(7))
    shown = text(reader.get("mine"))
    assert "2pm, Ro" in shown
    assert "7am, Ro" not in shown


def test_what_was_not_recorded_waits(reader, person, me, today):
    in_the_past(book(person, me, today=today, in_days=0), 5)
    in_the_past(book(person, me, today=today, in_days=0, time=dt.time(7)), 40)
    shown = text(reader.get("mine"))
    assert "Not recorded yet" in shown
    assert "2pm, Ro" in shown
    assert "7am, Ro" not in shown


def test_what_is_recorded_today_is_shown_as_done(reader, person, me, user, today):
    entries.record(
        person=person, workers=[me], date=today, time=dt.time(8), by=user, entry=entries.Entry()
    )
    assert "8am, Ro" in text(reader.get("mine")).split("Tomorrow")[0]
    assert "Attended" in reader.get("mine")


def test_cover_shows_whom_i_stand_in_for(client, team, person, me, user, today):
    joe = factories.worker("Joe Hazelwood")
    stand_in = Reader(client, factories.member("key_worker", team=team, worker=joe))
    book(person, me, today=today, in_days=1, time=dt.time(9))
    book(person, me, today=today, in_days=6, time=dt.time(16))
    assert "9am, Ro" not in text(stand_in.get("mine"))
    absences.arrange(
        worker=me, start=today, end=today + dt.timedelta(days=3), cover_worker=joe, by=user
    )
    shown = text(stand_in.get("mine"))
    assert "9am, Ro" in shown
    assert "You stand in for Grace Fairweather, who is away." in shown
    assert "4pm, Ro" not in shown


def test_people_whose_record_i_may_not_open_are_not_in_my_diary(reader, me, today):
    stranger = factories.held_person(name="Stranger Example")
    contact = book(stranger, me, today=today, in_days=1)
    stranger.live_reasons.filter(source_key__startswith=f"contact:{contact.pk}").delete()
    assert "Stranger" not in reader.get("mine")


def test_somebody_without_a_worker_is_told_so(client, team):
    reader = Reader(client, factories.member("team_member", team=team))
    assert "not linked to a worker" in reader.get("mine")


def test_looking_into_a_diary_is_written_down(reader, person, me, today):
    book(person, me, today=today, in_days=1)
    reader.get("mine")
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.listed, entry.page) == ("list", [str(person.pk)], "diary:mine")


def test_what_was_in_pages(reader, person, me):
    for ago in range(1, 61):
        factories.contact(person, me, days_ago=ago)
    first = reader.get("past")
    assert first.count('class="app-line"') == 25
    older = re.search(r'href="([^"]*after=[^"]*)"', first).group(1)
    second = reader.client.get(older).content.decode()
    assert second.count('class="app-line"') == 25
    assert not set(re.findall(r"/diary/contact/[^/]+/", first)) & set(
        re.findall(r"/diary/contact/[^/]+/", second)
    )


def test_the_teams_diary_is_for_those_who_lead_it(client, reader, person, me, team, today):
    book(person, me, today=today, in_days=2, team=team)
    book(factories.held_person(name="Other Team"), me, today=today, in_days=2)
    assert reader.client.get(reader.path("team")).status_code == 403
    assert "The team's diary" not in reader.get("mine")
    lead = Reader(type(client)(), factories.member("team_lead", team=team))
    shown = text(lead.get("team"))
    assert "2pm, Ro" in shown
    assert "Grace Fairweather, Harbour Community Team" in shown
    assert "Other Team" not in shown
    elsewhere = Reader(type(client)(), factories.member("team_lead"))
    assert "Nothing is booked" in elsewhere.get("team")


def test_a_network_lead_sees_no_link_that_is_closed_to_them(client):
    reader = Reader(client, factories.member("network_lead"))
    assert reader.path("past") not in reader.get("team")


@pytest.mark.parametrize("name", ["mine", "past", "team"])
def test_diaries_cost_the_same_for_one_row_and_for_many(client, team, me, today, name, user):
    reader = Reader(client, factories.member("team_lead", team=team, worker=factories.worker()))
    mine = reader.user.worker
    absences.arrange(worker=me, start=today, end=None, cover_worker=mine, by=user)

    def one_more():
        person = factories.person_with_key_worker(team=team, worker=mine)
        book(person, mine, factories.worker(), today=today, in_days=1, team=team)
        book(person, me, today=today, in_days=1, team=team)
        factories.contact(person, mine, team=team)
        steps.make_step(person=person, by=user, promise=Promise("Ring", today, worker=mine))

    one_more()
    few = reader.statements(name)
    assert few <= 12
    for _ in range(20):
        one_more()
    assert reader.statements(name) == few


# What was promised --------------------------------------------------------------------------------


@pytest.fixture
def step(person, me, user, today):
    return steps.make_step(
        person=person, by=user, promise=Promise("Ring the council", today, worker=me)
    )


def test_a_promise_waits_in_the_diary_until_it_is_kept(reader, person, step, user, today):
    assert "Ro: Ring the council" in text(reader.get("mine"))
    reader.get("step", step)
    reader.saves("step", step, what_happened="They will come on Monday")
    done = Step.objects.get()
    assert (done.done_on, done.done_by) == (today, user)
    assert done.what_happened == "They will come on Monday"
    assert person.events.filter(kind="step.done").count() == 1
    assert "Ring the council" not in text(reader.get("mine"))
    assert "already been marked" in reader.is_refused("step", step)


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        ({"words": " "}, "Say what will be done"),
        ({"worker": None}, "Choose who will do this"),
        ({"due_on": dt.date(2020, 1, 1)}, "must be today or later"),
    ],
)
def test_a_promise_says_what_who_and_by_when(person, me, today, promise, message):
    whole = {"words": "Ring", "due_on": today, "worker": me} | promise
    with pytest.raises(Refusal, match=message):
        steps.make_step(person=person, by=None, promise=Promise(**whole))
    assert not Step.objects.exists()


def test_somebody_elses_promise_is_not_there(reader, today):
    stranger = factories.held_person()
    step = steps.make_step(
        person=stranger, by=None, promise=Promise("Ring", today, worker=factories.worker())
    )
    assert reader.client.get(reader.path("step", step)).status_code == 404
    assert reader.post("step", step).status_code == 404
    assert Step.objects.get().done_on is None
