"""`manage.py continuity --on DATE --csv OUT`: the figures of continuity of every person."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from casework.cases.models import Person
from casework.continuity import tables
from casework.directory.models import Organisation


def a_date(text: str) -> dt.date:
    """A date as it is typed."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date. Write it as 2026-10-31.") from error


class Command(BaseCommand):
    help = "Writes the figures of continuity, one line per person, as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on",
            type=a_date,
            metavar="DATE",
            help="as of this date (YYYY-MM-DD); without it the date of the latest extract where"
            " every organisation is known from extracts only, else today",
        )
        parser.add_argument(
            "--csv", required=True, metavar="OUT", help="the file to write; - writes to the screen"
        )
        parser.add_argument(
            "--provider", metavar="CODE", help="only this organisation's people (its ODS code)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = None
        if options["provider"]:
            organisation = Organisation.objects.filter(code=options["provider"].upper()).first()
            if organisation is None:
                raise CommandError(
                    f"No organisation has the code {options['provider']}. Give the code that its"
                    " extracts carry (OrgIDProvider)."
                )
        on = options["on"] or as_of(organisation)
        table = tables.rows(on, organisation.pk if organisation else None)
        if organisation is None and (shared := shared_local_ids()):
            self.stderr.write(
                f"Local ids in use by more than one organisation: {shared}. Their lines cannot be"
                " told apart; give --provider CODE for one organisation's people."
            )
        if options["csv"] == "-":
            tables.write(table, self.stdout)
            return
        path = Path(options["csv"])
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                tables.write(table, file)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{len(table)} people as of {on.isoformat()}: {path}")


def shared_local_ids() -> int:
    """How many local ids stand for people of more than one organisation."""
    return (
        Person.objects.filter(local_id__isnull=False)
        .order_by()
        .values("local_id")
        .annotate(of=Count("provider", distinct=True))
        .filter(of__gt=1)
        .count()
    )


def as_of(organisation: Organisation | None) -> dt.date:
    """The date to look at by default: an organisation known only from extracts is looked at as of
    its latest one, a live one as of today; so is everybody where any organisation is live."""
    looked_at = Organisation.objects.all() if organisation is None else [organisation]
    dates = [o.as_of for o in looked_at if o.as_of is not None and not o.live]
    if any(o.live for o in looked_at) or not dates:
        return timezone.localdate()
    return max(dates)
