"""The sample extract: every spell, and the states that the data prove."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from casework.cases.models import LiveReason
from referrals import clock_codes, services
from referrals.actors import Actor
from referrals.clocks import crisis_limit, crisis_minutes
from referrals.models import ClockCode, HoldingChange, Referral, Responsibility
from referrals.table import OPEN, State

pytestmark = pytest.mark.django_db
SAMPLE = Path(settings.BASE_DIR) / "casework" / "extract" / "sample"
D = dt.date


@pytest.fixture
def sample() -> None:
    if not ClockCode.objects.exists():
        clock_codes.seed(ClockCode)
    call_command("import_extract", str(SAMPLE), verbosity=0)


def referral(local_id: str) -> Referral:
    return Referral.objects.get(local_id=local_id)


def test_every_spell_is_as_expected(sample, tmp_path, capsys) -> None:
    out = tmp_path / "spells.csv"
    call_command("waits", on="2026-10-31", csv=str(out), provider="X0001")
    expected = (SAMPLE / "expected" / "spells.csv").read_text()
    assert list(csv.reader(StringIO(out.read_text()))) == list(csv.reader(StringIO(expected)))
    assert "60 spells" in capsys.readouterr().out


def test_spaces_in_an_expression_change_no_spell(tmp_path) -> None:
    folder = tmp_path / "extract"
    shutil.copytree(SAMPLE, folder)
    activities = folder / "MHS202CareActivity.csv"
    activities.chmod(0o644)
    activities.write_text(activities.read_text().replace("391281002:", "391281002 : "))
    assert "391281002 : " in activities.read_text()
    call_command("import_extract", str(folder), verbosity=0)
    out = tmp_path / "spells.csv"
    call_command("waits", on="2026-10-31", csv=str(out), provider="X0001")
    assert out.read_text().split() == (SAMPLE / "expected" / "spells.csv").read_text().split()


def test_states_are_what_the_data_prove(sample) -> None:
    for row in Referral.objects.all():
        if row.discharged_on:
            assert (row.state, row.state_on) == (State.CLOSED, row.discharged_on)
        elif row.rejected_on:
            assert (row.state, row.state_on) == (State.DECLINED, row.rejected_on)
        else:
            assert row.state == State.IN_SERVICE
            assert row.first_contact_on == row.state_on == row.met_contact.date
        assert row.from_data
        assert row.history.count() == 0
        assert (row.held_id == row.person_id) == (row.state in OPEN)


def test_a_journey_through_four_referrals_is_one(sample) -> None:
    journey = [referral(one) for one in ("R0003", "R0004", "R0005", "R0006")]
    assert {row.journey_id for row in journey} == {journey[0].pk}
    assert [row.parent_id for row in journey] == [None, *(row.pk for row in journey[:3])]
    others = Referral.objects.exclude(pk__in=[row.pk for row in journey])
    assert not others.filter(root__isnull=False).exists()


def test_everybody_with_an_open_referral_is_held(sample) -> None:
    people = set(Referral.objects.open().values_list("person_id", flat=True))
    assert people == set(Responsibility.objects.values_list("person_id", flat=True))
    nobody = Responsibility.objects.get(person__local_id="P017")
    assert nobody.worker is None and nobody.imported
    named = Responsibility.objects.get(person__local_id="P001")
    assert named.worker.local_id == "S03" and named.team.local_id == "T02"
    assert HoldingChange.objects.filter(how="imported").count() == len(people)


def test_importing_again_changes_nothing(sample) -> None:
    before = list(Referral.objects.order_by("pk").values())
    call_command("import_extract", str(SAMPLE), verbosity=0)
    assert list(Referral.objects.order_by("pk").values()) == before
    assert HoldingChange.objects.count() == Responsibility.objects.count()


def test_the_weekends_when_the_clocks_change(sample) -> None:
    minutes = {}
    for row in Referral.objects.filter(person__local_id="P011", team__mhsds_type="A02"):
        limit = crisis_limit("A02", row.priority, row.source)
        contacts = row.contact_links.filter(
            contact__attendance__in=["5", "6"], contact__medium="01"
        ).values_list("contact__date", "contact__time")
        taken = crisis_minutes(row.received_on, row.received_time, contacts)
        minutes[row.received_on] = (taken, taken <= limit)
    assert minutes[D(2026, 10, 24)] == (255, False)
    assert minutes[D(2026, 3, 28)] == (200, True)


def test_somebody_who_acts_on_an_imported_referral_makes_it_ours(sample) -> None:
    row = referral("R0001")
    after = services.end_early(
        referral=row,
        by=Actor(service=True),
        cause="admitted",
        happened_on=D(2026, 10, 30),
        who_keeps_contact="The ward",
    )
    assert after.state == State.CLOSED and not after.from_data
    assert not LiveReason.objects.filter(
        person=row.person, kind="referral", end__isnull=True
    ).exists()
    call_command("import_extract", str(SAMPLE), verbosity=0)
    assert referral("R0001").state == State.CLOSED
