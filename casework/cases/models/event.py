"""What happened in a person's time with the network: typed, append-only, with who and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.cases.models.person import Person
from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel


class CaseEvent(AppendOnlyModel):
    """One thing that happened. The timeline and time-in-state read these and nothing else.

    `kind` is `noun.verb` (`contact.attended`, `allocation.started`, `referral.received`); `on` and
    `time` are local and say when it happened, `created_at` when it was recorded; `about` is the id
    of the row that it is about; `source_key` keeps an import from writing the same event twice.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    on = models.DateField(_("date"))
    time = models.TimeField(_("time"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    worker = models.ForeignKey(
        "directory.Worker",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    team = models.ForeignKey(
        "directory.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    about = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    source_key = KeyField(max_length=120, null=True, blank=True)
    run_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "source_key"], name="event_once_per_source")
        ]
        indexes = [models.Index(fields=["person", "on", "id"], name="event_of_person")]

    def __str__(self) -> str:
        return self.kind


class Touched(models.Model):
    """A person about whom something changed since the last sweep, so that a sweep after a
    thousand contacts looks at a thousand people and not at a hundred thousand."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.person_id)
