"""A crisis visit at two in the morning."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.cases import services
from casework.cases.models import AboutMe, LiveReason
from casework.cases.services import entries
from tests import factories
from tests.integration.diary.conftest import Reader, day, text

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 3, 2, 10, tzinfo=dt.UTC)  # a Tuesday


@pytest.fixture
def crisis_team():
    return factories.team("Crisis Team", kind="crisis")


@pytest.fixture
def nurse(client, person, crisis_team):
    """Somebody of the crisis team that has an open referral for the person."""
    LiveReason.objects.create(
        person=person,
        team=crisis_team,
        kind="referral",
        source_key="referral:x",
        start=dt.date(2026, 1, 1),
    )
    worker = factories.worker("Ada Nightingale")
    return Reader(client, factories.member("team_member", team=crisis_team, worker=worker))


@pytest.fixture
def visit(nurse, me):
    return {
        "happened": "She rang at one and was very frightened.",
        "helped": "Sitting in the kitchen with the light on.",
        "workers": [str(nurse.user.worker_id)],
        "medium": "01",
        **day("date", timezone.localdate()),
        "time": "0:15",
        "next_owner": str(me.pk),
        **day("next_by", timezone.localdate() + dt.timedelta(days=1)),
    }


def test_the_page_shows_what_is_needed_at_the_door(nurse, person, me, team):
    AboutMe.objects.create(
        person=person,
        when_i_struggle="I go quiet and sit on the floor",
        what_helps="Tea, and not being touched",
        what_happened="Not for tonight",
        do_not_ask_again=True,
    )
    person.adjustments.create(kind="people", words="A woman if possible")
    joe = factories.worker("Joe Hazelwood")
    factories.contact(person, joe, days_ago=5)
    services.book_contact(
        person=person,
        workers=[me],
        date=timezone.localdate() + dt.timedelta(days=4),
        time=dt.time(11),
        by=None,
    )
    shown = text(nurse.get("crisis", person))
    for words in (
        "I go quiet and sit on the floor",
        "Tea, and not being touched",
        "A woman if possible",
        "Please do not ask me to tell what happened again",
        "Grace Fairweather Key worker",
        "Joe Hazelwood Met once",
        "Harbour Community Team, 01632 960 001",
        "11am, Grace Fairweather",
        "116 123",
    ):
        assert words in shown
    assert "Not for tonight" not in shown
    assert shown.index("Tea, and not") < shown.index("What happened")


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (NIGHT, dt.date(2026, 11, 3)),  # two in the morning of a working day: that day
        (NIGHT.replace(hour=9), dt.date(2026, 11, 4)),
        (NIGHT.replace(day=6, hour=23), dt.date(2026, 11, 9)),  # Friday night: Monday
        (NIGHT.replace(day=7), dt.date(2026, 11, 9)),
        (NIGHT.replace(month=12, day=25), dt.date(2026, 12, 29)),  # Christmas, a weekend, a holiday
    ],
)
def test_the_next_working_day(now, by):
    assert entries.next_working_day(now) == by


@time_machine.travel(NIGHT, tick=False)
def test_the_key_worker_comes_next_unless_somebody_says_otherwise(client, team, me, crisis_team):
    person = factories.person_with_key_worker(team=team, worker=me)
    reader = Reader(client, factories.member("key_worker", team=team, worker=factories.worker()))
    html = reader.get("crisis", person)
    assert f'<option value="{me.pk}" selected>' in html
    box = next(tag for tag in html.split("<input") if 'name="next_by_day"' in tag)
    assert 'value="3"' in box.split(">")[0]


def test_a_visit_is_recorded_and_somebody_comes_next(nurse, person, me, crisis_team, visit):
    before = person.cases.get().key_worker
    answer = nurse.saves("crisis", person, **visit)
    contact = person.contacts.get()
    assert answer["Location"] == nurse.path("contact", contact)
    assert (contact.purpose, contact.team) == ("crisis", crisis_team)
    assert contact.worker == nurse.user.worker
    note = contact.notes.get()
    assert note.words.splitlines()[0] == visit["happened"]
    assert note.words.endswith("What helped: Sitting in the kitchen with the light on.")
    assert note.shared
    step = contact.steps.get()
    assert (step.worker, step.words) == (me, "Get in touch after the crisis contact")
    assert person.cases.get().key_worker == before == me
    assert person.allocations.get().worker == me
    shown = text(nurse.get("contact", contact))
    assert "What comes next Get in touch after the crisis contact Grace Fairweather, by" in shown


def test_without_a_key_worker_the_team_comes_next(client, crisis_team, team):
    person = factories.held_person(team=crisis_team)
    reader = Reader(
        client, factories.member("team_member", team=crisis_team, worker=factories.worker())
    )
    html = reader.get("crisis", person)
    assert '<option value="team" selected>' in html


@pytest.mark.parametrize("name", ["happened", "next_owner", "next_by_day", "time"])
def test_what_is_needed_is_asked_for(nurse, person, visit, name):
    nurse.is_refused("crisis", person, **visit | {name: ""})
    assert not person.contacts.exists()


def test_without_a_reason_the_record_is_closed_at_night_too(client, person, crisis_team, visit):
    other = factories.team("Another crisis team")
    reader = Reader(client, factories.member("team_member", team=other))
    assert reader.client.get(reader.path("crisis", person)).status_code == 404
    assert reader.post("crisis", person, **visit).status_code == 404


def test_the_page_costs_the_same_however_much_has_happened(nurse, person):
    factories.contact(person, factories.worker(), days_ago=2)
    few = nurse.statements("crisis", person)
    assert few <= 15
    for ago in range(1, 40):
        factories.contact(person, factories.worker(), days_ago=ago)
    assert nurse.statements("crisis", person) == few


def test_a_friend_who_was_there_is_said(nurse, person, visit):
    nurse.saves("crisis", person, **visit, who_else="Her friend Bo")
    assert person.contacts.get().who_else == "Her friend Bo"
