"""What makes the test environment less forgiving than the service itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, TestCase

from tests import fenced

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE)\b", re.I)


class WroteOnGet(AssertionError):
    """A view changed the database when it was only asked to show something."""


def read_only_get(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a view that is asked to show something must not write."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql):
            raise WroteOnGet(f"a GET wrote: {sql[:200]}")
        return execute(sql, params, many, context)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or request.META.get("tests.unrestricted_get"):
            return get_response(request)
        with connection.execute_wrapper(refuse):
            return get_response(request)

    return middleware


class CommittingClient(Client):
    """After each request, what waits for the commit runs, as it would in the service."""

    def request(self, **request: Any) -> Any:
        with run_on_commit(), fenced.as_web():
            return super().request(**request)


@contextmanager
def run_on_commit() -> Any:
    """Runs what waits for the commit, inside a test that never commits."""
    with TestCase.captureOnCommitCallbacks(execute=True) as callbacks:
        yield callbacks
