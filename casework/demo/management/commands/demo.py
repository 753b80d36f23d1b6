"""`manage.py demo`: what `make run` begins with, in a demonstration only."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casework.demo import accounts, build, own_accounts


class Command(BaseCommand):
    """Makes an invented network with two years of history, beside the sample extract."""

    help = (
        "Makes an invented network of services with two years of history up to today, loads the"
        " sample extract beside it, and prints an account for each role. For a demonstration only:"
        " refuses unless DEMO is on. Can be run again: what is there is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--size",
            choices=sorted(build.SIZES),
            default="small",
            help="small: about 150 people; large: about 2,000",
        )
        parser.add_argument("--json", action="store_true", help="print the accounts as a list")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "demo makes invented people and accounts with well-known passwords. Set DEMO=1 for"
                " that. For real use, see `manage.py first_admin`."
            )
        call_command("first_start", json=True, stdout=io.StringIO())
        if not build.is_there():
            if not options["json"]:
                self.stdout.write("Making two years of an invented network. This takes a minute.")
                self.stdout.flush()
            build.build(build.SIZES[options["size"]])
        own_accounts.ensure()
        rows = accounts.rows()
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in rows], indent=1))
        else:
            self._print(rows)

    def _print(self, rows: list[accounts.Row]) -> None:
        self.stdout.write("\nSign in with any of these accounts. Everything in here is invented.\n")
        width = max(len(row.words) for row in rows)
        address = max(len(row.email) for row in rows)
        for row in rows:
            self.stdout.write(f"  {row.words:<{width}}  {row.email:<{address}}  {row.password}")
        self.stdout.write(f"\n{settings.SITE_URL}{settings.LOGIN_REDIRECT_URL}\n")
