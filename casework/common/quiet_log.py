"""Log lines without personal data: names, numbers, addresses and free text stay in the database.

A log is copied to places where no record may be. So a line says what happened and where in the
code, and never whose: the words of our own source are kept, and of the values that are put into
them only what cannot be about anybody (numbers, ids of rows, codes, class names).

It is a formatter and not a filter: a filter on a logger is not asked about the records of loggers
below it, and one on a handler would change the record for every other handler.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import traceback
from collections.abc import Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, TracebackType
from typing import Any
from uuid import UUID

from huey.api import Task

_UUID = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"
_PATTERNS = (
    (re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+"), "[e-mail]"),
    (re.compile(r"(?<=/)" + _UUID), "[id]"),
    (re.compile(r"\b\w+://\S+"), "[address]"),
    # an NHS number or a telephone number, with or without spaces; never part of an id
    (re.compile(r"(?<![\w-])\+?\d(?:[ -]?\d){8,}(?![\w-])"), "[number]"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"), "[date]"),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"), "[postcode]"),
    (re.compile(r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”"), "[text]"),
)
# `accounts.invite`, `allocation:0193…`, `ValueError`, `people/views.py:61`: words of our source
_CODE = re.compile(
    r"(?:[a-z][a-z0-9_]*(?:[.:/][A-Za-z0-9_<>]+)*|(?:[A-Z][a-z0-9]+){2,}|[A-Z][A-Z_]+)"
)
_ID = re.compile(rf"(?:[a-z_.]+:)?{_UUID}")
_WHERE = re.compile(r"\w+ in [\w<>]+, line \d+")  # as the outbox describes what went wrong
_MOST_DIGITS = 8
_SAYS_ITS_WORDS = ("ImproperlyConfigured", "OperationalError", "InterfaceError")


def without_personal_data(text: str) -> str:
    """A text of which we do not know who wrote it: what looks like somebody's data is taken out."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def value(given: Any) -> Any:
    """What a log line may say of one value."""
    if given is None or isinstance(given, bool | float | UUID | dt.timedelta):
        return given
    if isinstance(given, Enum):
        return value(given.value)
    if isinstance(given, int):
        return given if len(str(abs(given))) <= _MOST_DIGITS else "[number]"
    if isinstance(given, BaseException):
        return exception_words(given)
    if isinstance(given, Task):  # by its kind and id, never by what it was given
        return f"{type(given).__name__} {given.id}"
    if isinstance(given, type | FunctionType | BuiltinFunctionType | MethodType):
        return given.__qualname__
    if isinstance(given, str):
        known = any(one.fullmatch(given) for one in (_ID, _CODE, _WHERE))
        return given if known else f"[text of {len(given)}]"
    if isinstance(given, dt.datetime):
        return given.isoformat(timespec="seconds")
    if isinstance(given, dt.date):
        return "[date]"
    if isinstance(given, Mapping | list | tuple | set | frozenset):
        return f"[{len(given)} values]"
    return f"[{type(given).__name__}]"


def exception_words(error: BaseException) -> str:
    """The kind of an error; its words only where they are about the machine."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"  # and not the file's name
    if kind in _SAYS_ITS_WORDS:
        first = str(error).strip().splitlines()[:1]
        return f"{kind}: {without_personal_data(first[0])}" if first else kind
    return kind


def trace(error: BaseException | None, seen: frozenset[int] = frozenset()) -> list[str]:
    """Where it went wrong, as far back as it is known: files, lines and kinds, never a value."""
    if error is None or id(error) in seen:
        return []
    seen = seen | {id(error)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = trace(before, seen)
    lines += [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in _frames(error.__traceback__)
    ]
    lines.append(exception_words(error))
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            lines += trace(one, seen)
    return lines


def _frames(tb: TracebackType | None) -> traceback.StackSummary:
    return traceback.StackSummary.extract(traceback.walk_tb(tb), lookup_lines=False)


class QuietFormatter(logging.Formatter):
    """One line for each record, and below it the way of an error through the code."""

    def format(self, record: logging.LogRecord) -> str:
        quiet = logging.makeLogRecord(record.__dict__)
        quiet.msg, quiet.args = self._words(record), None
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        quiet.exc_info = quiet.exc_text = quiet.stack_info = None
        return "\n".join([super().format(quiet), *trace(error)])

    def _words(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        if record.name.startswith("django.") and hasattr(request, "method"):
            return _of_request(record, request)
        if record.name.startswith(("django.security", "django.db.backends")):
            return "[not written: it can hold what somebody sent]"
        if not isinstance(record.msg, str):
            return str(value(record.msg))
        if not record.args:
            return " ".join(without_personal_data(record.msg).splitlines())  # no line of its own
        if isinstance(record.args, Mapping):
            given: Any = {name: value(one) for name, one in record.args.items()}
        else:
            given = tuple(value(one) for one in record.args)
        try:
            return record.msg % given
        except (TypeError, ValueError):  # `%d` of a text that was taken out
            return f"{record.msg} [values left out]"


def _of_request(record: logging.LogRecord, request: Any) -> str:
    """Which page, by its pattern: the address itself can name a record or hold a link's secret."""
    match = getattr(request, "resolver_match", None)
    page = match.route if match is not None else "[no such address]"
    status = getattr(record, "status_code", "")
    return f"{value(request.method)} /{page} {status}".rstrip()
