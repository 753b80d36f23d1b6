"""Jobs: asked for in a transaction, done once, tried again, and never lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from casework.outbox import services, tasks
from casework.outbox.handlers import JobHandler, job_handlers
from casework.outbox.models import Heartbeat, Job

SLOT = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


class Work:
    """A handler that remembers its runs, and fails as often as it is told."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.fail = 0
        self.given_up: list[dict[str, Any]] = []

    def __call__(self, **arguments: Any) -> None:
        self.runs.append(arguments)
        if self.fail:
            self.fail -= 1
            raise ValueError("something about Person P1")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    one = Work()
    assert "outbox.deliver" in job_handlers
    handler = JobHandler(
        run=one,
        lease=dt.timedelta(minutes=10),
        gave_up=lambda **arguments: one.given_up.append(arguments),
    )
    monkeypatch.setitem(job_handlers._entries, "tests.work", handler)
    yield one


def ask(**options: Any) -> Job:
    with transaction.atomic():
        return services.enqueue("tests.work", **options)


def later(minutes: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=minutes)


# Asking -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_work_is_asked_for_inside_of_a_transaction(work):
    with pytest.raises(services.NotInTransaction, match=r"transaction\.atomic"):
        services.enqueue("tests.work")
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_work_of_a_change_that_was_undone_is_not_done(work):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.enqueue("tests.work")
        raise ZeroDivisionError
    services.run_due()
    assert work.runs == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_nudged_after_the_commit(work):
    with transaction.atomic():
        services.enqueue("tests.work", arguments={"n": 1})
        assert work.runs == []
    assert work.runs == [{"n": 1}]  # in the tests a nudge is answered at once


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_waits_is_enough(work):
    def put(task) -> None:
        tasks.HUEY.storage.enqueue(tasks.HUEY.serialize_task(task))

    try:
        put(tasks.every_minute.s())
        assert not tasks.nudge_waits()  # this one does something else too
        put(tasks.nudge.s())
        assert tasks.nudge_waits()
        ask()
        assert work.runs == []
        services.run_due()  # as the nudge that waits does
        assert work.runs == [{}]
    finally:
        tasks.HUEY.flush()
    assert not tasks.nudge_waits()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_does_not_undo_the_change(work, monkeypatch):
    def down() -> None:
        raise ConnectionError

    monkeypatch.setattr(tasks, "nudge", down)
    ask()
    assert work.runs == []
    services.run_due()
    assert work.runs == [{}]


@pytest.mark.django_db
def test_an_unknown_kind_is_an_error_at_once():
    with pytest.raises(ValueError, match="no handler"):
        services.enqueue("tests.nothing")


@pytest.mark.django_db
def test_asking_twice_under_one_key_is_asking_once(work):
    first, second = ask(key="a"), ask(key="a")
    other = ask(key="b")
    assert first == second != other
    services.run_due()
    assert len(work.runs) == 2
    assert ask(key="a") != first  # what is done can be asked for again


@pytest.mark.django_db
def test_jobs_without_a_key_are_all_done(work):
    ask()
    ask()
    assert services.run_due() == 2


# Doing ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_done_says_so(work):
    job = ask(arguments={"day": "2026-10-31"})
    assert services.run_due() == 1
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.attempts, job.error) == (Job.State.DONE, 1, "")
    assert job.finished_at is not None
    assert work.runs == [{"day": "2026-10-31"}]
    assert services.run_due() == 0


@pytest.mark.django_db
def test_what_is_due_later_waits(work):
    ask(due_at=later(5))
    assert services.run_due() == 0
    assert services.run_due(now=later(6)) == 1


@pytest.mark.django_db
def test_a_limit_is_kept_and_the_oldest_come_first(work):
    for n in (3, 1, 2):
        ask(due_at=later(-n), arguments={"n": n})
    assert services.run_due(limit=2) == 2
    assert [run["n"] for run in work.runs] == [3, 2]


@pytest.mark.django_db
def test_it_is_tried_again_with_growing_delays_and_then_fails_visibly(work, caplog):
    work.fail = 99
    job = ask(max_attempts=4, arguments={"n": 1})
    delays = []
    for attempt in range(1, 5):
        assert services.run_due(limit=1, now=later(10_000)) == 1
        job = Job.objects.get(pk=job.pk)
        assert job.attempts == attempt
        if job.state == Job.State.WAITING:
            delays.append(round((job.due_at - timezone.now()).total_seconds() / 60))
    assert delays == [1, 2, 4]
    assert job.state == Job.State.FAILED
    assert work.given_up == [{"n": 1}]
    assert "ValueError" in job.error
    assert "P1" not in job.error + caplog.text  # an error's own text may quote a record
    assert services.run_due(now=later(10_000)) == 0


