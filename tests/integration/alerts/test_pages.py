"""The alert lists and the start page: who sees what, in how many queries."""

from __future__ import annotations

import copy
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.alerts import listing, services
from casework.alerts.handling import rule_titles
from casework.alerts.models import Alert
from casework.cases.models import AccessEntry, LiveReason
from casework.directory.models import Worker
from tests.integration.alerts.situations import DAY, Network, user

MINE, TEAM, HOME = reverse("alerts:mine"), reverse("alerts:team"), reverse("home")


@pytest.fixture
def begun(network: Network) -> Network:
    """Alongside has begun here: what comes up now is new."""
    services.sweep()
    return network


@pytest.fixture
def lead(client: Any, begun: Network) -> Any:
    """The client of the lead of the first team."""
    client.force_login(user("team_lead", team=begun.team, email="lead@example.org"))
    return client


@pytest.fixture
def key_worker(client: Any, begun: Network) -> Any:
    """The client of the first worker."""
    client.force_login(
        user("key_worker", team=begun.team, worker=begun.worker, email="worker@example.org")
    )
    return client


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# What a list says -------------------------------------------------------------------------------


def test_my_alerts_are_bundled_per_person_with_one_next_step(key_worker, begun):
    person = begun.person("P1", 4)
    services.sweep()
    page = text(key_worker.get(MINE))
    assert key_worker.get(MINE).content.decode().count("app-card__heading") == 1
    assert page.count("4 contacts") == 2
    assert page.count("Likely cause: crisis visits") == 2
    assert page.count("Next step:") == 1
    assert "Next step: Plan who comes (busy)" in page
    assert "since 31\xa0Oct\xa02026" in page.replace("31 Oct 2026", "31\xa0Oct\xa02026")
    assert "This speaks about the service; it is not for appraisal." in page
    assert "North team" in page
    html = key_worker.get(MINE).content.decode()
    assert f'href="{reverse("people:detail", args=[person.pk])}"' in html


def test_my_team_s_alerts_say_who_is_with_the_person(lead, begun):
    begun.person("P1", 2)
    begun.person("P2", 2, worker=None)
    services.sweep()
    page = text(lead.get(TEAM))
    assert "2 people" in page
    assert "North team, Robin Reed" in page
    assert "North team, no named worker" in page


def test_the_preferred_name_is_the_one_that_is_shown(lead, begun):
    begun.person("P1", 2, preferred_name="Sky")
    services.sweep()
    page = text(lead.get(TEAM))
    assert "Sky" in page
    assert "Person P1" not in page


def test_resolved_alerts_are_not_shown(lead, begun):
    person = begun.person("P1", 2)
    services.sweep()
    begun.correct(person)
    begun.meet(person, 0)
    services.sweep()
    assert "Person P1" not in text(lead.get(TEAM))
    assert "Nothing is open in your teams." in text(lead.get(TEAM))


def test_the_backlog_stands_apart(client, network):
    old, mixed = network.person("P1", 2), network.person("P2", 2)
    services.sweep()
    network.meet(mixed, 2)
    network.person("P3", 2)
    services.sweep()
    client.force_login(user("team_lead", team=network.team))
    page = text(client.get(TEAM))
    assert "Person P1" not in page
    assert "Person P2" in page
    assert "Person P3" in page
    assert "2 people" in page
    assert "Already so when we started: 1 person" in page
    backlog = client.get(TEAM, {"list": "backlog"})
    assert f'href="{reverse("people:detail", args=[old.pk])}"' in backlog.content.decode()
    assert "Person P2" not in text(backlog)
    # on the card of somebody with both, what was already so is marked
    marked = page.partition("Person P2")[2].partition("Person P3")[0]
    assert marked.count("Already so when we started") == 1


def test_an_extract_s_alert_is_as_old_as_the_extract(lead, begun):
    begun.person("P1", 2)
    services.sweep()
    assert "(0 days)" in text(lead.get(TEAM))


# Who sees what ----------------------------------------------------------------------------------


def test_another_team_s_lead_sees_nothing(client, begun):
    begun.person("P1", 2)
    services.sweep()
    client.force_login(user("team_lead", team=begun.other))
    assert "Person P1" not in text(client.get(TEAM))


def test_another_worker_of_the_team_has_nothing_waiting(client, begun):
    begun.person("P1", 2)
    services.sweep()
    client.force_login(user("key_worker", team=begun.team, worker=begun.colleague))
    assert "Nothing is waiting for you." in text(client.get(MINE))


def test_an_alert_without_a_live_reason_is_not_shown(lead, key_worker, begun):
    person = begun.person("P1", 2)
    services.sweep()
    LiveReason.objects.filter(person=person).update(end=DAY)
    assert "Person P1" not in text(key_worker.get(MINE))
    assert Alert.objects.open().count() == 1


