"""Strikes once a night."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from casework.outbox import services as outbox


@db_periodic_task(crontab(hour="4", minute="40"))
def every_night() -> None:
    outbox.enqueue_once("accounts.tidy", slot=timezone.now().replace(second=0, microsecond=0))
