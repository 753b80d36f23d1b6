"""What other apps do when a case is opened, a key worker is named, or a person has died.

An upper app registers callables in its own `life_hooks.py`. Each runs in the transaction of what
happened; one that raises undoes it.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from casework.accounts.models import User
from casework.cases.models import Case, Person
from casework.common.registry import Registry


class CaseHook(Protocol):
    """Called with a case that has just been opened, or that has just got another key worker."""

    def __call__(self, *, case: Case, by: User | None, on: dt.date) -> None: ...


class DeathHook(Protocol):
    """Called with a person whose death has just been recorded."""

    def __call__(self, *, person: Person, by: User | None, on: dt.date) -> None: ...


case_opened_hooks: Registry[CaseHook] = Registry("life_hooks")
key_worker_hooks: Registry[CaseHook] = Registry("life_hooks")
death_hooks: Registry[DeathHook] = Registry("life_hooks")
