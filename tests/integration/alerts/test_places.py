"""From an alert to what it is about: the referral or the plan, for whoever may open it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from careplans.kinds import Kind as LineKind
from careplans.models import Plan
from casework.alerts.models import Alert
from casework.alerts.places import places_of
from casework.cases.models import Person
from casework.directory.models import Team
from tests import factories
from tests.factories.careplans import Two
from tests.factories.referrals import Network

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


def alert(person: Person, team: Team, subject: str, ident: UUID, rule: str) -> Alert:
    return Alert.objects.create(
        rule=rule,
        subject_key=f"{subject}:{ident}",
        person=person,
        team=team,
        sentence=f"Said by {rule}.",
        opened_on=DAY,
        updated_on=DAY,
    )


def text(response: Any) -> str:
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


class TestReferral:
    @pytest.fixture
    def network(self) -> Network:
        return Network()

    @pytest.fixture
    def stalled(self, network: Network) -> Alert:
        self.referral = network.sent()
        return alert(network.person, network.cmht, "referral", self.referral.pk, "referral_stalled")

    def test_the_team_goes_from_what_has_stopped_to_the_referral(self, client, network, stalled):
        client.force_login(network.lead)
        answer = client.get(reverse("my_team"))
        html = answer.content.decode()
        assert f'href="{reverse("referrals:detail", args=[self.referral.pk])}"' in html
        assert reverse("alerts:detail", args=[stalled.pk]) in html
        name = network.person.display_name
        shown = text(answer)
        said = f"{name}. Said by referral_stalled."
        assert f"The referral to Community team : {said}" in shown
        assert f"Answer, put off or done : {said}" in shown

    def test_and_from_the_alert_too(self, client, network, stalled):
        client.force_login(network.lead)
        page = client.get(reverse("alerts:detail", args=[stalled.pk]))
        assert "The referral to Community team" in text(page)

    def test_who_may_not_open_the_referral_is_not_sent_there(self, network, stalled):
        assert places_of([stalled], network.lead)
        assert not places_of([stalled], factories.member("team_lead"))

    def test_a_draft_has_no_team_yet(self, network):
        draft = network.draft(team=None)
        about = alert(network.person, network.gp_team, "referral", draft.pk, "referral_stalled")
        assert places_of([about], network.gp)[about.pk].text == "The draft"


class TestPlan:
    @pytest.fixture
    def two(self) -> Two:
        return Two()

    @pytest.fixture
    def plan(self, two: Two) -> Plan:
        return two.plan()

    def test_a_plan_and_its_promise_lead_to_the_plan(self, client, two, plan):
        line = two.write(plan, LineKind.ACTION, "Ring the landlord", owner_kind="person")
        late = alert(two.person, two.team, "plan", plan.pk, "plan_review_late")
        promise = alert(two.person, two.team, "plan_action", line.pk, "plan_action_late")
        found = places_of([late, promise], two.lead)
        href = reverse("careplans:plan", args=[plan.pk])
        assert [found[one.pk].href for one in (late, promise)] == [href, href]
        assert not places_of([late, promise], two.stranger)
        client.force_login(two.lead)
        assert "The plan" in text(client.get(reverse("alerts:detail", args=[late.pk])))


def test_one_query_for_each_kind_however_many(django_assert_num_queries):
    two = Two()
    alerts = [
        alert(two.person, two.team, kind, uuid4(), f"rule_{n}")
        for n, kind in enumerate(["plan", "plan", "person", "referral", "referral", "unheard_of"])
    ]
    with django_assert_num_queries(3):  # and the user's own teams
        assert places_of(alerts, two.lead) == {}
