"""The panel about continuity on a person's page."""

import datetime as dt

import pytest
from django.utils import timezone

from casework.continuity import panels
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.held_person()


def panel(person):
    return panels.continuity(person, factories.user(), timezone.localdate())


def letters(strip):
    return ["".join(face.letter for face in square.faces) for square in strip.squares]


def test_without_a_contact_there_is_nothing_to_show(person):
    factories.contact(person, attendance="3")
    assert panel(person) is None


def test_the_strip_is_lettered_in_the_order_of_the_first_meetings(person):
    first, second, third = (factories.worker(name) for name in ("Zoe", "Ada", "Mia"))
    for ago, who in [(90, [first]), (60, [second]), (30, [third, first]), (5, [first])]:
        factories.contact(person, *who, days_ago=ago, medium="02")
    shown = panel(person)
    assert letters(shown.strip) == ["A", "B", "CA", "A"]
    assert "Telephone" in shown.strip.squares[0].words
    assert [line.face.name for line in shown.strip.legend] == ["Zoe", "Ada", "Mia"]


def test_a_letter_stays_when_the_strip_moves_on(person):
    early, late = factories.worker("Early"), factories.worker("Late")
    factories.contact(person, early, days_ago=300)
    for ago in range(1, 15):
        factories.contact(person, late, days_ago=ago)
    shown = panel(person)
    assert letters(shown.strip) == ["B"] * 12


def test_what_was_missed_or_is_to_come_is_not_in_the_strip(person):
    worker = factories.worker()
    factories.contact(person, worker, days_ago=2)
    factories.contact(person, worker, days_ago=1, attendance="3")
    assert len(panel(person).strip.squares) == 1


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("A", "One worker in the last meeting with a recorded worker"),
        ("AAA", "One worker in the last 3 meetings with a recorded worker"),
        ("ABAC", "3 different people in the last 4 meetings with a recorded worker"),
        ("ABCDEFGH", "6 different people in the last 6 meetings with a recorded worker"),
    ],
)
def test_the_sentence_has_its_numbers(person, who, words):
    workers = {letter: factories.worker(letter) for letter in set(who)}
    for number, letter in enumerate(who):
        factories.contact(person, workers[letter], days_ago=100 - number)
    assert panel(person).sentence == f"{words}; none with a key worker of that day."


def test_the_sentence_counts_those_with_the_key_worker(person):
    since = timezone.localdate() - dt.timedelta(days=50)
    mine, other = factories.worker(), factories.worker()
    person = factories.person_with_key_worker(worker=mine, since=since)
    for ago in (40, 30, 20):
        factories.contact(person, mine, days_ago=ago)
    assert panel(person).sentence.endswith("; each with a key worker of that day.")
    factories.contact(person, other, days_ago=10)
    assert panel(person).sentence.endswith("; 3 of them with a key worker of that day.")
    assert panel(person).year == "In the last 12 months: 4 meetings, 2 workers, 0 teams."


def test_figures_have_a_meaning_and_are_no_verdict(person):
    worker = factories.worker()
    for ago in (1, 2, 3):
        factories.contact(person, worker, days_ago=ago)
    figures = {figure.name: figure for figure in panel(person).figures}
    assert (figures["UPC"].half_year, figures["UPC"].year) == ("1.00", "1.00")
    assert all(figure.meaning for figure in figures.values())


def test_one_meeting_has_no_figures(person):
    factories.contact(person)
    assert {figure.half_year for figure in panel(person).figures} == {"no value"}


def test_it_costs_two_queries_however_much_has_happened(person, django_assert_num_queries):
    viewer = factories.user()
    worker = factories.worker()
    for ago in range(1, 30):
        factories.contact(person, worker, factories.worker(), days_ago=ago)
    with django_assert_num_queries(2):
        panels.continuity(person, viewer, timezone.localdate())
