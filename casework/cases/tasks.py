"""Strikes each minute for the seals, and a little after midnight, so that a handover or an absence
ends with its last day."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from casework.cases.access import seals
from casework.outbox import services as outbox


@db_periodic_task(crontab(hour="0", minute="20"))
def every_night() -> None:
    outbox.enqueue_once("cases.team_work", slot=timezone.now().replace(second=0, microsecond=0))


@db_periodic_task(crontab(minute="*"))
def every_minute() -> None:
    if seals.pending():
        outbox.enqueue_once("cases.seal", slot=timezone.now().replace(second=0, microsecond=0))
