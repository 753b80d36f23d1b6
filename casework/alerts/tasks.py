"""The sweep strikes every few minutes; from five in the morning on, its first looks at everybody.

Every half-hour what was hidden comes back and what nobody answered goes up, and in the morning,
after both, each user is told how much waits.
"""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from casework.outbox import services as outbox


def _enqueue(kind: str) -> None:
    outbox.enqueue_once(kind, slot=timezone.now().replace(second=0, microsecond=0))


@db_periodic_task(crontab(minute="*/3"))
def look_for_breaches() -> None:
    _enqueue("alerts.sweep")


@db_periodic_task(crontab(minute="7,37"))
def climb_the_ladder() -> None:
    _enqueue("alerts.ladder")


@db_periodic_task(crontab(hour="7", minute="45"))
def say_how_much_waits() -> None:
    _enqueue("alerts.digest")
