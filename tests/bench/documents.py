"""What a document costs: beside bare WeasyPrint, in memory, and for the pages meanwhile."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.common import BenchResult, Config, in_turns, seconds

DOCUMENTS = 20
BAR, MEMORY, PAGE = 1.5, 20.0, 1.0
_BEGIN = "import django; django.setup(); from tests.bench import documents; "


def content() -> dict[str, Any]:
    """A plan that is four pages long on paper: every area, with goals and actions in it."""
    from careplans.areas import STARTER

    def line(key: str, kind: str, words: str, **values: Any) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "id": key,
            "kind": kind,
            "version": 1,
            "values": {"words": words, **values},
            "written": "A worker with Somebody",
            "on": "2026-11-03",
        }
        return {**entry, "progress": "to_do", "what_happened": ""} if kind == "action" else entry

    areas = [
        {
            "id": code,
            "code": code,
            "name": str(name),
            "rank": place if place < 4 else None,
            "not_now": False,
            "rating": None,
            "lines": [
                line(f"{code}-1", "matters", "What matters here, said in a sentence or two. " * 3),
                line(f"{code}-2", "goal", "One thing that would be different"),
                line(f"{code}-3", "action", "What will happen next", owner_kind="person"),
            ],
        }
        for place, (code, name, _hint) in enumerate(STARTER, start=1)
        if place <= 8
    ]
    plan = {"person": "Somebody", "team": "", "areas": areas, "lines": []}
    return {
        "plan": plan,
        "name": "Somebody",
        "team": "",
        "organisation": "",
        "version": 1,
        "shared_on": "3 Nov 2026",
        "shared_by": "A worker",
        "why": "",
        "review_due": "3 May 2027",
        "differently": "",
        "answers": [],
        "contacts": [{"name": "In danger now", "number": "999", "hours": ""}],
        "made_on": "23 Nov 2026",
        "made_by": "A worker",
    }


def run(config: Config) -> Iterator[BenchResult]:
    """The figures; they do not depend on the engine."""
    from weasyprint import HTML

    from careplans.documents import rendering
    from careplans.documents.kinds import DocumentKind

    what = content()
    pages = rendering.make(DocumentKind.PLAN, what).pages
    html = rendering.html(DocumentKind.PLAN, what)

    def bare() -> Any:
        return HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")

    ours, theirs = in_turns(
        [lambda: rendering.make(DocumentKind.PLAN, what), bare], max(config.rounds, 5)
    )
    note = f"{pages} pages, {ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
    yield BenchResult("a plan as PDF, beside bare WeasyPrint", ours / theirs, BAR, note=note)
    grown = _growth()
    yield BenchResult(f"memory after {DOCUMENTS} documents in a row", grown, MEMORY, unit="MB")
    yield _pages_meanwhile(ours)


def _growth() -> float:
    """In a process of its own that has made a few already, as the worker has."""
    code = _BEGIN + "documents.grow()"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.strip().splitlines()[-1])


def grow() -> None:
    """What a worker's memory gains by a row of documents, in MB, on the last line."""
    from careplans.documents import rendering
    from careplans.documents.kinds import DocumentKind

    what = content()
    for _warm in range(3):
        rendering.make(DocumentKind.PLAN, what)
    before = _resident()
    for _document in range(DOCUMENTS):
        rendering.make(DocumentKind.PLAN, what)
    print(_resident() - before)


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def _pages_meanwhile(document: float) -> BenchResult:
    """The slowest page of the service while a worker process makes one document after another, in
    documents: a page that waited behind one would take longer than it."""
    from django.test import Client

    client = Client()

    def page() -> None:
        assert client.get("/accounts/login/").status_code == 200

    page()
    worker = subprocess.Popen(
        [sys.executable, "-c", _BEGIN + "documents.work()"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert worker.stdout is not None
        worker.stdout.readline()  # it has begun
        times = sorted(seconds(page) for _page in range(60))
        assert worker.poll() is None, "the worker process was done too early"
    finally:
        worker.kill()
        worker.communicate()
    note = f"{times[-1] * 1000:.0f} ms, half of the pages within {times[30] * 1000:.0f} ms"
    return BenchResult(
        "the slowest page meanwhile, in documents", times[-1] / document, PAGE, note=note
    )


def work() -> None:
    """Makes one document after another until it is stopped."""
    from careplans.documents import rendering
    from careplans.documents.kinds import DocumentKind

    what = content()
    rendering.make(DocumentKind.PLAN, what)
    print("begun", flush=True)
    while True:
        rendering.make(DocumentKind.PLAN, what)
