"""A made-up service of any size, written straight into the tables of either engine.

Everything is drawn from one seeded generator, so that two runs on two engines hold the same rows.
A person has a few contacts a month, mostly with one worker of their team and sometimes with
others; some contacts have no worker, several workers or no time, some did not take place.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter, methodcaller
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from casework.cases.models import Allocation, Case, Contact, LiveReason, Person
from casework.directory.models import Organisation, Team, Worker

ON = dt.date(2026, 10, 31)
FIRST = (
    "Aisha Ben Carmen Dai Esme Farid Grace Hamza Ines Joe Kwame Lena Mo Nia Omar Pia Quentin Ruth"
    " Samir Tess Umar Vera Wen Xenia Yusuf Zoe Alex Billie Charlie Drew Ellis Frankie"
).split()
LAST = (
    "Applegarth Birchwood Clearwater Dunmore Elmsworth Fairweather Greenhalgh Hazelwood Inglebright"
    " Juniper Kestrel Longacre Meadowes Northbrook Oakenshaw Pennywell Quarrier Rainford"
    " Summerfield Thornbury Underhill Vinegarth Willowby Yarrowdale Ashgrove Brambley Coppice"
    " Dovecote"
).split()


@dataclass(frozen=True)
class Size:
    """How large the made-up service is."""

    people: int = 100_000
    contacts: int = 1_000_000
    teams: int = 100
    workers_per_team: int = 12
    days: int = 540
    seed: int = 20261031


@dataclass
class Made:
    """The ids that a benchmark needs to ask its questions."""

    organisation: uuid.UUID
    people: list[uuid.UUID] = field(default_factory=list)
    teams: list[uuid.UUID] = field(default_factory=list)
    workers: list[uuid.UUID] = field(default_factory=list)
    on: dt.date = ON


class Ids:
    """Time-ordered ids, made quickly and the same on every run."""

    def __init__(self) -> None:
        self._next = 0x0190_0000_0000

    def __call__(self) -> uuid.UUID:
        self._next += 1
        return uuid.UUID(int=(self._next << 80) | (7 << 76) | (2 << 62) | (self._next * 2654435761))


def _constant(column: models.Field) -> Any:
    """What stands in a column that the generator says nothing about."""
    if getattr(column, "auto_now_add", False) or getattr(column, "auto_now", False):
        return timezone.now()
    if column.has_default():
        return column.get_default()
    return None if column.null else ("" if column.empty_strings_allowed else None)


def _stored(column: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this column is handed to the engine in use; None = as it is."""
    kind = (column.target_field if column.is_relation else column).get_internal_type()
    if kind == "JSONField":
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if kind in {"UUIDField", "OneToOneField"}:  # a row whose key is another row's
        return attrgetter("hex")
    if kind in {"DateField", "TimeField"}:
        return methodcaller("isoformat")
    if kind == "DateTimeField":
        return lambda value: column.get_db_prep_save(value, connection)
    return None


def load(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows that give the named columns (`person_id`, `date`, …); the rest are defaults."""
    columns = {column.attname: column for column in model._meta.concrete_fields}
    rest = [name for name in columns if name not in names]
    constants = []
    for name in rest:
        value, change = _constant(columns[name]), _stored(columns[name])
        constants.append(change(value) if change and value is not None else value)
    convert = [(at, change) for at, name in enumerate(names) if (change := _stored(columns[name]))]
    quote = connection.ops.quote_name
    listed = ", ".join(quote(columns[name].column) for name in [*names, *rest])
    table = quote(model._meta.db_table)
    count = 0

    def ready() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            values = list(row)
            for at, change in convert:
                if values[at] is not None:
                    values[at] = change(values[at])
            yield values + constants

    with _bare(model), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in ready():
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * (len(names) + len(rest)))
            statement = f"INSERT INTO {table} ({listed}) VALUES ({marks})"
            connection.connection.executemany(statement, ready())
    return count


@contextmanager
def _bare(model: type[models.Model]) -> Iterator[None]:
    """Put a table's indexes aside while it is filled, and let the keys of these rows be right."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
                " (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
                [table],
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                [table],
            )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        _check_keys(cursor, False)
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        _check_keys(cursor, True)


def _check_keys(cursor: Any, wanted: bool) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if wanted else 'OFF'}")
        return
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:  # others wait a little longer
        cursor.execute(f"SET session_replication_role = {'origin' if wanted else 'replica'}")


def analyse() -> None:
    """Let the planner know what is there, as the engine would by itself in time."""
    vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")


def _name(number: int) -> str:
    """An invented name; with many people there are namesakes, as there are in life."""
    return f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"


