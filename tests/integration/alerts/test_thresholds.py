"""Thresholds: who sets which, what it would come to, and what is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.alerts import services, thresholds
from casework.alerts.models import Alert, ThresholdChange
from casework.alerts.thresholds import Effect, Scope
from casework.common.errors import Refusal
from casework.continuity.models import PolicyValue
from tests.integration.alerts.situations import user

CODE = "busy_contacts"
ALL, ONE = reverse("alerts:thresholds"), reverse("alerts:threshold", args=[CODE])
BACK = reverse("alerts:threshold_back", args=[CODE])


@pytest.fixture
def lead(network: Any) -> Any:
    return user("team_lead", team=network.team, email="lead@example.org")


@pytest.fixture
def administrator(network: Any) -> Any:
    return user("administrator", email="administrator@example.org")


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def flagged(network: Any) -> dict[str, int]:
    services.sweep()
    found = Alert.objects.open().filter(team=network.team)
    return {rule: found.filter(rule=rule).count() for rule in ("busy", "very_busy")}


@pytest.mark.parametrize("value", [0, 1, 2, 3, 5, 9])
def test_the_preview_is_what_the_sweep_then_finds(network, lead, value):
    for n in range(7):
        network.person(f"P{n}", n)
    network.person("O1", 9, team=network.other)
    scope = Scope(team=network.team)
    before = flagged(network)
    said = thresholds.preview(scope=scope, code=CODE, value=value)
    assert {one.rule: one.now for one in said} == before
    assert not PolicyValue.objects.exists()
    if value != 2:
        thresholds.change(scope=scope, code=CODE, value=value, reason="To see", by=lead)
        assert {one.rule: one.then for one in said} == flagged(network)


def test_the_preview_of_a_kind_of_team_counts_only_those(network, administrator):
    network.person("P1", 2)
    network.person("O1", 2, team=network.other)
    said = thresholds.preview(scope=Scope(kind="crisis"), code=CODE, value=3)
    assert said == [Effect("busy", "busy", 1, 0), Effect("very_busy", "very_busy", 0, 0)]
    assert thresholds.preview(scope=Scope(), code=CODE, value=3)[0].now == 2


def test_what_a_narrower_value_hides_does_not_change(network, lead):
    network.person("P1", 2)
    PolicyValue.objects.create(code=CODE, team=network.team, value=2)
    assert thresholds.preview(scope=Scope(), code=CODE, value=9)[0].then == 1


def test_a_preview_takes_as_many_queries_for_many(network):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            thresholds.preview(scope=Scope(team=network.team), code=CODE, value=3)
        return len(asked)

    network.person("P0", 2)
    one = queries()
    for n in range(1, 30):
        network.person(f"P{n}", 2)
    assert queries() == one


def test_a_change_keeps_who_what_and_why(network, lead):
    scope = Scope(team=network.team)
    for value in (5.0, 7.0, None):
        thresholds.change(scope=scope, code=CODE, value=value, reason="A reason", by=lead)
    assert list(
        ThresholdChange.objects.order_by("created_at").values_list("before", "after", "by")
    ) == [(None, 5, lead.pk), (5, 7, lead.pk), (7, None, lead.pk)]
    assert not PolicyValue.objects.exists()


@pytest.mark.parametrize(
    "scope, change",
    [
        ("team", {"code": "nonsense"}),
        ("team", {"reason": "  "}),
        ("team", {"value": None}),
        ("team", {"value": -1.0}),
        ("other", {}),
        ("kind", {}),
        ("all", {}),
    ],
)
def test_what_is_refused_changes_nothing(network, lead, scope, change):
    whom = {
        "team": Scope(team=network.team),
        "other": Scope(team=network.other),
        "kind": Scope(kind="cmht"),
        "all": Scope(),
    }[scope]
    asked = {"code": CODE, "value": 5.0, "reason": "Because", **change}
    with pytest.raises(Refusal):
        thresholds.change(scope=whom, by=lead, **asked)
    assert not PolicyValue.objects.exists()
    assert not ThresholdChange.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(network, lead, monkeypatch):
    monkeypatch.setattr(ThresholdChange.objects, "create", lambda **kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        thresholds.change(scope=Scope(team=network.team), code=CODE, value=5, reason="x", by=lead)
    assert not PolicyValue.objects.exists()


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [ALL, ONE])
@pytest.mark.parametrize(
    "role, status",
    [
        ("team_lead", 200),
        ("administrator", 200),
        ("shift_lead", 403),
        ("key_worker", 403),
        ("network_lead", 403),
    ],
)
def test_who_opens_them(client, network, address, role, status):
    client.force_login(user(role, team=network.team))
    assert client.get(address).status_code == status


def test_a_lead_sees_what_is_in_force_and_where_it_comes_from(client, network, lead):
    client.force_login(lead)
    assert "the default" in text(client.get(ALL))
    PolicyValue.objects.create(code=CODE, team_kind="cmht", value=4)
    assert "set for this kind of team" in text(client.get(ALL))
    assert client.get(ALL, {"of": "all"}).status_code == 404
    assert client.get(ONE, {"of": str(network.other.pk)}).status_code == 404
    assert client.get(reverse("alerts:threshold", args=["nonsense"])).status_code == 404


def test_look_then_save_then_put_back(client, network, lead):
    network.person("P1", 2)
    client.force_login(lead)
    page = text(client.post(ONE, {"value": "3", "preview": "1"}))
    assert "People who would be flagged" in page
    assert "Nothing has been saved yet." in page
    assert not PolicyValue.objects.exists()
    assert "Enter why it is changed" in text(client.post(ONE, {"value": "3"}))
    saved = client.post(ONE, {"value": "3", "reason": "Too many"})
    assert saved["Location"] == f"{ALL}?of={network.team.pk}"
    assert PolicyValue.objects.get().value == 3
    page = text(client.get(ALL))
    assert "set for the team" in page
    assert "Too many" in page
    assert "Put it back" in text(client.get(ONE))
    assert "Enter why" in text(client.post(BACK, {}))
    assert client.post(BACK, {"reason": "Enough"}).status_code == 302
    assert not PolicyValue.objects.exists()
    assert client.get(BACK).status_code == 404


@pytest.mark.parametrize(
    "value, said",
    [
        ("", "Enter the threshold"),
        ("many", "Enter a whole number, like 12"),
        ("2.5", "Enter a whole number, like 12"),
        ("-1", "Enter a number from 0 to 10000"),
        ("nan", "Enter a whole number, like 12"),
        ("1e99", "Enter a number from 0 to 10000"),
    ],
)
def test_what_is_no_threshold_is_said(client, network, lead, value, said):
    client.force_login(lead)
    page = client.post(ONE, {"value": value, "reason": "My words"})
    assert said in text(page)
    assert "My words" in page.content.decode()
    assert not PolicyValue.objects.exists()


def test_the_administrator_sets_it_for_a_kind_of_team(client, network, administrator):
    client.force_login(administrator)
    address = f"{ONE}?of=crisis"
    assert client.post(address, {"value": "3", "reason": "Shifts"}).status_code == 302
    assert PolicyValue.objects.get().team_kind == "crisis"
    assert client.get(ALL, {"of": str(network.team.pk)}).status_code == 404
