"""Staying in touch while things go well."""

import pytest

from casework.cases.models import CaseEvent, CheckIn, Step
from casework.cases.services import check_ins
from casework.common.dates import add_working_days
from casework.common.errors import Refusal
from tests import factories
from tests.integration.team_work.conftest import DAY

pytestmark = pytest.mark.django_db


def agree(crew, person, today, **fields):
    said = {
        "worker": crew.grace,
        "medium": "02",
        "every_weeks": 4,
        "next_on": today + 5 * DAY,
        "agreed_on": today,
        "by": crew.lead,
        **fields,
    }
    return check_ins.agree(person=person, **said)


@pytest.fixture
def person(crew):
    return crew.person()


def test_a_meeting_moves_the_next_one_on(crew, person, today):
    made = agree(crew, person, today)
    factories.contact(person, crew.joe, crew.grace, days_ago=1)
    assert CheckIn.objects.get(pk=made.pk).next_on == today - DAY + 28 * DAY


def test_a_meeting_with_somebody_else_does_not(crew, person, today):
    made = agree(crew, person, today)
    factories.contact(person, crew.joe, days_ago=1)
    factories.contact(person, crew.grace, days_ago=0, attendance="3")
    assert CheckIn.objects.get(pk=made.pk).next_on == today + 5 * DAY


def test_an_old_contact_makes_nothing_earlier(crew, person, today):
    made = agree(crew, person, today, next_on=today + 20 * DAY)
    factories.contact(person, crew.grace, days_ago=15)
    assert CheckIn.objects.get(pk=made.pk).next_on == today + 20 * DAY


def test_more_support_becomes_a_step(crew, person, today):
    made = agree(crew, person, today)
    check_ins.end(check_in=made, why="more_support", words="It is getting hard", by=crew.lead)
    step = Step.objects.get(person=person)
    assert (step.worker, step.due_on) == (crew.grace, add_working_days(today, 3))
    assert CheckIn.objects.get(pk=made.pk).ended_on == today
    event = CaseEvent.objects.get(person=person, kind="check_in.ended")
    assert event.data["words"] == "It is getting hard"


def test_enough_makes_no_step(crew, person, today):
    check_ins.end(check_in=agree(crew, person, today), why="enough", by=crew.lead)
    assert not Step.objects.exists()


def test_agreed_anew(crew, person, today):
    made = agree(crew, person, today)
    check_ins.change(
        check_in=made,
        medium="09",
        every_weeks=8,
        next_on=today + DAY,
        agreed_on=today,
        by=crew.lead,
        words="A text is enough",
    )
    row = CheckIn.objects.get(pk=made.pk)
    assert (row.medium, row.every_weeks, row.words) == ("09", 8, "A text is enough")


@pytest.mark.parametrize(
    "fields",
    [{"every_weeks": 0}, {"every_weeks": 27}, {"next_on": -1}, {"agreed_on": 1}],
)
def test_what_cannot_be_agreed(crew, person, today, fields):
    said = {
        name: today + value * DAY if name.endswith("_on") else value
        for name, value in fields.items()
    }
    with pytest.raises(Refusal):
        agree(crew, person, today, **said)
    assert not CheckIn.objects.exists()


def test_once_with_a_worker(crew, person, today):
    agree(crew, person, today)
    with pytest.raises(Refusal):
        agree(crew, person, today)


def test_passing_on_to_somebody_who_has_them_ends_these(crew, person, today):
    made = agree(crew, person, today)
    agree(crew, person, today, worker=crew.joe)
    check_ins.pass_on(check_in=made, to=crew.joe, by=crew.lead)
    assert [one.worker for one in CheckIn.objects.filter(ended_on__isnull=True)] == [crew.joe]
