"""Work that must happen after a change, written in the same transaction as the change."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.common.models import BaseModel


class Job(BaseModel):
    """One piece of work for the worker process: a message to deliver, a sweep, an import.

    The row is the truth; huey only nudges. `key` makes a job that is asked for twice one job.
    Arguments are ids and ISO dates and never anything about a person.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="job_once_per_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "running"]), name="job_due"
            ),
            models.Index(fields=["state", "created_at"], name="job_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()


class Message(BaseModel):
    """A notice to one address. Carries no clinical detail: it says that something waits, not what.

    `channel` is `email` or `text`; it is only ever written for a channel that the recipient
    marked as safe.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    channel = models.CharField(max_length=10, choices=[("email", _("E-mail")), ("text", _("Text"))])
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    about = models.CharField(max_length=60, blank=True, help_text=_("What kind of notice this is"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    send_after = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "send_after"], name="message_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.about}".strip()


class Heartbeat(models.Model):
    """When each periodic job last ran, so that `/readyz` can say that the worker has died."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
