"""A copy of everything that somebody may read about themselves, made for them to take away."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Person
from casework.common.models import BaseModel


def _place(copy: OwnCopy, filename: str) -> str:
    """Nothing of the person is in its place."""
    secret = secrets.token_hex(32)
    return f"copies/{secret[:2]}/{secret}"


class OwnCopy(BaseModel):
    """One copy that a person asked for on their own pages. Its file is kept for a short time; that
    there was one stays."""

    class State(models.TextChoices):
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        GONE = "gone", _("No longer kept")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="own_copies")
    state = models.CharField(max_length=6, choices=State.choices, default=State.MAKING)
    asked_at = models.DateTimeField(_("asked for"))
    keep_until = models.DateTimeField(_("kept until"))
    file: FieldFile = models.FileField(  # type: ignore[assignment]
        upload_to=_place, max_length=120, blank=True
    )
    size = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("copy for the person")
        verbose_name_plural = _("copies for the person")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="ready") & ~Q(file="")) | (~Q(state="ready") & Q(file="")),
                name="own_copy_ready_has_file",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["making", "ready"]),
                name="own_copy_one_at_a_time",
                violation_error_message=_("There is a copy already."),
            ),
        ]
        indexes = [models.Index(fields=["keep_until"], name="own_copy_to_tidy")]

    def __str__(self) -> str:
        return f"{self.person}: {self.asked_at:%d %b %Y}"

    @property
    def is_making(self) -> bool:
        return self.state == self.State.MAKING


KEPT = dt.timedelta(days=2)
