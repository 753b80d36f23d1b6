"""Referrals: a list's first page, an act by form, no lost update, and the sweep over stalls.

Pages and acts are asked over HTTP of two servers with two workers each, ours and a bare Django site
over the same tables, in turns.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.alerts import services as alerts
from casework.alerts.models import Alert
from casework.cases.models import CaseEvent, Touched
from casework.directory.models import Organisation
from referrals.models import Referral, StallMark
from referrals.services.stalls import look_at_due
from referrals.stalls import last_late
from referrals.table import OPEN, STATES, State
from tests.bench import clients, load, referral_rows
from tests.bench.common import BenchResult, Config, explained
from tests.bench.load import Page
from tests.bench.pages import BARE, OURS, REQUESTS, STATEMENT, bare_session
from tests.bench.referral_rows import Referrals
from tests.bench.sweep import NEW_CONTACTS, TOUCHED_BAR, forget

ENGINES = ("postgresql",)  # a network with a million referrals does not keep them in SQLite
CLIENTS = 8
STOPPING = (State.ALLOCATED, State.SENT, State.RECEIVED, State.ASSESSING, State.ACCEPTED)
ACTS = 40  # one after another, in each turn


def run(config: Config) -> Iterator[BenchResult]:
    """Everything, with a tenth of the ended referrals first and then with all of them."""
    count, still_open = config.referrals, config.referrals // 20
    found = referral_rows.waiting(config.made, still_open)
    referral_rows.ended(config.made, (count - still_open) // 10, seed=1)
    with _servers(found) as (ours, bare):
        few = _beside_another(ours, bare, config)
    referral_rows.ended(config.made, (count - still_open) * 9 // 10, seed=2)
    yield from measure(found, config, few)


def measure(found: Referrals, config: Config, few: float) -> Iterator[BenchResult]:
    """All figures; `few` is what a page took with a tenth of the ended referrals, beside a page
    that reads none."""
    with _servers(found) as (ours, bare):
        yield from _pages(found, ours, bare, config)
        many = _beside_another(ours, bare, config)
        yield BenchResult(
            "referral list, ten times the ended referrals",
            many / few,
            1.2,
            note=f"{many:.2f} / {few:.2f} times a page without referrals",
        )
        yield BenchResult("referral list, queries", _list_queries(found), 10, "queries")
        yield from _acts(found, ours, bare, config)
    yield _lost(found, config.acts)
    yield from _sweeps(found, config)


@contextmanager
def _servers(found: Referrals) -> Iterator[tuple[Page, Page]]:
    """The list of what comes in, of our server and of the bare one."""
    signed_in = f"{settings.SESSION_COOKIE_NAME}={_client(found).session.session_key}"
    bare_signed_in = f"{settings.SESSION_COOKIE_NAME}={bare_session(found.user)}"
    with load.server(OURS) as ours, load.server(BARE) as bare:
        yield (
            Page(ours, reverse("referrals:incoming"), signed_in),
            Page(bare, f"/referrals/{found.team}/", bare_signed_in),
        )


def _client(found: Referrals) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(found.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _statements(queries: CaptureQueriesContext) -> int:
    return sum(bool(STATEMENT.match(one["sql"])) for one in queries)


# Pages -------------------------------------------------------------------------------------------


def _pages(found: Referrals, ours: Page, bare: Page, config: Config) -> Iterator[BenchResult]:
    client = _client(found)
    for many, requests in REQUESTS.items():
        own, least = load.in_turns(
            [ours, bare], clients=many, rounds=config.rounds, requests=requests
        )
        result = BenchResult(
            f"referral list, first page / bare, {many} client{'s' if many > 1 else ''}",
            own.median / least.median,
            1.5,
            note=f"{own.median:.1f} ms (p95 {own.p95:.1f}), bare {least.median:.1f}"
            f" (p95 {least.p95:.1f})",
        )
        yield explained(result, lambda: [client.get(ours.path) for _ in range(20)])


def _beside_another(ours: Page, bare: Page, config: Config) -> float:
    """How long the list takes beside a page that reads no referral, so that it does not count how
    fast the machine is just now."""
    other = replace(bare, path=bare.path.replace("/referrals/", "/team/"))
    pages = [ours, other]
    own, least = load.in_turns(pages, clients=1, rounds=config.rounds, requests=REQUESTS[1])
    return own.median / least.median


def _list_queries(found: Referrals) -> int:
    client = _client(found)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("referrals:incoming"))
    return _statements(queries)


# Acts --------------------------------------------------------------------------------------------


def _sent(found: Referrals) -> list[tuple[UUID, int]]:
    """What has been sent to the team and not acknowledged; what has been is sent once more."""
    rows = Referral.objects.filter(team_id=found.team)
    rows.filter(state=State.RECEIVED).update(state=State.SENT)
    return list(rows.filter(state=State.SENT).order_by("pk").values_list("pk", "version"))


def _acknowledge(site: Page, key: UUID, version: int) -> None:
    site.post(reverse("referrals:act", args=[key, "acknowledge"]), version=version)


def _acts(found: Referrals, ours: Page, bare: Page, config: Config) -> Iterator[BenchResult]:
    taken: tuple[list[float], list[float]] = ([], [])
    other = found.open[State.IN_SERVICE]
    for _turn in range(max(config.rounds, 3)):
        for at, (key, version) in enumerate(_sent(found)[:ACTS]):
            before = time.perf_counter()
            _acknowledge(ours, key, version)
            between = time.perf_counter()
            bare.post(f"/referrals/{other[at]}/move/")
            taken[0].append(between - before)
            taken[1].append(time.perf_counter() - between)
    own, least = (statistics.median(each) * 1000 for each in taken)
    client = _client(found)

    def act(times: int = 1) -> None:
        for key, version in _sent(found)[:times]:
            client.post(reverse("referrals:act", args=[key, "acknowledge"]), {"version": version})

    result = BenchResult(
        "an act by form / bare view", own / least, 3, note=f"{own:.1f} ms / {least:.1f} ms"
    )
    yield explained(result, lambda: act(20))
    with CaptureQueriesContext(connection) as queries:
        act()
    # what `_sent` asks is not the act's
    yield BenchResult("an act by form, queries", _statements(queries) - 2, 15, "queries")
    rates, least_rates = [], []
    for _turn in range(max(config.rounds, 3)):
        work = _sent(found)
        rates.append(_rate(work, lambda one: _acknowledge(ours, *one)))
        moved = [f"/referrals/{key}/move/" for key in other[: len(work)]]
        least_rates.append(_rate(moved, bare.post))
    rates.sort()
    result = BenchResult(
        f"acts by form a second, {load.WORKERS} workers, {CLIENTS} clients",
        rates[len(rates) // 2],
        100,
        "/s",
        f"{rates[0]:.0f} to {rates[-1]:.0f}; the bare view {statistics.median(least_rates):.0f}",
        at_least=True,
    )
    yield explained(result, lambda: act(20))


def _rate(work: Sequence[Any], act: Callable[[Any], None]) -> float:
    """How many acts by form a server does in a second."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        before = time.perf_counter()
        list(pool.map(act, work))
        return len(work) / (time.perf_counter() - before)


