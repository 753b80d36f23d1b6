"""A statement that is put together once gives what the query set would give, whoever asks."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.cases.models import Allocation, Person
from casework.common.standing import NotStanding, Typed, padded, standing
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


def test_another_asker_gets_their_own_rows_by_the_same_statement():
    @standing
    def named_for(person, on):
        return Allocation.objects.on(on).filter(person=person).select_related("worker")

    people = [factories.person_with_key_worker() for _one in range(3)]
    today = timezone.localdate()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for person in people:
            (row,) = named_for(person.pk, today)
            assert row.person_id == person.pk
            assert row.worker.name  # joined, not asked for again
    assert len(asked) == len(people)
    assert named_for(people[0].pk, today - dt.timedelta(days=9999)) == []
    assert named_for(uuid4(), today) == []


def test_lists_codes_and_nothing_each_have_a_statement_of_their_own():
    @standing
    def among(people, role):
        rows = Allocation.objects.filter(person__in=people)
        return rows.filter(role=role) if role else rows

    people = tuple(factories.person_with_key_worker().pk for _one in range(3))
    assert {row.person_id for row in among(people, None)} == set(people)
    assert {row.person_id for row in among(people[:1], None)} == set(people[:1])
    assert among(people, "no such role") == []
    assert among((), None) == []
    assert {row.person_id for row in among(padded(people, 4), None)} == set(people)
    assert len(padded(people, 4)) == 4


def test_what_would_be_wrong_the_second_time_is_refused():
    person, start = factories.person_with_key_worker(), TODAY

    @standing
    def with_a_fixed_day(person):
        return Allocation.objects.filter(person=person, start=start)

    @standing
    def with_a_fixed_person(on):
        return Allocation.objects.filter(Q(person=person.pk), start=on)

    for wrong in (lambda: with_a_fixed_day(person.pk), lambda: with_a_fixed_person(TODAY)):
        with pytest.raises(NotStanding):
            wrong()
    with pytest.raises(NotStanding):
        with_a_fixed_day("x" * 41)  # what somebody typed is no code
    with pytest.raises(NotStanding):
        with_a_fixed_day(person)


@pytest.mark.parametrize("typed", ["Robin", "robin ex", "%", "_", "O'Neil\\", "typed", "Zoë"])
def test_what_is_typed_is_looked_for_as_it_stands(typed):
    @standing
    def called(words, exactly):
        rows = Person.objects.filter(name__icontains=words)
        return rows.filter(name=exactly) if exactly else rows

    for name in ("Robin Example", "100% Robin", "A_B", "O'Neil\\", "Zoë Typed"):
        Person.objects.create(name=name)
    wanted = set(Person.objects.filter(name__icontains=typed).values_list("pk", flat=True))
    assert {row.pk for row in called(Typed("Robin"), None)} == set(
        Person.objects.filter(name__icontains="Robin").values_list("pk", flat=True)
    )
    assert {row.pk for row in called(Typed(typed), None)} == wanted
    assert [row.name for row in called(Typed("ob"), Typed("Robin Example"))] == ["Robin Example"]
