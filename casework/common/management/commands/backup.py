"""`manage.py backup`: one file with the database and the uploaded files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casework.common import backup


class Command(BaseCommand):
    """Makes a copy while the service goes on."""

    help = "Writes a copy of the database and the uploaded files, without the keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            default=Path(settings.VAR_DIR) / "backups",
            help="folder for the copy (default: backups in VAR_DIR)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = backup.make(options["to"])
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        manifest = backup.read(path)
        self.stdout.write(
            f"{path}: {manifest.rows} rows in {len(manifest.tables)} tables,"
            f" {len(manifest.media)} uploaded files, {path.stat().st_size / 1e6:.1f} MB."
        )
        self.stdout.write(
            "The keys are not in it. Keep SECRET_KEY and DATA_KEYS in another safe place: without"
            " DATA_KEYS what is encrypted cannot be read again."
        )
