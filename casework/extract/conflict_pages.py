"""What the pages about conflicts show: two values side by side, each in words.

A code of the extract's lists reads as its meaning with the code behind it. Which list a field's
values come from is read off the declarations of the import: the column that it is loaded from.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.common import presenters as words
from casework.extract.codes import CodeList
from casework.extract.loading.parts import Target, field_of
from casework.extract.models import ImportConflict
from casework.extract.registry import steps
from casework.extract.spec import TABLES

Names = Mapping[tuple[str, str], str]
_COLUMN = re.compile(r"s\.(\w+)")
_LABELS: dict[tuple[str, str], str | Promise] = {
    ("cases.Accommodation", "type_code"): gettext_lazy("kind of accommodation"),
    ("cases.Accommodation", "settled"): gettext_lazy("settled or not"),
    ("cases.Allocation", "team_type"): gettext_lazy("kind of team"),
    ("cases.Employment", "status_code"): gettext_lazy("work or education"),
    ("cases.Person", "nhs_number_status"): gettext_lazy("whether the NHS number was checked"),
    ("cases.Person", "nhs_number_shared"): gettext_lazy("NHS number that two people have"),
    ("directory.Team", "mhsds_type"): gettext_lazy("kind of team, national list"),
    ("directory.Team", "age_group"): gettext_lazy("ages that it is for"),
}


@dataclass(frozen=True)
class ConflictLine:
    """A value that was edited here and that an extract contradicts."""

    title: str
    detail: str
    href: str
    link_words: str


def conflict_lines(conflicts: Iterable[ImportConflict]) -> list[ConflictLine]:
    rows = list(conflicts)
    names = names_in(rows)
    return [_line(row, names) for row in rows]


def _line(conflict: ImportConflict, names: Names) -> ConflictLine:
    label = field_label(conflict)
    ours, theirs = (value_words(conflict, side, names) for side in ("ours", "theirs"))
    return ConflictLine(
        title=f"{conflict.key}: {label}",
        detail=_("Ours: %(ours)s. The extract's: %(theirs)s.") % {"ours": ours, "theirs": theirs},
        href=reverse("imports:conflict", args=[conflict.pk]),
        link_words=_("Decide about %(what)s") % {"what": f"{conflict.key}, {label}"},
    )


def field_label(conflict: ImportConflict) -> str:
    """The name of the field as people read it."""
    field = _field(conflict)
    label = _LABELS.get((conflict.model, field.name))
    return str(label or field.verbose_name)


def names_in(conflicts: Iterable[ImportConflict]) -> Names:
    """The names of the records that are among the values: one query for each kind of record."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for conflict in conflicts:
        field = _field(conflict)
        if isinstance(field, models.ForeignKey):
            wanted[field.related_model].update(filter(None, (conflict.ours, conflict.theirs)))
    return {
        (model._meta.label, str(row.pk)): str(row)
        for model, idents in wanted.items()
        for row in model._base_manager.filter(pk__in=idents)
    }


def value_words(conflict: ImportConflict, side: str, names: Names) -> str:
    """One of the two values as people read it: a day in words, a record by its name, a code with
    its meaning."""
    value: str = getattr(conflict, side)
    if not value:
        return _("nothing")
    field = _field(conflict)
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model._meta.label, value)) or _(
            "a record that is no longer here"
        )
    if isinstance(field, models.DateField):
        return words.long_date(dt.date.fromisoformat(value[:10]))
    if isinstance(field, models.TimeField):
        return words.clock(dt.time.fromisoformat(value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value == "True" else _("no")
    codes = code_list(conflict.model, field.name) or {}
    label = dict(field.flatchoices).get(value) or codes.get(value)
    return f"{label} ({value})" if label else value


def code_list(model: str, field: str) -> CodeList | None:
    """The codes that a field of a model may hold, where it is loaded from a column with a list."""
    return _code_lists().get((model, field))


@cache
def _code_lists() -> dict[tuple[str, str], CodeList]:
    lists = {
        (table.name, column.name): column.codes
        for table in TABLES
        for column in table.columns
        if column.codes is not None
    }
    found = {}
    for step in steps():
        for part in step.parts:
            if not isinstance(part, Target) or not part.table:
                continue
            for field, sql in part.columns.items():
                column = _COLUMN.fullmatch(sql)
                codes = lists.get((part.table, column[1])) if column else None
                if codes is not None:
                    found[part.model, field] = codes
    return found


def _field(conflict: ImportConflict) -> Any:
    return field_of(apps.get_model(conflict.model), conflict.field)


def conflict_intro(conflict: ImportConflict) -> str:
    """What happened, with the day of the extract."""
    if conflict.run.as_of is None:
        return _("It was edited here, and the latest extract says something else.")
    return _("It was edited here, and the extract as of %(day)s says something else.") % {
        "day": words.long_date(conflict.run.as_of)
    }
