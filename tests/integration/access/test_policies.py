"""Every condition of the policies, each alone: right role, wrong person; right person, wrong day.

What `make mutants` changes one by one is held here.
"""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from casework.accounts import policy as accounts
from casework.accounts import services
from casework.accounts.roles import Permission as P
from casework.alerts import policy as alerts
from casework.alerts.models import Alert
from casework.cases import policy
from casework.cases.access import policy as access
from casework.cases.access import sealed
from casework.cases.models import (
    AccessEntry,
    Adjustment,
    IdentityStatement,
    LiveReason,
    MergeSuspect,
    Override,
    Person,
)
from casework.cases.profile import policy as profile
from casework.cases.services import absences
from casework.portal import access as portal
from tests import factories
from tests.factories.portal import own_account

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def reason(person, *, kind="call", start=None, **fields):
    return LiveReason.objects.create(
        person=person,
        kind=kind,
        source_key=f"{kind}:{person.pk}:{len(fields)}:{LiveReason.objects.count()}",
        start=start or timezone.localdate(),
        **fields,
    )


def stranger(role="team_member", worker=None):
    """Somebody of a third team, who is nobody's worker unless that is said."""
    return factories.member(role, team=factories.team(), worker=worker)


# Memberships and permissions ----------------------------------------------------------------------


def test_nobody_who_is_not_an_active_user_may_do_anything(place):
    assert accounts.memberships(AnonymousUser()) == []
    assert not accounts.may(AnonymousUser(), P.SEE_PEOPLE)
    assert accounts.may(place.holder, P.SEE_PEOPLE)
    place.holder.is_active = False
    assert accounts.memberships(place.holder) == []


def test_memberships_are_read_once_until_they_are_forgotten(place, django_assert_num_queries):
    user = type(place.holder).objects.get(pk=place.holder.pk)
    with django_assert_num_queries(1):
        assert accounts.memberships(user) == accounts.memberships(user)
    accounts.forget(user)
    with django_assert_num_queries(1):
        assert len(accounts.memberships(user)) == 1
    accounts.remember(user, [])
    assert accounts.memberships(user) == []


def test_a_role_that_is_no_longer_known_gives_nothing(place):
    row = accounts.memberships(place.holder)[0]
    row.role = "gone"
    assert not accounts.may(place.holder, P.SEE_PEOPLE)
    assert accounts.teams_where(place.holder, P.SEE_PEOPLE) == set()
    assert not accounts.may_in_network(place.holder, P.SEE_PEOPLE)


def test_in_a_team_in_an_organisation_in_the_network(place):
    lead = factories.member("network_lead")
    assert accounts.may_in_team(place.holder, P.SEE_PEOPLE, place.ours.pk)
    assert not accounts.may_in_team(place.holder, P.SEE_PEOPLE, place.theirs.pk)
    assert not accounts.may_in_team(place.holder, P.SEE_PEOPLE, None)
    assert not accounts.may_in_team(place.holder, P.SIGN_OFF, place.ours.pk)
    assert accounts.teams_where(place.officer, P.REVIEW_ACCESS) == set()
    assert accounts.teams_where(lead, P.SEE_PEOPLE) == set()
    assert accounts.may_in_network(lead, P.SEE_NETWORK)
    assert not accounts.may_in_network(lead, P.MANAGE_USERS)
    assert not accounts.may_in_network(place.holder, P.SEE_PEOPLE)
    assert not accounts.may_in_network(place.officer, P.REVIEW_ACCESS)


def test_an_office_is_for_its_organisation_and_for_what_its_role_says(place):
    mine = {place.organisation.pk}
    assert accounts.organisations_where(place.officer, P.REVIEW_ACCESS) == mine
    assert accounts.organisations_where(place.officer, P.CORRECT_RECORDS) == set()
    assert accounts.organisations_where(place.holder, P.SEE_PEOPLE) == set()
    assert accounts.organisations_where(factories.member("network_lead"), P.SEE_NETWORK) == set()
    accounts.memberships(place.officer)[0].role = "gone"
    assert accounts.organisations_where(place.officer, P.REVIEW_ACCESS) == set()


def test_administrators_and_privacy_officers_go_through_who_has_access(place):
    own = own_account(place.person).user
    for by in (factories.member("administrator"), place.officer):
        assert {place.holder, place.outsider} <= set(accounts.reviewable_users(by))
        assert own not in accounts.reviewable_users(by)
        users = {one.user_id for one in accounts.reviewable_memberships(by)}
        assert {place.holder.pk, place.outsider.pk} <= users
    for by in (place.holder, factories.member("network_lead")):
        assert not accounts.reviewable_users(by).exists()
        assert not accounts.reviewable_memberships(by).exists()


