"""Writes the accepted rows of a staging file to the database, and can be killed at any point.

PostgreSQL: one transaction. SQLite: short transactions, each of which also notes how far the load
has come; whoever imports next finishes what is left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from casework.alerts import services as alerts
from casework.directory.models import Organisation
from casework.extract.loading import feeds
from casework.extract.loading.engines import Engine
from casework.extract.loading.parts import Part, Statement, Target
from casework.extract.loading.upsert import Upsert, Written
from casework.extract.models import ImportRun
from casework.extract.registry import steps
from casework.extract.spec import HEADER, TABLES

STAGING, FEEDS = "staging.sqlite3", "feeds.sqlite3"

#: Called with what is being done and how many of its steps, and of all, are done.
Progress = Callable[[str, int, int], None]


@dataclass
class TableLoad:
    """What became of the rows of one table: rows = new + changed + unchanged + rejected.

    `missing` rows are known from an earlier folder and not loaded from this one.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warned: int = 0
    missing: int = 0


class Load:
    """One load, from wherever it stands to the end."""

    def __init__(self, run: ImportRun, place: Path, progress: Progress | None = None) -> None:
        self.run = run
        self.place = place
        self.progress = progress
        self.steps = steps()
        self.parts = [part for step in self.steps for part in step.parts]
        assert run.provider is not None and run.as_of is not None  # noqa: S101
        self.provider: Organisation = run.provider

    def make_feeds(self) -> None:
        """The half that needs no database."""
        if self.progress:
            self.progress("feeds", 0, 0)
        feeds.make(
            self.place / FEEDS,
            self.place / STAGING,
            self.steps,
            {"as_of": self.run.as_of.isoformat(), "provider": str(self.provider.code)},
        )

    def write(self, engine: Engine) -> None:
        """The other half. Precondition: the engine is open."""
        engine.begin(first=self.run.first_import)
        if not self.run.counts:
            self._begin()
        done = self.run.step or ""
        at, _, reached = done.rpartition(":")
        names = [part.name for part in self.parts]
        first = names.index(at) if at else 0
        for number, part in enumerate(self.parts[first:]):
            self._part(engine, part, int(reached or 0) if number == 0 else 0)
        self._finish(engine)
        engine.done()

    # ------------------------------------------------------------------------------------------

    def _parameters(self, engine: Engine) -> dict[str, Any]:
        return {
            "provider": engine.key(self.provider.pk),
            "run": engine.key(self.run.pk),
            "as_of": self.run.as_of.isoformat(),
            "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        }

    def _begin(self) -> None:
        """Start the counts with what the check found."""
        tables = {table.name: TableLoad() for table in TABLES}
        with sqlite3.connect(self.place / STAGING) as staging:
            for name, rows, rejected, warned, repeated in staging.execute(
                "SELECT table_name, rows, rejected, warned, repeated FROM counts"
            ):
                tables[name] = TableLoad(
                    rows=rows, rejected=rejected, warned=warned, unchanged=repeated
                )
        staging.close()
        header = tables[HEADER.name]
        if header.rows > header.rejected + header.unchanged:
            if self.provider.as_of == self.run.as_of:
                header.unchanged += 1
            else:
                header.new += 1
        self.run.counts = {
            "tables": {name: asdict(counts) for name, counts in tables.items()},
            "conflicts": 0,
            "other": 0,
        }

    def _part(self, engine: Engine, part: Part, reached: int) -> None:
        if isinstance(part, Statement) and self.run.first_import and not part.first_import:
            return
        target = part if isinstance(part, Target) else self._target(part.feed)
        rows = feeds.size(self.place / FEEDS, target.name)
        parameters = self._parameters(engine)
        stretch = engine.stretch or max(rows, 1)
        feed = engine.feed(target)
        upsert = Upsert(target, engine, feed, self.run.pk)
        fresh = isinstance(part, Target) and reached == 0 and upsert.is_new(parameters)
        for after in range(reached, rows, stretch):
            upto = min(after + stretch, rows)
            with transaction.atomic():
                if isinstance(part, Statement):
                    self._execute(engine, part, feed, upsert.here(after, upto), parameters)
                else:
                    written = upsert.write(after, upto, parameters, fresh=fresh)
                    self._count(part, written)
                self._note(f"{part.name}:{upto}")
            if self.progress:
                self.progress(part.name, upto, rows)
        if isinstance(part, Target) and fresh and rows:
            engine.settle(upsert.table)
        if isinstance(part, Target) and part.table and not fresh:
            with transaction.atomic():
                known = upsert.known(parameters)
                self._counts(part.table)["missing"] = max(known - rows, 0)
                self._note(f"{part.name}:{rows}")

    def _target(self, name: str) -> Target:
        return next(part for part in self.parts if isinstance(part, Target) and part.name == name)

    @staticmethod
    def _execute(
        engine: Engine, part: Statement, feed: str, here: str, parameters: dict[str, Any]
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(part.sql(engine, feed, here), parameters)

    def _counts(self, table: str) -> dict[str, int]:
        return self.run.counts["tables"][table]

    def _count(self, target: Target, written: Written) -> None:
        self.run.counts["conflicts"] += written.conflicts
        if not target.table:
            self.run.counts["other"] += written.new + written.changed
            return
        counts = self._counts(target.table)
        counts["new"] += written.new
        counts["changed"] += written.changed
        counts["unchanged"] += written.rows - written.new - written.changed

    def _note(self, step: str) -> None:
        self.run.step = step
        ImportRun.objects.filter(pk=self.run.pk).update(step=step, counts=self.run.counts)

    def _finish(self, engine: Engine) -> None:
        """People to look at again, the date of the extract, and the run itself: at once."""
        parameters = self._parameters(engine)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(self._touched(), parameters)
            provider = Organisation.objects.select_for_update().get(pk=self.provider.pk)
            if provider.as_of is None or provider.as_of < self.run.as_of:
                provider.as_of = self.run.as_of
                provider.save()
            if self.run.first_import:
                alerts.expect_backlog(organisation=provider)
            self.run.state = ImportRun.State.DONE
            self.run.step = self.run.staging = ""
            self.run.finished_at = timezone.now()
            self.run.save()

    def _touched(self) -> str:
        if self.run.first_import:
            people = (
                "SELECT t.id AS person_id FROM cases_person t WHERE t.provider_id = %(provider)s"
            )
        else:
            people = " UNION ".join(
                part.people.format(table=apps.get_model(part.model)._meta.db_table)
                for part in self.parts
                if isinstance(part, Target) and part.people
            )
            people += " UNION SELECT person_id FROM cases_livereason WHERE run_id = %(run)s"
        return (
            f"INSERT INTO cases_touched (person_id, at) SELECT x.*, %(now)s FROM ({people}) x"
            " WHERE true ON CONFLICT (person_id) DO UPDATE SET at = excluded.at"
        )
