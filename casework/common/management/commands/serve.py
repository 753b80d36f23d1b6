"""`manage.py serve`: the web server and the job worker as one command."""

from __future__ import annotations

import http.client
import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from casework.common.processes import Child, Keeper, runnable, web_command, worker_command


class Command(BaseCommand):
    """Runs gunicorn and huey's consumer, starts again what dies, and stops both gracefully."""

    help = "Serves the pages and runs the jobs until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--workers", type=int, default=2, help="web processes")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        refuse_taken_port(host, port)
        env = {**os.environ, "PORT": str(port)}
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        web = runnable(web_command(bind=bind, workers=options["workers"]))
        children = [Child("web", web, env), Child("worker", runnable(worker_command()), env)]
        keeper = Keeper(children, self.say, on_tick=self.announce(host, port))
        code = keeper.run()
        self.say(_("Stopped."))
        if code:
            raise SystemExit(code)

    def say(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()

    def announce(self, host: str, port: int) -> Any:
        """Says the address once, when it answers."""
        said = False

        def tick() -> None:
            nonlocal said
            if not said and answers(host, port):
                said = True
                name = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104
                self.say(
                    _("Ready: http://%(name)s:%(port)s  (Ctrl-C stops it)")
                    % {"name": name, "port": port}
                )

        return tick


def refuse_taken_port(host: str, port: int) -> None:
    """gunicorn would try for five seconds and then say less."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used: {error.strerror}."
                f" Choose another: PORT={port + 1} make run"
            ) from error


def answers(host: str, port: int) -> bool:
    """Whether the service answers its own health check."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(local, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
