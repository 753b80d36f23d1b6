"""Real servers and clients for benchmarks of pages: gunicorn with two workers, over loopback."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

WORKERS = 2
_TOKEN = "b" * 32  # in the cookie and in the form, as a browser sends it


@dataclass(frozen=True)
class Page:
    """One address of one server, as a signed-in user opens it."""

    port: int
    path: str
    cookie: str

    def get(self) -> int:
        """Open it; how many bytes of HTML came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise AssertionError(f"{self.path} answered {answer.status}")
        return len(body)

    def post(self, path: str, **data: object) -> None:
        """Send a form to an address of the same server; it leads on to another page."""
        body = urlencode({"csrfmiddlewaretoken": _TOKEN, **data})
        headers = {
            "Cookie": f"{self.cookie}; csrftoken={_TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != 302:
            raise AssertionError(f"{path} answered {answer.status}")


@contextmanager
def server(application: str) -> Iterator[int]:
    """gunicorn with a WSGI application over this process's database; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", application),
        *("--workers", str(WORKERS), "--worker-class", "sync", "--bind", f"127.0.0.1:{port}"),
        *("--log-level", "error", "--worker-tmp-dir", os.environ["VAR_DIR"]),
    ]
    environ = os.environ | {"STATIC_MANIFEST": "0"}
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, env=environ, cwd=root)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer")


@dataclass(frozen=True)
class Times:
    """What some requests took, in milliseconds."""

    median: float
    p95: float


def in_turns(pages: list[Page], *, clients: int, rounds: int, requests: int) -> list[Times]:
    """The time of each page, asked for by so many clients at once, the pages in turns."""
    for page in pages:
        for _ in range(2 * WORKERS):
            page.get()
    taken: list[list[float]] = [[] for _ in pages]
    with ThreadPoolExecutor(clients) as pool:
        for turn in range(max(rounds, 3)):
            order = list(range(len(pages)))
            for at in order if turn % 2 == 0 else reversed(order):
                taken[at] += pool.map(lambda _n, page=pages[at]: _timed(page), range(requests))
    return [Times(statistics.median(each), statistics.quantiles(each, n=20)[-1]) for each in taken]


def _timed(page: Page) -> float:
    before = time.perf_counter()
    page.get()
    return (time.perf_counter() - before) * 1000
