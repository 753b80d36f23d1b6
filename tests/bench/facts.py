"""The facts about continuity against one hand-written statement with the same columns."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from casework.common.rules import Policy
from casework.continuity import facts
from casework.continuity.facts import ContinuityFacts
from casework.continuity.rules import RULES, THRESHOLDS
from tests.bench import raw
from tests.bench.common import BenchResult, Config, extra_megabytes, in_turns, plan

CALLS = 50  # of one person or one page, for a time that can be measured


def run(config: Config) -> Iterator[BenchResult]:
    """Everybody, one organisation, a page of 50 and one person; memory; the rules."""
    on, made = config.made.on, config.made

    def everybody() -> None:
        deque(facts.everybody(on), maxlen=0)

    # first, before anything else has made the process large
    yield BenchResult("memory on top, facts of everybody", extra_megabytes(everybody), 200, "MB")
    yield BenchResult(
        "people whose facts differ from the hand-written", len(different(config)), 0, "people"
    )

    def organisation() -> None:
        deque(facts.of_organisation(made.organisation, on), maxlen=0)

    hand, ours, theirs = in_turns(
        [lambda: _raw(config), everybody, organisation], rounds=config.rounds
    )
    for what, took in (("everybody", ours), ("one organisation", theirs)):
        result = BenchResult(
            f"facts of {what} / hand-written SQL",
            took / hand,
            1.5,
            note=f"{took:.2f} s / {hand:.2f} s",
        )
        yield result
        if not result.met:
            with transaction.atomic():
                print(plan(facts.statement("everybody"), facts.parameters(on)))
    people = made.people[: CALLS * 20 : 20]
    turns = iter(range(10**9))

    def one_by_hand() -> None:
        person = people[next(turns) % len(people)]
        key = str(person) if config.engine == "postgresql" else person.hex
        with connection.cursor() as cursor:
            cursor.execute(raw.statement(config.engine, on, key))
            cursor.fetchall()

    def one() -> None:
        facts.of_person(people[next(turns) % len(people)], on)

    def page() -> None:
        facts.of_people(people, on)

    hand, ours = in_turns([one_by_hand, one], rounds=config.rounds, repeat=CALLS)
    result = BenchResult(
        "facts of one person / hand-written SQL",
        ours / hand,
        3,
        note=f"{ours * 1000:.2f} ms / {hand * 1000:.2f} ms",
    )
    yield result
    if not result.met:
        print(plan(facts.statement("person"), facts.parameters(on, person=facts.key(people[0]))))
    [fifty] = in_turns([page], rounds=config.rounds)
    yield BenchResult(
        "facts of a page of 50 / 50 times one, by hand",
        fifty / hand / len(people),
        1,
        note=f"{fifty * 1000:.1f} ms, one statement",
    )
    rows = list(facts.everybody(on))
    policy = Policy({threshold.code: threshold.default for threshold in THRESHOLDS})
    flags = [0]

    def judge() -> None:
        flags[0] = sum(rule.breached(row, policy) for row in rows for rule in RULES)

    before = time.process_time()
    judge()
    took = (time.process_time() - before) / len(rows) * 100_000
    yield BenchResult(
        "nine rules on 100,000 people", took, 1.5, "s", f"{flags[0]} flags on {len(rows)} people"
    )


def different(config: Config) -> list[UUID]:
    """The people about whom the facts and the hand-written statement do not say the same."""
    mine = {UUID(row.person_key): _plain(row) for row in facts.everybody(config.made.on)}
    by_hand = {UUID(str(row[0])): _plain_raw(row) for row in _raw(config)}
    return [person for person in mine | by_hand if mine.get(person) != by_hand.get(person)]


def _raw(config: Config) -> list[tuple[Any, ...]]:
    """All rows of the hand-written statement, with the engine tuned for it as well."""
    with transaction.atomic(), connection.cursor() as cursor:
        if config.engine == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        cursor.execute(raw.statement(config.engine, config.made.on))
        return cursor.fetchall()


def _ident(value: Any) -> str:
    return str(value or "").replace("-", "")


def _plain(row: ContinuityFacts) -> tuple[Any, ...]:
    """The row as whole numbers and short texts, whichever engine and statement it is from."""
    return _plain_raw(row[1:])


def _plain_raw(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        sorted(_ident(value).split(","))
        if at == 39
        else value
        if value is None
        else _ident(value)
        if isinstance(value, str | UUID) or hasattr(value, "isoformat")
        else int(value)
        for at, value in enumerate(row)
    )
