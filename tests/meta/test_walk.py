"""Nobody gets at a row that is not theirs: every address, every kind of reader, every row.

A refusal is the same whether or not the row exists: the same answer, the same words, as many
queries. By default a sample is walked; `make test-deep` walks everything: at each address the rows
of every table that the address asked about the id, and some of the others.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from careplans import services as plans
from careplans.documents.kinds import DocumentKind
from careplans.kinds import Kind
from casework.accounts import services as accounts
from casework.accounts.roles import ROLES, Permission, Scope
from casework.cases.access import fencing, overrides, sealed
from casework.cases.models import (
    AccessEntry,
    Adjustment,
    Allocation,
    IdentityStatement,
    LiveReason,
    MergeSuspect,
    Person,
)
from casework.cases.services import absences, allocations, check_ins, handovers, notes, steps
from casework.cases.services.notes import Words
from casework.cases.services.steps import Promise
from casework.portal import services as portal
from casework.portal.talk import messages
from referrals.models import Referral
from referrals.services import reply_links
from referrals.table import State
from tests import asked, factories
from tests.factories.careplans import Two
from tests.factories.documents import begun, full_plan
from tests.factories.portal import invitation, own_account
from tests.factories.referrals import START, Network
from tests.meta.test_urls import BY_ROLE, GUARDED, Address

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SECRET = "Quillfeather"  # in every word about the person that could leak
PARTS = 2  # of the deep walk for each reader, so that the cores share it
SAMPLE = 10  # addresses for each reader, where not everything is walked

# Whoever looks after users, teams and imports opens each of those; what is about people stays shut.
LOOKED_AFTER = frozenset(
    {
        Permission.MANAGE_USERS,
        Permission.MANAGE_DIRECTORY,
        Permission.SEE_JOBS,
        Permission.IMPORT,
        Permission.SET_THRESHOLDS,
        Permission.SEE_NETWORK,
    }
)
ABOUT_A_ROW = [one for one in BY_ROLE if "UUIDConverter" in one.kinds]
# of people's own pages; staff are sent away from all of them
OWN = [
    one for one in GUARDED if "UUIDConverter" in one.kinds and getattr(one.view, "own_page", False)
]
LISTS = [
    one for one in GUARDED if not one.arguments and "GET" in getattr(one.view, "read_methods", ())
]
_VARYING = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|name="_draft[^>]*>')


class World:
    """A person of another team and organisation, about whom everything there can be is recorded."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.team = factories.team("Other Team")
        self.worker = factories.worker(f"Wilma {SECRET}")
        self.lead = factories.member(
            "team_lead", team=self.team, worker=self.worker, name=self.worker.name
        )
        self.person = factories.person_with_key_worker(
            team=self.team,
            worker=self.worker,
            since=today - 60 * DAY,
            name=f"Robin {SECRET}",
            local_id="QF-4711",
        )
        person, lead = self.person, self.lead
        contact = factories.contact(person, self.worker, team=self.team)
        notes.write_note(person=person, contact=contact, by=lead, words=Words(words=SECRET))
        steps.make_step(
            person=person, by=lead, promise=Promise(f"Ring {SECRET}", today, worker=self.worker)
        )
        check_ins.agree(
            person=person,
            worker=self.worker,
            medium="02",
            every_weeks=4,
            next_on=today + 9 * DAY,
            agreed_on=today,
            by=lead,
        )
        other = factories.worker(f"Otto {SECRET}")
        handovers.plan(
            allocation=Allocation.objects.get(person=person),
            to=other,
            by=lead,
            reason=SECRET,
            starts_on=today + 7 * DAY,
            overlap_until=today + 14 * DAY,
        )
        absences.arrange(
            worker=other, start=today, end=today + DAY, by=lead, cover_worker=self.worker
        )
        Adjustment.objects.create(person=person, kind="place", words=SECRET)
        IdentityStatement.objects.create(
            person=person, aspect="faith", words=SECRET, visible_to="everyone"
        )
        MergeSuspect.objects.create(
            person=person, other=factories.held_person(team=self.team), why=SECRET
        )
        Referral.objects.create(person=person, team=self.team, received_on=today)
        self.note = sealed.write(
            person=person, kind="note", words=SECRET, why=SECRET, readers=[], by=lead
        )
        apps.get_model("alerts", "Alert").objects.create(
            rule="many_faces",
            subject_key=f"person:{person.pk}",
            person=person,
            team=self.team,
            worker=self.worker,
            sentence=SECRET,
            opened_on=today,
            updated_on=today,
        )
        self.stranger = factories.member(
            "team_member", worker=factories.worker(), name=f"Sten {SECRET}"
        )
        asked = overrides.ask(
            identifier="QF-4711",
            category="other",
            reason=SECRET,
            safety_reason="",
            by=self.stranger,
        )
        overrides.open_record(override=asked, by=self.stranger)
        self._more()
        # taken now: whatever comes later is the reader's own
        self.rows, self.about_people = self._rows()

    def _more(self) -> None:
        """What else there is to be found; the default walk does without."""

    @property
    def people(self) -> list[UUID]:
        """Rows about people: the newest of each table."""
        return sorted({self.person.pk, *(self.rows[t][0] for t in self.about_people)})

    @property
    def every(self) -> list[UUID]:
        """Rows of all kinds: the newest of each table."""
        return sorted({self.person.pk, *(ids[0] for ids in self.rows.values())})

    def _rows(self) -> tuple[dict[str, list[UUID]], set[str]]:
        """The newest rows of each table, and which tables are about people."""
        found, people = {}, set()
        for model in apps.get_models():
            if not isinstance(model._meta.pk, models.UUIDField):
                continue
            ids = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:3])
            if ids:
                found[model._meta.db_table] = ids
                if _about_people(model):
                    people.add(model._meta.db_table)
        return found, people


