"""Every condition of who may decide who is with whom, each alone: right role, wrong person."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from casework.accounts import services as accounts
from casework.accounts.models import Membership
from casework.accounts.roles import Permission as P
from casework.cases.models import Absence, Allocation, Case, LiveReason
from casework.cases.team_work import policy
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def elsewhere(crew):
    """A lead of another organisation's team, with a worker of their own."""
    worker = factories.worker("Nell Evening")
    return factories.member(
        "team_lead", team=factories.team("Night Team"), worker=worker, name=worker.name
    )


def team_of(user):
    return user.memberships.get().team


def reason(person, kind, **fields):
    fields.setdefault("start", timezone.localdate())
    return LiveReason.objects.create(
        person=person, kind=kind, source_key=f"test:{LiveReason.objects.count()}", **fields
    )


def away(worker, by, **fields):
    fields.setdefault("start", timezone.localdate())
    if "cover_worker" not in fields and "cover_team" not in fields:
        fields["cover_worker"] = factories.worker()
    return Absence.objects.create(worker=worker, made_by=by, **fields)


# Who decides who is with a person -----------------------------------------------------------------


def test_who_allocates_in_a_team_that_has_a_reason(crew, elsewhere, today):
    person = crew.person()
    assert policy.can_allocate(crew.lead, person)
    assert policy.can_allocate(crew.joe_user, person)
    member = factories.member("team_member", team=crew.team, worker=factories.worker())
    for user in (elsewhere, member, factories.member("network_lead"), AnonymousUser()):
        assert not policy.can_allocate(user, person)
    asked = reason(person, "referral", team=team_of(elsewhere))
    assert policy.can_allocate(elsewhere, person)
    LiveReason.objects.filter(pk=asked.pk).update(start=today - DAY, end=today - DAY)
    assert not policy.can_allocate(elsewhere, person)


def test_of_one_person_and_not_of_another(crew, elsewhere):
    crew.person()
    theirs = factories.held_person(team=team_of(elsewhere))
    assert not policy.can_allocate(crew.lead, theirs)
    assert policy.can_allocate(elsewhere, theirs)


@pytest.mark.parametrize("kind", LiveReason.Kind.values)
def test_who_is_with_the_person_and_not_who_only_had_a_call(crew, elsewhere, kind):
    person = crew.person()
    reason(person, kind, worker=elsewhere.worker)
    assert policy.can_allocate(elsewhere, person) is (kind in ("allocation", "duty", "handover"))


def test_being_with_them_without_the_right_to_allocate_is_not_enough(crew):
    person = crew.person()
    worker = factories.worker()
    peer = factories.member("peer_worker", team=factories.team(), worker=worker)
    reason(person, "allocation", worker=worker)
    assert not policy.can_allocate(peer, person)


def test_a_reason_of_another_team_has_no_worker_and_is_nobodys_own(crew):
    person = factories.held_person(team=factories.team())
    reason(person, "duty", team=factories.team())
    lead = factories.member("team_lead", team=factories.team())
    assert lead.worker_id is None
    assert not policy.can_allocate(lead, person)


def test_who_is_named_for_those_whose_record_is_open(crew, elsewhere):
    mine = crew.person().allocations.get()
    theirs = factories.person_with_key_worker(team=team_of(elsewhere)).allocations.get()
    assert list(policy.visible_allocations(crew.lead)) == [mine]
    assert list(policy.visible_allocations(elsewhere)) == [theirs]
    assert not policy.visible_allocations(factories.member("administrator")).exists()


def test_who_agrees_check_ins(crew):
    assert policy.can_record(crew.grace_user)
    assert not policy.can_record(factories.member("partner", team=crew.team))
    assert not policy.can_record(AnonymousUser())


# Who works in a team ------------------------------------------------------------------------------


def test_by_membership_from_its_day_to_its_day(crew, elsewhere, today):
    expected = {crew.lead.worker, crew.grace, crew.joe}
    factories.member("team_member", team=crew.team)  # an account without a worker
    assert set(policy.workers_in([crew.team.pk])) == expected
    assert set(policy.workers_in([team_of(elsewhere).pk])) == {elsewhere.worker}
    assert set(policy.workers_in([])) == set()
    Membership.objects.filter(user=crew.joe_user).update(start=today - 2 * DAY, end=today - DAY)
    assert set(policy.workers_in([crew.team.pk])) == expected - {crew.joe}
    type(crew.grace).objects.filter(pk=crew.grace.pk).update(active=False)
    assert set(policy.workers_in([crew.team.pk])) == {crew.lead.worker}


@pytest.mark.parametrize("ago, counts", [(None, True), (0, True), (60, True), (61, False)])
def test_by_being_named_until_two_months_ago(crew, today, ago, counts):
    named, team = factories.worker(), factories.team()
    factories.person_with_key_worker(team=team, worker=named, since=today - 200 * DAY)
    if ago is not None:
        Allocation.objects.filter(worker=named).update(
            end=today - ago * DAY, end_reason="other", planned_ending=False
        )
    assert (named in policy.workers_in([team.pk])) is counts
    assert named not in policy.workers_in([crew.team.pk])


def test_who_leads_what(crew, elsewhere):
    ours = {crew.lead.worker, crew.grace, crew.joe}
    assert set(policy.led_workers(crew.lead, P.SIGN_OFF)) == ours
    assert set(policy.led_workers(elsewhere, P.SIGN_OFF)) == {elsewhere.worker}
    assert not policy.led_workers(crew.grace_user, P.SIGN_OFF).exists()
    assert set(policy.led_workers(crew.grace_user, P.ALLOCATE)) == ours