def test_how_staff_signed_in_is_for_the_officer(place):
    own = own_account(place.person).user
    for user in (place.holder, own, None):
        for action in ("signed_in", "view"):
            AccessEntry.objects.create(user=user, action=action, page="account_login")
    found = access.reviewable_sign_ins(place.officer)
    assert [(one.user, one.action) for one in found.order_by("pk")] == [
        (place.holder, "signed_in"),
        (None, "signed_in"),
    ]
    for other in (place.holder, factories.member("administrator"), AnonymousUser()):
        assert not access.reviewable_sign_ins(other).exists()


def test_only_who_manages_users_finds_them(place):
    administrator = factories.member("administrator")
    assert place.holder in accounts.manageable_users(administrator)
    assert accounts.manageable_memberships(administrator).count() > 2
    for other in (place.holder, place.officer):
        assert not accounts.manageable_users(other).exists()
        assert not accounts.manageable_memberships(other).exists()


def test_a_persons_own_account_is_no_member_of_staff(place):
    account = own_account(place.person)
    assert account.user not in accounts.manageable_users(factories.member("administrator"))


# Who may open a record ----------------------------------------------------------------------------


def test_through_the_team_through_oneself_and_not_otherwise(place):
    alone = stranger(worker=factories.worker())
    for user in (place.outsider, alone, place.officer, AnonymousUser()):
        assert not policy.can_see_person(user, place.person)
        assert not policy.reasons_of(user).exists()
        assert not Person.objects.visible_to(user).exists()
        assert not policy.can_edit_person(user, place.person)
        assert policy.why(user, place.person) == []
    reason(place.person, worker=alone.worker)
    assert policy.can_see_person(alone, place.person)
    assert list(Person.objects.visible_to(alone)) == [place.person]
    assert [one.kind for one in policy.why(alone, place.person)] == ["call"]
    assert not policy.can_see_person(place.outsider, place.person)
    reason(place.person, team=place.theirs)
    assert policy.can_see_person(place.outsider, place.person)


def test_of_all_people_only_those(place):
    other = factories.held_person(team=factories.team())
    assert not policy.can_see_person(place.holder, other)
    assert not policy.can_edit_person(place.holder, other)
    assert policy.why(place.holder, other) == []
    assert list(Person.objects.visible_to(place.holder)) == [place.person]
    assert {one.person_id for one in policy.reasons_of(place.holder)} == {place.person.pk}
    assert policy.can_edit_person(place.holder, place.person)


def test_a_reason_without_a_role_or_a_role_without_that_right_is_not_enough(place):
    worker = factories.worker()
    nobody = factories.user(worker=worker)
    reason(place.person, worker=worker)
    assert not policy.can_see_person(nobody, place.person)
    assert not Person.objects.visible_to(nobody).exists()
    services.grant(user=nobody, role="privacy_officer", organisation=place.organisation, by=None)
    accounts.forget(nobody)
    assert not policy.can_see_person(nobody, place.person)
    partner = stranger("partner", worker=factories.worker())
    reason(place.person, worker=partner.worker)
    assert policy.can_see_person(partner, place.person)
    assert not policy.can_edit_person(partner, place.person)


def test_an_empty_worker_is_nobodys_reason(place):
    """A reason of a team has no worker, and one of a worker no team: neither fits 'none'."""
    lone = stranger()
    network = factories.member("network_lead")
    reason(place.person, worker=factories.worker())
    for user in (lone, network):
        assert user.worker_id is None
        assert not policy.can_see_person(user, place.person)


@pytest.mark.parametrize(
    "start, end, ends_in, seen",
    [
        (0, None, None, True),
        (-9, 0, None, True),
        (-9, -1, None, False),
        (1, None, None, False),
        (1, 9, None, False),
        (0, 0, 1, True),
        (0, 0, 0, False),
        (0, 0, -1, False),
        (-1, 1, 1, True),
    ],
)
def test_from_its_day_to_its_day_and_to_its_minute(place, start, end, ends_in, seen):
    now = dt.datetime(2030, 12, 2, 12, 0, tzinfo=dt.UTC)
    today = now.date()
    with time_machine.travel(now, tick=False):
        alone = stranger(worker=factories.worker())
        reason(
            place.person,
            worker=alone.worker,
            start=today + start * DAY,
            end=None if end is None else today + end * DAY,
            ends_at=None if ends_in is None else now + dt.timedelta(minutes=ends_in),
        )
        assert policy.can_see_person(alone, place.person) is seen
        assert LiveReason.objects.on(today).filter(worker=alone.worker).exists() is seen


