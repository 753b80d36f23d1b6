"""Model fields that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from casework.common import crypto


class _CodePointMixin:
    """Sorts text by code point on both engines.

    SQLite does so by itself; PostgreSQL sorts by the language of the database unless the column
    says otherwise, and then "last six contacts" could differ between two sites.
    """

    def db_parameters(self, connection):  # type: ignore[no-untyped-def]
        parameters = super().db_parameters(connection)  # type: ignore[misc]
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class KeyField(_CodePointMixin, models.CharField):
    """An identifier or sort key: compared exactly, ordered by code point."""


class EncryptedTextField(models.TextField):
    """Text that is unreadable in the database file, its backups and its history tables.

    Keys come from DATA_KEYS (newest first). It cannot be searched or compared in SQL; a filter
    on it is an error and not an empty result. A lost key is an error and not ciphertext.
    """

    PREFIX = "f1:"

    def get_prep_value(self, value: Any) -> str | None:
        value = super().get_prep_value(value)
        return None if value is None else self.PREFIX + crypto.encrypt(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        if not value.startswith(self.PREFIX):
            raise ValueError(f"{self.name}: the stored value is not encrypted")
        return crypto.decrypt(value[len(self.PREFIX) :])

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched")
        return super().get_lookup(lookup_name)
