"""Plans and agreements of an extract appear as dated records, and their words never do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from csv import DictReader
from typing import Any

import pytest
from django.utils import timezone

from careplans.clock_legs import agreed_plans
from careplans.models import RecordedAgreement, RecordedPlan
from careplans.panels import line
from casework.cases.models import CaseEvent, Person
from casework.common.presenters import short_date
from casework.reports.plan_agreements import agreement_of
from tests.integration.extract.conftest import Load
from tests.unit.extract.folder import Folder

pytestmark = pytest.mark.django_db


def rows(folder: Folder, table: str) -> list[dict[str, str]]:
    return list(DictReader(folder.lines(table)))


def person(local_id: str) -> Person:
    return Person.objects.get(local_id=local_id)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def told(**fields: Any) -> list[Any]:
    return list(CaseEvent.objects.filter(**fields).order_by("on", "pk").values_list("on", "data"))


def test_every_plan_and_every_agreement_is_a_record_with_its_day(
    folder: Folder, load: Load
) -> None:
    load()
    assert Counter(
        RecordedPlan.objects.values_list("local_id", "person__local_id", "kind", "created_day")
    ) == Counter(
        (
            row["CarePlanID"],
            row["LocalPatientID"],
            row["CarePlanTypeMH"],
            day(row["CarePlanCreatDate"]),
        )
        for row in rows(folder, "MHS008")
    )
    assert Counter(
        RecordedAgreement.objects.values_list("plan__local_id", "agreed_by", "agreed_on")
    ) == Counter(
        (
            row["CarePlanID"],
            row["CarePlanContentAgreedBy"],
            day(row["CarePlanContentAgreedDate"]) if row["CarePlanContentAgreedDate"] else None,
        )
        for row in rows(folder, "MHS009")
    )


def test_they_stand_on_the_timeline_on_their_own_days(folder: Folder, load: Load) -> None:
    load()
    written = Counter(
        (row["LocalPatientID"], day(row["CarePlanCreatDate"])) for row in rows(folder, "MHS008")
    )
    assert (
        Counter(CaseEvent.objects.filter(kind="plan.created").values_list("person__local_id", "on"))
        == written
    )
    whose = {row["CarePlanID"]: row["LocalPatientID"] for row in rows(folder, "MHS008")}
    agreed = Counter(
        (whose[row["CarePlanID"]], day(row["CarePlanContentAgreedDate"]))
        for row in rows(folder, "MHS009")
        if row["CarePlanContentAgreedDate"]
    )
    assert (
        Counter(CaseEvent.objects.filter(kind="plan.agreed").values_list("person__local_id", "on"))
        == agreed
    )


def test_an_agreement_without_a_day_is_a_fact_and_no_moment(folder: Folder, load: Load) -> None:
    folder.set("MHS009", 2, "CarePlanContentAgreedDate", "")
    (plan_id, party) = folder.line("MHS009", 2).split(",")[:2]
    load()
    row = RecordedAgreement.objects.get(plan__local_id=plan_id, agreed_by=party)
    assert row.agreed_on is None
    assert "date not recorded" in " ".join(line(row.plan, [row]).agreed)
    assert (row.plan.person_id, row.plan.created_day) in {
        (who, created) for who, created, _updated in agreed_plans(people=None)
    }


def test_a_plan_that_changed_is_updated_and_told_once(folder: Folder, load: Load) -> None:
    load()
    before = RecordedPlan.objects.get(local_id="CP002")
    folder.set("MHS008", 3, "CarePlanLastUpdateDate", "2026-10-01")
    folder.append("MHS009", "CP002,11,2026-10-01,")
    load()
    plan = RecordedPlan.objects.get(local_id="CP002")
    assert (plan.pk, plan.updated_day) == (before.pk, dt.date(2026, 10, 1))
    assert [
        data["agreed_by"]
        for on, data in told(kind="plan.agreed", about=plan.pk)
        if on == dt.date(2026, 10, 1)
    ] == ["11"]
    assert len(told(kind="plan.created", about=plan.pk)) == 1
    shown = line(plan, plan.agreements.all())
    assert short_date(plan.updated_day) in shown.dates


def test_the_persons_own_agreement_is_told_from_the_teams(folder: Folder, load: Load) -> None:
    load()
    theirs = {
        row["CarePlanID"]
        for row in rows(folder, "MHS009")
        if row["CarePlanContentAgreedBy"] == "10" and row["CarePlanContentAgreedDate"]
    }
    whose = {row["CarePlanID"]: row["LocalPatientID"] for row in rows(folder, "MHS008")}
    today = timezone.localdate()
    for local_id in set(whose.values()):
        agreed = agreement_of(person(local_id).pk, today).agreed_on is not None
        assert agreed == any(whose[plan] == local_id for plan in theirs), local_id


def test_a_plan_nobody_agreed_to_says_so_and_is_no_leg(folder: Folder, load: Load) -> None:
    lines = [one for one in folder.lines("MHS009") if not one.startswith("CP003,")]
    folder.write("MHS009", lines)
    load()
    plan = RecordedPlan.objects.get(local_id="CP003")
    assert line(plan, []).agreed == ("Nobody is recorded as agreeing to it",)
    others = RecordedPlan.objects.filter(person=plan.person).exclude(pk=plan.pk)
    counted = [row for row in agreed_plans(people=[plan.person_id])]
    assert len(counted) == others.filter(agreements__isnull=False).distinct().count()