def test_another_day_can_be_asked_about(place, today):
    alone = stranger(worker=factories.worker())
    reason(place.person, worker=alone.worker, start=today + 5 * DAY)
    assert not policy.reasons_of(alone).exists()
    assert policy.reasons_of(alone, today + 5 * DAY).exists()
    assert not policy.reasons_of(alone, today).exists()


# Overrides and what is sealed ---------------------------------------------------------------------


def override(place, **fields):
    fields = {"user": place.outsider, "team": place.theirs, "category": "danger"} | fields
    return Override.objects.create(person=place.person, reason="x", **fields)


def test_who_may_override_and_in_which_team(place):
    partner = place.member("partner")
    assert access.may_override(place.outsider)
    assert not access.may_override(partner)
    assert not access.may_override(place.officer)
    assert access.acting_team_id(place.outsider) == place.theirs.pk
    assert access.acting_team_id(partner) is None
    assert access.acting_team_id(place.officer) is None


def test_who_reviews_which_overrides(place):
    row = override(place)
    elsewhere = factories.member("privacy_officer")
    assert list(Override.objects.visible_to(place.officer)) == [row]
    assert access.organisations(place.officer) == {place.organisation.pk}
    for user in (elsewhere, place.outsider, place.holder):
        assert not Override.objects.visible_to(user).exists()
    assert access.organisations(place.holder) == set()


def test_another_office_in_the_organisation_reviews_nothing(place):
    clerk = factories.user()
    services.grant(
        user=clerk, role="records_administrator", organisation=place.organisation, by=None
    )
    override(place)
    assert access.organisations(clerk) == set()
    assert not Override.objects.visible_to(clerk).exists()


def test_a_reader_whose_grant_has_ended_can_be_asked_again(place):
    colleague = place.member("team_member", team=place.ours)
    other = place.member("team_member", team=place.ours)
    note = sealed.write(
        person=place.person, kind="note", words="x", why="x", readers=[colleague], by=place.holder
    )
    (grant,) = access.changeable_grants(place.holder)
    assert grant.user == colleague
    assert set(access.possible_readers(place.person, place.holder, note)) == {other}
    assert not access.changeable_grants(other).exists()  # who did not write it
    note.grants.filter(pk=grant.pk).update(ended_at=timezone.now())
    assert not access.changeable_grants(place.holder).exists()
    assert set(access.possible_readers(place.person, place.holder, note)) == {colleague, other}


def test_a_reader_may_have_their_own_reason_and_needs_a_role(place):
    assert set(access.possible_readers(place.person, place.holder)) == set()
    own = stranger(worker=factories.worker())
    clerk = factories.member("administrator", worker=factories.worker())
    stranger(worker=factories.worker())  # of whom nothing is known
    for user in (own, clerk):
        reason(place.person, worker=user.worker)
    assert set(access.possible_readers(place.person, place.holder)) == {own}
    own.is_active = False
    own.save()
    assert set(access.possible_readers(place.person, place.holder)) == set()


def test_ones_own_proposals_for_ten_minutes_and_ones_own_hour(place):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        row = override(place)
        assert list(access.own_proposals(place.outsider)) == [row]
        assert not access.own_proposals(place.member("team_member")).exists()
        assert not access.own_proposals(place.officer).exists()
        assert not access.own_open(place.outsider).exists()
    with time_machine.travel(now + dt.timedelta(minutes=10), tick=False):
        assert not access.own_proposals(place.outsider).exists()
    Override.objects.filter(pk=row.pk).update(opened_at=now, ends_at=now + dt.timedelta(hours=1))
    with time_machine.travel(now, tick=False):
        assert not access.own_proposals(place.outsider).exists()
        assert list(access.own_open(place.outsider)) == [row]
        assert not access.own_open(place.holder).exists()
    with time_machine.travel(now + dt.timedelta(hours=1), tick=False):
        assert not access.own_open(place.outsider).exists()


