"""The person's agreement beside the four-week clock, and the clock's fourth leg."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from careplans import services
from careplans.clock_legs import agreed_plans, plans_of_ours
from careplans.kinds import Kind
from careplans.models import RecordedAgreement, RecordedPlan
from careplans.table import State
from casework.continuity.models import PolicyValue
from casework.reports.plan_agreements import PlanAgreement, agreement_of, asked_among
from tests.factories.careplans import Two
from tests.factories.portal import own_account


def said(two):
    return agreement_of(two.person.pk, timezone.localdate())


def in_days(days):
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False)


def test_without_a_plan_nothing_is_said(two):
    assert said(two) == PlanAgreement(None, False)


def test_nobody_is_hurried_while_they_are_asked(two):
    plan = two.written()
    assert said(two).being_asked is False  # nothing is shared yet
    version = two.shared(plan, team_agrees=True)
    assert said(two) == PlanAgreement(None, True, timezone.localdate())
    two.agrees(version, "need_time")
    assert said(two).being_asked is True
    two.agrees(version, "not_now")
    assert said(two).being_asked is True
    two.agrees(version)
    assert said(two) == PlanAgreement(timezone.localdate(), False)


@pytest.mark.parametrize(("answer", "agreed"), [("partly", True), ("disagree", False)])
def test_every_answer_of_their_own_ends_the_asking(two, answer, agreed):
    version = two.shared()
    two.agrees(version, answer)
    assert said(two) == PlanAgreement(timezone.localdate() if agreed else None, False)


def test_a_mind_that_changed_is_no_agreement_and_an_earlier_version_stays_agreed(two):
    plan = two.written()
    two.agrees(two.shared(plan))
    first = timezone.localdate()
    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=False):
        two.write(plan, Kind.HOPE, "A garden", area=None)
        second = two.shared(plan)
        assert said(two) == PlanAgreement(first, True, timezone.localdate())
        two.agrees(second)
        assert said(two) == PlanAgreement(timezone.localdate(), False)
        two.agrees(second, "disagree")
        assert said(two) == PlanAgreement(first, False)


def test_in_use_without_agreement_and_over_are_not_asking(db, two):
    version = two.shared()
    services.use_without_agreement(plan=version.plan, by=two.alone, reason="The rent is due")
    assert said(two) == PlanAgreement(None, False)
    services.end(plan=version.plan, by=two.alone, reason="Done", what_next="Come back")
    assert said(two).being_asked is False


def test_two_queries_whatever_there_is(two, django_assert_num_queries):
    plan = two.plan_in(State.AGREED)
    for number in range(4):
        two.write(plan, Kind.HOPE, f"A garden {number}", area=None)
        two.agrees(two.shared(plan))
    from careplans.plan_agreements import written_here

    with django_assert_num_queries(2):
        written_here(two.person.pk, timezone.localdate())


def test_over_many_people_it_is_the_same_answer(two):
    """One query for a sweep, whoever is asked; the page of one person says the same."""
    others = [Two(team=two.team) for _number in range(3)]
    asking, agreed, _without = others
    asking.shared()
    agreed.agrees(agreed.shared())
    version = two.shared(two.written())
    two.agrees(version, "need_time")
    people = [one.person.pk for one in (two, *others)]
    today = timezone.localdate()
    assert asked_among(people, today) == {two.person.pk, asking.person.pk}
    assert asked_among(None, today) == asked_among(people, today)
    assert asked_among([agreed.person.pk], today) == frozenset()
    for one in (two, *others):
        assert said(one).being_asked == (one.person.pk in asked_among(people, today))


class TestAQuestionWithoutAnAnswer:
    """It hurries nobody for a fortnight, and hides the wait from nobody after it."""

    def fresh(self, two):
        return said(two).being_asked

    def test_for_a_fortnight(self, two):
        two.shared()
        since = timezone.localdate()
        with in_days(14):
            assert said(two) == PlanAgreement(None, True, since)
            assert asked_among(None, timezone.localdate()) == {two.person.pk}
        with in_days(15):
            assert said(two) == PlanAgreement(None, False, since)
            assert asked_among(None, timezone.localdate()) == frozenset()

    def test_as_the_team_has_set_it(self, two):
        two.shared()
        row = {"code": "plan_answer_waits", "team": two.team, "value": 3}
        PolicyValue.objects.create(**row)
        with in_days(3):
            assert self.fresh(two)
        with in_days(4):
            assert not self.fresh(two)

    def test_a_newer_version_does_not_put_it_off(self, two):
        plan = two.written()
        two.shared(plan)
        with in_days(10):
            two.write(plan, Kind.HOPE, "A garden", area=None)
            two.shared(plan)
        with in_days(15):
            assert not self.fresh(two)

    @pytest.mark.parametrize("answer", ["need_time", "not_now"])
    def test_the_person_does_by_asking_for_time(self, two, answer):
        version = two.shared()
        with in_days(10):
            two.agrees(version, answer)
            asked = timezone.localdate()
        with in_days(24):
            assert said(two) == PlanAgreement(None, True, asked)
        with in_days(25):
            assert said(two) == PlanAgreement(None, False, asked)

    @pytest.mark.parametrize("answer", ["agree", "partly", "disagree"])
    def test_what_they_answered_is_another_question_next_time(self, two, answer):
        plan = two.written()
        version = two.shared(plan)
        with in_days(10):
            two.agrees(version, answer)
        with in_days(40):
            two.write(plan, Kind.HOPE, "A garden", area=None)
            two.shared(plan)
            assert self.fresh(two)
        with in_days(54):
            assert self.fresh(two)
        with in_days(55):
            assert not self.fresh(two)

    @pytest.mark.parametrize("leave", ["use", "review"])
    def test_a_plan_that_was_put_to_use_or_looked_at_again_is_asked_about_anew(self, two, leave):
        plan = two.written()
        two.shared(plan)
        with in_days(20):
            if leave == "use":
                services.use_without_agreement(plan=plan, by=two.alone, reason="The rent is due")
            else:
                services.ask_for_review(plan=plan, by=two.themselves)
        with in_days(30):
            two.write(plan, Kind.HOPE, "A garden", area=None)
            two.shared(plan)
            assert self.fresh(two)


@pytest.mark.parametrize(
    ("answer", "to_them", "to_staff"),
    [
        ("", "It is shared with you. Say what", "has not said what they think of it, and need not"),
        ("agree", "You agree with it.", "Marigold agrees with it. The team has yet to answer."),
        ("partly", "You agree with part of it.", "Marigold agrees with part of it."),
        ("disagree", "You do not agree with it.", "Marigold does not agree with it."),
        ("need_time", "You asked for time. There is no", "Marigold asked for time. There is no"),
        ("not_now", "cannot say now. There is no hurry.", "Marigold cannot say now. There is no"),
    ],
)
def test_what_they_said_stands_and_nobody_asks_again(client, two, answer, to_them, to_staff):
    version = two.shared()
    if answer:
        two.agrees(version, answer)
    me = own_account(two.person)
    for user, address, words in (
        (me.user, reverse("my_plan:plan"), to_them),
        (me.user, reverse("portal:home"), to_them),
        (two.worker, reverse("careplans:plan", args=[version.plan_id]), to_staff),
    ):
        client.force_login(user)
        page = client.get(address).content.decode()
        assert words in page, (answer, address)
        assert "yet to agree" not in page


class TestFromAnExtract:
    """A plan counts where anybody has agreed to it, and is dated as the extract dates it."""

    DAY = dt.date(2026, 5, 4)

    def plan(self, two, **fields):
        return RecordedPlan.objects.create(
            person=two.person, kind="10", created_day=self.DAY, **fields
        )

    def test_a_plan_nobody_agreed_to_is_no_leg(self, two):
        self.plan(two)
        assert list(agreed_plans(people=[two.person.pk])) == []

    @pytest.mark.parametrize("party", ["10", "11", "12", "13", "14", "15"])
    def test_whoever_agreed_and_whenever(self, two, party):
        plan = self.plan(two, updated_day=self.DAY + dt.timedelta(days=9))
        RecordedAgreement.objects.create(plan=plan, agreed_by=party)
        assert list(agreed_plans(people=[two.person.pk])) == [
            (two.person.pk, self.DAY, self.DAY + dt.timedelta(days=9))
        ]
        assert list(agreed_plans(people=[])) == []

    def test_a_plan_that_was_never_updated_is_dated_as_it_was_created(self, two):
        RecordedAgreement.objects.create(plan=self.plan(two), agreed_by="13")
        assert list(agreed_plans(people=None)) == [(two.person.pk, self.DAY, self.DAY)]

    def test_the_person_agreed_only_where_it_was_them(self, two):
        plan = self.plan(two)
        RecordedAgreement.objects.create(plan=plan, agreed_by="13", agreed_on=self.DAY)
        assert said(two).agreed_on is None
        RecordedAgreement.objects.create(plan=plan, agreed_by="10", agreed_on=self.DAY)
        assert said(two).agreed_on == self.DAY

    def test_both_kinds_are_counted_together(self, two):
        plan = self.plan(two)
        RecordedAgreement.objects.create(plan=plan, agreed_by="10", agreed_on=self.DAY)
        version = two.shared()
        two.agrees(version)
        assert said(two).agreed_on == timezone.localdate()
        assert len(list(plans_of_ours(people=[two.person.pk]))) == 1
