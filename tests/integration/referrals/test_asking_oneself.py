"""People ask a service themselves, say that they were turned away, and ask for more again."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from casework.common.errors import Refusal
from casework.portal.models import ChangeRequest
from referrals import self_referral, services
from referrals.models import Offer, Referral, Responsibility
from referrals.table import Kind, State
from tests import factories
from tests.factories.portal import own_account
from tests.factories.referrals import START, Network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def me(client, network):
    account = own_account(network.person)
    client.force_login(account.user)
    return account


def offer(network, **fields):
    fields.setdefault("team", network.housing)
    fields.setdefault("name", "Somewhere to live")
    fields.setdefault("self_referral", True)
    return Offer.objects.create(**fields)


def test_a_real_referral_is_made_and_somebody_holds_the_person(client, me, network):
    network.sent()  # a nurse holds them, and stays
    found = offer(network)
    page = reverse("my_referrals:ask_service", args=[found.pk])
    assert "Somewhere to live" in client.get(reverse("my_referrals:services")).content.decode()
    assert "Write what you want help with" in client.post(page, {"words": ""}).content.decode()
    answer = client.post(page, {"words": "A room of my own", "reach_words": "By text"})
    row = Referral.objects.get(team=network.housing)
    assert answer["Location"] == reverse("my_referrals:detail", args=[row.pk])
    assert (row.state, row.kind, row.sender) == (State.SENT, Kind.SELF, "person")
    assert (row.reason_words, row.person_view, row.author) == ("A room of my own", "wants", None)
    held = Responsibility.objects.get(person=network.person)
    assert held.worker == network.worker(network.nurse)
    assert "Nurse Nash" in row.meanwhile_support
    assert "Sent to Housing" in client.get(answer["Location"]).content.decode()
    again = client.post(page, {"words": "Once more"}).content.decode()
    assert "asked for you already" in again


def test_where_nobody_holds_them_the_service_does_or_says_that_it_cannot(client, me, network):
    found = offer(network)  # nobody there can answer for a person
    page = reverse("my_referrals:ask_service", args=[found.pk])
    text = client.post(page, {"words": "A room of my own"}).content.decode()
    assert "nobody there can take it now" in text and "A room of my own" in text
    assert not Referral.objects.exists()
    row = self_referral.ask(
        person=network.person, offer=offer(network, team=network.cmht), words="Somebody to talk to"
    )
    held = Responsibility.objects.get(person=network.person)
    assert held.worker is not None and row.state == State.SENT
    services.acknowledge(referral=row, by=network.member)
    assert Referral.objects.get(pk=row.pk).state == State.RECEIVED


def test_only_what_takes_it_here(client, me, network):
    hidden = [
        offer(network, name="Not for oneself", self_referral=False),
        offer(network, name="Gone", active=False),
        offer(network, name="Closed", team=factories.team(active=False)),
    ]
    text = client.get(reverse("my_referrals:services")).content.decode()
    for one in hidden:
        assert one.name not in text
        assert client.get(reverse("my_referrals:ask_service", args=[one.pk])).status_code == 404
        with pytest.raises(Refusal):
            self_referral.ask(person=network.person, offer=one, words="Help")
    assert not Referral.objects.exists()


def test_the_directory_says_which(client, network):
    found = offer(network, self_referral=False)
    client.force_login(network.administrator)
    page = reverse("asking:offer", args=[found.pk])
    client.post(page, {"name": "Room", "needs": ["home"], "active": "on", "self_referral": "on"})
    assert Offer.objects.get().self_referral is True


def test_turned_away_in_one_tap_is_seen_by_leads(client, me, network):
    answer = client.post(reverse("portal:turned_away"))
    row = ChangeRequest.objects.get()
    assert answer["Location"] == reverse("portal:say_more", args=[row.pk])
    client.post(answer["Location"], {"subject": "Walk-in centre", "words": "Not bad enough"})
    row.refresh_from_db()
    assert (row.subject, row.words) == ("Walk-in centre", "Not bad enough")
    figures = reverse("paths:figures")
    client.force_login(factories.member("team_lead", team=network.gp_team))
    text = client.get(figures).content.decode()
    assert "Walk-in centre: Not bad enough" in text and "waits for an answer" in text
    assert "hidden" in text  # one is too few to be counted in public
    client.force_login(network.network_lead)
    elsewhere = client.get(figures).content.decode()
    assert "Walk-in centre" not in elsewhere and "were turned away" in elsewhere


def test_well_light_touch_and_more_again_with_the_same_worker(client):
    with time_machine.travel(START - dt.timedelta(days=1), tick=False):
        network = Network()
    referral = network.referral_in(State.IN_SERVICE)
    worker = referral.named_worker
    client.force_login(own_account(network.person).user)
    by = worker.user
    referral = services.change_intensity(
        referral=referral, by=by, intensity="light_touch", with_person=True
    )
    page = reverse("my_referrals:detail", args=[referral.pk])
    assert "You stay in touch now and then." in client.get(page).content.decode()
    client.post(reverse("portal:ask"), {"about": "more", "words": "Nights are bad"})
    assert ChangeRequest.objects.get().about == "more"
    referral = services.change_intensity(
        referral=referral, by=by, intensity="intensive", with_person=True
    )
    text = client.get(page).content.decode()
    assert "You get more support at the moment." in text and worker.name in text
    assert referral.named_worker == worker


def test_what_is_happening_is_asked_and_answered_by_a_day(client, me, network):
    referral = network.sent()
    page = reverse("my_referrals:question", args=[referral.pk])
    client.post(page, {"words": "Has anybody read it?"})
    row = ChangeRequest.objects.get()
    assert row.about == "referral" and "Community team" in row.subject
    assert row.answer_by is not None
    assert "Community team" in client.get(reverse("portal:changes")).content.decode()
