"""`manage.py import_extract`: load a folder of MHSDS-shaped CSV files."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from casework.common.errors import Refusal
from casework.extract import services
from casework.extract.checking.messages import FATAL
from casework.extract.services import ImportOutcome
from casework.extract.spec import TABLES

_STAGES = {"check": "Checking", "feeds": "Joining"}


class Command(BaseCommand):
    """Checks a folder, then loads what was accepted."""

    help = (
        "Loads a folder of CSV files shaped like MHSDS tables. Exit code 0: everything was loaded;"
        " 1: some rows were rejected and reported; 2: the folder was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with the CSV files")
        parser.add_argument("--dry-run", action="store_true", help="check, and load nothing")
        parser.add_argument(
            "--strict", action="store_true", help="load nothing if any row is rejected"
        )
        parser.add_argument("--report", type=Path, help="write every finding to this CSV file")
        parser.add_argument(
            "--as-of", type=_day, help="date of the extract, where MHS000Header.csv is missing"
        )
        parser.add_argument(
            "--provider", default="", help="organisation code, where the folder does not say it"
        )
        parser.add_argument("--names", type=Path, help="display names (columns kind,id,name)")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = _Bar(sys.stderr.isatty())
        report = options["report"]
        if report is not None and not report.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {report.parent} for the report.", returncode=2)
        try:
            outcome = services.import_folder(
                folder=options["folder"],
                as_of=options["as_of"],
                provider=options["provider"],
                strict=options["strict"],
                dry_run=options["dry_run"],
                names=options["names"],
                report=report,
                progress=bar,
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=2) from refusal
        finally:
            bar.close()
        self._tell(outcome, report)
        if outcome.exit_code:
            sys.exit(outcome.exit_code)

    def _tell(self, outcome: ImportOutcome, report: Path | None) -> None:
        for run in outcome.finished:
            self.stdout.write(f"First finished an import that was interrupted: {run.folder}.")
        if outcome.result.as_of and outcome.result.provider:
            self.stdout.write(
                f"Provider {outcome.result.provider}, as of {outcome.result.as_of.isoformat()}"
            )
        if not outcome.result.fatal:
            self._tables(outcome)
        for cause in outcome.causes:
            place = f"{cause.file} {cause.column}".strip()
            where = f"{cause.findings} x, first on line {cause.first_line}: "
            self.stdout.write(
                f"{cause.action}: {cause.code}: {place}: "
                f"{where if cause.first_line else ''}{cause.message}"
            )
        for table in TABLES:
            found = outcome.result.counts.get(table.name)
            if found is not None and found.present and not found.rows and table.stays_empty:
                self.stdout.write(f"{table.file} has no rows: {table.stays_empty}.")
        if report is not None:
            self.stdout.write(f"Every finding is in {report}.")
        self.stdout.write(_verdict(outcome))

    def _tables(self, outcome: ImportOutcome) -> None:
        columns = ("rows", "new", "changed", "unchanged", "rejected", "warned")
        loaded = outcome.run is not None
        if not loaded:
            columns = ("rows", "rejected", "warned")
        self.stdout.write(f"\n{'table':<34}" + "".join(f"{name:>11}" for name in columns))
        missing = {}
        for name, counts in outcome.tables.items():
            numbers = "".join(f"{getattr(counts, column):>11,}" for column in columns)
            self.stdout.write(f"{name:<34}{numbers}")
            if counts.missing:
                missing[name] = counts.missing
        self.stdout.write("")
        for name, count in missing.items():
            self.stdout.write(
                f"{name}: {count:,} rows of earlier extracts are not in this folder any more"
                " or were not accepted from it. They are kept."
            )


def _verdict(outcome: ImportOutcome) -> str:
    if outcome.refusal:
        return f"Nothing was loaded. {outcome.refusal}"
    if any(cause.action == FATAL for cause in outcome.causes):
        return "Nothing was loaded: the folder was refused for the reasons above."
    if outcome.dry_run:
        return "Checked only: nothing was loaded."
    if outcome.run is None:
        return (
            f"Nothing was loaded: {outcome.result.rejected:,} rows were rejected, and any"
            " rejection was to refuse the folder."
        )
    conflicts = outcome.run.counts["conflicts"]
    more = (
        f" {conflicts} values that were edited here differ from the extract; the edits stand"
        " until somebody decides."
        if conflicts
        else ""
    )
    if outcome.nothing_changed:
        return f"Nothing has changed: everything was there already.{more}"
    if outcome.result.rejected:
        return f"Loaded, apart from {outcome.result.rejected:,} rejected rows.{more}"
    return f"Loaded.{more}"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class _Bar:
    """A progress bar on a terminal, and silence elsewhere."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self.bar: tqdm | None = None
        self.stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self.wanted:
            return
        if stage != self.stage:
            self.close()
            self.stage = stage
            words = _STAGES.get(stage, f"Loading {stage.replace('_', ' ')}")
            self.bar = tqdm(total=total or None, desc=words, unit_scale=True, leave=False)
        if self.bar is not None:
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None
