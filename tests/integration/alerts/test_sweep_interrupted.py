"""A sweep that is killed anywhere, run twice, or run on two machines ends as one clean run."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from casework.alerts import services, sweeping
from casework.alerts.models import Alert, SweepMark
from casework.cases.models import Touched
from tests.integration.alerts.situations import DAY, Network, Source


class Killed(Exception):
    """The process ends here."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """The database answers so many statements and no more."""
    left = statement

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        if left <= 0:
            raise Killed
        left -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome() -> Any:
    """Everything that a sweep leaves behind, without ids and clocks."""
    fields = ["rule", "subject_key", "sentence", "cause", "team_id", "worker_id", "backlog"]
    fields += ["opened_on", "updated_on", "resolved_on"]
    return {
        "alerts": sorted(map(str, Alert.objects.values_list(*fields))),
        "facts": sorted(map(str, Alert.objects.values_list("rule", "subject_key", "facts"))),
        "history": sorted(
            map(str, Alert.history.values_list("rule", "subject_key", "history_type"))
        ),
        "touched": list(Touched.objects.values_list("person_id", flat=True)),
        "marks": sorted(map(str, SweepMark.objects.values_list("organisation_id", "full_on"))),
    }


def clean_run() -> Any:
    with undone():
        services.sweep()
        return outcome()


def statements_of_a_run() -> int:
    for statement in range(10_000):
        with undone():
            try:
                with killed_at(statement):
                    services.sweep()
                return statement
            except Killed:
                continue
    raise AssertionError("the sweep never ends")


@pytest.fixture
def busy_network(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Seven people and batches of three."""
    monkeypatch.setattr(sweeping, "BATCH", 3)
    for n in range(7):
        network.person(f"P{n}", n % 5)
    return network


def test_the_first_sweep_killed_at_any_statement(busy_network):
    expected = clean_run()
    statements = statements_of_a_run()
    assert statements > 20
    for statement in range(statements):
        with undone():
            with pytest.raises(Killed), killed_at(statement):
                services.sweep()
            services.sweep()
            assert outcome() == expected, f"killed at statement {statement}"


def test_a_later_sweep_killed_at_any_statement(busy_network):
    services.sweep()
    people = list(busy_network.trust.teams.get(local_id="T01").cases.select_related("person"))
    busy_network.correct(people[0].person)
    for case in people:
        busy_network.meet(case.person)
    busy_network.person("P9", 5)
    expected = clean_run()
    statements = statements_of_a_run()
    assert statements > 20
    for statement in range(statements):
        with undone():
            with pytest.raises(Killed), killed_at(statement):
                services.sweep()
            services.sweep()
            assert outcome() == expected, f"killed at statement {statement}"


@pytest.mark.parametrize("seed", range(5))
def test_killed_again_and_again(busy_network, seed):
    expected = clean_run()
    chance = random.Random(seed)
    for _ in range(100):
        try:
            with killed_at(chance.randrange(5, 25)):
                services.sweep()
            break
        except Killed:
            continue
    services.sweep()
    assert outcome() == expected


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_flag_nothing_twice(source: Source, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeping, "BATCH", 4)
    network = Network()
    for n in range(30):
        network.person(f"P{n}", n % 5)
    start = threading.Barrier(3)
    opened: list[int] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            start.wait()
            opened.append(services.sweep(full=True).opened)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    in_breach = 30 // 5 * (1 + 1 + 2)  # 2 and 3 contacts are busy, 4 are very busy too
    assert sum(opened) == in_breach == Alert.objects.open().count()
    assert Alert.history.filter(history_type="+").count() == in_breach
    assert Alert.history.count() == in_breach
    assert not Touched.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_changes_during_sweeps_are_never_lost(source: Source, monkeypatch: pytest.MonkeyPatch):
    """Two sweeping machines and one that records contacts: at rest, every alert tells the truth."""
    monkeypatch.setattr(sweeping, "BATCH", 4)
    network = Network()
    people = [network.person(f"P{n}") for n in range(12)]
    done = threading.Event()
    errors: list[BaseException] = []

    def guarded(act: Any) -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)
            done.set()
        finally:
            connection.close()

    def sweep_on() -> None:
        while not done.is_set():
            services.sweep()

    def record() -> None:
        chance = random.Random(7)
        for _ in range(60):
            with transaction.atomic():
                network.meet(chance.choice(people))
        done.set()

    threads = [threading.Thread(target=guarded, args=[act]) for act in (sweep_on, sweep_on, record)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    services.sweep()
    told = {alert.person_id: alert.sentence for alert in Alert.objects.open().filter(rule="busy")}
    met = {person.pk: person.contacts.count() for person in people}
    assert told == {pk: f"{n} contacts" for pk, n in met.items() if n >= 2}
    assert not Touched.objects.exists()
    assert DAY == Alert.objects.first().opened_on
