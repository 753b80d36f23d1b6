"""While somebody is away, whoever covers may open everything at once, and it ends by itself."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.cases import services
from casework.cases.models import Absence, CaseEvent, CheckIn, LiveReason, Person, Step
from casework.cases.panels import panels_for
from casework.cases.services import absences
from casework.common.errors import Refusal
from tests import factories
from tests.integration.team_work.conftest import DAY

pytestmark = pytest.mark.django_db
WEEK = 7 * DAY


@pytest.fixture
def outsider(db):
    """A worker of another team, who may open none of these records."""
    worker = factories.worker("Samir Longacre")
    return factories.member("key_worker", worker=worker, name=worker.name)


def may_open(user, person, on=None):
    moment = timezone.now() + ((on - timezone.localdate()) if on else dt.timedelta())
    with time_machine.travel(moment, tick=False):
        accounts.forget(user)
        return Person.objects.visible_to(user).filter(pk=person.pk).exists()


def away(crew, outsider, **fields):
    today = timezone.localdate()
    said = {
        "worker": crew.grace,
        "start": today,
        "end": today + WEEK,
        "cover_worker": outsider.worker,
        "by": crew.lead,
        **fields,
    }
    return absences.arrange(**said)


def test_everything_at_once_is_covered(crew, outsider, today):
    named, booked, promised, in_touch, other = (crew.person(worker=crew.joe) for _ in range(5))
    services.allocate(person=named, worker=crew.grace, by=None, role="therapist")
    services.book_contact(person=booked, workers=[crew.grace], date=today + 3 * DAY, by=None)
    Step.objects.create(person=promised, worker=crew.grace, words="Ring", due_on=today)
    CheckIn.objects.create(
        person=in_touch,
        worker=crew.grace,
        medium="02",
        every_weeks=4,
        next_on=today + DAY,
        agreed_on=today,
    )
    away(crew, outsider)
    for person in (named, booked, promised, in_touch):
        assert may_open(outsider, person)
        assert CaseEvent.objects.filter(person=person, kind="cover.arranged").count() == 1
    assert not may_open(outsider, other)


def test_it_ends_by_itself(crew, outsider, today):
    person = crew.person()
    away(crew, outsider)
    assert may_open(outsider, person, today + WEEK)
    assert not may_open(outsider, person, today + WEEK + DAY)


def test_it_begins_on_its_day(crew, outsider, today):
    person = crew.person()
    away(crew, outsider, start=today + 2 * DAY)
    assert not may_open(outsider, person, today + DAY)
    assert may_open(outsider, person, today + 2 * DAY)


def test_a_duty_team_covers(crew, today):
    duty = factories.team("Duty")
    somebody = factories.member("team_member", team=duty)
    person = crew.person()
    absences.arrange(worker=crew.grace, start=today, end=today, cover_team=duty, by=crew.lead)
    assert may_open(somebody, person)


def test_the_persons_page_says_who_covers(crew, outsider, today):
    person = crew.person()
    away(crew, outsider)
    panels = {one.template: one.content for one in panels_for(person, crew.lead, today)}
    assert panels["team_work/panel.jinja"].away == [
        f"Grace Fairweather is away until {_short(today + WEEK)}; Samir Longacre covers."
    ]


def _short(day):
    from casework.common.presenters import short_date

    return short_date(day)


def test_who_comes_later_is_covered_too(crew, outsider, today):
    away(crew, outsider)
    person = factories.held_person(team=crew.team)
    services.allocate(person=person, worker=crew.grace, by=None)
    assert may_open(outsider, person)
    booked = factories.held_person(team=crew.team)
    services.book_contact(person=booked, workers=[crew.grace], date=today + DAY, by=None)
    assert may_open(outsider, booked)


def test_the_night_covers_what_nobody_told(crew, outsider, today):
    away(crew, outsider)
    person = factories.held_person(team=crew.team)
    Step.objects.create(person=person, worker=crew.grace, words="Ring", due_on=today)
    assert absences.refresh() == 1
    assert may_open(outsider, person)
    assert absences.refresh() == 0


def test_back_early(crew, outsider, today):
    person = crew.person()
    made = away(crew, outsider, start=today - 3 * DAY)
    absences.end_absence(absence=made, by=crew.lead)
    assert not may_open(outsider, person)
    assert Absence.objects.get().end == today - DAY


def test_called_off_before_it_began(crew, outsider, today):
    person = crew.person()
    made = away(crew, outsider, start=today + DAY)
    assert absences.end_absence(absence=made, by=crew.lead) is None
    assert not Absence.objects.exists()
    assert not may_open(outsider, person, today + 2 * DAY)
    assert Absence.history.filter(history_type="-", history_user=crew.lead).exists()


def test_another_cover(crew, outsider, today):
    person = crew.person()
    other = factories.member("key_worker", worker=factories.worker("Ruth Summerfield"))
    made = away(crew, outsider, start=today - DAY)
    absences.change(absence=made, end=today + 2 * WEEK, cover_worker=other.worker, by=crew.lead)
    assert not may_open(outsider, person)
    assert may_open(other, person, today + 2 * WEEK)


def test_longer_and_shorter(crew, outsider, today):
    person = crew.person()
    made = away(crew, outsider)
    absences.change(absence=made, end=today + 2 * WEEK, cover_worker=outsider.worker, by=crew.lead)
    assert may_open(outsider, person, today + 2 * WEEK)
    absences.change(absence=made, end=today, cover_worker=outsider.worker, by=crew.lead)
    assert not may_open(outsider, person, today + DAY)
    assert LiveReason.objects.filter(person=person, kind="duty").count() == 1


@pytest.mark.parametrize("wrong", ["nobody", "self", "both", "left", "away", "twice", "over"])
def test_what_cannot_be(crew, outsider, today, wrong):
    fields = {}
    if wrong == "nobody":
        fields = {"cover_worker": None}
    elif wrong == "self":
        fields = {"cover_worker": crew.grace}
    elif wrong == "both":
        fields = {"cover_team": crew.team}
    elif wrong == "left":
        outsider.worker.active = False
        outsider.worker.save()
    elif wrong == "away":
        absences.arrange(
            worker=outsider.worker,
            start=today + DAY,
            end=today + DAY,
            cover_worker=crew.joe,
            by=crew.lead,
        )
    elif wrong == "twice":
        away(crew, outsider)
    else:
        fields = {"start": today - 3 * DAY, "end": today - DAY}
    before = Absence.objects.count()
    with pytest.raises(Refusal):
        away(crew, outsider, **fields)
    assert Absence.objects.count() == before


def test_the_number_of_queries_does_not_grow(crew, outsider, today):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for people in (1, 9):
        for _ in range(people):
            crew.person()
        with CaptureQueriesContext(connection) as queries:
            made = away(crew, outsider)
        counts.append(len(queries))
        absences.end_absence(absence=made, by=crew.lead, last_day=today - DAY)
    assert counts[0] == counts[1]
