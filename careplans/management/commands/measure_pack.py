"""The questions of a measure, from a file of the site's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from careplans.services import add_pack
from casework.common.errors import Refusal


class Command(BaseCommand):
    """`measure_pack FILE`"""

    help = (
        "Adds the questions of a measure from a JSON file; its form is told in careplans.measures."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            row = add_pack(content=content)
        except (OSError, ValueError) as fault:
            raise CommandError(f"{file}: {fault}") from fault
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{row.name}, version {row.edition}, is in use.")