# Who is away --------------------------------------------------------------------------------------


def test_one_arranges_ones_own_absence_and_those_of_the_team_one_leads(crew, elsewhere):
    ours = {crew.lead.worker, crew.grace, crew.joe}
    assert set(policy.workers_to_cover(crew.lead)) == ours
    assert set(policy.workers_to_cover(crew.grace_user)) == {crew.grace}
    assert set(policy.workers_to_cover(elsewhere)) == {elsewhere.worker}
    without = factories.member("team_member", team=crew.team)
    assert not policy.workers_to_cover(without).exists()
    type(crew.grace).objects.filter(pk=crew.grace.pk).update(active=False)
    assert not policy.workers_to_cover(crew.grace_user).exists()
    assert set(policy.workers_to_cover(crew.lead)) == ours - {crew.grace}


def test_colleagues_and_whoever_covers_know_of_an_absence(crew, elsewhere):
    row = away(crew.grace, crew.lead)
    theirs = away(elsewhere.worker, elsewhere)
    for user in (crew.lead, crew.grace_user, crew.joe_user):
        assert list(policy.visible_absences(user)) == [row]
    assert list(policy.visible_absences(elsewhere)) == [theirs]
    alone = factories.user(worker=factories.worker())
    for user in (alone, factories.user(), factories.member("privacy_officer")):
        assert not policy.visible_absences(user).exists()
    row.cover_worker = alone.worker
    row.save()
    assert list(policy.visible_absences(alone)) == [row]
    row.cover_worker, row.cover_team = None, team_of(elsewhere)
    row.save()
    assert set(policy.visible_absences(elsewhere)) == {row, theirs}
    for user in (alone, factories.user()):
        assert not policy.visible_absences(user).exists()


def test_an_account_without_a_team_knows_of_its_own_absence(crew):
    alone = factories.user(worker=factories.worker())
    row = away(alone.worker, crew.lead)
    assert list(policy.visible_absences(alone)) == [row]


def test_an_absence_is_changed_by_whoever_arranges_it(crew, elsewhere):
    row = away(crew.grace, crew.lead)
    going = away(crew.grace, crew.lead, leaving=True)
    assert list(policy.changeable_absences(crew.grace_user)) == [row]
    assert list(policy.changeable_absences(crew.lead)) == [row]
    for user in (crew.joe_user, elsewhere):
        assert not policy.changeable_absences(user).exists()
    assert going in policy.visible_absences(crew.lead)


def test_who_leaves_is_for_those_who_answer_for_the_team(crew, elsewhere, today):
    going = away(crew.grace, crew.joe_user, leaving=True)
    away(crew.joe, crew.lead)  # who only goes on leave
    theirs = away(elsewhere.worker, elsewhere, leaving=True)
    assert list(policy.leavings(crew.lead)) == [going]
    assert list(policy.leavings(elsewhere)) == [theirs]
    for user in (crew.grace_user, crew.joe_user):  # who made it, but signs nothing off
        assert not policy.leavings(user).exists()
    moved = away(factories.worker(), crew.lead, leaving=True)
    assert set(policy.leavings(crew.lead)) == {going, moved}
    Absence.objects.filter(pk=moved.pk).update(end=today)
    type(crew.grace).objects.filter(pk=crew.grace.pk).update(active=False)
    away(factories.worker(active=False), crew.lead, leaving=True)
    assert not policy.leavings(crew.lead).exists()


# Whom one can choose ------------------------------------------------------------------------------


def test_colleagues_of_ones_teams_and_of_who_holds_the_person(crew, elsewhere, today):
    ours = {crew.lead.worker, crew.grace, crew.joe}
    person = factories.held_person(team=team_of(elsewhere))
    assert set(policy.colleagues(crew.lead)) == ours
    assert set(policy.colleagues(crew.lead, crew.person())) == ours
    assert set(policy.colleagues(crew.lead, person)) == ours | {elsewhere.worker}
    Case.objects.filter(person=person).update(closed_on=today)
    assert set(policy.colleagues(crew.lead, person)) == ours
    assert set(policy.colleagues(factories.member("administrator"))) == set()


def test_who_leaves_is_not_chosen_and_who_is_on_leave_is(crew, today):
    ours = {crew.lead.worker, crew.grace, crew.joe}
    away(crew.joe, crew.lead)
    going = away(crew.grace, crew.lead, leaving=True)
    assert set(policy.colleagues(crew.lead)) == ours - {crew.grace}
    Absence.objects.filter(pk=going.pk).update(end=today)
    assert set(policy.colleagues(crew.lead)) == ours


def test_teams_that_could_cover_are_those_of_ones_organisations(crew, elsewhere):
    sister = factories.team("Day Team", of=crew.team.organisation)
    factories.team("Closed Team", of=crew.team.organisation, active=False)
    assert set(policy.duty_teams(crew.lead)) == {crew.team, sister}
    assert set(policy.duty_teams(elsewhere)) == {team_of(elsewhere)}
    office = factories.user()
    accounts.grant(
        user=office, role="privacy_officer", organisation=crew.team.organisation, by=None
    )
    assert not policy.duty_teams(office).exists()
