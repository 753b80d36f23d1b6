"""huey's part: it nudges, and strikes the minutes. What there is to do stands in the tables."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, db_task

from casework.outbox import services

_LOOKED_AT = 5


@db_task()
def nudge() -> None:
    services.run_due()


def nudge_waits() -> bool:
    """Is there a nudge that the worker has not taken yet?"""
    return any(task.name == nudge.task_class.__name__ for task in HUEY.pending(_LOOKED_AT))


@db_periodic_task(crontab(minute="*"))
def every_minute() -> None:
    services.beat()
    services.run_due()


@db_periodic_task(crontab(hour="4", minute="30"))
def every_night() -> None:
    services.enqueue_once("outbox.tidy", slot=timezone.now().replace(second=0, microsecond=0))
