"""`manage.py catalogues`: makes what Django reads from the translations that people edit."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import to_locale

from casework.common import catalogues


class Command(BaseCommand):
    """Compiles the catalogues; on request makes the pseudo-locale too."""

    help = (
        "Makes each django.mo from the django.po beside it. With --pseudo DIR also the pseudo-"
        "locale en-xa: every word in brackets and with accents, to find words that cannot be"
        " translated. Put DIR into LOCALE_PATHS to use it; it is never shipped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pseudo", metavar="DIR", help="where to put the pseudo-locale")

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
                catalogue = catalogues.read_po(path)
                catalogues.write_mo(path.with_suffix(".mo"), catalogue)
                self.stdout.write(f"{path.parent.parent.name}: {len(catalogue) - 1} messages")
        if options["pseudo"]:
            place = Path(options["pseudo"]) / to_locale(catalogues.PSEUDO) / "LC_MESSAGES"
            catalogue = catalogues.pseudo_catalogue()
            catalogues.write_mo(place / "django.mo", catalogue)
            self.stdout.write(f"{catalogues.PSEUDO}: {len(catalogue) - 1} messages")
