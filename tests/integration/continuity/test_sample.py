"""The sample extract: every figure, and the flags that its stories should raise."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from casework.common.rules import rule_sources
from casework.continuity.policy_values import Policies
from tests import factories
from tests.integration.continuity import sample

pytestmark = pytest.mark.django_db

EXPECTED = (sample.FOLDER / "expected/continuity.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["--provider", "X0001"]])
def test_every_cell_is_as_published(arguments, tmp_path):
    sample.load()
    out = tmp_path / "continuity.csv"
    call_command(
        "continuity", "--on", "2026-10-31", "--csv", str(out), *arguments, stderr=io.StringIO()
    )
    assert out.read_text(encoding="utf-8").splitlines() == EXPECTED.splitlines()


def test_the_date_of_the_latest_extract_is_the_default():
    sample.load()
    out = io.StringIO()
    call_command("continuity", "--csv", "-", stdout=out)
    assert out.getvalue().splitlines() == EXPECTED.splitlines()


def test_a_live_organisation_is_looked_at_as_of_today(time_machine):
    time_machine.move_to("2026-05-31 12:00")
    trust = sample.load()
    trust.live = True
    trust.save()
    today, then = io.StringIO(), io.StringIO()
    call_command("continuity", "--csv", "-", stdout=today)
    call_command("continuity", "--on", "2026-05-31", "--csv", "-", stdout=then)
    assert today.getvalue() == then.getvalue()
    assert today.getvalue().splitlines() != EXPECTED.splitlines()


def test_local_ids_of_several_organisations_are_pointed_out():
    sample.load()
    quiet, told = io.StringIO(), io.StringIO()
    call_command("continuity", "--csv", "-", stdout=io.StringIO(), stderr=quiet)
    assert quiet.getvalue() == ""
    other = factories.organisation()
    factories.held_person(provider=other, local_id="P001")
    arguments = ["continuity", "--on", "2026-10-31", "--csv", "-"]
    call_command(*arguments, stdout=io.StringIO(), stderr=told)
    assert "in use by more than one organisation: 1." in told.getvalue()
    alone = io.StringIO()
    call_command(*arguments, "--provider", "X0001", stdout=io.StringIO(), stderr=alone)
    assert alone.getvalue() == ""


def test_a_provider_that_is_not_known_is_named():
    with pytest.raises(CommandError, match="No organisation has the code ZZZ"):
        call_command("continuity", "--provider", "ZZZ", "--csv", "-")


def test_a_date_that_is_none_says_how_to_write_one():
    with pytest.raises(CommandError, match=r"31/10/2026 is no date\. Write it as 2026-10-31"):
        call_command("continuity", "--on", "31/10/2026", "--csv", "-")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("continuity", "--csv", str(tmp_path / "no" / "out.csv"))


STORIES = {
    "P002": {"many_faces", "poor_continuity", "named_worker_share"},
    "P004": {"crisis_only", "no_named_worker"},
    "P007": {"no_named_worker"},
    "P017": {"many_faces", "no_named_worker"},
    "P025": {"worker_changes"},
}
STEADY = ("P001", "P003", "P005", "P006", "P012", "P013", "P014", "P015", "P022", "P026", "P028")


def flags(trust):
    source = rule_sources["continuity"]
    policies = Policies()
    found = {}
    for facts in source.facts(organisation_id=trust.pk, on=sample.ON):
        policy = policies.for_team(facts.team_id, facts.team_kind)
        found[facts.local_id] = {rule.code: rule for rule in source.rules if rule(facts, policy)}
    return found


def test_the_stories_raise_the_flags_that_they_should():
    found = flags(sample.load())
    assert {person: set(found[person]) for person in STORIES} == STORIES
    assert {person: set(found[person]) for person in STEADY} == {person: set() for person in STEADY}


def test_nobody_who_died_or_left_is_flagged():
    found = flags(sample.load())
    assert found["P020"] == found["P051"] == found["P037"] == {}


def test_a_flag_of_the_sample_in_words():
    trust = sample.load()
    source = rule_sources["continuity"]
    row = next(
        row
        for row in source.facts(organisation_id=trust.pk, on=sample.ON)
        if row.local_id == "P017"
    )
    rules = {rule.code: rule for rule in source.rules}
    assert rules["no_named_worker"].sentence(row) == (
        "Nobody has been named as key worker for 78 days."
    )
    assert rules["many_faces"].sentence(row) == "4 different people in the last 6 meetings."
    assert rules["many_faces"].cause(row) == (
        "The last key worker's time ended 78 days ago and nobody has been named since."
    )