def _make_up(model: Any) -> None:
    """A row of a table that no service filled: the walk needs no more of it than that it is there.

    Where a constraint asks for more, there is none; `NOT_WALKED` says of which tables.
    """
    row = model()
    for field in model._meta.concrete_fields:
        if field.null or field.primary_key or field.has_default():
            continue
        if field.related_model is not None:
            related = field.related_model._base_manager.order_by("-pk").first()
            if related is None:
                return
            setattr(row, field.attname, related.pk)
        elif isinstance(field, models.CharField | models.TextField):
            chosen = field.choices[0][0] if field.choices else SECRET
            setattr(row, field.attname, chosen[: field.max_length or 80])
        elif isinstance(field, models.DateTimeField):
            setattr(row, field.attname, timezone.now())
        elif isinstance(field, models.DateField):
            setattr(row, field.attname, timezone.localdate())
        elif isinstance(field, models.IntegerField):
            setattr(row, field.attname, 1)
    with contextlib.suppress(IntegrityError), transaction.atomic():
        model._base_manager.bulk_create([row])


class Whole(World):
    """With a plan, its documents, referrals on their way, and somebody's own account."""

    def _more(self) -> None:
        two = Two()
        plan = full_plan(two, SECRET)
        version = two.shared(plan)
        two.agrees(version)
        begun(two, plan, DocumentKind.HOUSING)
        plans.propose(plan=plan, kind=Kind.CHECK_IN, values={"words": SECRET}, by=two.themselves)
        written = messages.write(person=two.person, words=SECRET)
        messages.mark_read(message=written, by=two.worker)
        account = own_account(two.person, by=two.worker)
        portal.ask(person=account.person, about="other", words=SECRET)
        met = factories.contact(two.person, two.worker.worker, team=two.team)
        portal.remark(contact=met, person=two.person, words=SECRET)
        invitation(factories.held_person(team=two.team), by=two.worker)
        with time_machine.travel(START, tick=False):
            net = Network()
        for state in (
            State.DRAFT,
            State.AWAITING_INFORMATION,
            State.DECLINE_PROPOSED,
            State.IN_SERVICE,
            State.SENT,
        ):
            with time_machine.travel(START, tick=False):
                person = factories.held_person(team=net.gp_team, name=f"Rosa {SECRET}")
            referral = net.referral_in(state, person=person)
        address = reply_links.verify_address(
            team=net.cmht, email="desk@partner.example", how="Rang them", by=net.gp
        )
        reply_links.make_link(referral=referral, address=address, by=net.gp, told_words="Lee")
        for _pass in range(2):
            for model in apps.get_models():
                if _about_people(model) and not model._base_manager.exists():
                    _make_up(model)


