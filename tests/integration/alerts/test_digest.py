"""The daily e-mail says how much waits, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from casework.alerts import acting, digest, ladder, services
from casework.alerts.models import Alert
from casework.cases.models import Absence
from casework.outbox.models import Message
from tests.integration.alerts.acting_situations import MONDAY, Around, at

DAY = dt.timedelta(days=1)


@pytest.fixture
def around(network: Any) -> Iterator[Around]:
    with at(MONDAY):
        yield Around(network)


def sent() -> dict[str, str]:
    return {one.to: one.body for one in Message.objects.filter(about=digest.ABOUT)}


def test_the_named_worker_hears_how_many(around):
    around.network.person("P2", 4)
    services.sweep()
    assert digest.send_all() == 1
    (body,) = sent().values()
    assert "Something waits for you about 2 people." in body
    for said in ("P1", "P2", "contacts", "North", "crisis", "busy"):
        assert said not in body
    assert set(sent()) == {around.users["holder"].email}


def test_nobody_hears_it_twice_on_a_day(around):
    assert digest.send_all() == 1
    assert digest.send_all() == 0
    with at(MONDAY + DAY):
        assert digest.send_all() == 1


@pytest.mark.parametrize("day", [dt.date(2026, 11, 7), dt.date(2026, 12, 25)])
def test_quiet_on_days_off(around, day):
    with at(day):
        assert digest.send_all() == 0


def test_quiet_when_nothing_waits(around):
    around.network.correct(around.person)
    services.sweep()
    assert digest.send_all() == 0


def test_who_does_not_want_it_does_not_have_it(around):
    digest.choose(user=around.users["holder"], wanted=False, by=around.users["holder"])
    assert digest.send_all() == 0


def test_nobody_is_nagged_about_their_own_act(around):
    acting.answer(alert=around.alert, by=around.users["holder"], choice="planned")
    assert digest.send_all() == 0


def test_the_backlog_and_what_is_hidden_nag_nobody(around):
    Alert.objects.update(backlog=True)
    assert digest.send_all() == 0
    Alert.objects.update(backlog=False, status="snoozed", hidden_until=MONDAY + DAY)
    assert digest.send_all() == 0
    with at(MONDAY + DAY):
        assert digest.send_all() == 1


def test_the_leads_hear_of_what_came_to_them_but_not_of_their_own(around):
    acting.answer(alert=around.alert, by=around.users["holder"], choice="not_ours")
    assert digest.send_all() == 2
    leads = {around.users["lead"].email, around.users["shift_lead"].email}
    assert set(sent()) == leads
    assert "come to you to decide about 1 person" in sent()[around.users["lead"].email]
    with at(MONDAY + DAY):
        acting.answer(alert=around.alert, by=around.users["lead"], choice="not_ours")
        ladder.climb()
        digest.send_all()
    with at(MONDAY + DAY):
        later = Message.objects.filter(about=digest.ABOUT, created_at__date=MONDAY + DAY)
        assert around.users["lead"].email not in set(later.values_list("to", flat=True))


def test_whoever_covers_is_told_and_whoever_is_away_is_not(around):
    network = around.network
    Absence.objects.create(
        worker=network.worker,
        start=MONDAY,
        cover_worker=network.colleague,
        made_by=around.users["lead"],
    )
    assert digest.send_all() == 1
    assert set(sent()) == {around.users["colleague"].email}


def test_the_choice_is_on_a_page(client, around):
    client.force_login(around.users["holder"])
    page = reverse("alerts:digest")
    assert "daily-email" in page
    assert client.get(page).status_code == 200
    wrong = client.post(page, {})
    assert "Select yes or no" in wrong.content.decode()
    assert client.post(page, {"wanted": "no"}).status_code == 302
    around.users["holder"].refresh_from_db()
    assert not around.users["holder"].digest
