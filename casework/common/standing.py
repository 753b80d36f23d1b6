"""Statements that are put together once and then asked again and again.

Django builds a statement anew each time it is asked, which on a page with a dozen statements takes
longer than the database takes to answer them. A standing statement is built at its first use, with
stand-ins where its values go; from then on only the values are put in:

    @standing
    def named_for(person: UUID, on: dt.date) -> QuerySet[Allocation]:
        return Allocation.objects.on(on).filter(person=person).select_related("worker")

    rows = named_for(person.pk, today)  # a list

Ids, dates, moments, what somebody typed (`Typed`) and tuples of these are values. Codes, numbers,
truth and nothing are not: each combination of them (and each length of a tuple) is a statement of
its own, so the function may ask them. It must ask nothing else: no clock, no user, no setting.
Building one in which a date or an id stands that is not an argument's is an error.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
SHAPES = 64  # of one statement; users differ in how many teams they are in, and in little else
_LONGEST_CODE = 40  # what is longer was typed by somebody
_LOOKS_BOUND = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d", re.I)


class Typed(str):
    """What somebody typed: a value, looked for as it is or as a part of something."""

    __slots__ = ()


class NotStanding(Exception):
    """A statement that would be wrong the second time it is asked."""


@dataclass(frozen=True)
class _Slot:
    """Where a value goes, and the pattern around it where a part is looked for."""

    at: int
    which: int
    before: str = ""
    after: str = ""

    def filled(self, value: Any) -> Any:
        if not (self.before or self.after):
            return value
        like = connections["default"].ops.prep_for_like_query(value)
        return f"{self.before}{like}{self.after}"


@dataclass(frozen=True)
class _Statement:
    """One shape of a statement: `slots` say which value goes to which parameter."""

    rows: QuerySet
    compiler: Any  # None: there is never a row
    sql: str = ""
    parameters: tuple[Any, ...] = ()
    slots: tuple[_Slot, ...] = ()

    def filled(self, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """The statement and its parameters, as a cursor takes them."""
        parameters = list(self.parameters)
        for slot in self.slots:
            parameters[slot.at] = slot.filled(values[slot.which])
        return self.sql, tuple(parameters)

    def ask(self, values: Sequence[Any]) -> list[Any]:
        if self.compiler is None:
            return []
        filled = self.filled(values)
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[self.rows.db]
        compiler.as_sql = lambda *args, **kwargs: filled
        query = copy.copy(self.rows.query)
        query.get_compiler = lambda *args, **kwargs: compiler
        rows = type(self.rows)(model=self.rows.model, query=query, using=self.rows._db)
        rows._iterable_class = self.rows._iterable_class
        rows._fields = self.rows._fields
        rows._prefetch_related_lookups = self.rows._prefetch_related_lookups
        return list(rows)


def padded(keys: Iterable[UUID], to: int = 50) -> tuple[UUID, ...]:
    """Ids for an `IN`, the last one repeated up to a round number: one statement for most lists."""
    found = tuple(keys)
    return found + found[-1:] * (-len(found) % to)


class Standing(Generic[M]):
    """The rows of the query set that a function builds, by a statement that is kept."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._kept: dict[Hashable, _Statement] = {}
        update_wrapper(self, build)

    def __call__(self, *given: Any) -> list[Any]:
        """The rows."""
        return self._statement(given).ask([_stored(one) for one in _flat(given)])

    def sql(self, *given: Any) -> tuple[str, tuple[Any, ...]] | None:
        """The statement, to stand within another; None where there is never a row."""
        found = self._statement(given)
        if found.compiler is None:
            return None
        return found.filled([_stored(one) for one in _flat(given)])

    def _statement(self, given: Sequence[Any]) -> _Statement:
        shape = tuple(_shape(one) for one in given)
        found = self._kept.get(shape)
        if found is None:
            if len(self._kept) >= SHAPES:
                self._kept.clear()
            found = self._kept[shape] = _build(self._build, given)
        return found


standing = Standing  # as a decorator


def _is_value(given: Any) -> bool:
    return isinstance(given, (UUID, dt.date, Typed))  # a moment is a date too


def _shape(given: Any) -> Hashable:
    if isinstance(given, tuple):
        return (tuple, len(given))
    if _is_value(given):
        return type(given)
    if given is None or isinstance(given, int):
        return (type(given), given)
    if isinstance(given, str) and len(given) <= _LONGEST_CODE:
        return given
    raise NotStanding(f"{type(given).__name__} is neither a value nor a part of the shape")


def _flat(given: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for one in given:
        if isinstance(one, tuple):
            flat += one
        elif _is_value(one):
            flat.append(one)
    return flat


def _stored(value: Any) -> Any:
    """A value as the engine is handed it."""
    connection = connections["default"]
    if isinstance(value, Typed):
        return str(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)


def _stand_ins(given: Sequence[Any]) -> list[Any]:
    """Arguments of the same shape with values that nothing else has."""
    count = 0

    def another(value: Any) -> Any:
        nonlocal count
        count += 1
        if isinstance(value, UUID):
            return uuid4()
        if isinstance(value, Typed):
            return Typed(f"typed{uuid4().hex}")
        if isinstance(value, dt.datetime):
            return dt.datetime(1600 + count, 2, 3, 4, 5, 6, 789, tzinfo=dt.UTC)
        return dt.date(1800 + count, 4, 5)

    return [
        tuple(another(part) for part in one)
        if isinstance(one, tuple)
        else another(one)
        if _is_value(one)
        else one
        for one in given
    ]


def _build(build: Callable[..., QuerySet], given: Sequence[Any]) -> _Statement:
    arguments = _stand_ins(given)
    rows = build(*arguments)
    compiler = rows.query.get_compiler(using=rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return _Statement(rows, None)
    values = [_stored(one) for one in _flat(arguments)]
    slots = []
    for at, parameter in enumerate(parameters):
        slot = _slot(at, parameter, values)
        if slot is not None:
            slots.append(slot)
        elif _is_value(parameter) or _LOOKS_BOUND.search(str(parameter)):
            raise NotStanding(f"{build.__qualname__}: parameter {at} is not an argument's")
    return _Statement(rows, compiler, sql, tuple(parameters), tuple(slots))


def _slot(at: int, parameter: Any, values: Sequence[Any]) -> _Slot | None:
    """The value that a parameter is, or of which it is made."""
    for which, value in enumerate(values):
        if parameter == value:
            return _Slot(at, which)
        if isinstance(parameter, str) and str(value).startswith("typed") and value in parameter:
            before, _typed, after = parameter.partition(value)
            return _Slot(at, which, before, after)
    return None