def test_who_knows_of_a_sealed_note_and_who_reads_it(place):
    colleague = place.member("team_member", team=place.ours)
    partner = place.member("partner", team=place.ours)
    note, concern = (
        sealed.write(
            person=place.person, kind=kind, words="x", why="x", readers=[], by=place.holder
        )
        for kind in ("note", "safeguarding")
    )
    assert set(access.known_notes(place.holder)) == {note, concern}
    assert set(access.known_notes(colleague)) == {note}
    for user in (partner, place.outsider, place.officer):
        assert not access.known_notes(user).exists()
        assert not type(note).objects.visible_to(user).exists()
    assert not type(note).objects.visible_to(colleague).exists()
    assert set(type(note).objects.visible_to(place.holder)) == {note, concern}
    assert set(access.changeable_notes(place.holder)) == {note, concern}
    assert not access.changeable_notes(colleague).exists()
    assert access.can_seal(colleague, place.person)
    assert not access.can_seal(place.outsider, place.person)
    for user, ground, told in (
        (place.holder, False, True),
        (colleague, True, True),
        (colleague, False, False),
        (partner, False, False),
    ):
        sealed_about = access.sealed_about(user.pk, on_a_ground=ground)
        assert Person.objects.annotate(told=sealed_about).get(pk=place.person.pk).told is told
    assert not access.changeable_grants(place.holder).exists()
    found = access.possible_readers(place.person, place.holder)
    assert set(found) == {colleague, partner}
    now = timezone.now()
    opened = override(
        place, user=colleague, note=note, opened_at=now, ends_at=now + dt.timedelta(hours=1)
    )
    assert set(type(note).objects.visible_to(colleague)) == {note}
    assert not access.own_open(colleague).exists()  # a note is not the record
    Override.objects.filter(pk=opened.pk).update(ends_at=now)
    assert not type(note).objects.visible_to(colleague).exists()
    note.grants.filter(user=place.holder).update(ended_at=now)
    assert set(type(note).objects.visible_to(place.holder)) == {concern}


# Parts of a record --------------------------------------------------------------------------------


def test_parts_follow_the_person(place):
    row = Adjustment.objects.create(person=place.person, kind="place", words="x")
    other = factories.held_person(team=factories.team())
    Adjustment.objects.create(person=other, kind="place", words="x")
    assert list(profile.visible_adjustments(place.holder)) == [row]
    assert not profile.visible_adjustments(place.outsider).exists()
    third = factories.held_person(team=factories.team())
    MergeSuspect.objects.create(person=other, other=third, why="x")
    pairs = [
        MergeSuspect.objects.create(person=place.person, other=other, why="x"),
        MergeSuspect.objects.create(person=third, other=place.person, why="x"),
    ]
    assert set(profile.visible_suspects(place.holder)) == set(pairs)


def test_a_statement_is_the_one_that_was_asked_for(place):
    first, second = (
        IdentityStatement.objects.create(
            person=place.person, aspect=aspect, words="x", visible_to="everyone"
        )
        for aspect in ("faith", "pronouns")
    )
    assert profile.statement_for(place.holder, first.pk) == first
    assert profile.statement_for(place.holder, second.pk) == second
    assert profile.statement_for(place.holder, place.person.pk) is None
    assert profile.statement_for(place.outsider, first.pk) is None


def test_who_holds_each_of_some_people_now(place):
    other = factories.held_person(team=place.theirs)
    both = {place.person.pk: place.ours, other.pk: place.theirs}
    assert profile.holders([place.person, other]) == both
    assert profile.holders([place.person]) == {place.person.pk: place.ours}
    assert profile.holders([]) == {}
    other.cases.update(closed_on=timezone.localdate())
    assert profile.holders([place.person, other]) == {place.person.pk: place.ours}


def test_teams_to_add_in_are_ones_own_and_active(place):
    assert list(profile.teams_to_add_in(place.holder)) == [place.ours]
    type(place.ours).objects.filter(pk=place.ours.pk).update(active=False)
    assert not profile.teams_to_add_in(place.holder).exists()
    assert not profile.teams_to_add_in(place.member("partner")).exists()


# Alerts -------------------------------------------------------------------------------------------


def alert(place, *, person=None, worker=None, team=None, **fields):
    number = Alert.objects.count()
    return Alert.objects.create(
        rule="many_faces",
        subject_key=f"test:{number}",
        person=person,
        worker=worker,
        team=team,
        sentence="x",
        opened_on=timezone.localdate(),
        updated_on=timezone.localdate(),
        **fields,
    )


