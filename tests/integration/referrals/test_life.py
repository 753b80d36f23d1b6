"""Who holds a person without a referral, who follows a change of key worker, and a death."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from casework.cases import services as cases
from casework.cases.models import Allocation, CheckIn, Contact, Person
from casework.cases.services import handovers as worker_handovers
from casework.cases.services.reminders import remind
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.outbox.models import Job, Message
from referrals import services
from referrals.models import Handover, HoldingChange, Referral, ReplyLink, Responsibility
from referrals.services import reply_links
from referrals.table import OPEN, State
from tests import factories
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db
NOW = START + dt.timedelta(days=10)
DAY = dt.timedelta(days=1)


@pytest.fixture
def net():
    with time_machine.travel(START, tick=False):
        made = Network()
    with time_machine.travel(NOW, tick=False):
        yield made


def holder(person):
    row = Responsibility.objects.get(person=person)
    return row.team, row.worker


def came(net, by, team=None):
    return cases.add_person(team=team or net.cmht, by=by, name="Robin Example")


# Without a referral -------------------------------------------------------------------------------


def test_whoever_opens_the_case_holds_the_person(net):
    assert holder(came(net, net.member)) == (net.cmht, net.member.worker)


def test_for_a_peer_worker_the_lead_does(net):
    assert holder(came(net, net.peer)) == (net.cmht, net.lead.worker)


def test_where_nobody_can_nobody_is_written_down(net):
    empty = factories.team()
    assert not Responsibility.objects.filter(person=came(net, net.member, empty)).exists()
    assert not Responsibility.objects.filter(person=factories.held_person(team=net.cmht)).exists()


def test_they_hold_them_while_a_referral_is_written_and_sent(net):
    person = came(net, net.gp, net.gp_team)
    referral = net.draft(person=person)
    with pytest.raises(Refusal, match="Dr Gill"):
        services.send(referral=referral, by=net.gp, holder=net.nurse.worker)
    services.send(referral=referral, by=net.gp, holder=net.gp.worker)
    assert HoldingChange.objects.filter(person=person).count() == 1


# Key workers --------------------------------------------------------------------------------------


def test_the_key_worker_of_the_holding_team_holds(net):
    person = came(net, net.member)
    first = cases.allocate(person=person, worker=net.key_worker.worker, by=net.lead)
    assert holder(person) == (net.cmht, net.key_worker.worker)
    cases.change_worker(
        allocation=first, to=net.colleague.worker, by=net.lead, end_reason="worker_left"
    )
    assert holder(person) == (net.cmht, net.colleague.worker)
    last = HoldingChange.objects.filter(person=person).order_by("created_at", "pk").last()
    assert (last.how, last.from_worker) == ("named", net.key_worker.worker)


def test_one_of_another_team_or_a_peer_does_not(net):
    person = came(net, net.member)
    for user in (net.specialist_lead, net.peer):
        cases.allocate(person=person, worker=user.worker, by=net.lead)
        assert holder(person) == (net.cmht, net.member.worker)


def test_without_any_key_worker_the_last_one_still_holds(net):
    person = came(net, net.member)
    only = cases.allocate(person=person, worker=net.key_worker.worker, by=net.lead)
    cases.end_allocation(allocation=only, by=net.lead, reason="absence")
    assert holder(person) == (net.cmht, net.key_worker.worker)


def test_a_planned_change_of_worker_passes_it_on_as_a_handover(net):
    person = came(net, net.member)
    first = cases.allocate(person=person, worker=net.key_worker.worker, by=net.lead)
    today = timezone.localdate()
    worker_handovers.plan(
        allocation=first,
        to=net.colleague.worker,
        by=net.lead,
        reason="A new post",
        starts_on=today,
        overlap_until=today + 14 * DAY,
    )
    assert holder(person) == (net.cmht, net.colleague.worker)
    last = HoldingChange.objects.filter(person=person).order_by("created_at", "pk").last()
    assert last.how == "handover"


def test_what_fails_afterwards_undoes_the_naming_too(net, monkeypatch):
    person = came(net, net.member)
    monkeypatch.setattr("referrals.life_hooks.services.begin_holding", _fails)
    with pytest.raises(Refusal):
        cases.allocate(person=person, worker=net.key_worker.worker, by=net.lead)
    assert not Allocation.objects.filter(person=person).exists()
    assert holder(person) == (net.cmht, net.member.worker)


def _fails(**kwargs):
    raise Refusal("Not now.")


# Deaths -------------------------------------------------------------------------------------------


def everything_open(net):
    """A person with a referral in work, one that waits, a draft, a link, a handover, contacts."""
    referral = net.referral_in(State.IN_SERVICE)
    joint = net.draft(team=net.specialist, kind="joint")
    services.send(referral=joint, by=net.gp, holder=net.key_worker.worker)
    net.draft(team=net.housing)
    address = reply_links.verify_address(
        team=net.specialist, email="a@b.example", how="Rang", by=net.gp
    )
    waiting = Referral.objects.get(team=net.specialist)
    reply_links.make_link(referral=waiting, address=address, by=net.gp, told_words="Knows")
    services.propose_handover(
        person=net.person,
        to_team=net.cmht,
        to_worker=net.colleague.worker,
        by=net.key_worker,
        reason="A new post",
    )
    Person.objects.filter(pk=net.person.pk).update(email="robin@person.example")
    net.person.refresh_from_db()
    net.person.contact_preferences.create(channel="email", may_use=True, safe_to_leave_message=True)
    booked = cases.book_contact(
        person=net.person,
        workers=[net.key_worker.worker],
        date=timezone.localdate() + DAY,
        time=dt.time(10),
        by=net.key_worker,
    )
    CheckIn.objects.create(
        person=net.person,
        worker=net.key_worker.worker,
        medium="01",
        every_weeks=4,
        next_on=timezone.localdate() + DAY,
        agreed_on=timezone.localdate(),
    )
    return referral, booked


def nothing_is_open(person):
    assert not Referral.objects.filter(person=person, state__in=(State.DRAFT, *OPEN)).exists()
    assert not Responsibility.objects.filter(person=person).exists()
    assert not Handover.objects.under_way().filter(person=person).exists()
    assert not ReplyLink.objects.standing(timezone.now()).filter(referral__person=person).exists()
    assert not Allocation.objects.filter(person=person, end__isnull=True).exists()
    assert not CheckIn.objects.filter(person=person, ended_on__isnull=True).exists()
    assert not Contact.objects.filter(person=person, attendance=Contact.Attendance.BOOKED).exists()


def test_a_recorded_death_ends_everything_at_once(net, on_commit):
    _referral, booked = everything_open(net)
    with on_commit():
        cases.record_death(person=net.person, died_on=timezone.localdate(), by=net.gp)
    nothing_is_open(net.person)
    remind(contact=str(booked.pk), moment=f"{booked.date.isoformat()}T10:00")
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        outbox.run_due(1000)
    assert not Message.objects.filter(to="robin@person.example").exists()
    assert Job.objects.filter(state="failed").count() == 0
    with pytest.raises(Refusal, match="recorded already"):
        cases.record_death(person=net.person, died_on=timezone.localdate(), by=net.gp)


def test_a_death_is_whole_or_not_at_all(net, monkeypatch):
    everything_open(net)
    monkeypatch.setattr("referrals.life_hooks.services.close_at_death", _fails)
    with pytest.raises(Refusal):
        cases.record_death(person=net.person, died_on=timezone.localdate(), by=net.gp)
    net.person.refresh_from_db()
    assert net.person.death_date is None
    assert Allocation.objects.filter(person=net.person, end__isnull=True).exists()


def test_a_death_that_came_with_an_extract_is_followed(net):
    everything_open(net)
    Person.objects.filter(pk=net.person.pk).update(death_date=timezone.localdate())
    assert services.follow_recorded_deaths() == 1
    nothing_is_open(net.person)
    assert services.follow_recorded_deaths() == 0


@pytest.mark.parametrize("days", [1, -20_000])
def test_impossible_days_are_refused(net, days):
    day = timezone.localdate() + days * DAY
    with pytest.raises(Refusal):
        cases.record_death(person=net.person, died_on=day, by=net.gp)


def test_the_page(net, client):
    client.force_login(net.gp)
    path = reverse("paths:death", args=[net.person.pk])
    posted = {"died_on_day": "11", "died_on_month": "6", "died_on_year": "2026"}
    assert "tick the box" in client.post(path, posted).content.decode()
    assert client.post(path, {**posted, "sure": "on"}).status_code == 302
    net.person.refresh_from_db()
    assert net.person.death_date == dt.date(2026, 6, 11)
    client.force_login(net.specialist_lead)
    assert client.get(path).status_code == 404
