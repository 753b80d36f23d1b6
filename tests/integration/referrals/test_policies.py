"""Every condition of what somebody is to a referral, each alone: right role, wrong referral."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from casework.accounts import services as accounts
from casework.accounts.models import Membership, User
from casework.cases.models import LiveReason
from referrals import policy, services
from referrals.actors import Actor
from referrals.asking import policy as asking
from referrals.models import Offer, Question, Referral, Responsibility
from referrals.paths import policy as paths
from referrals.table import Role, State
from referrals.work import scope
from referrals.work.ended import may_come_back
from referrals.work.scope import Reach
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


# Who asks another team ----------------------------------------------------------------------------


def test_the_teams_for_which_one_asks(network):
    assert list(asking.sending_teams(network.gp)) == [network.gp_team]
    assert asking.asking_teams(network.gp) == (network.gp_team.pk,)
    for user in (network.administrator, network.network_lead, AnonymousUser()):
        assert not asking.sending_teams(user).exists()
        assert asking.asking_teams(user) == ()
    type(network.gp_team).objects.filter(pk=network.gp_team.pk).update(active=False)
    assert not asking.sending_teams(again(network.gp)).exists()


def test_a_draft_is_read_by_those_who_write_it(network):
    draft = network.draft()
    LiveReason.objects.create(
        person=network.person, kind="call", team=network.cmht, source_key="test",
        start=timezone.localdate(),
    )  # fmt: skip
    assert list(asking.readable(network.gp)) == [draft]
    assert list(asking.readable(network.nurse)) == [draft]
    assert not asking.readable(network.lead).exists()  # the record is open, and the draft is not
    assert not asking.readable(network.specialist_lead).exists()
    Referral.objects.filter(pk=draft.pk).update(sender_team=None)
    assert list(asking.readable(network.gp)) == [draft]
    assert not asking.readable(network.nurse).exists()
    Referral.objects.filter(pk=draft.pk).update(author=network.lead, sender_team=network.gp_team)
    assert not asking.readable(network.lead).exists()  # who wrote it for a team they have left


def test_what_was_sent_is_read_with_the_record_and_not_what_was_a_mistake(network):
    referral = network.sent()
    assert list(asking.readable(network.lead)) == [referral]
    assert not asking.readable(network.specialist_lead).exists()
    services.mark_in_error(referral=referral, by=network.records, reason="Wrong person")
    assert not asking.readable(network.gp).exists()


def test_drafts_about_a_person(network):
    draft = network.draft()
    network.draft(person=factories.held_person(team=network.gp_team))
    ours = (network.gp_team.pk,)
    assert list(asking.drafts_about(network.nurse.pk, network.person.pk, ours)) == [draft]
    assert not asking.drafts_about(network.nurse.pk, network.person.pk, ()).exists()
    assert not asking.drafts_about(network.gp.pk, network.person.pk, ()).exists()
    Referral.objects.filter(pk=draft.pk).update(sender_team=None)
    assert list(asking.drafts_about(network.gp.pk, network.person.pk, ())) == [draft]
    assert not asking.drafts_about(network.nurse.pk, network.person.pk, ours).exists()
    Referral.objects.filter(pk=draft.pk).update(sender_team=network.gp_team)
    services.send(referral=Referral.objects.get(pk=draft.pk), by=network.gp,
                  holder=network.worker(network.nurse))  # fmt: skip
    assert not asking.drafts_about(network.gp.pk, network.person.pk, ours).exists()


def test_what_is_still_written_at(network):
    draft = network.draft()
    assert list(asking.writable(network.nurse)) == [draft]
    assert not asking.writable(network.lead).exists()
    services.send(referral=draft, by=network.gp, holder=network.worker(network.nurse))
    assert not asking.writable(network.nurse).exists()
    Referral.objects.filter(pk=draft.pk).update(rest_by=timezone.now())
    assert [one.pk for one in asking.writable(network.nurse)] == [draft.pk]
    assert not asking.writable(network.lead).exists()  # who reads it, for the team that was asked


def test_files_of_what_one_may_read(network):
    draft = network.draft()
    row = asking.Attachment.objects.create(
        referral=draft, name="a.pdf", file="x/1.pdf", secret="x", size=1, added_by=network.gp
    )
    assert list(asking.files(network.nurse)) == [row]
    assert not asking.files(network.lead).exists()
    asking.Attachment.objects.filter(pk=row.pk).update(removed_on=timezone.localdate())
    assert not asking.files(network.nurse).exists()


def test_who_says_what_a_team_offers(network):
    ours = Offer.objects.create(team=network.cmht, name="Talking")
    theirs = Offer.objects.create(team=network.crisis, name="At night")
    every = Offer.objects.all()
    for user, offers, teams in (
        (network.lead, {ours}, {network.cmht}),
        (network.key_worker, set(), set()),
        (network.shift_lead, set(), set()),
        (network.administrator, set(every), None),
        (network.network_lead, set(), set()),
    ):
        assert set(asking.offers(user)) == offers, user
        assert asking.may_describe(user, network.cmht) is (ours in offers), user
        assert asking.may_describe(user, network.crisis) is (theirs in offers), user
        if teams is not None:
            assert set(asking.described_teams(user)) == teams, user
    closed = factories.team(active=False)
    described = set(asking.described_teams(network.administrator))
    assert {network.cmht, network.crisis, network.housing} <= described and closed not in described
    type(closed).objects.filter(pk=network.cmht.pk).update(active=False)
    assert not asking.described_teams(network.lead).exists()


def test_who_could_hold_a_person_for_a_team(network):
    team = network.cmht
    expected = {
        network.worker(one)
        for one in (network.lead, network.key_worker, network.colleague, network.member)
    }
    factories.member("team_member", team=team)  # without a worker
    assert set(asking.could_hold(team)) == expected
    assert not asking.could_hold(None).exists()
    today = timezone.localdate()
    network.member.memberships.update(start=today - 2 * DAY, end=today - DAY)
    User.objects.filter(pk=network.colleague.pk).update(is_active=False)
    worker = network.worker(network.key_worker)
    type(worker).objects.filter(pk=worker.pk).update(active=False)
    assert set(asking.could_hold(team)) == {network.worker(network.lead)}


def test_which_teams_can_be_asked(network):
    closed, empty = factories.team(active=False), factories.team(placeholder=True)
    found = set(asking.open_teams())
    assert {network.cmht, network.housing} <= found
    assert not found & {closed, empty}


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


# How much of a referral ---------------------------------------------------------------------------


def reach(user, referral):
    try:
        return scope.opened(again(user), referral.pk).reach
    except Http404:
        return None


def test_with_the_record_all_of_it(network):
    referral = network.sent()
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
