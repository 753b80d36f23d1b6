"""The sweep, the ladder and the daily e-mail as jobs, so that two workers do each once."""

import datetime as dt
from typing import Any

from casework.alerts import digest, ladder, services
from casework.outbox.handlers import JobHandler, job_handlers

FULL_LOOK_FROM = dt.time(5)


def sweep() -> Any:
    return services.sweep(daily_from=FULL_LOOK_FROM)


job_handlers.register("alerts.sweep", JobHandler(run=sweep, lease=dt.timedelta(minutes=30)))
job_handlers.register("alerts.ladder", JobHandler(run=ladder.climb, lease=dt.timedelta(minutes=30)))
job_handlers.register(digest.JOB, JobHandler(run=digest.send_all, lease=dt.timedelta(minutes=30)))
