"""One person's page and one contact written down, against bare Django views that do the least.

Both sides run in this process, in turns, through Django's own client; what a web process weighs is
measured on a real gunicorn with two workers.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.cases.models import Contact, LiveReason, Person, Step
from casework.common.processes import runnable, web_command
from casework.directory.models import Team, Worker
from referrals.models import Referral
from referrals.table import State
from tests.bench import bare
from tests.bench.common import BenchResult, Config, in_turns
from tests.bench.generate import Made

REPEAT = 20  # requests a turn, for a time that can be measured
MANY = 50  # contacts of the person with a long history
LOADED = 150  # requests before a web process is weighed
PAGE_BAR, WRITE_BAR, WEIGHT_BAR = 3.0, 3.0, 100.0
PAGE_QUERIES, WRITE_QUERIES = 15, 12
BARE_QUERIES = 5  # session, user, person, contacts, referrals
PLAIN = "django.contrib.auth.backends.ModelBackend"


def run(config: Config) -> Iterator[BenchResult]:
    """Query counts, then times, then the weight of a web process.

    Both ways of knowing who is signed in are there: ours, and Django's own for the bare views.
    """
    with override_settings(AUTHENTICATION_BACKENDS=[*settings.AUTHENTICATION_BACKENDS, PLAIN]):
        yield from _measured(config)


def _measured(config: Config) -> Iterator[BenchResult]:
    call_command("collectstatic", verbosity=0, interactive=False)
    user, one, many = _somebody(config.made)
    ours, theirs = _signed_in(user), _bare(user)
    addresses = {who.pk: reverse("people:detail", args=[who.pk]) for who in (one, many)}

    asked = _statements(lambda: theirs.get(f"/person/{many.pk}/"))
    if asked != BARE_QUERIES:
        raise AssertionError(f"the bare view of a person runs {asked} queries")

    def page(who: Person = many) -> Any:
        return _ok(ours.get(addresses[who.pk]), 200)

    def write() -> Any:
        answer = ours.post(reverse("diary:record", args=[many.pk]), _answers(user))
        ours.cookies.pop("messages")  # the next page says it, and it is gone
        return _ok(answer, 302)

    page()
    costs = [_statements(lambda who=who: page(who)) for who in (one, many)]  # type: ignore[misc]
    note = f"with 1 contact {costs[0]}, with {MANY} and more {costs[1]}"
    yield BenchResult("queries of a person's page", max(costs), PAGE_QUERIES, "", note)
    yield BenchResult("queries more with a long history", costs[1] - costs[0], 0, "")
    write()
    yield BenchResult("queries of recording a contact", _statements(write), WRITE_QUERIES, "")
    anonymous = Client()
    sign_in = reverse("account_login")
    _ok(anonymous.get(sign_in), 200)
    asked = _statements(lambda: _ok(anonymous.get(sign_in), 200))
    yield BenchResult("queries of the page to sign in", asked, 0, "")

    pairs = (
        ("a person's page", PAGE_BAR, page, lambda: theirs.get(f"/person/{many.pk}/"), 200),
        (
            "recording a contact",
            WRITE_BAR,
            write,
            lambda: theirs.post(f"/person/{many.pk}/record/", _answers(user)),
            302,
        ),
    )
    for what, bar, mine, least, status in pairs:
        _ok(least(), status)
        took, bare_took = in_turns([mine, least], rounds=max(config.rounds, 5), repeat=REPEAT)
        note = f"{took * 1000:.1f} ms / {bare_took * 1000:.1f} ms"
        yield BenchResult(f"{what} / the bare view", took / bare_took, bar, note=note)
    weight = _weight(user, list(addresses.values()))
    yield BenchResult("a web process after load", weight, WEIGHT_BAR, "MB", "PSS of the heavier")


def _somebody(made: Made) -> tuple[User, Person, Person]:
    """A key worker who may open two records: one with a single contact, one with many."""
    team, worker = Team.objects.get(pk=made.teams[0]), Worker.objects.get(pk=made.workers[0])
    user = accounts.create_user(
        email="bench@alongside.example",
        name="Bench Worker",
        password="only-for-the-bench-7f3a",
        worker=worker,
        by=None,
    )
    accounts.grant(user=user, role="key_worker", team=team, by=None)
    one = Person.objects.create(name="One Contact")
    many = Person.objects.get(pk=made.people[0])
    today = timezone.localdate()
    Contact.objects.bulk_create(
        _contact(who, team, worker, today, number)
        for who, count in ((one, 1), (many, MANY))
        for number in range(count)
    )
    Step.objects.bulk_create(
        Step(person=many, words=f"Promise {number}", worker=worker, due_on=today)
        for number in range(10)
    )
    Referral.objects.bulk_create(
        Referral(
            person=many,
            team=team,
            received_on=today - dt.timedelta(days=30 * number + 30),
            state=State.CLOSED,
            discharged_on=today - dt.timedelta(days=30 * number),
        )
        for number in range(10)
    )
    LiveReason.objects.bulk_create(
        LiveReason(
            person=who, worker=worker, kind="allocation", source_key=f"bench:{who.pk}", start=today
        )
        for who in (one, many)
    )
    return user, one, many


def _contact(person: Person, team: Team, worker: Worker, today: dt.date, number: int) -> Contact:
    return Contact(
        person=person,
        team=team,
        worker=worker,
        worker_count=1,
        date=today - dt.timedelta(days=1 + number * 7),
        attendance=Contact.Attendance.ATTENDED,
        medium=Contact.Medium.FACE_TO_FACE,
        purpose=Contact.Purpose.SUPPORT,
        order_key=f"bench-{person.pk}-{number}",
    )


def _answers(user: User) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "attendance": "5",
        "workers": [str(user.worker_id)],
        "date_day": today.day,
        "date_month": today.month,
        "date_year": today.year,
        "time": "10:00",
        "minutes": "45",
        "medium": "01",
        "purpose": "support",
        "note": "We went for a walk and talked about the flat.",
        "shared": "yes",
    }


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _bare(user: User) -> Client:
    """A client of the bare views; it takes its middleware at its first request."""
    client = Client()
    client.force_login(user, backend=PLAIN)
    with override_settings(MIDDLEWARE=bare.MIDDLEWARE):
        if client.get("/").content != b"bare":
            raise AssertionError("these are not the bare views")
    return client


def _ok(answer: Any, status: int) -> Any:
    if answer.status_code != status:
        raise AssertionError(f"{answer.status_code} instead of {status}")
    return answer


def _statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in queries)


# What a web process weighs ------------------------------------------------------------------------


def _weight(user: User, addresses: list[str]) -> float:
    """Megabytes of the heavier of two workers after many pages; shared memory counts in part."""
    cookie = _signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    connection.close()
    with _server() as (base, master):
        for number in range(LOADED):
            path = (*addresses, reverse("people:list"), reverse("diary:mine"))[number % 4]
            request = urllib.request.Request(  # noqa: S310
                base + path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
            )
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                answer.read()
        return max(_pss(child) for child in _children(master))


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """gunicorn as the service runs it, with two workers, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = runnable(web_command(bind=f"127.0.0.1:{port}", workers=2))
    process = subprocess.Popen(command, env=os.environ, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    try:
        for _try in range(150):
            try:
                with urllib.request.urlopen(base + reverse("account_login")):  # noqa: S310
                    break
            except urllib.error.URLError:
                time.sleep(0.2)
        yield base, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in listed.split()]


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)
