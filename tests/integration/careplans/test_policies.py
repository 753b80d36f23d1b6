"""Every condition of what is seen and done at a plan, each alone: right role, wrong person."""

import datetime as dt
from dataclasses import FrozenInstanceError

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from careplans import kinds, policy, services, sharing, writers
from careplans.documents.prefill import NETWORK
from careplans.documents.prefill import SAFETY as SAFETY_PLAN
from careplans.documents.services import may_share
from careplans.kinds import SAFETY
from careplans.models import (
    Agreement,
    AreaOfLife,
    LegalAuthority,
    LocalArea,
    MeasurePack,
    Plan,
    SharingChoice,
)
from careplans.sharing import EVERYTHING, Part
from careplans.table import State, Who
from careplans.voices import Role
from careplans.writers import Writer
from casework.cases import services as cases
from casework.cases.models import Allocation, LiveReason
from casework.directory.models import Locality
from tests import factories
from tests.factories.careplans import Two, signed_page

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def two():
    return Two()


# Whose plan ---------------------------------------------------------------------------------------


def test_the_plan_that_goes_on_and_else_the_latest(two):
    plan = two.plan_in(State.ENDED)
    assert policy.plan_of(two.worker, two.person) == plan
    newer = services.start(person=two.person, by=two.together)
    assert policy.plan_of(two.worker, two.person) == newer
    Plan.objects.filter(pk=newer.pk).update(started_on=plan.started_on - DAY)
    assert policy.plan_of(two.worker, two.person) == newer  # begun earlier, and still going on
    assert policy.plan_of(two.stranger, two.person) is None
    assert policy.plan_of(AnonymousUser(), two.person) is None
    other = factories.held_person(team=two.team)
    assert policy.plan_of(two.worker, other) is None


def test_who_could_see_to_something(two):
    """Named today, already seeing to something, or the one who writes; nobody else's people."""
    plan = two.written()
    named, before, theirs, sees_to_it = (factories.worker() for _ in range(4))
    cases.allocate(person=two.person, worker=named, by=None)
    cases.allocate(person=two.person, worker=before, role="support", by=None)
    today = timezone.localdate()
    Allocation.objects.filter(worker=before).update(
        start=today - 2 * DAY, end=today - DAY, end_reason="other", planned_ending=False
    )
    factories.person_with_key_worker(team=two.team, worker=theirs)
    assert set(policy.workers_around(plan, two.worker)) == {named, two.worker.worker}
    assert set(policy.workers_around(plan, two.reader)) == {named}
    assert set(policy.workers_around(plan, None)) == {named}
    plan.lines.filter(kind=kinds.Kind.ACTION).update(owner_kind="worker", owner_worker=sees_to_it)
    assert set(policy.workers_around(plan, None)) == {named, sees_to_it}
    other = Two(team=two.team)
    assert sees_to_it not in policy.workers_around(other.plan(), None)


def test_who_may_by_law_decide_today(two):
    plan, today = two.plan(), timezone.localdate()

    def authority(person, holder, start, end):
        return LegalAuthority.objects.create(
            person=person, kind="deputy", holder=holder, scope="x", reference="x",
            start=today + start * DAY, end=None if end is None else today + end * DAY,
            seen_on=today, seen_by=two.worker,
        )  # fmt: skip

    wanted = [
        authority(two.person, "Ada", 0, None),
        authority(two.person, "Bo", -9, 0),
        authority(two.person, "Cy", -9, 9),
    ]
    authority(two.person, "Dee", -9, -1)
    authority(two.person, "Eve", 1, None)
    authority(factories.held_person(team=two.team), "Flo", 0, None)
    assert list(policy.authorities(plan)) == wanted


def test_signed_pages_of_those_whose_record_is_open(two):
    version = two.shared()
    two.agrees(version)
    services.record_signature(version=version, by=two.alone, answer="agree", scan=signed_page())
    with_page = Agreement.objects.exclude(scan="").get()
    assert list(policy.signed(two.worker)) == [with_page]
    assert not policy.signed(two.stranger).exists()


def test_an_area_is_one_of_the_plan(two):
    plan = two.plan()
    first = plan.areas.select_related("area").first()
    assert policy.area_of(plan, first.area.code) == first.area
    assert policy.area_of(plan, "nothing-of-the-kind") is None
    plan.areas.filter(pk=first.pk).delete()
    assert policy.area_of(plan, first.area.code) is None