def _about_people(model: Any) -> bool:
    """Is this table about people, or about what is about them?"""
    return model._meta.db_table in fencing.steps() or model._meta.label in fencing.UNFENCED


def _has_a_role(role: str, world: World) -> Any:
    """Somebody of another team and organisation, with a worker of their own."""
    scope = ROLES[role].scope
    somebody = factories.member(role, worker=factories.worker(), name="Amber Elsewhere")
    if scope is Scope.TEAM:
        own = somebody.memberships.get().team
        factories.person_with_key_worker(team=own, worker=somebody.worker)
    return somebody


def _ended_membership(world: World) -> Any:
    """Led the very team until yesterday."""
    somebody = factories.user(name="Amber Former", worker=factories.worker())
    today = timezone.localdate()
    accounts.grant(
        user=somebody,
        role="team_lead",
        team=world.team,
        start=today - 90 * DAY,
        end=today - DAY,
        by=None,
    )
    # still works elsewhere, so that a role alone does not keep them out
    accounts.grant(user=somebody, role="team_lead", team=factories.team(), by=None)
    return somebody


def _ended_allocation(world: World) -> Any:
    """Was the person's worker until yesterday, from another team."""
    somebody = factories.member("key_worker", worker=factories.worker(), name="Amber Formerly")
    today = timezone.localdate()
    row = allocations.allocate(
        person=world.person,
        worker=somebody.worker,
        role="second",
        start=today - 30 * DAY,
        by=world.lead,
    )
    LiveReason.objects.filter(worker=somebody.worker).update(end=today - DAY)
    Allocation.objects.filter(pk=row.pk).update(end=today - DAY, end_reason="other")
    return somebody


def _expired_override(world: World) -> Any:
    """Had the record open for an hour, until just now; and the sealed note with it."""
    somebody = factories.member("team_lead", worker=factories.worker(), name="Amber Hourly")
    before = timezone.now() - dt.timedelta(minutes=61)
    asked = overrides.ask(
        identifier="QF-4711", category="danger", reason="x", safety_reason="", by=somebody
    )
    overrides.open_record(override=asked, by=somebody, now=before)
    overrides.open_note(
        note=world.note, ground="law", reason="x", safety_reason="", by=somebody, now=before
    )
    return somebody


def _own_account(world: World) -> Any:
    """Somebody who signs in to their own pages."""
    return own_account(factories.held_person(name="Amber Themselves")).user


READERS = {
    **{role: (lambda world, role=role: _has_a_role(role, world)) for role in ROLES},
    "ended membership": _ended_membership,
    "ended allocation": _ended_allocation,
    "expired override": _expired_override,
    "own account": _own_account,
}


@pytest.fixture
def _no_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def world(_no_cache):
    return World()


@pytest.fixture
def whole(_no_cache):
    return Whole()


def methods(address: Address) -> list[str]:
    reads = getattr(address.view, "read_methods", frozenset())
    writes = getattr(address.view, "write_methods", frozenset())
    return [*(["get"] if "GET" in reads else []), *(["post"] if "POST" in writes else [])]