def service(size: Size) -> Made:
    """Write the whole service and return what there is to ask about."""
    draw, ids = random.Random(size.seed), Ids()
    organisation = Organisation.objects.create(
        id=ids(), code="X0001", name="Made-up Trust", kind="trust", as_of=ON
    )
    made = Made(organisation.pk)
    made.people = [ids() for _ in range(size.people)]
    made.teams = [ids() for _ in range(size.teams)]
    made.workers = [ids() for _ in range(size.teams * size.workers_per_team)]

    def worker_of(team: int) -> uuid.UUID:
        return made.workers[team * size.workers_per_team + draw.randrange(size.workers_per_team)]

    kinds = ("cmht", "cmht", "primary", "specialist", "crisis")
    load(
        Team,
        ("id", "organisation_id", "provider_id", "local_id", "name", "kind"),
        (
            (team, made.organisation, made.organisation, f"T{i:05}", f"Team {i}", kinds[i % 5])
            for i, team in enumerate(made.teams)
        ),
    )
    load(
        Worker,
        ("id", "organisation_id", "provider_id", "local_id", "name"),
        (
            (worker, made.organisation, made.organisation, f"S{i:06}", f"Worker {i}")
            for i, worker in enumerate(made.workers)
        ),
    )
    load(
        Person,
        ("id", "provider_id", "local_id", "name", "birth_date", "death_date"),
        (
            (
                person,
                made.organisation,
                f"P{i:07}",
                _name(i),
                dt.date(1960, 1, 1) + dt.timedelta(days=i % 15000),
                ON - dt.timedelta(days=draw.randrange(200)) if draw.random() < 0.005 else None,
            )
            for i, person in enumerate(made.people)
        ),
    )
    cases, allocations, reasons, plan = [], [], [], []
    for person in made.people:
        team = draw.randrange(size.teams)
        own = worker_of(team)
        begun = ON - dt.timedelta(days=draw.randrange(30, size.days))
        named = draw.random() < 0.8
        plan.append((team, own))
        if named and draw.random() < 0.3:
            before = worker_of(team)
            handover = begun + dt.timedelta(days=draw.randrange(1, 1 + (ON - begun).days))
            planned = draw.choice((True, False, None))
            allocations.append(
                (ids(), person, before, made.teams[team], "key_worker", begun, handover, planned)
            )
            allocations.append(
                (ids(), person, own, made.teams[team], "key_worker", handover, None, None)
            )
        elif named:
            end = ON - dt.timedelta(days=draw.randrange(25)) if draw.random() < 0.1 else None
            allocations.append(
                (ids(), person, own, made.teams[team], "key_worker", begun, end, None)
            )
        if draw.random() < 0.15:
            allocations.append(
                (ids(), person, worker_of(team), made.teams[team], "peer", begun, None, None)
            )
        closed = ON - dt.timedelta(days=draw.randrange(25)) if draw.random() < 0.1 else None
        reasons.append(
            (ids(), person, None, made.teams[team], "referral", f"referral:{person}", begun, closed)
        )
        if named:
            reasons.append(
                (ids(), person, own, None, "allocation", f"allocation:{person}", begun, None)
            )
        cases.append((ids(), person, made.teams[team], own if named else None, begun))
    load(Case, ("id", "person_id", "team_id", "key_worker_id", "opened_on"), cases)
    load(
        Allocation,
        ("id", "person_id", "worker_id", "team_id", "role", "start", "end", "planned_ending"),
        allocations,
    )
    load(
        LiveReason,
        ("id", "person_id", "worker_id", "team_id", "kind", "source_key", "start", "end"),
        reasons,
    )
    del cases, allocations, reasons

    def contacts() -> Iterator[tuple[Any, ...]]:
        for i in range(size.contacts):
            at = draw.randrange(size.people)
            team, own = plan[at]
            chance = draw.random()
            if chance < 0.65:
                worker: uuid.UUID | None = own
            elif chance < 0.97:
                worker = worker_of(team)
            else:
                worker = None
            if draw.random() < 0.05:
                team = draw.randrange(size.teams)
            day = ON - dt.timedelta(days=draw.randrange(size.days))
            time = dt.time(draw.randrange(9, 17), draw.choice((0, 30)))
            if draw.random() < 0.05:
                time = None  # type: ignore[assignment]
            attendance = "5" if draw.random() < 0.9 else draw.choice("0234567")
            local_id = f"C{i:08}"
            yield (
                ids(),
                made.people[at],
                made.organisation,
                local_id,
                made.teams[team],
                worker,
                0 if worker is None else 2 if draw.random() < 0.05 else 1,
                day,
                time,
                Contact.make_order_key(time, local_id),
                attendance,
                "01",
                "crisis" if draw.random() < 0.03 else "support",
            )

    load(
        Contact,
        (
            "id",
            "person_id",
            "provider_id",
            "local_id",
            "team_id",
            "worker_id",
            "worker_count",
            "date",
            "time",
            "order_key",
            "attendance",
            "medium",
            "purpose",
        ),
        contacts(),
    )
    analyse()
    return made
