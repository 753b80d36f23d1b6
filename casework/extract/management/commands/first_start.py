"""`manage.py first_start`: what `make run` begins with, in a demonstration only."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casework.alerts import services as alerts
from casework.directory.models import Organisation
from casework.extract import first_start


class Command(BaseCommand):
    """Loads the sample extract, makes an account for each role, looks for breaches."""

    help = (
        "Loads the sample extract with invented names and makes an account for each role."
        " For a demonstration only: refuses unless DEMO is on. Can be run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the accounts as a list")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "first_start fills a demonstration with invented people and well-known passwords."
                " Set DEMO=1 for that. For real use, see `manage.py first_admin`."
            )
        if not self._loaded():
            self._load()
        first_start.describe()
        first_start.make_accounts()
        alerts.sweep()
        if options["json"]:
            self.stdout.write(json.dumps(self._rows(), indent=1))
        else:
            self._print()

    @staticmethod
    def _loaded() -> bool:
        """Whether the sample is there: its organisation has an as-of date."""
        return Organisation.objects.filter(code=first_start.PROVIDER, as_of__isnull=False).exists()

    def _load(self) -> None:
        said = io.StringIO()
        try:
            call_command("import_extract", str(first_start.SAMPLE), stdout=said)
        except SystemExit as stopped:
            if stopped.code:
                raise CommandError(
                    f"The sample extract could not be loaded:\n{said.getvalue()}"
                ) from stopped

    @staticmethod
    def _rows() -> list[dict[str, str]]:
        return [
            {
                "role": account.role,
                "name": account.name,
                "email": account.email,
                "password": account.password,
                "home": settings.LOGIN_REDIRECT_URL,
            }
            for account in first_start.ACCOUNTS
        ]

    def _print(self) -> None:
        self.stdout.write("\nSign in with any of these accounts. Everything in here is invented.\n")
        width = max(len(account.words) for account in first_start.ACCOUNTS)
        address = max(len(account.email) for account in first_start.ACCOUNTS)
        for account in first_start.ACCOUNTS:
            self.stdout.write(
                f"  {account.words:<{width}}  {account.email:<{address}}  {account.password}"
            )
        self.stdout.write(f"\n{settings.SITE_URL}{settings.LOGIN_REDIRECT_URL}\n")
