"""What 0 means on the pages of the thresholds: off for some, at once for others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from casework.alerts import thresholds
from casework.alerts.thresholds import Scope
from tests import factories

pytestmark = pytest.mark.django_db
ALL = reverse("alerts:thresholds")


@pytest.fixture
def team() -> Any:
    return factories.team()


@pytest.fixture
def lead(client, team) -> Any:
    somebody = factories.member("team_lead", team=team)
    client.force_login(somebody)
    return somebody


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_nought_reads_as_off_only_where_it_switches_off(client, lead):
    shown = text(client.get(ALL))
    told = shown.split("A referral that is “Working together”: how long until it is flagged")[1]
    assert told.startswith(" Default: off.")
    late = shown.split("Days past its review, after which a plan is flagged")[1]
    assert late.startswith(" Default: 0 days.")
    assert "Default: 0.5. At or below 0.5" in shown
    page = text(client.get(reverse("alerts:threshold", args=["referral_in_service_limit"])))
    assert "Now: off, the default." in page
    assert "0 switches it off: then nothing is flagged." in page
    late = text(client.get(reverse("alerts:threshold", args=["plan_review_late"])))
    assert "switches it off" not in late


def test_a_change_to_nought_reads_as_off_in_the_history(client, lead, team):
    scope = Scope(team=team)
    thresholds.change(scope=scope, code="referral_sent_limit", value=0, reason="Quiet", by=lead)
    assert "not set to off" in text(client.get(ALL))
