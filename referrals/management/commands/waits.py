"""The community spells and the four-week clock, as of a day, as a CSV file."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.directory.models import Organisation
from referrals.clocks import Spell
from referrals.spell_facts import spells_of

COLUMNS = [
    "person_id",
    "spell",
    "start",
    "end",
    "open",
    "referrals",
    "first_contact",
    "first_outcome",
    "first_assessment",
    "first_plan_or_intervention",
    "clock_stop",
    "days",
    "met",
    "waiting_days",
]


class Command(BaseCommand):
    """`waits --on DATE --csv OUT [--provider CODE]`"""

    help = "Writes every community spell with its four legs and its clock as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", required=True, help="the day as of which, YYYY-MM-DD")
        parser.add_argument("--csv", required=True, help="the file to write")
        parser.add_argument("--provider", default="", help="only this organisation code")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = dt.date.fromisoformat(options["on"])
        except ValueError as error:
            raise CommandError("--on must be a date like 2026-10-31") from error
        provider_id = None
        if options["provider"]:
            place = Organisation.objects.filter(code=options["provider"]).first()
            if place is None:
                raise CommandError(f"there is no organisation {options['provider']}")
            provider_id = place.pk
        rows = sorted(table(on, provider_id=provider_id))
        with open(options["csv"], "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for _local_id, _place, _number, row in rows:
                writer.writerow(row)
        self.stdout.write(f"{len(rows)} spells as of {on} written to {options['csv']}")


def table(on: dt.date, *, provider_id: Any = None) -> Iterator[tuple[str, str, int, list[Any]]]:
    """One line for each spell, with what it is sorted by: local id, provider, number."""
    for person in spells_of(on, provider_id=provider_id):
        for spell in person.spells:
            yield (
                person.local_id,
                str(person.provider_id),
                spell.number,
                [person.local_id, *cells(spell)],
            )


def cells(spell: Spell) -> list[Any]:
    """A spell as cells; no value is an empty one."""
    return [
        spell.number,
        spell.start,
        spell.end or "",
        int(spell.open),
        spell.referrals,
        spell.first_contact or "",
        spell.first_outcome or "",
        spell.first_assessment or "",
        spell.first_plan_or_intervention or "",
        spell.clock_stop or "",
        "" if spell.days is None else spell.days,
        "" if spell.met is None else int(spell.met),
        "" if spell.waiting_days is None else spell.waiting_days,
    ]
