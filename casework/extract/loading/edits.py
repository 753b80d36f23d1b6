"""What was edited here, held against what a later extract says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from casework.extract.loading.parts import field_of
from casework.extract.models import ImportConflict


@dataclass(frozen=True)
class Edited:
    """A row with edits; `edits` maps a field to what the extract held when it was edited."""

    model: type[models.Model]
    table: str
    ident: Any
    edits: dict[str, Any]


@dataclass
class Settled:
    changed: set[str] = field(default_factory=set)
    conflicts: int = 0


def settle(row: Edited, values: Mapping[str, tuple[Any, Any]], *, run: UUID) -> Settled:
    """Follow the extract in what nobody edited; keep the edits; show contradictions once.

    `values` maps a field to what is stored and what the extract says now. An edit that the extract
    has caught up with is an edit no longer.
    """
    ident = row.ident if isinstance(row.ident, UUID) else UUID(row.ident)
    outcome = Settled()
    edits = dict(row.edits)
    changes: dict[str, Any] = {}
    for name, (stored, said) in values.items():
        column = field_of(row.model, name)
        ours, theirs = text(column, stored), text(column, said)
        mark = next((key for key in (column.name, column.attname) if key in edits), None)
        if mark is None:
            if ours != theirs:
                changes[column.attname] = column.to_python(said)
                outcome.changed.add(name)
        elif theirs == ours:
            del edits[mark]
            _close(row.model, ident, mark)
        elif theirs == edits[mark]:
            _close(row.model, ident, mark)
        else:
            outcome.conflicts += _show(row, ident, mark, ours, theirs, run)
    if edits != row.edits:
        changes["local_edits"] = edits or None
    if outcome.changed:
        changes["run_id"] = run
        if any(column.name == "version" for column in row.model._meta.concrete_fields):
            changes["version"] = models.F("version") + 1
    if changes:
        row.model._base_manager.filter(pk=ident).update(**changes)
    return outcome


def text(column: models.Field, value: Any) -> str | None:
    """A value as `ImportedMixin.note_edits` writes it down."""
    if value is None:
        return None
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    return str(column.to_python(value))


def _open(model: type[models.Model], ident: UUID, name: str) -> models.QuerySet[ImportConflict]:
    return ImportConflict.objects.filter(
        model=model._meta.label, record=ident, field=name, decided=""
    )


def _close(model: type[models.Model], ident: UUID, name: str) -> None:
    """The extract no longer contradicts: what stands here stands."""
    for conflict in _open(model, ident, name):
        conflict.decided = "ours"
        conflict.save()


def _show(
    row: Edited, ident: UUID, name: str, ours: str | None, theirs: str | None, run: UUID
) -> int:
    """One open conflict for a field; 1 when it is new or says something new."""
    conflict = _open(row.model, ident, name).first()
    said = {"ours": (ours or "")[:300], "theirs": (theirs or "")[:300]}
    if conflict is not None and said == {"ours": conflict.ours, "theirs": conflict.theirs}:
        return 0
    if conflict is None:
        conflict = ImportConflict(model=row.model._meta.label, record=ident, field=name)
    conflict.run_id = run
    conflict.table = row.table
    conflict.key = str(
        row.model._base_manager.values_list(_key(row.model), flat=True).get(pk=ident)
    )
    conflict.ours, conflict.theirs = said["ours"], said["theirs"]
    conflict.save()
    return 1


def _key(model: type[models.Model]) -> str:
    names = {column.name for column in model._meta.concrete_fields}
    return "local_id" if "local_id" in names else "person__local_id" if "person" in names else "pk"
