"""Every condition of how much of a referral somebody reads, each alone: right role, wrong one."""

from dataclasses import FrozenInstanceError

import pytest
import time_machine
from django.http import Http404
from django.utils import timezone

from casework.accounts import services as accounts
from casework.accounts.models import Membership
from referrals.actors import actor
from referrals.models import Referral
from referrals.situation import Situation
from referrals.table import State
from referrals.work import scope
from referrals.work.ended import may_come_back
from referrals.work.scope import Reach
from tests import factories
from tests.factories.referrals import START, Network
from tests.integration.referrals.test_policies import DAY, again, no_reasons, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def since():
    """A network that has been there for some time, so that a referral has had its life."""
    with time_machine.travel(START, tick=False):
        return Network()


def reach(user, referral):
    try:
        return scope.opened(again(user), referral.pk).reach
    except Http404:
        return None


def reached(user, referral) -> bool:
    """Is it among what is said of all rows at once?"""
    return scope.within_reach(again(user)).filter(pk=referral.pk).exists()


def narrow(user, referral):
    """What is said of the one row, whatever is said of all."""
    row = Referral.objects.get(pk=referral.pk)
    return scope._narrow(Situation(row, actor(again(user))))


def test_with_the_record_all_of_it(network):
    referral = network.sent()
    for team in (network.specialist, network.housing):  # whose workers open another record
        factories.held_person(team=team)
    for user, expected in (
        (network.lead, Reach.WHOLE),
        (network.gp, Reach.WHOLE),
        (network.records, Reach.CORRECTION),
        (network.other_records, None),
        (network.specialist_lead, None),
        (network.housing_worker, None),
        (network.administrator, None),
        (network.network_lead, None),
    ):
        assert reach(user, referral) is expected, user
    assert scope.opened(again(network.lead), referral.pk).whole
    assert not scope.opened(again(network.records), referral.pk).whole


def test_who_is_asked_reads_the_question(since):
    network = since
    referral = network.referral_in(State.AWAITING_INFORMATION)
    colleague = factories.member("partner", team=network.housing, worker=factories.worker())
    assert reach(network.housing_worker, referral) is Reach.QUESTION
    assert reach(colleague, referral) is None
    referral.questions.update(asked_worker=None)
    assert reach(colleague, referral) is Reach.QUESTION
    assert reach(factories.member("partner", team=network.housing), referral) is Reach.QUESTION
    assert reach(factories.member("partner"), referral) is None
    clerk = office("privacy_officer", network.trust)
    referral.questions.update(asked_worker=clerk.worker)
    assert reach(clerk, referral) is None
    with time_machine.travel(START, tick=False):
        person = factories.held_person(team=network.gp_team)
    other = network.referral_in(State.AWAITING_INFORMATION, person=person)
    referral.questions.update(settled_on=timezone.localdate(), answer="x")
    assert reach(network.housing_worker, referral) is None
    assert reach(network.housing_worker, other) is Reach.QUESTION
    Referral.objects.filter(pk=other.pk).update(state=State.RECEIVED)
    assert reach(network.housing_worker, other) is None


def test_among_all_rows_who_is_asked_finds_it_by_name_or_by_team(since):
    network = since
    referral = network.referral_in(State.AWAITING_INFORMATION)
    clerk = office("privacy_officer", network.trust)
    colleague = factories.member("partner", team=network.housing, worker=factories.worker())
    elsewhere = factories.member("partner", worker=factories.worker())
    without = factories.member("partner")
    rows = referral.questions
    rows.update(asked_team=network.crisis)  # by name, whatever team is written beside it
    assert reached(network.housing_worker, referral)
    for user in (colleague, elsewhere, without, clerk):
        assert not reached(user, referral), user
    with time_machine.travel(START, tick=False):
        person = factories.held_person(team=network.gp_team)
    other = network.referral_in(State.AWAITING_INFORMATION, person=person)
    assert reached(network.housing_worker, other)
    rows.update(asked_worker=clerk.worker, asked_team=network.housing)
    for user in (clerk, network.housing_worker, colleague):
        assert not reached(user, referral), user
    rows.update(asked_worker=None)
    for user in (network.housing_worker, colleague):
        assert reached(user, referral), user
    for user in (elsewhere, without, clerk):
        assert not reached(user, referral), user
    other.questions.update(settled_on=timezone.localdate(), answer="x")
    assert not reached(network.housing_worker, other)


def test_of_one_row_a_team_reads_what_has_ended_and_nothing_else(since):
    network = since
    ended = network.referral_in(State.WITHDRAWN)
    for user, expected in (
        (network.gp, Reach.ENDED),
        (network.member, Reach.ENDED),
        (network.specialist_lead, None),
        (network.records, Reach.CORRECTION),
    ):
        assert narrow(user, ended) is expected, user
    Referral.objects.filter(pk=ended.pk).update(state=State.ENTERED_IN_ERROR)
    for user in (network.gp, network.member):
        assert narrow(user, ended) is None


