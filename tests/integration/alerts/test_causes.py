"""Causes over time: what is counted, for whom, and what is held back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from casework.alerts import causes
from casework.alerts.models import Alert
from casework.common.tables import safe_cell
from tests.integration.alerts.situations import Network, user

PAGE, CSV = reverse("alerts:causes"), reverse("alerts:causes_csv")


def came_up(network: Network, times: int, *, team: Any = None, **fields: Any) -> None:
    today = timezone.localdate()
    day = fields.pop("opened_on", today)
    start = Alert.objects.count()
    Alert.objects.bulk_create(
        Alert(
            rule=fields.get("rule", "busy"),
            subject_key=f"person:{start + n}",
            team=team or network.team,
            worker=network.worker,
            organisation=network.trust,
            sentence="Robin Reed met everybody",
            opened_on=day,
            updated_on=day,
            cause_kind=fields.get("cause_kind", "crisis_rota"),
            backlog=fields.get("backlog", False),
        )
        for n in range(times)
    )


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_a_lead_reads_their_own_teams_numbers_exactly(client, network):
    came_up(network, 3)
    came_up(network, 4, team=network.other, cause_kind="vacancy")
    client.force_login(user("team_lead", team=network.team))
    page = text(client.get(PAGE))
    assert "3 alerts came up" in page
    assert "Crisis shifts" in page
    assert "Nobody is named" not in page
    for by, said in (("rule", "busy"), ("team", "North team")):
        assert said in text(client.get(PAGE, {"by": by}))
    assert client.get(PAGE, {"of": str(network.other.pk)}).status_code == 404
    assert client.get(PAGE, {"of": "nonsense"}).status_code == 404


def test_no_worker_is_ever_named(client, network):
    came_up(network, 12)
    client.force_login(user("team_lead", team=network.team))
    for by in ("cause", "rule", "team", "worker"):
        assert "Robin" not in client.get(PAGE, {"by": by}).content.decode()
    assert "Robin" not in client.get(CSV).content.decode()


def test_over_the_network_small_numbers_are_held_back(client, network):
    came_up(network, 3)
    came_up(network, 12, team=network.other)
    client.force_login(user("network_lead"))
    page = text(client.get(PAGE, {"by": "team"}))
    assert "1 to 4" in page
    assert "North team" in page
    assert "Other team" in page
    cells = re.findall(r"<td[^>]*>(?:<[^>]+>|\s)*([^<]*)", client.get(PAGE).content.decode())
    assert not {"3", "12", "15"} & {cell.strip() for cell in cells} - {"15"}
    rows = list(csv.reader(io.StringIO(client.get(CSV).content.decode())))
    assert {row[-1] for row in rows[1:]} == {"1 to 4", "10"}


def test_the_backlog_and_what_is_older_than_a_year_are_left_out(client, network):
    came_up(network, 6, backlog=True)
    came_up(network, 6, opened_on=timezone.localdate() - dt.timedelta(days=400))
    client.force_login(user("team_lead", team=network.team))
    assert "Nothing came up in the last 12 months." in text(client.get(PAGE))


def test_a_team_s_name_is_no_formula(client, network):
    network.team.name = '=HYPERLINK("http://elsewhere.example")'
    network.team.save()
    came_up(network, 1)
    client.force_login(user("team_lead", team=network.team))
    response = client.get(CSV)
    assert response["Content-Type"].startswith("text/csv")
    (row,) = list(csv.reader(io.StringIO(response.content.decode())))[1:]
    assert row[1].startswith("'=")


@pytest.mark.parametrize(
    "role, status",
    [
        ("team_lead", 200),
        ("shift_lead", 200),
        ("network_lead", 200),
        ("key_worker", 403),
        ("administrator", 403),
        ("privacy_officer", 403),
    ],
)
def test_who_reads_them(client, network, role, status):
    client.force_login(user(role, team=network.team))
    assert client.get(PAGE).status_code == status
    assert client.get(CSV).status_code == status


def test_many_alerts_take_as_many_queries_as_one(client, network):
    client.force_login(user("team_lead", team=network.team))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE, {"by": "team"})
        return len(asked)

    came_up(network, 1)
    one = queries()
    came_up(network, 50, rule="very_busy", cause_kind="vacancy")
    assert queries() == one


@given(n=st.integers(0, 2000), m=st.integers(0, 2000))
def test_what_is_held_back_gives_nothing_away(n, m):
    words = causes.shown(n, exact=False)
    if 0 < n < 5:
        assert words == "1 to 4"
        assert causes.drawn(n, exact=False) == causes.drawn(1, exact=False)
    else:
        assert int(words) % 5 == 0
        assert abs(int(words) - n) <= 2
    if n and m and causes.shown(n, exact=False) == causes.shown(m, exact=False):
        assert causes.drawn(n, exact=False) == causes.drawn(m, exact=False)
    assert causes.shown(n, exact=True) == str(n)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31)))
def test_twelve_months_end_with_this_one(day):
    found = causes.months(day)
    assert len(set(found)) == 12
    assert found == sorted(found)
    assert found[-1] == day.replace(day=1)


@given(st.text())
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert safe_cell(cell).endswith(cell)


def test_the_network_lead_sees_every_team_without_a_name(client, network):
    person = network.person("P1", 0)
    for n, team in enumerate((network.team, network.other)):
        came_up(network, 1 + n, team=team)
    Alert.objects.update(person=person)
    client.force_login(user("network_lead"))
    page = text(client.get(reverse("alerts:team")))
    assert "What waits in the teams" in page
    assert "North team" in page
    assert "Other team" in page
    assert "Person P1" not in page
    assert "1 to 4" in page
