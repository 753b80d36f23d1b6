"""What every benchmark uses: turns, peak memory, verdicts, and the plan that explains a miss."""

from __future__ import annotations

import cProfile
import io
import pstats
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connection

from tests.bench.generate import Made, Size


@dataclass(frozen=True)
class Config:
    """Where a benchmark runs: an engine with the made-up service in it."""

    engine: str
    size: Size
    made: Made
    rounds: int = 3
    referrals: int = 1_000_000
    acts: int = 10_000


@dataclass(frozen=True)
class BenchResult:
    """A figure, the bar that it should not pass, and what explains it."""

    what: str
    figure: float
    bar: float
    unit: str = "x"
    note: str = ""
    at_least: bool = False  # a rate: the figure should reach the bar

    @property
    def met(self) -> bool:
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    def line(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.met else "MISSED"
        said = (
            f"{self.what:<58} {self.figure:>10.2f} {self.unit:<6} {sign} {self.bar:<8g} {verdict}"
        )
        return f"{said}   {self.note}" if self.note else said


def seconds(work: Callable[[], Any]) -> float:
    """How long one call takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def in_turns(works: Sequence[Callable[[], Any]], rounds: int, repeat: int = 1) -> list[float]:
    """The median time of each, in seconds per call, measured in turns after one call of each."""
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for turn in range(max(rounds, 3)):
        order = range(len(works)) if turn % 2 == 0 else reversed(range(len(works)))
        for at in order:
            before = time.perf_counter()
            for _ in range(repeat):
                works[at]()
            times[at].append((time.perf_counter() - before) / repeat)
    return [statistics.median(each) for each in times]


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise LookupError(field)


def extra_megabytes(work: Callable[[], Any]) -> float:
    """How far the process's memory rises above where it was, at the highest point of one call."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the highest so far
    before = _status("VmRSS")
    work()
    return max(_status("VmHWM") - before, 0) / 1024


def profile(work: Callable[[], Any], lines: int = 25) -> str:
    """Where the time of one call goes."""
    watch, text = cProfile.Profile(), io.StringIO()
    watch.runcall(work)
    pstats.Stats(watch, stream=text).sort_stats("cumulative").print_stats(lines)
    return text.getvalue()


def explained(result: BenchResult, work: Callable[[], Any]) -> BenchResult:
    """The result; after a miss with what the time goes into, when it is done once more."""
    if result.met:
        return result
    return replace(result, note=f"{result.note}\n{profile(work)}")


def plan(sql: str, parameters: Mapping[str, Any]) -> str:
    """How the engine goes about a statement; printed where a bar was missed."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) " + sql, parameters)
            return "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN QUERY PLAN " + sql, parameters)
        depth = {0: 0}
        lines = []
        for ident, parent, _unused, text in cursor.fetchall():
            depth[ident] = depth.get(parent, 0) + 1
            lines.append("  " * depth[ident] + text)
        return "\n".join(lines)
