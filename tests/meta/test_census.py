"""Every table is counted: history, append-only or exempt; every field: personal or not."""

import pytest
from django.apps import apps
from django.db import models

from casework.common.appendonly import is_history
from casework.common.models import AppendOnlyModel
from tests.meta import census

OURS = {
    "accounts",
    "alerts",
    "careplans",
    "cases",
    "common",
    "continuity",
    "directory",
    "extract",
    "outbox",
    "portal",
    "referrals",
    "reports",
    "worklist",
}


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not is_history(model)]


def has_history(model: type[models.Model]) -> bool:
    return hasattr(model, "history")


def test_every_model_is_counted_once():
    for model in tables():
        groups = (census.HISTORIED, census.APPEND_ONLY, census.EXEMPT)
        counted = sum(model._meta.label in group for group in groups)
        assert counted == 1, f"{model._meta.label} is in {counted} groups of tests/meta/census.py"


def test_the_census_counts_nothing_that_is_gone():
    known = {model._meta.label for model in tables()}
    counted = census.HISTORIED | census.APPEND_ONLY | set(census.EXEMPT)
    assert counted <= known
    assert set(census.PERSONAL) | set(census.NOT_PERSONAL) <= known


def test_the_census_is_true():
    for model in tables():
        label = model._meta.label
        assert has_history(model) == (label in census.HISTORIED), label
        assert issubclass(model, AppendOnlyModel) == (label in census.APPEND_ONLY), label


def test_what_is_exempt_says_why():
    assert all(len(reason) > 10 for reason in census.EXEMPT.values())


@pytest.mark.parametrize(
    "model", [m for m in tables() if m._meta.app_label in OURS], ids=lambda m: m._meta.label
)
def test_every_field_is_personal_or_not(model):
    label = model._meta.label
    fields = {field.name for field in model._meta.fields} - census.ALWAYS - census.ALWAYS_PERSONAL
    personal = census.PERSONAL.get(label, set())
    other = census.NOT_PERSONAL.get(label, set())
    assert not personal & other
    assert personal | other == fields, "count its fields in tests/meta/census.py"


def test_history_leaves_secrets_out():
    names = {field.name for field in apps.get_model("accounts", "User").history.model._meta.fields}
    assert not {"password", "last_login"} & names
