"""Strikes every few minutes: limits pass at night too, and are flagged at once."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from casework.outbox import services as outbox


@db_periodic_task(crontab(minute="*/3"))
def look_at_hours() -> None:
    outbox.enqueue_once("referrals.hours", slot=timezone.now().replace(second=0, microsecond=0))


@db_periodic_task(crontab(minute="40"))
def follow_deaths() -> None:
    outbox.enqueue_once("referrals.deaths", slot=timezone.now().replace(second=0, microsecond=0))
