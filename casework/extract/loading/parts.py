"""What a load is made of: declarations that drive both engines.

A load has two halves. In the first, SQL that only SQLite sees turns the accepted rows of the
staging file into one *feed* for each target: a table of final values, in which other records are
still named by their local ids. In the second, the database looks these up and inserts or updates,
many rows in a statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from casework.extract.loading.engines import Engine

#: The dates and names that a feed's SQL may use as `:as_of` and `:provider`.
Parameters = Mapping[str, str]
Prepare = Callable[[sqlite3.Connection, Parameters], None]


@dataclass(frozen=True)
class Ref:
    """A foreign key that the extract names by local id (`by="local_id"`) or by code.

    `value` is SQL over the source of the feed. `model` is the label of the model looked up.
    """

    model: str
    value: str
    by: str = "local_id"


@dataclass(frozen=True)
class Target:
    """Rows of one model that are inserted or updated by their key.

    `columns` and `refs` map model fields to SQL over `source`. A row is changed when one of them
    differs. Fields in `first` are set at insert only. `settled` gives, for a field, SQL for what an
    update makes of it, from `{new}` and the present row `t`. `extra` adds columns to the feed for
    later statements. `table` is the MHSDS table whose rows are counted, and
    `mine` says which rows of the model are this table's. No row is inserted where `unless` finds
    one. `people` is SQL for the ids of people whose rows this run wrote.
    """

    name: str
    model: str
    source: str
    key: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    refs: Mapping[str, Ref] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    order: str = "s.line"
    first: tuple[str, ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)
    insert: bool = True
    update: bool = True
    unless: str = ""
    mine: str = ""
    people: str = ""


@dataclass(frozen=True)
class Statement:
    """One statement over rows that are already loaded, run for each stretch of a feed.

    `sql` is given the engine, the feed (to be called `s`) and what limits it to the stretch. Its
    parameters are `%(run)s`, `%(provider)s`, `%(as_of)s` and `%(now)s`. Without `first_import` it
    is left out the first time a provider is loaded.
    """

    name: str
    feed: str
    sql: Callable[[Engine, str, str], str]
    first_import: bool = True


Part = Target | Statement


@dataclass(frozen=True)
class Step:
    """What one app loads at one place in the order. `prepare` may make tables for its feeds."""

    order: int
    parts: tuple[Part, ...]
    prepare: Prepare | None = None


def field_of(model: type[models.Model], name: str) -> models.Field:
    """A concrete field of a model by its name."""
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(f"{model._meta.label}.{name} is not a column")
    return found
