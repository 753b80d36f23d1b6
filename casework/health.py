"""`/healthz` (the process answers) and `/readyz` (it can do its work), for whoever runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from casework.outbox.models import Heartbeat

WORKER_SILENT_AFTER = dt.timedelta(minutes=3)
_migrated = False


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Answers before sessions, host checks and redirects: a load balancer knows neither."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            checks = readiness()
            ready = all(value == "ok" for value in checks.values())
            return JsonResponse(
                {"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503
            )
        return get_response(request)

    return handle


def readiness() -> dict[str, str]:
    """Database, migrations and the worker's heartbeat, each "ok" or what is wrong."""
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        beat = Heartbeat.objects.filter(name="worker").first() if _migrated else None
    except DatabaseError:
        return {"database": "cannot be reached", "migrations": "not known", "worker": "not known"}
    late = beat is None or timezone.now() - beat.at > WORKER_SILENT_AFTER
    return {
        "database": "ok",
        "migrations": "ok" if _migrated else "not applied: run manage.py migrate",
        "worker": "no heartbeat: is the worker running?" if late else "ok",
    }
