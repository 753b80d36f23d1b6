"""Inserts what is new and updates what differs, many rows in a statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from casework.cases.models.person import NEVER
from casework.common.models import ImportedMixin
from casework.extract.loading.edits import Edited, settle
from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Target, field_of


@dataclass
class Written:
    """What became of a stretch of rows."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    conflicts: int = 0


class Upsert:
    """The statements of one target on one engine."""

    def __init__(self, target: Target, engine: Engine, feed: str, run: UUID) -> None:
        self.target = target
        self.run = run
        self.engine = engine
        self.feed = feed
        self.model: type[models.Model] = apps.get_model(target.model)
        self.table = self.model._meta.db_table
        self.imported = issubclass(self.model, ImportedMixin)
        self.names = [*target.columns, *target.refs]

    # the words of the statements ----------------------------------------------------------------

    def _column(self, name: str) -> str:
        return f'"{field_of(self.model, name).column}"'

    def _value(self, name: str) -> str:
        """The final value of a field, read from the feed and the records that it names."""
        return f"r_{name}.id" if name in self.target.refs else f's."{name}"'

    def _settled(self, name: str) -> str:
        """What an update makes of a field."""
        template = self.target.settled.get(name, "{new}")
        return template.format(new=self._value(name), least=self.engine.least)

    @cached_property
    def _from(self) -> str:
        looked_up = []
        for name, ref in self.target.refs.items():
            table = apps.get_model(ref.model)._meta.db_table
            on = f'r_{name}.{ref.by} = s."{name}"'
            if ref.by == "local_id":
                on += f" AND r_{name}.provider_id = %(provider)s"
            looked_up.append(f"LEFT JOIN {table} r_{name} ON {on}")
        return f"{self.feed} s {' '.join(looked_up)}"

    @cached_property
    def _same(self) -> str:
        """Finds the row `t` that has the same key."""
        found = []
        for name in self.target.key:
            column, value = f"t.{self._column(name)}", self._value(name)
            if field_of(self.model, name).null and name != "local_id":
                column, value = f"COALESCE({column}, '{NEVER}')", f"COALESCE({value}, '{NEVER}')"
            found.append(f"{column} = {value}")
        if self.imported:
            found.append("t.provider_id = %(provider)s")
        return " AND ".join(found)

    def _differ(self, names: list[str]) -> str:
        return " OR ".join(
            f"t.{self._column(name)} {self.engine.differs} {self._settled(name)}" for name in names
        )

    @cached_property
    def _own(self) -> list[str]:
        """Fields by which a row of this table counts as changed."""
        unchanging = {*self.target.key, *self.target.first}
        return [name for name in self.names if name not in unchanging]

    # the statements -----------------------------------------------------------------------------

    def here(self, after: int, upto: int) -> str:
        """Limits a statement to a stretch of the feed."""
        return f"s.n > {after:d} AND s.n <= {upto:d}"

    def _insert(self, here: str, *, fresh: bool = False) -> tuple[str, dict[str, Any]]:
        given = {self._column(name): self._value(name) for name in self.names} | {
            '"id"': self.engine.row_id
        }
        constants: dict[str, Any] = {}
        for column in self.model._meta.concrete_fields:
            name = f'"{column.column}"'
            if name in given or column.has_db_default() or column.null:
                continue
            constant = f"c_{column.column}"
            given[name] = f"%({constant})s"
            constants[constant] = _constant(column)
        if "run_id" in self._fields:
            given['"run_id"'] = "%(run)s"
        if self.imported:
            given['"provider_id"'] = "%(provider)s"
        own_ids = fresh and self.target.key == ("local_id",)  # nobody else can have such a row
        unless = f" AND NOT EXISTS ({self.target.unless})" if self.target.unless else ""
        return (
            f"INSERT INTO {self.table} ({', '.join(given)})"
            f" SELECT {', '.join(given.values())} FROM {self._from}"
            f" WHERE {here}{unless} ORDER BY s.n {self.engine.skip_known(fresh=own_ids)}",
            constants,
        )

    def _update(self, here: str) -> str:
        names = self._own
        setting = [f"{self._column(name)} = d.v_{name}" for name in names]
        if "run_id" in self._fields:
            setting.append("run_id = %(run)s")
        if "version" in self._fields:
            setting.append("version = t.version + 1")
        values = ", ".join(f"{self._settled(name)} AS v_{name}" for name in names)
        unedited = " AND t.local_edits IS NULL" if self.imported else ""
        return (
            f"UPDATE {self.table} AS t SET {', '.join(setting)} FROM ("
            f"SELECT t.id AS t_id, {values} FROM {self._from}"
            f" {self.engine.then} {self.table} t ON {self._same}"
            f" WHERE {here}{unedited} AND ({self._differ(names)}) {self.engine.apart}) d"
            " WHERE t.id = d.t_id"
        )

    @cached_property
    def _fields(self) -> set[str]:
        return {column.column for column in self.model._meta.concrete_fields}

    # what is done -------------------------------------------------------------------------------

    def known(self, parameters: dict[str, Any]) -> int:
        """How many rows of this provider there are."""
        where = "t.provider_id = %(provider)s" if self.imported else "true"
        if self.target.mine:
            where += f" AND {self.target.mine}"
        return self._one(f"SELECT count(*) FROM {self.table} t WHERE {where}", parameters)

    def is_new(self, parameters: dict[str, Any]) -> bool:
        """Whether nothing that an update could find is there."""
        where = "t.provider_id = %(provider)s" if self.imported else "true"
        return not self._one(
            f"SELECT EXISTS (SELECT 1 FROM {self.table} t WHERE {where})", parameters
        )

    def write(self, after: int, upto: int, parameters: dict[str, Any], *, fresh: bool) -> Written:
        """Bring the database to what a stretch of the feed says."""
        here = self.here(after, upto)
        written = Written(rows=upto - after)
        with connection.cursor() as cursor:
            if self.target.update and not fresh:
                if self.imported:
                    self._settle_edited(here, parameters, written)
                if self._own:
                    cursor.execute(self._update(here), parameters)
                    written.changed += cursor.rowcount
            if self.target.insert:
                insert, constants = self._insert(here, fresh=fresh)
                cursor.execute(insert, parameters | constants)
                written.new = cursor.rowcount
        return written

    def _settle_edited(self, here: str, parameters: dict[str, Any], written: Written) -> None:
        """Rows that were edited here are looked at one by one."""
        names = self._own
        held = ", ".join(f"t.{self._column(name)}, {self._settled(name)}" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.id, t.local_edits{', ' + held if held else ''} FROM {self._from}"
                f" {self.engine.then} {self.table} t ON {self._same}"
                f" WHERE {here} AND t.local_edits IS NOT NULL ORDER BY s.n",
                parameters,
            )
            rows = cursor.fetchall()
        for ident, edits, *values in rows:
            pairs = dict(zip(names, zip(values[::2], values[1::2], strict=True), strict=True))
            outcome = settle(
                Edited(self.model, self.target.table or self.target.name, ident, json.loads(edits)),
                pairs,
                run=self.run,
            )
            written.changed += bool(outcome.changed & set(self._own))
            written.conflicts += outcome.conflicts

    @staticmethod
    def _one(sql: str, parameters: dict[str, Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.fetchone()[0])


def _constant(column: models.Field) -> Any:
    """What stands in a column that an extract says nothing about."""
    if getattr(column, "auto_now_add", False) or getattr(column, "auto_now", False):
        return connection.ops.adapt_datetimefield_value(timezone.now())
    return column.get_db_prep_save(column.get_default(), connection)
