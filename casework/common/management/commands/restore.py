"""`manage.py restore FILE`: puts a copy back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from casework.common import backup


class Command(BaseCommand):
    """Replaces the database and the uploaded files by those of a copy, or changes nothing."""

    help = "Puts a copy made by `manage.py backup` back. Stop the service first."
    # a database that is broken or missing is a reason to restore, not a reason to refuse
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the copy")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with backup.unpacked(options["file"]) as (manifest, folder):
                self.stdout.write(
                    f"A copy of {manifest.made_at}: {manifest.rows} rows in"
                    f" {len(manifest.tables)} tables, {len(manifest.media)} uploaded files."
                    " Its sums are right and its keys are here."
                )
                if not options["yes"] and not self._agreed():
                    raise CommandError("Nothing was changed.")
                kept = backup.put_back(manifest, folder)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored: every table has the rows that the copy had.")
        if kept:
            self.stdout.write(
                "What was there before is kept until you delete it: " + ", ".join(kept)
            )
        if connection.vendor == "postgresql":
            self.stdout.write(
                "Where the database fence is used, put it up again now: manage.py fence."
            )
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(
                "The copy is of an earlier version: its tables are brought up to date."
            )
            call_command("migrate", verbosity=0)

    def _agreed(self) -> bool:
        place = connection.settings_dict["NAME"]
        question = f"Everything in {place} now will be replaced. Write yes to go on: "
        try:
            return input(question).strip().lower() == "yes"
        except EOFError:
            return False
