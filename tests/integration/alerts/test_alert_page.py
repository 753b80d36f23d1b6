"""One alert's page: what it says, what can be done there, and who may."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.alerts import acting, services
from casework.alerts.models import Alert
from casework.cases.models import AccessEntry
from tests.integration.alerts.acting_situations import MONDAY, SOON, Around, at

LIST = reverse("alerts:mine")


@pytest.fixture
def around(network: Any) -> Iterator[Around]:
    with at(MONDAY):
        yield Around(network)


def page_of(alert: Alert) -> str:
    return reverse("alerts:detail", args=[alert.pk])


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\xa0", " ").split())


def day(name: str, value: dt.date) -> dict[str, str]:
    return {f"{name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


@pytest.mark.parametrize(
    "name, status",
    [
        ("holder", 200),
        ("lead", 200),
        ("shift_lead", 200),
        ("colleague", 404),
        ("other_lead", 404),
        ("network_lead", 404),
        ("administrator", 403),
        ("privacy_officer", 403),
    ],
)
def test_who_may_open_it_and_act(client, around, name, status):
    client.force_login(around.users[name])
    address = page_of(around.alert)
    assert client.get(address).status_code == status
    answer = client.post(address, {"act": "seen", "version": "0"})
    assert answer.status_code == (302 if status == 200 else status)
    assert around.alert.status == ("seen" if status == 200 else "open")


def test_it_says_what_is_so_and_asks_its_question(client, around):
    client.force_login(around.users["holder"])
    page = text(client.get(page_of(around.alert)))
    for said in (
        "busy",
        "Person P1",
        "North team, Robin Reed",
        "2 contacts",
        "Next step: Plan who comes (busy)",
        "What happens next?",
        "It is not ours to change",
        "it is not for appraisal",
        "Noticed",
    ):
        assert said in page
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.person) == ("view", around.person)


@pytest.mark.parametrize(
    "data, state, said",
    [
        ({"act": "seen"}, "seen", "You are on it."),
        (
            {"act": "answer", "choice": "planned", "what_next": "A visit on Friday"},
            "seen",
            "Your answer is saved.",
        ),
        (
            {"act": "snooze", "reason": "The person is away", **day("until", SOON)},
            "snoozed",
            "It is put off.",
        ),
        (
            {"act": "done", "what_done": "Kim is named", **day("look_again", SOON)},
            "done",
            "Done for now.",
        ),
    ],
)
def test_each_act_is_saved_told_and_leads_back(client, around, data, state, said):
    client.force_login(around.users["holder"])
    target = f"{LIST}?list=today"
    answer = client.post(page_of(around.alert), {**data, "version": "0", "next": target})
    assert (answer.status_code, answer["Location"]) == (302, target)
    assert around.alert.state(MONDAY) == state
    assert said in client.get(target).content.decode()
    history = text(client.get(page_of(around.alert)))
    for words in data.values():
        if " " in words:
            assert words in history
    assert str(around.users["holder"]) in history


@pytest.mark.parametrize(
    "data, messages",
    [
        ({}, ["Select what you would like to do"]),
        ({"act": "answer"}, ["Select an answer"]),
        (
            {"act": "snooze"},
            ["Enter why it can wait", "Enter the day until which it is put off"],
        ),
        (
            {"act": "snooze", "reason": "x", **day("until", MONDAY)},
            ["Choose a day after today"],
        ),
        (
            {"act": "snooze", "reason": "x", **day("until", MONDAY + dt.timedelta(15))},
            ["Choose a day no later than 16 Nov 2026"],
        ),
        ({"act": "done"}, ["Enter what was done", "Enter the day on which to look again"]),
    ],
)
def test_what_is_missing_is_said_and_words_are_kept(client, around, data, messages):
    client.force_login(around.users["holder"])
    sent = {"version": "0", "what_next": "My own words", **data}
    page = client.post(page_of(around.alert), sent)
    for message in messages:
        assert message in text(page)
    assert "<title>Error: " in page.content.decode()
    assert "My own words" in page.content.decode()
    assert around.alert.status == "open"


def test_the_second_of_two_reads_what_the_first_did_and_keeps_the_words(client, around):
    client.force_login(around.users["lead"])
    acting.answer(
        alert=around.alert, by=around.users["holder"], choice="asking", words="I ring on Friday"
    )
    data = {"act": "answer", "choice": "planned", "what_next": "I had written this"}
    page = client.post(page_of(around.alert), {**data, "version": "0"})
    said = text(page)
    assert "Somebody has acted since you opened this page" in said
    assert "I had written this" in said
    assert "I ring on Friday" in said
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.content.decode())
    assert version is not None
    assert client.post(page_of(around.alert), {**data, "version": version[1]}).status_code == 302
    assert around.alert.actions.count() == 2


@pytest.mark.parametrize("meanwhile", ["snooze", "resolve", "seen"])
def test_words_are_kept_whatever_happened_meanwhile(client, around, meanwhile):
    client.force_login(around.users["lead"])
    alert, holder = around.alert, around.users["holder"]
    if meanwhile == "snooze":
        acting.snooze(alert=alert, by=holder, until=SOON, reason="Away")
    elif meanwhile == "seen":
        acting.acknowledge(alert=alert, by=holder)
    else:
        around.network.correct(around.person)
        services.sweep()
    data = {"act": "done", "what_done": "I had written this", **day("look_again", SOON)}
    page = client.post(page_of(alert), {**data, "version": "0"})
    said = text(page)
    assert "I had written this" in said
    assert "There is a problem" in said
    assert alert.actions.filter(by=around.users["lead"]).count() == 0


def test_what_is_put_off_can_be_brought_back(client, around):
    client.force_login(around.users["holder"])
    acting.snooze(alert=around.alert, by=around.users["holder"], until=SOON, reason="Away")
    assert "Nothing is waiting for you." in text(client.get(LIST, {"list": "today"}))
    assert "Person P1" in text(client.get(LIST, {"list": "later"}))
    page = text(client.get(page_of(around.alert)))
    assert "Bring it back now" in page
    assert "put it off until 5 Nov 2026" in page
    client.post(page_of(around.alert), {"act": "back", "version": "1"})
    assert "Person P1" in text(client.get(LIST))


def test_what_is_over_says_so_and_takes_nothing(client, around):
    client.force_login(around.users["holder"])
    alert = around.alert
    around.network.correct(around.person)
    services.sweep()
    assert "no longer so since" in text(client.get(page_of(alert)))
    page = client.post(page_of(alert), {"act": "seen", "version": "0"})
    assert "nothing more is asked of you" in text(page)


def test_that_it_was_so_before_is_said(client, around):
    client.force_login(around.users["holder"])
    around.network.correct(around.person)
    services.sweep()
    around.network.meet(around.person, 3)
    services.sweep()
    page = text(client.get(page_of(around.alert)))
    assert "It was so before" in page
    assert "to 31 Oct 2026: 2 contacts" in page


def test_one_press_says_seen_to_everything_about_one_person(client, around):
    client.force_login(around.users["holder"])
    around.network.meet(around.person, 2)
    other = around.network.person("P2", 2)
    services.sweep()
    html = client.get(LIST).content.decode()
    card = next(part for part in html.split('class="app-card"') if "Person P1<" in part)
    marked = re.findall(r'name="alert" value="([^"]+)"', card)
    assert len(marked) == 2
    answer = client.post(reverse("alerts:seen"), {"alert": marked, "next": LIST})
    assert answer["Location"] == LIST
    assert {one.status for one in around.person.alerts.all()} == {"seen"}
    assert {one.status for one in other.alerts.all()} == {"open"}
    page = client.get(LIST).content.decode()
    assert "2 alerts are marked as seen" in page
    assert "is on it." in page


def test_seen_takes_nothing_of_somebody_else_s(client, around):
    client.force_login(around.users["other_lead"])
    marked = [f"{around.alert.pk}:0", "nonsense", ":"]
    assert client.post(reverse("alerts:seen"), {"alert": marked}).status_code == 302
    assert around.alert.status == "open"


def test_another_site_is_not_gone_on_to(client, around):
    client.force_login(around.users["holder"])
    data = {"act": "seen", "version": "0", "next": "https://elsewhere.example/"}
    assert client.post(page_of(around.alert), data)["Location"] == LIST


def test_a_long_history_takes_as_many_queries_as_a_short_one(client, around):
    client.force_login(around.users["holder"])
    holder = around.users["holder"]

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page_of(around.alert)).status_code == 200
        return len(asked)

    acting.acknowledge(alert=around.alert, by=holder)
    one = queries()
    for _n in range(50):
        acting.answer(alert=around.alert, by=holder, choice="planned", words="Again")
    assert queries() == one
    assert one <= 14


def test_the_cover_reads_whose_alerts_they_are(client, around):
    from casework.cases.models import Absence

    Absence.objects.create(
        worker=around.network.worker,
        start=MONDAY,
        cover_worker=around.network.colleague,
        made_by=around.users["lead"],
    )
    client.force_login(around.users["colleague"])
    assert "You cover for Robin Reed." in text(client.get(LIST))


def test_the_lead_has_a_list_of_what_came_to_them(client, around):
    client.force_login(around.users["lead"])
    team = reverse("alerts:team")
    assert "Come to you to decide" not in text(client.get(team))
    acting.answer(alert=around.alert, by=around.users["holder"], choice="not_ours")
    page = text(client.get(team, {"list": "raised"}))
    assert "Come to you to decide: 1 person" in page
    assert "It has come to the team lead." in page


def test_the_network_lead_reads_who_came_up_and_no_others(client, around):
    network_lead = around.users["network_lead"]
    client.force_login(network_lead)
    team = reverse("alerts:team")
    assert "not linked to a worker" in text(client.get(team))
    from casework.directory.models import Worker

    network_lead.worker = Worker.objects.create(name="Halima Bridgewater")
    network_lead.save()
    assert "Nothing has come up to you from the teams." in text(client.get(team))
    for by in ("holder", "lead"):
        acting.answer(alert=around.alert, by=around.users[by], choice="not_ours")
    assert "Person P1" in text(client.get(team))
    assert client.get(page_of(around.alert)).status_code == 200
