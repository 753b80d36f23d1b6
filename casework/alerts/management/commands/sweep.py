"""`manage.py sweep`: look for breaches now, and print the open alerts."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.alerts import services
from casework.alerts.models import Alert
from casework.common.presenters import since_words


def day(text: str) -> dt.date:
    """An ISO date."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: write 2026-10-31") from error


def subject(alert: Alert) -> str:
    """Whom or what an alert is about: a person's local id where there is one, else the id."""
    kind, _colon, ident = alert.subject_key.partition(":")
    if kind == "person" and alert.person is not None and alert.person.local_id:
        return alert.person.local_id
    return ident or alert.subject_key


def team(alert: Alert) -> str:
    """The holding team: its local id where it has one, else its name."""
    return (alert.team.local_id or alert.team.name) if alert.team else ""


class Command(BaseCommand):
    """Runs every registered rule. Exit code 0: done, whatever was found; 2: wrong arguments."""

    help = "Runs every registered rule and prints the open alerts."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=day, metavar="DATE", help="look as of this day (default: see README)"
        )
        parser.add_argument("--json", action="store_true", help="print a list, by subject and rule")
        parser.add_argument("--full", action="store_true", help="look at everybody, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        result = services.sweep(on=options["on"], full=options["full"])
        alerts = sorted(
            (
                (subject(alert), alert.rule, alert)
                for alert in Alert.objects.open().select_related("person", "team").order_by("pk")
            ),
            key=lambda row: row[:2],
        )
        if options["json"]:
            rows = [
                {
                    "rule": rule,
                    "subject": about,
                    "team": team(alert),
                    "sentence": alert.sentence,
                    "facts": alert.facts,
                    "opened_on": alert.opened_on.isoformat(),
                }
                for about, rule, alert in alerts
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        before = None
        for about, rule, alert in alerts:
            if alert.subject_key != before:
                before = alert.subject_key
                self.stdout.write(f"\n{about}  {team(alert)}".rstrip())
            since = since_words(alert.opened_on, alert.updated_on)
            self.stdout.write(f"  {rule}: {alert.sentence} ({since})")
        subjects = len({alert.subject_key for _subject, _rule, alert in alerts})
        count = ngettext("%(n)d alert is open", "%(n)d alerts are open", len(alerts)) % {
            "n": len(alerts)
        }
        about_whom = ngettext("about %(n)d person", "about %(n)d people", subjects) % {
            "n": subjects
        }
        changes = _("%(opened)d opened, %(updated)d updated, %(resolved)d resolved") % {
            "opened": result.opened,
            "updated": result.updated,
            "resolved": result.resolved,
        }
        self.stdout.write(f"\n{count} {about_whom}: {changes}.")
