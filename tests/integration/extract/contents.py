"""Everything that an import leaves behind, without ids and clocks, so that two can be compared."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from casework.common.models import ImportedMixin

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LEFT_OUT = {"id", "created_at", "at", "run_id", "finished_at", "history_id"}
_APPS = ("directory", "cases", "referrals", "careplans")


# Lists that are there from the first migration on and that a site words as it likes.
_STARTERS = frozenset({"careplans.AreaOfLife", "referrals.ClockCode"})


def _models() -> list[type[models.Model]]:
    return [
        model
        for label in _APPS
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "history_type") and model._meta.label not in _STARTERS
    ]


def _names() -> dict[str, str]:
    """What stands for an id: the local id of its row, or what the row is about."""
    names: dict[str, str] = {}
    for model in _models():
        fields = {field.name for field in model._meta.concrete_fields}
        label = next((field for field in ("code", "local_id") if field in fields), None)
        if label and "id" in fields:
            for ident, name in model._base_manager.values_list("pk", label):
                names[str(ident)] = f"{model.__name__} {name}"
    cases = apps.get_app_config("cases")
    for ident, person in cases.get_model("case")._base_manager.values_list("pk", "person"):
        names[str(ident)] = f"Case of {names[str(person)]}"
    for ident, person, start, worker in cases.get_model("allocation")._base_manager.values_list(
        "pk", "person", "start", "worker"
    ):
        names[str(ident)] = f"Allocation {names[str(person)]} {start} {names[str(worker)]}"
    return names


def contents() -> dict[str, list[str]]:
    """The rows of every table that an import writes, in words."""
    names = _names()

    def told(value: Any) -> str:
        if isinstance(value, UUID):
            return names.get(str(value), "?")
        return _UUID.sub(lambda found: names.get(found[0], "?"), str(value))

    found = {}
    for model in _models():
        fields = [f.attname for f in model._meta.concrete_fields if f.name not in _LEFT_OUT]
        found[model._meta.label] = sorted(
            " | ".join(f"{name}={told(value)}" for name, value in zip(fields, row, strict=True))
            for row in model._base_manager.values_list(*fields)
        )
    return found


def sizes() -> dict[str, int]:
    """How many rows every table of the service has."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }


def imported() -> list[type[models.Model]]:
    """Models whose rows may come from an extract."""
    return [model for model in _models() if issubclass(model, ImportedMixin)]