def test_measures_in_use_and_those_of_before():
    now, before = (
        MeasurePack.objects.create(
            code=code, edition="1", name=code, notice="x", content={}, active=active,
            added_on=timezone.localdate(),
        )
        for code, active in (("now", True), ("before", False))
    )  # fmt: skip
    assert list(policy.packs()) == [now]
    assert set(policy.every_pack()) == {now, before}


def test_the_list_of_areas_is_each_localitys_own():
    here, there = (Locality.objects.create(name=name) for name in ("Aldgrove", "Birchhaven"))
    first, *_rest, last = AreaOfLife.objects.all()
    LocalArea.objects.create(locality=here, area=last, order=0, active=False)
    assert [(one.name, one.own_areas) for one in policy.localities()] == [
        ("Aldgrove", True),
        ("Birchhaven", False),
    ]
    assert policy.local_areas(here)[0] in (first, last)
    assert not policy.local_areas(here).get(pk=last.pk).used
    assert policy.local_areas(there).get(pk=last.pk).used
    assert set(policy.every_area()) == set(AreaOfLife.objects.all())
    assert policy.last_place() == last.order
    AreaOfLife.objects.filter(pk=first.pk).update(order=last.order + 7)
    assert policy.last_place() == last.order + 7


def test_a_list_of_areas_without_any_ends_nowhere(monkeypatch):
    monkeypatch.setattr(AreaOfLife, "objects", AreaOfLife.objects.none())
    assert policy.last_place() == 0


# Who writes ---------------------------------------------------------------------------------------


def test_who_is_what_at_a_plan(two):
    plan = two.plan()
    elsewhere = factories.held_person(team=two.team)
    for by, role in (
        (two.themselves, Role.PERSON),
        (Writer(person_id=elsewhere.pk), None),
        (Writer(person_id=two.person.pk, user=two.worker), None),
        (Writer(carer="Juno"), Role.CARER),
        (Writer(carer="Juno", user=two.worker), None),
        (Writer(), None),
        (two.alone, Role.WORKER),
        (two.together, Role.TOGETHER),
        (Writer(user=two.reader), Role.READER),
        (Writer(user=two.reader, together=True), Role.READER),
        (Writer(user=two.stranger), None),
        (Writer(user=two.stranger, together=True), None),
    ):
        assert writers.role_at(plan, by) is role, by


def test_what_each_may_do_in_a_plans_life(two):
    plan = two.plan()
    peer = factories.member("peer_worker", team=two.team)
    for by, who in (
        (two.themselves, {Who.PERSON}),
        (two.alone, {Who.WORKER}),
        (two.together, {Who.WORKER, Who.PERSON}),
        (Writer(user=peer), set()),
        (Writer(user=peer, together=True), set()),
        (Writer(user=two.reader), set()),
        (Writer(user=two.stranger), set()),
        (Writer(carer="Juno"), set()),
    ):
        assert writers.who_at(plan, by) == who, by
    assert writers.may_write(peer) and not writers.may_decide(peer)
    assert writers.may_write(two.worker) and writers.may_decide(two.worker)
    assert not writers.may_write(two.reader) and not writers.may_decide(two.reader)


# What other organisations read --------------------------------------------------------------------


def choose(plan, organisation, *areas, safety=False, whole=False):
    return SharingChoice.objects.create(
        plan=plan, organisation=organisation, areas=list(areas), safety=safety, whole=whole,
        role=Role.PERSON, on=timezone.localdate(),
    )  # fmt: skip


def test_the_choice_about_ones_own_organisation_counts(two):
    plan = two.plan()
    partner = factories.member("partner", team=factories.team("Housing advice"))
    theirs = partner.memberships.get().team.organisation
    assert sharing.open_to(plan, partner) == EVERYTHING
    choose(plan, factories.organisation(), "money")
    assert sharing.open_to(plan, partner) == EVERYTHING
    choose(plan, theirs, "housing", "money", safety=True)
    choose(plan, theirs, "housing", whole=True)  # the later one counts
    choose(Two().plan(), theirs, "money")  # another person's
    part = sharing.open_to(plan, partner)
    assert part == Part(everything=False, areas=frozenset({"housing"}), safety=False, whole=True)
    assert part.area("housing") and not part.area("money")
    for inside in (two.worker, factories.member("network_lead"), AnonymousUser()):
        assert sharing.open_to(plan, inside) == EVERYTHING


