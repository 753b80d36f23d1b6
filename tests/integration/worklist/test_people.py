"""My people and my team's people: who is listed, in which order, at what cost."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from casework.alerts.models import Alert
from casework.cases.models import AccessEntry, Person
from casework.cases.services import entries
from casework.worklist import people_rows
from tests import factories
from tests.integration.worklist.conftest import Reader

pytestmark = pytest.mark.django_db
NOBODY = "0b5c90f1-5057-4e80-88b9-54e5da3c9e6f"  # the id of no row
TEAM, MINE = "team_people", "my_people"


def book(person, worker, today, in_days):
    return entries.book(
        person=person,
        workers=[worker],
        date=today + dt.timedelta(days=in_days),
        time=dt.time(10),
        by=None,
    )


def flag(person, rule="many_faces", **fields):
    day = dt.date(2026, 11, 1)
    return Alert.objects.create(
        rule=rule,
        subject_key=f"person:{person.pk}",
        person=person,
        sentence="Six different people in seven meetings.",
        next_step="Plan who comes.",
        opened_on=day,
        updated_on=day,
        **fields,
    )


def test_each_line_says_who_when_and_with_whom(lead, person, me, today):
    joe = factories.worker("Joe Hazelwood")
    factories.contact(person, joe, days_ago=3)
    factories.contact(person, me, days_ago=9)
    book(person, me, today, 4)
    book(person, joe, today, 8)
    flag(person)
    flag(person, "losing_touch")
    line = lead.text(TEAM).split("Ro ")[1]
    last = today - dt.timedelta(days=3)
    following = today + dt.timedelta(days=4)
    assert line.startswith("Grace Fairweather")
    assert f"{last.day} {last:%b %Y}, Joe Hazelwood" in line
    assert f"{following.day} {following:%b %Y}, Grace Fairweather" in line
    assert "2 alerts" in line
    assert "Not met yet" not in line


def test_nothing_is_known_yet(lead, team):
    factories.held_person(team=team, name="New Person")
    line = lead.text(TEAM).split("New Person ")[1]
    assert line.startswith("Nobody named Not met yet Nothing booked")


def test_the_longest_since_a_contact_comes_first(lead, team, me):
    for name, days in (("Short", 2), ("Long", 90), ("Middle", 30)):
        factories.contact(factories.held_person(team=team, name=name), me, days_ago=days)
    factories.held_person(team=team, name="Never")
    assert lead.names(TEAM) == ["Never", "Long", "Middle", "Short"]
    assert lead.names(TEAM, "?sort=name") == ["Long", "Middle", "Never", "Short"]


def test_missed_and_later_contacts_do_not_count_as_met(lead, team, me, today):
    missed = factories.held_person(team=team, name="Missed")
    factories.contact(missed, me, days_ago=1, attendance="3", barrier="transport")
    factories.contact(factories.held_person(team=team, name="Met"), me, days_ago=60)
    assert lead.names(TEAM) == ["Missed", "Met"]


def test_most_alerts_first(lead, team):
    factories.held_person(team=team, name="None")
    one, two = (factories.held_person(team=team, name=name) for name in ("One", "Two"))
    flag(one)
    flag(two)
    flag(two, "losing_touch")
    flag(one, "poor_continuity", resolved_on=dt.date(2026, 11, 2))
    assert lead.names(TEAM, "?sort=alerts") == ["Two", "One", "None"]
    assert lead.names(TEAM, "?show=alerts&sort=name") == ["One", "Two"]


def test_filters(lead, team, me, person, today):
    joe = factories.worker("Joe Hazelwood")
    other = factories.person_with_key_worker(team=team, worker=joe, name="Other")
    nobody = factories.held_person(team=team, name="Unnamed")
    factories.contact(person, me, days_ago=2)
    book(other, joe, today, 3)
    for row in (person, other, nobody):
        row.cases.update(opened_on=today - dt.timedelta(days=100))
    assert lead.names(TEAM, "?show=unallocated") == ["Unnamed"]
    assert lead.names(TEAM, f"?worker={joe.pk}") == ["Other"]
    assert set(lead.names(TEAM, "?show=quiet")) == {"Other", "Unnamed"}
    assert set(lead.names(TEAM, "?show=unbooked")) == {"Ro", "Unnamed"}
    assert "Nobody is in this list" in lead.text(TEAM, "?show=alerts")


@pytest.mark.parametrize(
    "query",
    [
        "?show=nonsense",
        "?sort=-pk",
        "?worker=x",
        f"?worker={NOBODY}",
        f"?team={NOBODY}",
        "?after=x&before=y",
        f"?after={NOBODY}",
        "?show=&show=",
    ],
)
def test_what_makes_no_sense_shows_everybody(lead, person, query):
    assert lead.names(TEAM, query) == ["Ro"]


def test_a_new_person_is_not_yet_quiet(lead, team):
    factories.held_person(team=team, name="Since Today")
    assert lead.names(TEAM, "?show=quiet") == []


def test_my_people_are_those_i_am_named_for(reader, person, team, me, today):
    factories.held_person(team=team, name="Of The Team")
    assert reader.names(MINE) == ["Ro"]
    assert "Of The Team" not in reader.text(MINE)
    assert reader.client.get(reverse(TEAM)).status_code == 403


def test_a_person_who_died_or_whose_case_has_ended_is_not_listed(lead, team, today):
    dead = factories.held_person(team=team, name="Dead")
    ended = factories.held_person(team=team, name="Ended")
    Person.objects.filter(pk=dead.pk).update(death_date=today)
    ended.cases.update(closed_on=today)
    assert lead.names(TEAM) == []


def test_another_teams_people_are_not_listed(client, lead, person):
    stranger = factories.held_person(name="Stranger")
    assert lead.names(TEAM) == ["Ro"]
    assert lead.names(TEAM, f"?team={stranger.cases.get().team_id}") == ["Ro"]
    elsewhere = Reader(type(client)(), factories.member("team_lead"))
    assert "Your teams hold nobody" in elsewhere.text(TEAM)


def test_without_a_live_reason_nobody_is_listed(lead, reader, person):
    person.live_reasons.all().delete()
    assert lead.names(TEAM) == reader.names(MINE) == []


def test_a_shift_lead_sees_the_team_and_a_lead_of_two_can_choose(client, team, person):
    other = factories.team("Valley Team")
    factories.held_person(team=other, name="In The Valley")
    user = factories.member("shift_lead", team=team)
    shift = Reader(type(client)(), user)
    assert shift.names(TEAM) == ["Ro"]
    assert 'name="team"' not in shift.html(TEAM)
    from casework.accounts import services

    services.grant(user=user, role="team_lead", team=other, organisation=None, by=None)
    shift = Reader(type(client)(), type(user).objects.get(pk=user.pk))
    assert set(shift.names(TEAM)) == {"Ro", "In The Valley"}
    assert shift.names(TEAM, f"?team={other.pk}") == ["In The Valley"]
    assert "Valley Team" in shift.text(TEAM)


def test_looking_is_written_down(lead, person):
    lead.html(TEAM)
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.listed, entry.page) == ("list", [str(person.pk)], TEAM)


@pytest.mark.parametrize("sort", ["", "name", "alerts"])
def test_pages_follow_each_other_without_gap_or_repetition(lead, team, me, sort, monkeypatch):
    monkeypatch.setattr(people_rows, "PAGE", 4)
    for number in range(11):
        person = factories.held_person(team=team, name=f"Person {number:02}")
        if number % 3:
            factories.contact(person, me, days_ago=number % 5 + 1)
        if number % 2:
            flag(person)
    seen, backwards = [], []
    address = f"?sort={sort}"
    while address:
        html = lead.html(TEAM, address)
        names = re.findall(r'data-label="Name"><a href="[^"]*">([^<]*)</a>', html)
        seen += names
        found = re.search(r'href="[^"?]*(\?[^"]*after=[^"]*)"', html)
        last, address = address, found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 11
    address = last
    while address:
        html = lead.html(TEAM, address)
        backwards = re.findall(r'data-label="Name"><a href="[^"]*">([^<]*)</a>', html) + backwards
        found = re.search(r'href="[^"?]*(\?[^"]*before=[^"]*)"', html)
        address = found[1].replace("&amp;", "&") if found else ""
    assert backwards == seen


@pytest.mark.parametrize("name", [TEAM, MINE])
@pytest.mark.parametrize("query", ["", "?sort=alerts", "?show=quiet&sort=name"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, team, me, today, name, query):
    user = factories.member("team_lead", team=team, worker=me)
    reader = Reader(client, user)

    def one_more():
        person = factories.person_with_key_worker(team=team, worker=me)
        person.cases.update(opened_on=today - dt.timedelta(days=90))
        factories.contact(person, factories.worker(), days_ago=40, team=team)
        book(person, factories.worker(), today, 3)
        flag(person)

    one_more()
    few = reader.statements(name, query)
    assert few <= 10
    for _ in range(49):
        one_more()
    assert len(reader.names(name, query)) == 50
    assert reader.statements(name, query) == few


def test_a_later_page_costs_one_more_at_most(lead, team, monkeypatch):
    monkeypatch.setattr(people_rows, "PAGE", 2)
    for _ in range(5):
        factories.person_with_key_worker(team=team)
    after = re.search(r"after=([^\"&]*)", lead.html(TEAM))[1]
    assert lead.statements(TEAM, f"?after={after}") <= 10