def test_an_alert_is_the_workers_and_the_leads_and_only_where_the_record_is_open(place):
    row = alert(place, person=place.person, worker=place.holder.worker, team=place.ours)
    lead = place.member("team_lead", team=place.ours)
    colleague = place.member("team_member", team=place.ours)
    for user in (place.holder, lead):
        assert list(Alert.objects.visible_to(user)) == [row]
        assert alerts.may_act(user, row)
    assert list(alerts.my_alerts(Alert.objects.all(), place.holder)) == [row]
    assert not alerts.my_alerts(Alert.objects.all(), lead).exists()
    assert list(alerts.team_alerts(Alert.objects.all(), lead)) == [row]
    assert not alerts.team_alerts(Alert.objects.all(), place.holder).exists()
    network = factories.member("network_lead")
    for user in (colleague, place.outsider, stranger("team_lead"), place.officer, network):
        assert not Alert.objects.visible_to(user).exists()
        assert not alerts.may_act(user, row)
    LiveReason.objects.update(end=timezone.localdate() - DAY, start=timezone.localdate() - DAY)
    for user in (place.holder, lead):
        assert not Alert.objects.visible_to(user).exists()


def test_on_a_record_who_may_act_on_its_alerts(place):
    """Whoever may open the record sees them; the named worker, their cover and the lead act."""
    alert(place, person=place.person, worker=place.holder.worker, team=place.ours)
    lead = place.member("team_lead", team=place.ours)
    cover = place.member("team_member", team=place.ours)
    other = place.member("team_member", team=place.ours)

    def acts() -> list[bool]:
        rows = [alerts.open_about(place.person, one) for one in (place.holder, lead, cover, other)]
        return [one.may_act for row in rows for one in row]

    assert acts() == [True, True, False, False]
    absences.arrange(
        worker=place.holder.worker,
        start=timezone.localdate(),
        end=timezone.localdate() + DAY,
        by=lead,
        cover_worker=cover.worker,
    )
    assert acts() == [True, True, True, False]
    every = Alert.objects.all()
    assert alerts.my_alerts(every, cover).exists()
    assert not alerts.my_alerts(every, other).exists()


def test_whose_figures_somebody_reads(place):
    closed = factories.team("Closed Team")
    closed.active = False
    closed.save()
    lead, network = place.member("team_lead", team=place.ours), factories.member("network_lead")
    assert alerts.counted_teams(lead) == {place.ours.pk}
    assert alerts.counted_teams(network) is None
    assert alerts.teams_to_count(lead) == [(str(place.ours.pk), place.ours.name)]
    of_all = alerts.teams_to_count(network)
    assert {(str(place.ours.pk), place.ours.name), (str(place.theirs.pk), place.theirs.name)} <= (
        set(of_all)
    )
    assert str(closed.pk) not in dict(of_all)


def test_about_nobody_it_needs_no_record(place):
    row = alert(place, team=place.ours)
    up = alert(place, team=place.theirs, level=Alert.Level.NETWORK)
    lead = place.member("team_lead", team=place.ours)
    assert list(Alert.objects.visible_to(lead)) == [row]
    assert list(Alert.objects.visible_to(factories.member("network_lead"))) == [up]
    assert alerts.counted_teams(lead) == {place.ours.pk}
    assert alerts.counted_teams(factories.member("network_lead")) is None
    assert alerts.counted_teams(place.officer) == set()
    assert alerts.lowest_level_led(lead) == Alert.Level.LEAD
    assert alerts.lowest_level_led(factories.member("network_lead")) == Alert.Level.NETWORK


# People's own accounts ----------------------------------------------------------------------------


def test_an_own_account_opens_own_pages_and_nothing_else(client, place, settings):
    account = own_account(place.person)
    user = account.user
    assert portal.account_of(user) == account
    assert portal.account_of(place.holder) is None
    assert portal.account_of(AnonymousUser()) is None
    client.force_login(user)
    assert client.get(f"/people/{place.person.pk}/").status_code == 404
    assert portal.has_second_step(account)
    other = own_account(factories.held_person(), second_step=False)
    assert not portal.has_second_step(other)
    type(account).objects.filter(pk=account.pk).update(
        ended_on=timezone.localdate(), ended_why="asked"
    )
    assert portal.account_of(type(user).objects.get(pk=user.pk)) is None


def test_the_account_is_looked_up_once(place, django_assert_num_queries):
    user = type(place.holder).objects.get(pk=own_account(place.person).user_id)
    accounts.memberships(user)
    with django_assert_num_queries(1):
        assert portal.account_of(user) == portal.account_of(user)