class Answer:
    """Status, words without what varies by request, how many queries, and what they asked."""

    def __init__(self, client: Any, method: str, address: Address, row_id: UUID) -> None:
        connection.queries_log.clear()  # it holds the latest 9,000 only
        with CaptureQueriesContext(connection) as queries:
            said = getattr(client, method)(address.path(row_id))
        self.status, self.queries = said.status_code, len(queries)
        self.words = _VARYING.sub("", said.content.decode()).replace(str(row_id), "")
        self._row_id, self._asked = row_id, [one["sql"] for one in queries]

    def tables(self) -> set[str]:
        """The tables of each statement that names the row."""
        return asked.tables(self._asked, self._row_id)


def walk(client: Any, world: World, reader: Any, addresses: list[Address], few: int = 0) -> int:
    """Ask each address about rows that are not the reader's; how often it was asked."""
    # the session is written down again each minute, which is a query more
    with time_machine.travel(timezone.now(), tick=False):
        client.force_login(reader)
        client.get(reverse("home"))  # the session's first write is over
        return sum(_asked_in_vain(client, world, one, few) for one in addresses)


def _asked_in_vain(client: Any, world: World, address: Address, few: int) -> int:
    count = 0
    for method in methods(address):
        nowhere = Answer(client, method, address, uuid4())
        assert nowhere.status in {403, 404}, (str(address), method)
        for row_id in _worth_asking(world, address, nowhere, few):
            here = Answer(client, method, address, row_id)
            count += 1
            assert here.status == nowhere.status, (str(address), method, row_id)
            assert here.queries == nowhere.queries, (str(address), method, row_id)
            assert here.words == nowhere.words, (str(address), method, row_id)
    return count


def _worth_asking(world: World, address: Address, nowhere: Answer, few: int) -> Iterator[UUID]:
    """Rows of the tables that were asked about the id, some of the others, and the person.

    An id that is in none of those tables cannot be told from one that is nowhere.
    """
    looks_after = address.view.required_permissions & LOOKED_AFTER
    others = world.people if looks_after else world.every
    if few:
        others = random.sample(others, few)
    elif nowhere.status == 403:
        others = others[:3]  # where the role alone is refused nobody has looked at the row
    else:
        tables = nowhere.tables() & (world.about_people if looks_after else set(world.rows))
        found = [row_id for table in sorted(tables) for row_id in world.rows[table]]
        others = [*found, *random.sample(others, 2)]
    yield from dict.fromkeys([world.person.pk, *others])


@pytest.mark.parametrize("who", READERS)
def test_a_sample_of_rows_is_refused_alike(client, world, who):
    reader = READERS[who](world)
    walk(client, world, reader, random.sample(addresses_for(who), SAMPLE), few=2)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("who", READERS)
def test_every_row_is_refused_alike(client, whole, who, part):
    addresses = addresses_for(who)[part::PARTS]
    assert walk(client, whole, READERS[who](whole), addresses) > len(addresses)


def addresses_for(who: str) -> list[Address]:
    """Pages of staff, and people's own for whoever has some."""
    return [*ABOUT_A_ROW, *(OWN if who == "own account" else [])]


def test_the_walk_knows_which_tables_an_address_asks(client, world):
    client.force_login(READERS["key_worker"](world))
    page = next(one for one in ABOUT_A_ROW if one.name == "diary:contact")
    assert {"cases_contact", "cases_livereason"} <= Answer(client, "get", page, uuid4()).tables()


# Nothing through lists, counts, search and errors -------------------------------------------------


@pytest.mark.parametrize("who", [one for one in READERS if one not in {"administrator"}])
def test_no_list_tells_of_the_person(client, world, who):
    client.force_login(READERS[who](world))
    for address in LISTS:
        said = client.get(address.path())
        assert f"Robin {SECRET}" not in said.content.decode(), str(address)
        if not address.view.required_permissions & LOOKED_AFTER:
            assert SECRET not in said.content.decode(), str(address)
            assert "QF-4711" not in said.content.decode(), str(address)