def _lost(found: Referrals, wanted: int) -> BenchResult:
    """Updates of eight at once that are not there afterwards."""
    worker = found.user.worker
    rows = Referral.objects.filter(team_id=found.team, state=State.IN_SERVICE)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:CLIENTS])
    rows.filter(pk__in=keys).update(named_worker=worker)
    events = CaseEvent.objects.filter(about__in=keys, kind="referral.change_intensity")
    history = Referral.history.filter(id__in=keys)
    before = sum(rows.filter(pk__in=keys).values_list("version", flat=True))
    had, remembered = events.count(), history.count()
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    connections.close_all()
    share = max(wanted // CLIENTS, 1)
    several = [
        context.Process(
            target=clients.contend,
            args=(found.user.pk, keys, share, done),
        )
        for _one in range(CLIENTS)
    ]
    for one in several:
        one.start()
    results = [done.get(timeout=1800) for _one in several]
    for one in several:
        one.join()
    made, tried = (sum(column) for column in zip(*results, strict=True))
    moved = sum(rows.filter(pk__in=keys).values_list("version", flat=True)) - before
    lost = max(
        abs(made - moved),
        abs(made - (events.count() - had)),
        abs(made - (history.count() - remembered)),
    )
    return BenchResult(
        f"lost updates of {made:,}, {CLIENTS} clients at once",
        lost,
        0,
        "lost",
        f"{tried - made:,} were told that somebody was quicker",
    )


# The sweep ---------------------------------------------------------------------------------------


def _sweeps(found: Referrals, config: Config) -> Iterator[BenchResult]:
    """By the clock of today: the made-up service is a live one here, and every open referral has
    moved today."""
    on = timezone.localdate()
    Organisation.objects.filter(pk=config.made.organisation).update(live=True)
    Referral.objects.filter(state__in=OPEN).update(state_on=on, priority="3", due_at=None)
    forget()
    alerts.sweep(on=on)
    look_at_due()
    times = []
    for _turn in range(max(config.rounds, 3) * 3):
        before = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            look_at_due()
            alerts.sweep(on=on)
        times.append(time.perf_counter() - before)
    yield BenchResult("stall sweep, nothing new", statistics.median(times) * 1000, 20, "ms")
    yield BenchResult("stall sweep, nothing new: queries", _statements(queries), 5, "queries")
    yield _newly("hour", found, 0, _pass_by_hours)
    yield _newly("day", found, 1, _pass_by_days)
    stopped = _pass_by_days(found, 2)
    Touched.objects.bulk_create(
        [Touched(person_id=one) for one in _quarter(found, 2).values_list("person_id", flat=True)],
        ignore_conflicts=True,
    )
    before = time.perf_counter()
    result = alerts.sweep(on=on)
    took = time.perf_counter() - before
    yield BenchResult(
        "the same people looked at by all rules there are, each",
        took / max(stopped, 1) * 1000,
        TOUCHED_BAR * 1000 / NEW_CONTACTS,
        "ms",
        f"{stopped:,} stalled, {result.opened:,} alerts opened, {took:.1f} s",
    )
    yield _two_sweeps(on, _pass_by_days(found, 3))
    forget()


def _newly(
    what: str, found: Referrals, number: int, stop: Callable[[Referrals, int], int]
) -> BenchResult:
    """What it costs to find and flag what the clock alone has brought to a stop."""
    rule = Alert.objects.open().filter(rule="referral_stalled")
    before = set(rule.values_list("pk", flat=True))
    stopped = stop(found, number)
    began = time.perf_counter()
    looked = look_at_due()
    took = time.perf_counter() - began
    flagged = rule.exclude(pk__in=before)
    remembered = Alert.history.filter(id__in=flagged.values("pk"), history_type="+").count()
    told = CaseEvent.objects.filter(kind="alert.opened", about__in=flagged.values("pk")).count()
    result = BenchResult(
        f"newly stalled by the {what}, each, with alert, history and event rows",
        took / max(stopped, 1) * 1000,
        0.5,
        "ms",
        f"{stopped:,} stalled, {looked:,} people looked at, {flagged.count():,} alerts,"
        f" {remembered:,} history rows, {told:,} events, {took:.1f} s",
    )
    if not stopped == flagged.count() == remembered == told:
        return replace(result, figure=float("inf"))
    if not result.met:
        flagged._raw_delete("default")
        stop(found, number)
    return explained(result, look_at_due)


def _quarter(found: Referrals, number: int) -> QuerySet[Referral]:
    """A quarter of the open referrals that would stop if nothing happened for two months."""
    keys = [key for state in STOPPING for key in found.open[state]]
    size = len(keys) // 4
    return Referral.objects.filter(pk__in=keys[number * size : (number + 1) * size])


def _pass_by_hours(found: Referrals, number: int) -> int:
    """Let them be urgent, and their limit in hours pass just now."""
    StallMark.objects.filter(name="hours").delete()
    return _quarter(found, number).update(
        priority="2",
        state_on=timezone.localdate() - dt.timedelta(days=60),
        due_at=timezone.now() - dt.timedelta(minutes=5),
    )


def _pass_by_days(found: Referrals, number: int) -> int:
    """Let them be routine and stand still for so long that today is one day too many, and let the
    last look have been a week ago."""
    StallMark.objects.filter(name="days").update(at=timezone.now() - dt.timedelta(days=7))
    rows, on = _quarter(found, number), timezone.localdate()
    return sum(
        rows.filter(state=state).update(state_on=last_late(state, STATES[state].limit, on))
        for state in STOPPING
    )


def _two_sweeps(on: dt.date, stopped: int) -> BenchResult:
    """Two looks by the clock and two sweeps at once over what has newly come to a stop: each is
    flagged once."""
    rule = Alert.objects.open().filter(rule="referral_stalled")
    before = rule.count()
    context = multiprocessing.get_context("spawn")
    ready, opened = context.Barrier(2), context.Queue()
    connections.close_all()
    both = [context.Process(target=clients.sweep, args=(on, ready, opened)) for _one in range(2)]
    for one in both:
        one.start()
    parts = [opened.get(timeout=1800) for _one in both]
    for one in both:
        one.join()
    keys = list(rule.values_list("subject_key", flat=True))
    twice = len(keys) - len(set(keys))
    missing = max(stopped - (len(keys) - before), 0)
    return BenchResult(
        "flagged twice or not at all by two sweeps at once",
        twice + missing,
        0,
        "alerts",
        f"{stopped:,} stalled; sweeps opened {parts[0]:,} and {parts[1]:,} more by other rules",
    )
