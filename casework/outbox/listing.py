"""Lists of the work that was asked for, for whoever looks after the service."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from casework.outbox.models import Heartbeat, Job, Message


def latest_job(kind: str, *, key: str) -> Job | None:
    """The job that was asked for last under a key."""
    return Job.objects.filter(kind=kind, key=key).order_by("-created_at", "-pk").first()


def jobs(state: str) -> QuerySet[Job]:
    return Job.objects.filter(state=state)


def messages(state: str) -> QuerySet[Message]:
    """Messages without their words, which nobody needs to see here."""
    return Message.objects.filter(state=state).defer("subject", "body")


def job_counts() -> dict[str, int]:
    """How many jobs are in each state; those that were done are not counted, they are many."""
    rows = Job.objects.exclude(state=Job.State.DONE).values_list("state")
    return dict(rows.annotate(n=Count("pk")).order_by("state"))


def message_counts() -> dict[str, int]:
    rows = Message.objects.exclude(state=Message.State.SENT).values_list("state")
    return dict(rows.annotate(n=Count("pk")).order_by("state"))


def heartbeats() -> list[Heartbeat]:
    return list(Heartbeat.objects.order_by("name"))
