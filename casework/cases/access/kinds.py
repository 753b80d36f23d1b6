"""Words for an override, in the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.cases.event_kinds import EventKind, EventNoun, event_kinds
from casework.cases.models import Override


def words(data: Mapping[str, Any]) -> str:
    """Why they opened it, as they said by choosing."""
    names = {**dict(Override.Category.choices), **dict(Override.Ground.choices)}
    return str(names.get(str(data.get("category")), ""))


event_kinds.register(
    "override",
    EventNoun(
        _("Opened in an emergency"),
        {"opened": EventKind(_("The record was opened by override"), words)},
        in_filters=False,
    ),
)
