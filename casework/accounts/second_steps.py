"""Seeds of second steps (an app's, and that of recovery codes) lie encrypted in the table.

Whoever reads the database or a copy of it cannot make anybody's codes. The keys are DATA_KEYS;
`manage.py rotate_keys` puts the seeds under the newest one with everything else. A passkey keeps a
public key only: there is nothing to hide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from casework.common import crypto, rotation
from casework.common.fields import EncryptedTextField

PREFIX = EncryptedTextField.PREFIX
SEEDS = ("secret", "seed")
CODES = "migrated_codes"  # codes that were made before the library had a seed


class MFAAdapter(DefaultMFAAdapter):
    """Where the library keeps a secret, it is encrypted; one in clear is an error, not a secret."""

    def encrypt(self, text: str) -> str:
        return PREFIX + crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(PREFIX):
            raise ValueError("a second step's seed is not encrypted: run migrate")
        return crypto.decrypt(encrypted_text[len(PREFIX) :])


def with_each_secret(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """What a second step keeps, with every secret in it changed."""
    changed = {key: change(data[key]) for key in SEEDS if key in data}
    if CODES in data:
        changed[CODES] = [change(code) for code in data[CODES]]
    return {**data, **changed}


def rotate(dry_run: bool) -> rotation.Count:
    """Every seed under the newest key; each row is a transaction of its own."""
    table = Authenticator._meta.db_table
    count = rotation.Count(table, "data")
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue  # taken away meanwhile
            data = with_each_secret(row.data, lambda stored: rotation.renewed(stored, count))
            if data != row.data and not dry_run:
                row.data = data
                row.save(update_fields=["data"])
    return count
