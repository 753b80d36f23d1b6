"""Which threshold is in force for a team."""

from __future__ import annotations

import pytest

from casework.continuity.models import PolicyValue
from casework.continuity.policy_values import Policies, declared
from casework.directory.models import Organisation, Team

pytestmark = pytest.mark.django_db
CODE = "losing_touch.days"


@pytest.fixture
def team():
    trust = Organisation.objects.create(name="Trust", kind="trust")
    return Team.objects.create(organisation=trust, name="North", kind="cmht")


def test_the_narrowest_value_wins(team):
    def in_force(kind="cmht", ident=team.pk):
        return Policies().for_team(ident, kind)[CODE]

    assert in_force() == declared()[CODE].default == 42
    PolicyValue.objects.create(code=CODE, value=30)
    assert in_force() == 30
    PolicyValue.objects.create(code=CODE, team_kind="cmht", value=21)
    assert in_force() == 21
    PolicyValue.objects.create(code=CODE, team=team, value=14)
    assert in_force() == 14
    assert in_force(kind="crisis", ident=None) == 30
    assert in_force(kind="", ident=None) == 30


def test_one_query_for_any_number_of_teams(team, django_assert_num_queries):
    with django_assert_num_queries(1):
        policies = Policies()
        for kind in ("cmht", "crisis", "gp"):
            policies.for_team(team.pk, kind)
            policies.for_team(None, kind)


def test_teams_with_the_same_scope_share_one_policy(team):
    policies = Policies()
    assert policies.for_team(team.pk, "cmht") is policies.for_team(team.pk, "cmht")


def test_the_digest_changes_with_a_threshold_and_with_nothing_else(team):
    before = Policies().digest
    assert Policies().digest == before
    PolicyValue.objects.create(code="no.such.threshold", value=1)
    assert Policies().digest == before
    value = PolicyValue.objects.create(code=CODE, team=team, value=30)
    changed = Policies().digest
    assert changed != before
    value.value = 31
    value.save()
    assert Policies().digest not in (before, changed)


def test_a_value_for_a_threshold_that_no_rule_has_is_left_alone(team):
    PolicyValue.objects.create(code="no.such.threshold", value=1)
    with pytest.raises(KeyError):
        Policies().for_team(team.pk, "cmht")["no.such.threshold"]
