"""Every ten minutes those who want it are told that something is new, outside their quiet hours,
and copies that were kept long enough are thrown away."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from casework.outbox import services as outbox
from casework.portal import copies
from casework.portal.talk import news


@db_periodic_task(crontab(minute="*/10"))
def tell_what_is_new() -> None:
    outbox.enqueue_once(news.JOB, slot=timezone.now().replace(second=0, microsecond=0))


@db_periodic_task(crontab(minute="5-59/10"))
def throw_copies_away() -> None:
    outbox.enqueue_once(copies.TIDY, slot=timezone.now().replace(second=0, microsecond=0))