@pytest.mark.parametrize(
    "role, mine, team",
    [
        ("key_worker", 200, 403),
        ("peer_worker", 200, 403),
        ("partner", 200, 403),
        ("shift_lead", 200, 200),
        ("team_lead", 200, 200),
        ("network_lead", 200, 200),
        ("administrator", 403, 403),
        ("privacy_officer", 403, 403),
        ("records_administrator", 403, 403),
    ],
)
def test_the_lists_open_for_these_roles(client, begun, role, mine, team):
    client.force_login(user(role, team=begun.team))
    assert client.get(MINE).status_code == mine
    assert client.get(TEAM).status_code == team


@pytest.mark.parametrize("address", [MINE, TEAM, HOME])
def test_nobody_reads_without_signing_in(client, db, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("address", [MINE, TEAM, HOME])
def test_lists_are_only_read(lead, address):
    assert lead.post(address).status_code == 405


def test_an_account_without_a_worker_is_told_so(client, begun):
    client.force_login(user("key_worker", team=begun.team))
    assert "not linked to a worker" in text(client.get(MINE))


# The access log ---------------------------------------------------------------------------------


def test_who_was_listed_is_logged(lead, begun):
    people = {str(begun.person(f"P{n}", 2).pk) for n in range(3)}
    services.sweep()
    lead.get(TEAM)
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.page, set(entry.listed)) == ("list", "alerts:team", people)


def test_an_empty_list_is_not_logged(lead):
    lead.get(TEAM)
    assert not AccessEntry.objects.exists()


# Long lists -------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repetition(lead, begun, monkeypatch):
    monkeypatch.setattr(listing, "PEOPLE_PER_PAGE", 4)
    names = {begun.person(f"P{n:02}", 2).display_name for n in range(11)}
    services.sweep()
    Alert.objects.filter(person__local_id__lt="P05").update(opened_on="2026-10-30")
    seen: list[str] = []
    address, pages = TEAM, 0
    while address:
        response = lead.get(address)
        page = text(response)
        seen += re.findall(r"<h2[^>]*>.*?(Person P\d\d)", response.content.decode())
        pages += 1
        assert ("Newest" in page) is (pages > 1)
        onward = re.search(r'href="([^"]*after=[^"]*)"', response.content.decode())
        address = onward[1].replace("&amp;", "&") if onward else ""
    assert pages == 3
    assert len(seen) == 11
    assert set(seen) == names
    assert min(seen[:6]) == "Person P05"  # the newest first


def test_two_alerts_of_one_kind_about_a_person_are_told_apart(lead, begun):
    person = begun.person("P1", 2)
    services.sweep()
    found = Alert.objects.open().filter(person=person)
    first, title = found.first(), rule_titles()[found.first().rule]
    assert f"Answer, put off or done : {title}, Person P1" in text(lead.get(TEAM))
    second = copy.copy(first)
    second.pk, second.subject_key = uuid4(), f"referral:{uuid4()}"
    second.save(force_insert=True)
    page = text(lead.get(TEAM))
    for n in (1, 2):
        assert page.count(f"Answer, put off or done : {title} ({n} of 2), Person P1") == 1


def test_a_mistyped_place_in_the_list_begins_it_again(lead, begun):
    begun.person("P1", 2)
    services.sweep()
    for after in ("x", "2026-10-31_x", "_", "2026-99-99_00000000-0000-0000-0000-000000000000"):
        assert "Person P1" in text(lead.get(TEAM, {"after": after}))


@pytest.mark.parametrize("address", [MINE, TEAM])
def test_a_long_list_takes_as_many_queries_as_a_short_one(client, begun, address, monkeypatch):
    monkeypatch.setattr(listing, "PEOPLE_PER_PAGE", 50)
    client.force_login(user("team_lead", team=begun.team, worker=begun.worker))

    def queries() -> int:
        services.sweep()
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    begun.person("P0", 4)
    one = queries()
    for n in range(1, 50):
        worker = Worker.objects.create(name=f"Worker {n}") if address == TEAM else begun.worker
        begun.person(f"P{n}", 4, worker=worker)
    assert queries() == one
    assert one <= 14


# The start page ---------------------------------------------------------------------------------


def test_a_worker_s_day_begins_with_their_alerts_among_the_rest(key_worker, begun):
    begun.person("P1", 4)
    services.sweep()
    page = text(key_worker.get(HOME))
    assert page.count("Next step:") == 1
    assert "Plan who comes (busy)" in page


@pytest.mark.parametrize("role", ["records_administrator", "privacy_officer"])
def test_who_works_with_nobody_is_told_what_they_can_do(client, db, role):
    client.force_login(user(role))
    page = text(client.get(HOME))
    assert "Welcome, Alex Ash" in page
    assert {"records_administrator": "Corrects records", "privacy_officer": "why"}[role] in page


def test_somebody_without_a_role_is_told_whom_to_ask(client, db):
    someone = user("team_lead")
    someone.memberships.all().delete()
    client.force_login(someone)
    assert "You have no role here at the moment" in text(client.get(HOME))


def test_the_lists_stand_in_the_navigation_of_those_who_may_open_them(key_worker, client):
    page = key_worker.get(MINE).content.decode()
    assert f'href="{MINE}"' in page
    assert f'href="{TEAM}"' not in page
