"""The one statement equals the plain Python reference, for any log and whoever is asked for."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.cases.models import Allocation, Case, Contact, LiveReason, Person
from casework.common.ids import uuid7
from casework.continuity import facts
from casework.directory.models import Organisation, Team, Worker
from tests.integration.continuity import reference
from tests.integration.continuity.reference import Log, Met, Named, Spell

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 10, 31)
STAFF = "ABCDE"
TEAMS = {"cmht": "cmht", "crisis": "crisis", "charity": "voluntary"}
ROLES = ("key_worker", "key_worker", "peer", "therapist")
EDGES = [0, 1, 13, 14, 15, 89, 90, 91, 178, 179, 180, 364, 365, 366, 500]

days_ago = st.sampled_from(EDGES) | st.integers(-20, 420)
dates = days_ago.map(lambda days: ON - dt.timedelta(days=days))
ends = st.none() | st.integers(0, 200).map(lambda days: dt.timedelta(days=days))


@st.composite
def spells(draw):
    start, length = draw(dates), draw(ends)
    return Spell(start, None if length is None else start + length)


@st.composite
def allocations(draw):
    spell = draw(spells())
    return Named(
        worker=draw(st.sampled_from(STAFF)),
        role=draw(st.sampled_from(ROLES)),
        start=spell.start,
        end=spell.end,
        planned=draw(st.sampled_from([None, True, False])) if spell.end else None,
        end_reason=draw(st.sampled_from(["", "worker_left", "ending"])) if spell.end else "",
    )


@st.composite
def meetings(draw):
    worker = draw(st.none() | st.sampled_from("AAABCDE"))
    team = draw(st.none() | st.sampled_from(sorted(TEAMS)))
    purpose_crisis = draw(st.booleans()) and draw(st.booleans())
    return Met(
        day=draw(dates),
        time=draw(st.none() | st.sampled_from([dt.time(0), dt.time(9), dt.time(9, 30)])),
        ident="",
        worker=worker,
        worker_count=0 if worker is None else draw(st.sampled_from([1, 1, 1, 2])),
        team=team,
        crisis=purpose_crisis or team == "crisis",
        attendance=draw(st.sampled_from("55555560234") | st.sampled_from(["", "X", "7"])),
        grouped=draw(st.booleans()),
    )


@st.composite
def logs(draw):
    contacts = draw(st.lists(meetings(), max_size=14))
    idents = draw(st.permutations(range(len(contacts))))
    named = {(a.worker, a.role, a.start): a for a in draw(st.lists(allocations(), max_size=5))}
    return Log(
        contacts=[
            Met(**{**vars(c), "ident": f"C{i}"}) for c, i in zip(contacts, idents, strict=True)
        ],
        named=list(named.values()),
        referrals=draw(st.lists(spells(), max_size=3)),
        case=draw(st.none() | spells()),
        died=draw(
            st.sampled_from([None, None, None, ON, ON - dt.timedelta(1), ON + dt.timedelta(1)])
        ),
    )


class World:
    """A trust with five workers and three teams, to which logs are added as people."""

    def __init__(self) -> None:
        self.trust = Organisation.objects.create(name="Trust", kind="trust")
        self.workers = {
            letter: Worker.objects.create(organisation=self.trust, name=letter) for letter in STAFF
        }
        self.teams = {
            name: Team.objects.create(organisation=self.trust, name=name, kind=kind)
            for name, kind in TEAMS.items()
        }

    def add(self, log: Log, provider: Organisation | None = None) -> Person:
        person = Person.objects.create(provider=provider, death_date=log.died)
        rows = []
        for c in log.contacts:
            # a crisis contact of another team is one by its purpose
            purpose = "crisis" if c.crisis and c.team != "crisis" else "support"
            rows.append(
                Contact(
                    person=person,
                    team=self.teams[c.team] if c.team else None,
                    worker=self.workers[c.worker] if c.worker else None,
                    worker_count=c.worker_count,
                    group_id=uuid7() if c.grouped else None,
                    date=c.day,
                    time=c.time,
                    order_key=Contact.make_order_key(c.time, c.ident),
                    attendance=c.attendance,
                    purpose=purpose,
                )
            )
        Contact.objects.bulk_create(rows)
        Allocation.objects.bulk_create(
            Allocation(
                person=person,
                worker=self.workers[a.worker],
                role=a.role,
                start=a.start,
                end=a.end,
                planned_ending=a.planned,
                end_reason=a.end_reason,
            )
            for a in log.named
        )
        LiveReason.objects.bulk_create(
            LiveReason(
                person=person,
                team=self.teams["cmht"],
                kind="referral",
                source_key=f"referral:{uuid7()}",
                start=r.start,
                end=r.end,
            )
            for r in log.referrals
        )
        if log.case:
            Case.objects.create(
                person=person,
                team=self.teams["cmht"],
                opened_on=log.case.start,
                closed_on=log.case.end,
            )
        return person

    def compare(self, found: facts.ContinuityFacts, log: Log, on: dt.date) -> None:
        wanted = reference.facts(log, on)
        letters = {worker.pk: letter for letter, worker in self.workers.items()}
        got = {name: getattr(found, name) for name in wanted if name != "named"}
        got["named"] = {letters[worker] for worker in found.named_workers}
        different = {
            name: (got[name], value)
            for name, value in wanted.items()
            if got[name] != (pytest.approx(value, abs=1e-12) if type(value) is float else value)
        }
        assert not different


def same(row: facts.ContinuityFacts) -> facts.ContinuityFacts:
    """The row with its key workers in one order: the statement leaves theirs open."""
    return row._replace(named_now=",".join(sorted(row.named_now.split(","))))


@pytest.fixture
def world(db):
    return World()


@pytest.mark.deep
@given(batch=st.lists(logs(), min_size=4, max_size=12), on=dates)
def test_the_statement_equals_the_reference_on_many_logs(world, batch, on):
    test_the_statement_equals_the_reference.hypothesis.inner_test(world, batch, on)


@given(
    batch=st.lists(logs(), min_size=1, max_size=4), on=st.sampled_from([ON, dt.date(2026, 2, 28)])
)
def test_the_statement_equals_the_reference(world, batch, on):
    people = [world.add(log) for log in batch]
    found = {row.person_id: row for row in facts.of_people([p.pk for p in people], on)}
    assert set(found) == {p.pk for p in people}
    for person, log in zip(people, batch, strict=True):
        world.compare(found[person.pk], log, on)


@given(batch=st.lists(logs(), min_size=2, max_size=4))
@settings(max_examples=10)
def test_everybody_one_organisation_some_and_one_are_the_same_rows(world, batch):
    people = [
        world.add(log, provider=world.trust if i % 2 else None) for i, log in enumerate(batch)
    ]
    ids = [p.pk for p in people]
    some = {row.person_id: same(row) for row in facts.of_people(ids, ON)}
    everybody = {row.person_id: same(row) for row in facts.everybody(ON)}
    of_trust = {row.person_id: same(row) for row in facts.of_organisation(world.trust.pk, ON)}
    for i, (person, log) in enumerate(zip(people, batch, strict=True)):
        row = some[person.pk]
        assert everybody[person.pk] == row == same(facts.of_person(person.pk, ON))
        held = bool(log.case and log.case.start <= ON)
        its_own = row if i % 2 or held else None
        assert of_trust.get(person.pk) == its_own
        asked = facts.of_people([person.pk], ON, organisation_id=world.trust.pk)
        assert [same(row) for row in asked] == ([its_own] if its_own else [])
    elsewhere = Organisation.objects.create(name="Elsewhere")
    assert list(facts.of_organisation(elsewhere.pk, ON)) == []


def test_nobody_has_no_facts(world):
    assert facts.of_people([], ON) == []
    assert facts.of_person(uuid7(), ON) is None


def test_a_person_without_anything_has_a_row_of_nothing(world):
    person = world.add(Log())
    row = facts.of_person(person.pk, ON)
    world.compare(row, Log(), ON)
    assert (row.worker_id, row.team_id, row.team_kind) == (None, None, "")
    assert row.subject_key == f"person:{person.pk}"


def test_who_can_act_is_the_pointer_while_it_is_named(world):
    start = dt.date(2026, 1, 1)
    log = Log(
        named=[Named("A", "key_worker", start, ON), Named("B", "key_worker", ON, None)],
        case=Spell(start, None),
    )
    person = world.add(log)
    Case.objects.filter(person=person).update(key_worker=world.workers["B"])
    today, after = (facts.of_person(person.pk, day) for day in (ON, ON + dt.timedelta(1)))
    assert today.worker_id == after.worker_id == world.workers["B"].pk
    assert len(today.named_workers) == 2 and len(after.named_workers) == 1
    Case.objects.filter(person=person).update(key_worker=world.workers["A"])
    assert facts.of_person(person.pk, ON).worker_id == world.workers["A"].pk
    stale = facts.of_person(person.pk, ON + dt.timedelta(1))
    assert stale.worker_id == world.workers["B"].pk
    assert (today.team_id, today.team_kind) == (world.teams["cmht"].pk, "cmht")


def test_one_statement_whatever_the_number_of_people(world, django_assert_num_queries):
    batch = [Log(contacts=[Met(ON, None, "C", "A", 1, "cmht", False, "5")])] * 12
    people = [world.add(log).pk for log in batch]
    with django_assert_num_queries(1):
        facts.of_people(people[:1], ON)
    with django_assert_num_queries(1):
        facts.of_people(people, ON)
