"""Whom the database is asked for: the half of the database fence that the processes keep.

PostgreSQL's policies (`casework.cases.access.fencing`) show rows about people only to whom they
are shown anyway. For that they must know who asks. The answer is kept here, for each thread, and
the backend beside it (`casework.common.fenced`) writes it into the connection before a statement.

A request shows what its user may see. One that changes something may read further inside of a
transaction: services lock, check and follow consequences there, after a view has found its row.
A view that answers for more than its user's people says so with `beyond`. Whatever is neither a
request nor a web process (worker, commands) asks as the system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

SYSTEM, SERVICE, BEYOND = "system", "service", "beyond"
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Asking:
    """Who asks the database: a user's id, or as whom beside a user."""

    user: str = ""
    reach: str = ""
    changes: bool = False  # a request that may change something
    depth: int = 0  # transactions that were open before it came

    def marks(self, depth: int) -> tuple[str, str]:
        """What the connection is told, with so many transactions open."""
        reach = self.reach or (SERVICE if self.changes and depth > self.depth else "")
        return self.user, reach


_outside = Asking(reach=SYSTEM)  # of this process, where no request is under way
_asking: ContextVar[Asking | None] = ContextVar("asking", default=None)


def asking() -> Asking:
    """Who asks at this moment."""
    return _asking.get() or _outside


def close_by_default() -> None:
    """In a web process nobody is shown anything outside of a request."""
    global _outside
    _outside = Asking()


def is_on() -> bool:
    """Is the fence's backend in use?"""
    return bool(getattr(connection, "is_fenced", False))


@contextmanager
def asked_by(who: Asking) -> Iterator[None]:
    """Within this block, the database is asked by somebody else."""
    token = _asking.set(who)
    try:
        yield
    finally:
        _asking.reset(token)


def as_user(user_id: Any, *, changes: bool = False) -> Any:
    """Within this block, the database shows what this user may see."""
    depth = len(connection.atomic_blocks)
    return asked_by(Asking(str(user_id or ""), changes=changes, depth=depth))


allowed_beyond: dict[str, str] = {}
"""What reads more than its user's people, by its name in the code, and what it asks instead."""


def beyond(why: str) -> Callable:
    """A view, or what counts for one, that answers for more than its user's people; `why` says
    what it asks instead.

    For pages that check something else before they show a row (a link, an office), and for
    figures. Whatever it reads must be read before it returns. `tests/meta/test_fence.py` holds the
    list.
    """
    if not why.strip():
        raise ValueError("say why")

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            now = asking()
            with asked_by(Asking(now.user, reach=now.reach or BEYOND)):
                return view(*args, **kwargs)

        allowed_beyond[f"{view.__module__}.{view.__qualname__}"] = why
        return wrapper

    return decorate


def stay_beyond() -> None:
    """From here to the end of the request: where a row has been found to be within reach although
    its person is not, and what stands beside it is read now. Only for what is on that list."""
    now = _asking.get()
    if now is not None:
        _asking.set(Asking(now.user, reach=now.reach or BEYOND))


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """After the user is known, and around everything that reads about people.

    `signed_in` is connected before any other receiver: who has just come in is asked about at once.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if not is_on():
            return get_response(request)
        with as_user(request.user.pk, changes=request.method not in READING):
            return get_response(request)

    return handle


def signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Who has just signed in asks for the rest of this request; the block around it ends it."""
    now = _asking.get()
    if now is not None and not now.user:
        _asking.set(Asking(str(user.pk), now.reach, now.changes, now.depth))
