"""Encryption of the few texts that even a database administrator should not read."""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt with the newest key of DATA_KEYS."""
    return _box(tuple(settings.DATA_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key of DATA_KEYS fits; `cryptography.fernet.InvalidToken` if none."""
    return _box(tuple(settings.DATA_KEYS)).decrypt(token.encode()).decode()
