"""Every condition of what somebody is to a referral, each alone: right role, wrong referral."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from casework.accounts import services as accounts
from casework.accounts.models import Membership, User
from casework.cases.models import LiveReason
from referrals import policy, services
from referrals.actors import Actor
from referrals.models import Question, Referral, Responsibility
from referrals.paths import policy as paths
from referrals.table import Role
from tests import factories
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def since():
    """A network that has been there for some time, so that a referral has had its life."""
    with time_machine.travel(START, tick=False):
        return Network()


def again(user):
    """The same user at their next request."""
    return User.objects.get(pk=user.pk)


def office(role, organisation):
    user = factories.user(worker=factories.worker())
    accounts.grant(user=user, role=role, organisation=organisation, by=None)
    return user


def no_reasons():
    """Nobody has a live reason any more; memberships and names are as they were."""
    LiveReason.objects.update(
        start=timezone.localdate() - 2 * DAY, end=timezone.localdate() - DAY, ends_at=None
    )


# What somebody is to a referral -------------------------------------------------------------------


def by_membership(referral, user):
    return policy.roles_by_membership(referral, Actor(user=user))


def test_by_membership(network):
    referral = network.draft(by=network.gp)
    for user, roles in (
        (network.gp, {Role.SENDER, Role.AUTHOR}),
        (network.nurse, {Role.SENDER}),
        (network.member, {Role.RECEIVER}),
        (network.key_worker, {Role.RECEIVER, Role.RECEIVING_LEAD}),
        (network.lead, {Role.RECEIVER, Role.RECEIVING_LEAD, Role.SIGNING_LEAD}),
        (network.network_lead, {Role.NETWORK_LEAD}),
        (network.records, {Role.RECORDS_ADMINISTRATOR}),
        (network.other_records, set()),
        (network.peer, set()),
        (network.specialist_lead, set()),
        (network.housing_worker, set()),
        (network.administrator, set()),
        (office("privacy_officer", network.trust), set()),
        (None, set()),
    ):
        assert by_membership(referral, user) == roles, user


def test_who_is_no_user_is_one_thing_only(network):
    referral, other = network.draft(), network.draft(person=factories.held_person())
    for actor, roles in (
        (Actor(service=True), {Role.SERVICE}),
        (Actor(service=True, user=network.lead), {Role.SERVICE}),
        (Actor(contact=True, user=network.lead), {Role.CONTACT}),
        (Actor(link_referral_id=referral.pk), {Role.LINK_PARTNER}),
        (Actor(link_referral_id=other.pk), set()),
        (Actor(person_id=referral.person_id), {Role.PERSON}),
        (Actor(person_id=other.person_id), set()),
        (Actor(), set()),
    ):
        assert policy.roles_by_membership(referral, actor) == roles, actor


def test_only_a_user_is_anything_by_name(network):
    """The first contact is recorded by a user, and is not by that the holder's act."""
    referral = network.sent()
    held = Responsibility.objects.get(person=referral.person_id)
    for actor, holds in (
        (Actor(user=network.nurse), True),
        (Actor(contact=True, user=network.nurse), False),
        (Actor(service=True, user=network.nurse), False),
    ):
        roles = policy.roles_of(referral, actor, responsibility=held, question=None)
        assert (Role.HOLDER in roles) is holds, actor
    roles = policy.roles_of(referral, Actor(user=network.nurse), responsibility=held, question=None)
    assert roles == {Role.SENDER, Role.HOLDER}


def test_the_author_writes_for_their_team_while_they_are_in_it(network):
    referral = network.draft()
    user = again(network.gp)
    today = timezone.localdate()
    user.memberships.update(start=today - 2 * DAY, end=today - DAY)
    accounts.grant(user=user, role="team_member", team=network.housing, by=None)
    assert by_membership(referral, again(user)) == set()
    alone = network.draft(person=factories.held_person(team=network.gp_team))
    Referral.objects.filter(pk=alone.pk).update(sender_team=None)
    alone = Referral.objects.get(pk=alone.pk)
    assert by_membership(alone, again(user)) == {Role.AUTHOR, Role.SENDER}
    assert by_membership(alone, network.nurse) == set()
    Membership.objects.filter(user=user).delete()
    assert by_membership(alone, again(user)) == set()


def test_the_named_worker_with_a_role_that_sees_people(network):
    referral = network.draft()
    worker = network.worker(network.specialist_lead)
    assert referral.named_worker_id is None
    assert by_membership(referral, factories.member("partner")) == set()  # nobody, named nowhere
    Referral.objects.filter(pk=referral.pk).update(named_worker=worker)
    referral = Referral.objects.get(pk=referral.pk)
    assert by_membership(referral, network.specialist_lead) == {Role.NAMED_WORKER}
    assert Role.NAMED_WORKER not in by_membership(referral, network.lead)
    clerk = office("privacy_officer", network.trust)
    Referral.objects.filter(pk=referral.pk).update(named_worker=clerk.worker)
    assert by_membership(Referral.objects.get(pk=referral.pk), clerk) == set()


