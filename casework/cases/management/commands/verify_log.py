"""`manage.py verify_log`: is the access log what it was when it was sealed?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.cases.access import seals


class Command(BaseCommand):
    help = "Names every row of the access log that was changed, removed, slipped in or exchanged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads",
            metavar="FILE",
            help="compare with the daily heads that were exported to this file earlier",
        )
        parser.add_argument(
            "--export-heads",
            metavar="FILE",
            help="write the daily heads to this file, to be kept on another machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = seals.verify(heads=self._kept(options["heads"]))
        for finding in report.findings:
            self.stdout.write(str(finding))
        if options["export_heads"]:
            text = json.dumps(seals.exported_heads(), indent=1)
            Path(options["export_heads"]).write_text(text + "\n")
        summary = f"{report.sealed} rows sealed, {report.waiting} waiting for their seal"
        if report.findings:
            raise CommandError(f"{summary}. Not as it was: {len(report.findings)}.")
        self.stdout.write(f"{summary}. Everything is as it was.")

    @staticmethod
    def _kept(path: str | None) -> list[dict[str, Any]] | None:
        if path is None:
            return None
        try:
            return json.loads(Path(path).read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read as exported heads: {error}") from error