def test_an_organisation_that_holds_the_plan_reads_all_of_it(two):
    plan = two.plan()
    home = two.team.organisation
    choose(plan, home, "housing")
    assert sharing.open_to(plan, two.worker) == EVERYTHING
    Plan.objects.filter(pk=plan.pk).update(team=None)
    plan = Plan.objects.select_related("person").get(pk=plan.pk)
    assert plan.person.provider_id is None
    assert sharing.open_to(plan, two.worker).areas == {"housing"}
    type(two.person).objects.filter(pk=two.person.pk).update(provider=home)
    plan = Plan.objects.select_related("person").get(pk=plan.pk)
    assert sharing.open_to(plan, two.worker) == EVERYTHING


def test_who_belongs_to_two_organisations_reads_what_either_reads(two):
    plan = two.plan()
    part = sharing.together(
        [
            Part(everything=False, areas=frozenset({"a"}), safety=True, whole=False),
            Part(everything=False, areas=frozenset({"b"}), safety=False, whole=False),
        ]
    )
    assert part == Part(everything=False, areas=frozenset("ab"), safety=True, whole=False)
    other = sharing.together([Part(everything=False, safety=False, whole=True)])
    assert other == Part(everything=False, safety=False, whole=True)
    assert sharing.together([other, EVERYTHING]).everything
    assert EVERYTHING == Part(everything=True, areas=frozenset(), safety=True, whole=True)
    with pytest.raises(FrozenInstanceError):
        EVERYTHING.everything = False  # type: ignore[misc]
    assert sharing.together([]) == Part(everything=False, safety=False, whole=False)
    assert plan.sharing_choices.count() == 0


def test_lines_and_areas_of_a_part(two):
    part = Part(everything=False, areas=frozenset({"housing"}), safety=True, whole=False)
    safety, hope = next(iter(SAFETY)), kinds.Kind.HOPE
    content = {
        "areas": [{"code": "housing"}, {"code": "money"}],
        "lines": [{"kind": safety}, {"kind": hope}],
        "on": "today",
    }
    assert part.of(content) == {
        "areas": [{"code": "housing"}], "lines": [{"kind": safety}], "on": "today",
    }  # fmt: skip
    assert EVERYTHING.of(content) == content
    assert part.line(hope, "housing") and not part.line(safety, "money")
    assert part.line(safety, None) and not part.line(hope, None)
    whole = Part(everything=False, safety=False, whole=True)
    assert whole.line(hope, None) and not whole.line(safety, None)
    assert EVERYTHING.line(hope, "money") and EVERYTHING.area("money")
    assert sharing.as_data(["money", "gone"], {"housing": 1, "money": 2}) == ["money"]


def test_whom_a_choice_can_be_about(two):
    """Organisations around the person and chosen ones; not the one that holds the plan."""
    plan, today = two.plan(), timezone.localdate()
    teams = {name: factories.team(name) for name in "ABC"}
    worker = factories.worker(organisation=factories.organisation(name="D"))
    cases.allocate(
        person=two.person, worker=factories.worker(), team=teams["A"], role="support", by=None
    )
    choose(plan, teams["B"].organisation, "housing")
    for number, of in enumerate(({"team": teams["C"]}, {"worker": worker})):
        LiveReason.objects.create(
            person=two.person, kind="call", source_key=f"test:{number}", start=today, **of
        )
    other = Two()
    choose(other.plan(), factories.organisation(), "housing")
    cases.allocate(person=other.person, worker=factories.worker(), team=factories.team(), by=None)
    wanted = {team.organisation for team in teams.values()} | {worker.organisation}
    assert set(sharing.organisations(plan)) == wanted
    Plan.objects.filter(pk=plan.pk).update(team=None)
    without = Plan.objects.get(pk=plan.pk)
    assert set(sharing.organisations(without)) == wanted | {two.team.organisation}


def test_which_parts_of_a_text_go_to_whom(two):
    plan = two.plan()
    reader = factories.organisation()
    assert may_share(plan, None) is None
    assert may_share(plan, reader) is None
    choose(plan, reader, "housing")
    assert may_share(plan, reader) == {"housing"}
    choose(plan, reader, "money", safety=True)
    assert may_share(plan, reader) == {"money", SAFETY_PLAN}
    choose(plan, reader, whole=True)
    assert may_share(plan, reader) == {NETWORK}
    assert may_share(plan, factories.organisation()) is None
