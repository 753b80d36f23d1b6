"""Base classes of every table."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.common.ids import uuid7


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row of a table that is only ever added to."""


class BaseModel(models.Model):
    """A row with a time-ordered id. `created_at` is when Alongside first knew of it (UTC)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)

    class Meta:
        abstract = True


class AppendOnlyQuerySet(models.QuerySet):
    """Reads and inserts only."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model._meta.label} is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self.model._meta.label} is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model._meta.label} is append-only")


class AppendOnlyModel(BaseModel):
    """A row that is written once: events, logs, seals. A database trigger enforces it too
    (`casework.common.appendonly`), so that neither a query set nor raw SQL can change one."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise AppendOnlyError(f"{self._meta.label} is append-only")


class ImportedMixin(models.Model):
    """A row that may have come from a provider's extract.

    `provider` and `local_id` are the extract's key; `run_id` is the import that last changed it.
    `local_edits` maps a field that was edited here to the value that the extract held at that
    moment, so that a later extract leaves the edit alone and a contradiction is shown.
    """

    provider = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    run_id = models.UUIDField(null=True, blank=True, editable=False)
    local_edits = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def note_edits(self, **changes: Any) -> None:
        """Set fields on an imported row and remember what the extract had said."""
        for name, value in changes.items():
            before = getattr(self, self._meta.get_field(name).attname)
            setattr(self, name, value)
            after = getattr(self, self._meta.get_field(name).attname)
            if self.provider_id is not None and before != after:
                edits = dict(self.local_edits or {})
                edits.setdefault(name, None if before is None else str(before))
                self.local_edits = edits