SEEING = [role for role in ROLES if Permission.SEE_PEOPLE in ROLES[role].permissions]


@pytest.mark.parametrize(
    "who", [*SEEING, "ended membership", "ended allocation", "expired override"]
)
def test_a_search_finds_as_little_as_for_nobody(client, world, who):
    client.force_login(READERS[who](world))
    path = reverse("people:list")

    def found(words: str) -> tuple[str, int]:
        client.post(path, {"words": words})
        with CaptureQueriesContext(connection) as queries:
            html = client.get(f"{path}?found=1").content.decode()
        return _VARYING.sub("", html).replace(words, ""), len(queries)

    with time_machine.travel(timezone.now(), tick=False):  # pages say when the sign-in ends
        nothing = found("Zzyzx Nobody")
        assert found(f"Robin {SECRET}") == nothing
        assert found("QF-4711") == nothing
        assert found(world.person.nhs_number) == found("999 999 9999")


def test_adding_a_twin_tells_that_there_is_one_and_not_who(client, world):
    """The team that holds them is named, so that one can ring; the record stays shut."""
    client.force_login(_has_a_role("team_lead", world))
    said = client.post(
        reverse("profile:add"),
        {"name": "Amber Twin", "nhs_number": world.person.nhs_number},
    ).content.decode()
    assert f"Robin {SECRET}" not in said
    assert "QF-4711" not in said
    assert str(world.person.pk) not in said


def test_the_walk_would_notice(client, world):
    """Somebody with a reason is not refused: the walk is not blind."""
    with pytest.raises(AssertionError):
        walk(client, world, world.lead, ABOUT_A_ROW)


# About people, and with no row in the walk: no address takes their ids, or what an import made.
NOT_WALKED = frozenset({"careplans.Measurement", "extract.ImportConflict"})


def test_every_table_about_people_is_walked(whole):
    about = {
        model._meta.label
        for model in apps.get_models()
        if _about_people(model) and isinstance(model._meta.pk, models.UUIDField)
    }
    walked = {
        model._meta.label for model in apps.get_models() if model._meta.db_table in whole.rows
    }
    assert about - walked == NOT_WALKED, sorted(about - walked)


# What is seen is written down ---------------------------------------------------------------------

READ = [one for one in GUARDED if "GET" in getattr(one.view, "read_methods", ())]


def _written_down(world: World) -> bool:
    rows = AccessEntry.objects.values_list("person_id", "listed")
    return any(
        person == world.person.pk or str(world.person.pk) in listed for person, listed in rows
    )


def _rows_for(client: Any, address: Address, rows: dict, every: bool) -> list[UUID]:
    if every:
        return list(dict.fromkeys(row_id for ids in rows.values() for row_id in ids))
    return asked.worth_asking(lambda row_id: client.get(address.path(row_id)), rows)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.deep)])
def test_whoever_sees_the_name_is_in_the_access_log(client, world, every):
    """Every page that shows the person's name to somebody who may see it says so in the log.

    Asked about the rows of the tables that it looks into; in the deep run about each.
    """
    rows = {table: world.rows[table][:1] for table in sorted(world.about_people)}
    rows[Person._meta.db_table] = [world.person.pk]
    client.force_login(world.lead)
    shown = set()
    for address in READ:
        about_a_row = "UUIDConverter" in address.kinds
        if about_a_row and not address.view.required_permissions:
            continue
        for row_id in _rows_for(client, address, rows, every) if about_a_row else [None]:
            AccessEntry.objects.all()._raw_delete("default")
            said = client.get(address.path(row_id) if row_id else address.path())
            if said.status_code == 200 and f"Robin {SECRET}" in said.content.decode():
                shown.add(address.name)
                assert _written_down(world), address.name
    assert {"people:list", "people:detail", "people:why", "alerts:team", "access:note"} <= shown
