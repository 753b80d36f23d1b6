"""The declared table of referrals, for the documentation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from referrals.documentation import markdown, mermaid


class Command(BaseCommand):
    """`referral_states [--format markdown|mermaid]`"""

    help = "Prints the states and transitions of referrals as a Markdown table and as Mermaid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["markdown", "mermaid", "both"], default="both")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] in ("markdown", "both"):
            self.stdout.write(markdown())
        if options["format"] in ("mermaid", "both"):
            self.stdout.write("```mermaid\n" + mermaid() + "\n```")
