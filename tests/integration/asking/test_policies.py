"""Every condition of who asks another team, each alone: right role, wrong person."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.models import LiveReason
from referrals import services
from referrals.asking import policy as asking
from referrals.models import Offer, Referral
from tests import factories
from tests.factories.referrals import Network
from tests.integration.referrals.test_policies import DAY, again

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return Network()


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
