"""`manage.py rotate_keys`: encrypts everything anew with the newest of DATA_KEYS."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.common import rotation


class Command(BaseCommand):
    help = (
        "Encrypts with the newest of DATA_KEYS whatever is still under an older one, history"
        " included. Afterwards the older keys are needed for older backups only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rotation.rotate(dry_run=options["dry_run"])
        for one in counts:
            self.stdout.write(
                f"{one.table}.{one.column}: {one.rotated} under an older key,"
                f" {one.kept} under the newest, {one.unreadable} unreadable"
            )
        lost = sum(one.unreadable for one in counts)
        if lost:
            raise CommandError(f"{lost} texts fit none of DATA_KEYS: an old key is missing.")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