def test_records_are_corrected_where_they_were_sent_or_received(network):
    referral = network.draft()
    for organisation, corrects in (
        (network.trust, True),
        (network.practice, True),
        (factories.organisation(), False),
    ):
        roles = by_membership(referral, office("records_administrator", organisation))
        assert (Role.RECORDS_ADMINISTRATOR in roles) is corrects
    lead = network.lead  # of the same organisation, with another office
    assert Role.RECORDS_ADMINISTRATOR not in by_membership(referral, lead)
    everywhere = factories.user()
    Membership.objects.create(
        user=everywhere, role="records_administrator", start=timezone.localdate()
    )
    assert by_membership(referral, everywhere) == {Role.RECORDS_ADMINISTRATOR}
    # two offices: what one is for says nothing of the other
    both = office("privacy_officer", network.trust)
    accounts.grant(
        user=both, role="records_administrator", organisation=factories.organisation(), by=None
    )
    assert by_membership(referral, again(both)) == set()
    Referral.objects.filter(pk=referral.pk).update(sender_team=None)
    without = Referral.objects.get(pk=referral.pk)
    assert Role.RECORDS_ADMINISTRATOR in by_membership(without, network.records)
    practice = office("records_administrator", network.practice)
    assert by_membership(without, practice) == set()


def test_a_role_that_is_no_longer_known_corrects_nothing(network):
    referral = network.draft()
    user = again(network.records)
    user.memberships.update(role="gone")
    assert by_membership(referral, user) == set()


def by_name(user, held=None, question=None):
    return policy.roles_by_name(user, responsibility=held, question=question)


def test_who_holds_by_name(network):
    network.sent()
    held = Responsibility.objects.get(person=network.person)
    assert held.worker == network.nurse.worker
    assert by_name(network.nurse, held) == {Role.HOLDER}
    for user in (network.gp, network.lead, factories.member("team_lead", team=network.gp_team)):
        assert by_name(user, held) == set()
    assert by_name(network.nurse) == set()
    assert by_name(None, held) == set()
    clerk = office("privacy_officer", network.practice)
    held.worker = clerk.worker
    assert by_name(clerk, held) == set()


def test_where_an_extract_names_nobody_whoever_allocates_there_holds(network):
    network.sent()
    held = Responsibility.objects.get(person=network.person)
    held.worker, held.team, held.imported = None, network.cmht, True
    assert by_name(network.key_worker, held) == {Role.HOLDER}
    for user in (network.member, network.specialist_lead, network.network_lead):
        assert by_name(user, held) == set()


def test_who_is_asked(network):
    question = Question(asked_worker=network.worker(network.housing_worker))
    assert by_name(network.housing_worker, question=question) == {Role.ASKED}
    colleague = factories.member("partner", team=network.housing, worker=factories.worker())
    assert by_name(colleague, question=question) == set()
    assert by_name(network.lead, question=question) == set()
    question = Question(asked_team=network.housing)
    assert by_name(colleague, question=question) == {Role.ASKED}
    without = factories.member("partner", team=network.housing)
    assert by_name(without, question=question) == {Role.ASKED}
    for user in (network.lead, network.administrator):
        assert by_name(user, question=question) == set()
    both = Question(asked_worker=network.worker(network.housing_worker), asked_team=network.housing)
    assert by_name(network.housing_worker, question=both) == {Role.ASKED}
    assert by_name(colleague, question=both) == set()
    assert by_name(without, question=both) == {Role.ASKED}


def test_a_referral_opens_with_the_record(network):
    referral = network.sent()
    assert policy.can_see_referral(network.lead, referral)
    assert not policy.can_see_referral(network.specialist_lead, referral)
    other = network.sent(person=factories.held_person(team=network.gp_team), team=network.crisis)
    assert not policy.can_see_referral(network.lead, other)
    assert policy.can_see_referral(network.shift_lead, other)


# The ways between teams ---------------------------------------------------------------------------


def test_who_holds_a_person(network):
    network.sent()
    other = factories.held_person(team=network.cmht)
    held = Responsibility.objects.get(person=network.person)
    assert paths.holder_of(network.person) == held
    assert paths.holder_of(other) is None


def test_who_hands_over(network):
    network.sent()
    held = paths.holder_of(network.person)
    lead = factories.member("team_lead", team=network.gp_team)
    assert paths.may_hand_over(network.nurse, held)
    assert paths.may_hand_over(lead, held)
    for user in (network.gp, network.lead, network.network_lead):
        assert not paths.may_hand_over(user, held)
    assert not paths.may_hand_over(network.nurse, None)
    held.worker = None  # as an extract has it: nobody's worker is no worker
    assert not paths.may_hand_over(factories.member("team_member", team=network.gp_team), held)
    assert paths.may_hand_over(lead, held)


def test_which_teams_could_take_over(network):
    def teams(user, person):
        return paths.receiving_teams(user, person)

    both = sorted([network.gp_team.pk, network.cmht.pk], key=str)
    alone = factories.held_person(team=network.gp_team)
    assert teams(network.lead, alone) == [network.cmht.pk]
    assert teams(network.administrator, alone) == []
    referral = network.sent()
    assert teams(network.gp, network.person) == both
    assert teams(network.administrator, network.person) == both
    Referral.objects.filter(pk=referral.pk).update(team=None)  # as an extract may have it
    assert teams(network.administrator, network.person) == [network.gp_team.pk]
    Referral.objects.filter(pk=referral.pk).update(team=network.cmht)
    services.withdraw(
        referral=referral, by=network.gp, asked_by="person", reason="No", instead="A call"
    )
    assert teams(network.administrator, network.person) == [network.gp_team.pk]


def test_the_open_referral_to_the_team_that_takes_over(network):
    referral = network.sent()
    assert paths.referral_to(network.person, network.cmht) == referral
    assert paths.referral_to(network.person, network.crisis) is None
    assert paths.referral_to(factories.held_person(), network.cmht) is None
    services.withdraw(
        referral=referral, by=network.gp, asked_by="person", reason="No", instead="A call"
    )
    assert paths.referral_to(network.person, network.cmht) is None