@pytest.mark.django_db
def test_a_job_that_recovers_is_done(work):
    work.fail = 1
    job = ask()
    services.run_due()
    services.run_due(now=later(2))
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.attempts, job.error) == (Job.State.DONE, 2, "")
    assert work.given_up == []


@pytest.mark.django_db
def test_one_that_fails_does_not_hold_up_the_others(work):
    work.fail = 1
    ask(arguments={"n": 1})
    ask(arguments={"n": 2})
    assert services.run_due() == 2
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]


@pytest.mark.django_db
def test_a_kind_that_nobody_handles_any_more_fails_in_the_end(work, monkeypatch):
    job = ask(max_attempts=1)
    monkeypatch.delitem(job_handlers._entries, "tests.work")
    services.run_due()
    assert Job.objects.get(pk=job.pk).state == Job.State.FAILED


# Workers that are killed ------------------------------------------------------------------------


def killed_while_running(work: Work, **options: Any) -> Job:
    class Killed(BaseException):
        pass

    job = ask(**options)
    run, work.runs = work.runs, _Dying(Killed)
    with pytest.raises(Killed):
        services.run_due()
    work.runs = run
    return Job.objects.get(pk=job.pk)


class _Dying(list):
    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def append(self, item: Any) -> None:
        raise self.error


@pytest.mark.django_db
def test_a_job_whose_worker_was_killed_comes_back_after_its_lease(work):
    job = killed_while_running(work)
    assert job.state == Job.State.RUNNING
    assert services.run_due(now=later(9)) == 0
    assert services.run_due(now=later(11)) == 1
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert work.runs == [{}]


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_each_time_is_given_up(work):
    job = killed_while_running(work, max_attempts=1)
    assert services.run_due(now=later(11)) == 0
    job = Job.objects.get(pk=job.pk)
    assert job.state == Job.State.FAILED
    assert "stopped" in job.error
    assert work.given_up == [{}]


@pytest.mark.django_db
def test_a_worker_that_outlived_its_lease_does_not_end_the_run_of_another(work, monkeypatch):
    job = ask()

    def slow(**arguments: Any) -> None:
        # meanwhile another worker takes the job over, and has not finished
        Job.objects.filter(pk=job.pk).update(attempts=2)

    monkeypatch.setitem(job_handlers._entries, "tests.work", JobHandler(run=slow))
    services.run_due()
    assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING


@pytest.mark.django_db(transaction=True)
def test_several_workers_do_each_job_once(work, monkeypatch):
    monkeypatch.setattr(tasks, "nudge", lambda: None)
    lock = threading.Lock()
    runs: list[int] = []

    def run(n: int) -> None:
        with lock:
            runs.append(n)

    monkeypatch.setitem(job_handlers._entries, "tests.work", JobHandler(run=run))
    for n in range(40):
        ask(arguments={"n": n})
    taken: list[int] = []
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def worker() -> None:
        try:
            start.wait()
            taken.append(services.run_due())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(runs) == list(range(40))
    assert sum(taken) == 40
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


# By the clock -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_slot_of_time_is_worked_once(work):
    assert services.enqueue_once("tests.work", slot=SLOT) is not None
    services.run_due()
    assert services.enqueue_once("tests.work", slot=SLOT) is None  # restarted in that minute
    assert services.enqueue_once("tests.work", slot=SLOT - dt.timedelta(minutes=1)) is None
    assert services.enqueue_once("tests.work", slot=SLOT + dt.timedelta(minutes=1)) is not None


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_strike_at_once_ask_once(work, monkeypatch):
    monkeypatch.setattr(tasks, "nudge", lambda: None)
    asked: list[Job | None] = []
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def strike() -> None:
        try:
            start.wait()
            asked.append(services.enqueue_once("tests.work", slot=SLOT))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=strike) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len([job for job in asked if job is not None]) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_every_minute_the_worker_says_that_it_lives_and_looks_for_work(work):
    ask()
    tasks.every_minute.call_local()
    assert timezone.now() - Heartbeat.objects.get(name="worker").at < dt.timedelta(minutes=1)
    assert work.runs == [{}]


@pytest.mark.django_db
def test_done_jobs_are_forgotten_after_a_month_and_failed_ones_are_not(work):
    done = ask()
    services.run_due()
    failed = ask(max_attempts=1)
    work.fail = 1
    services.run_due()
    assert services.tidy(now=later(60 * 24 * 29)) == 0
    assert services.tidy(now=later(60 * 24 * 31)) == 1
    assert not Job.objects.filter(pk=done.pk).exists()
    assert Job.objects.filter(pk=failed.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_every_night_it_tidies_up():
    tasks.every_night.call_local()
    assert Job.objects.get(kind="outbox.tidy").state == Job.State.DONE