def test_what_was_opened_is_not_widened_afterwards(network):
    opened = scope.opened(again(network.records), network.sent().pk)
    with pytest.raises(FrozenInstanceError):
        opened.reach = Reach.WHOLE


def test_teams_of_one_name_stand_in_one_order_and_a_gone_role_has_none(network):
    same = sorted((factories.team("Same Team") for _ in range(5)), key=lambda one: str(one.pk))
    user = factories.user()
    for team in reversed(same):
        accounts.grant(user=user, role="partner", team=team, by=None)
    assert list(scope.own_teams(again(user)).values()) == same
    user.memberships.update(role="gone")
    assert scope.own_teams(again(user)) == {}


def test_what_within_reach_says_row_by_row_and_of_all_is_the_same(since):
    network = since
    ended = network.referral_in(State.WITHDRAWN)
    with time_machine.travel(START + 40 * DAY, tick=False):
        no_reasons()
        for user, expected in (
            (network.gp, Reach.ENDED),
            (network.nurse, Reach.ENDED),
            (network.member, Reach.ENDED),
            (network.peer, None),
            (network.specialist_lead, None),
            (network.housing_worker, None),
            (network.records, Reach.CORRECTION),
        ):
            assert reach(user, ended) is expected, user
            found = scope.within_reach(again(user)).filter(pk=ended.pk)
            assert found.exists() is (expected is not None), user
            assert not any(one.live for one in found)
        Referral.objects.filter(pk=ended.pk).update(state=State.ENTERED_IN_ERROR)
        for user in (network.gp, network.member):
            assert reach(user, ended) is None
            assert not scope.within_reach(again(user)).exists()


def test_an_ended_one_that_somebody_sent_for_themselves(since):
    network = since
    ended = network.referral_in(State.WITHDRAWN)
    Referral.objects.filter(pk=ended.pk).update(sender_team=None, team=network.crisis)
    no_reasons()
    assert reach(network.gp, ended) is Reach.ENDED
    assert reach(network.nurse, ended) is None
    no_longer = again(network.gp)
    no_longer.memberships.update(role="privacy_officer")
    assert reach(network.gp, ended) is None
    assert not scope.within_reach(again(network.gp)).exists()


def test_records_administrators_reach_their_organisations_only(network):
    referral = network.sent()
    elsewhere = network.sent(
        person=factories.held_person(team=network.gp_team), team=network.housing
    )
    practice = office("records_administrator", network.practice)
    assert set(scope.within_reach(network.records)) == {referral}
    assert set(scope.within_reach(practice)) == {referral, elsewhere}
    everywhere = factories.user()
    Membership.objects.create(
        user=everywhere, role="records_administrator", start=timezone.localdate()
    )
    Referral.objects.filter(pk=elsewhere.pk).update(team=None)
    assert set(scope.within_reach(everywhere)) == {referral, elsewhere}
    assert not scope.within_reach(network.other_records).exists()


def test_the_teams_in_which_one_works_with_referrals(network):
    user = again(network.lead)
    assert scope.own_teams(user) == {network.cmht.pk: network.cmht}
    accounts.grant(user=user, role="partner", team=network.housing, by=None)
    own = scope.own_teams(again(user))
    assert list(own.values()) == [network.cmht, network.housing]  # by name
    for other in (network.administrator, network.network_lead, network.records):
        assert scope.own_teams(other) == {}
    rows = Referral.objects.all()
    referral = network.sent()
    assert list(scope.of_teams(rows, [network.cmht.pk])) == [referral]
    assert list(scope.of_teams(rows, [network.gp_team.pk])) == [referral]
    assert not scope.of_teams(rows, [network.housing.pk]).exists()


def test_to_which_ended_ones_people_can_come_back(since):
    network = since
    referral = network.referral_in(State.CLOSED)
    until = referral.come_back_until
    assert until is not None
    for user, can in (
        (network.member, True),
        (network.gp, True),
        (network.specialist_lead, False),
        (network.network_lead, False),
    ):
        assert list(may_come_back(user, until)) == ([referral] if can else [])
        assert not may_come_back(user, until + DAY).exists()
    rows = Referral.objects.filter(pk=referral.pk)
    kept = rows.values("state", "discharged_on").get()
    for change in ({"state": State.DECLINED}, {"discharged_on": None}):
        rows.update(**change)
        assert not may_come_back(network.member, until).exists(), change
        rows.update(**kept)
    type(network.person).objects.filter(pk=network.person.pk).update(death_date=until)
    assert not may_come_back(network.member, until).exists()
