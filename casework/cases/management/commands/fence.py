"""`manage.py fence`: roles that own nothing, and policies, for the web and the worker."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from casework.cases.access import fencing

PASSWORDS = {"web": "FENCE_WEB_PASSWORD", "worker": "FENCE_WORKER_PASSWORD"}


class Command(BaseCommand):
    help = (
        "PostgreSQL only, as the owner of the tables, after each `migrate`: makes the roles of web"
        " and worker (passwords from FENCE_WEB_PASSWORD and FENCE_WORKER_PASSWORD), gives them"
        " their rights and puts the policies on. Run again, it puts right what has changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--web", default="alongside_web", help="role of the web processes")
        parser.add_argument("--worker", default="alongside_worker", help="role of the worker")
        parser.add_argument("--check", action="store_true", help="change nothing: say what is not")
        parser.add_argument("--off", action="store_true", help="take the policies off again")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("The fence needs PostgreSQL. On SQLite there is nothing to do.")
        names = {"web": options["web"], "worker": options["worker"]}
        if options["off"]:
            fencing.remove()
            self.stdout.write("The policies are off.")
            return
        if not options["check"]:
            for kind, name in names.items():
                password = os.environ.get(PASSWORDS[kind], "")
                if fencing.make_role(name, password) and not password:
                    self.stdout.write(f"{name} has no password; set {PASSWORDS[kind]} to give one.")
            fencing.install(**names)
        found = [f"{name}: {fault}" for name in names.values() for fault in fencing.faults(name)]
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"The fence is not closed: {len(found)}.")
        self.stdout.write(
            f"The fence is closed: {len(fencing.steps())} tables show {names['web']} the rows of"
            f" its user's people, {len(fencing.added_only())} are only added to."
        )
