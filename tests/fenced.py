"""The database fence around a test: policies, and requests as the web's role.

Roles, rights and policies of one test are made in its own transaction, and are gone with it; with
`--fenced` they are made once for all tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.db import connection
from django.utils import timezone
from psycopg import sql
from psycopg.pq import TransactionStatus

from casework.cases.access import fencing

_web: str | None = None


@contextmanager
def fence() -> Iterator[tuple[str, str]]:
    """Both roles, with the policies on; requests of the test client are the web's."""
    with connection.cursor() as cursor:  # a table with checks to come cannot be altered
        if connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        roles = made()
        if connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with up(roles[0]):
        yield roles


def made() -> tuple[str, str]:
    """Roles of our own, so that two runs do not meet, with the policies on."""
    mark = token_hex(4)
    web, worker = f"fence_web_{mark}", f"fence_worker_{mark}"
    for name in (web, worker):
        fencing.make_role(name, "")
    fencing.install(web=web, worker=worker)
    return web, worker


def gone(*roles: str) -> None:
    """What was really committed is taken away again."""
    fencing.remove()
    with connection.cursor() as cursor:
        for name in roles:
            cursor.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@contextmanager
def up(web: str) -> Iterator[None]:
    """Within this block each request of the test client is this role's."""
    global _web
    before, _web = _web, web
    try:
        yield
    finally:
        _web = before


@contextmanager
def as_role(name: str) -> Iterator[None]:
    """Within this block the connection is somebody else's. No test counts these statements."""
    connection.ensure_connection()
    run = connection.connection.execute
    run(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))
    run("SELECT set_config('alongside.now', %s, false)", [timezone.now().isoformat()])
    try:
        yield
    finally:
        # a transaction that failed takes the role back itself
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            run("RESET ROLE")


@contextmanager
def as_web() -> Iterator[None]:
    """A request: by the web's role where the fence is up, else as ever."""
    if _web is None:
        yield
        return
    with as_role(_web):
        yield
