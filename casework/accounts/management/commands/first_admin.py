"""Makes the first administrator, who then invites everybody else."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from casework.accounts import services
from casework.accounts.models import User
from casework.common.errors import Refusal

ROLE = "administrator"


class Command(BaseCommand):
    help = (
        "Makes the first administrator. Run again for the same e-mail address, it changes nothing."
        " Without --password-stdin it makes a password and prints it once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="what the administrator signs in with")
        parser.add_argument("--name", default="", help="how the administrator is called")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email: str = options["email"].strip()
        user = User.objects.filter(email__iexact=email).first()
        if user is not None and user.memberships.on().filter(role=ROLE).exists():
            self.stdout.write(f"{user.email} is an administrator already. Nothing was changed.")
            return
        if user is not None:
            raise CommandError(
                f"{user.email} has an account already, without this role. An administrator can"
                " grant it; or choose another e-mail address."
            )
        given = options["password_stdin"]
        password = sys.stdin.readline().rstrip("\n") if given else secrets.token_urlsafe(15)
        try:
            with transaction.atomic():
                user = services.create_user(
                    email=email, name=options["name"] or email, password=password, by=None
                )
                services.grant(user=user, role=ROLE, by=None)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{user.email} is an administrator now.")
        if not given:
            self.stdout.write(f"Password (shown only here, change it after signing in): {password}")
