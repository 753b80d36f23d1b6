"""Small registries through which an upper app plugs into a lower one.

A lower app declares `closure_blockers = Registry("closure_blockers")`; an upper app registers in
its own module of that name (`referrals/closure_blockers.py`), which is imported when the registry
is first read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from django.utils.module_loading import autodiscover_modules

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries, kept in the order of their names so that no result depends on import order."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._entries: dict[str, T] = {}
        self._loaded = False

    def register(self, name: str, entry: T) -> T:
        """Add an entry; a second one under the same name is a programming error."""
        if name in self._entries:
            raise ValueError(f"{self.module}: {name} is registered twice")
        self._entries[name] = entry
        return entry

    def _load(self) -> None:
        if not self._loaded:
            self._loaded = True
            autodiscover_modules(self.module)

    def __iter__(self) -> Iterator[T]:
        self._load()
        return iter([self._entries[name] for name in sorted(self._entries)])

    def items(self) -> list[tuple[str, T]]:
        """Name and entry, by name."""
        self._load()
        return sorted(self._entries.items())

    def __getitem__(self, name: str) -> T:
        self._load()
        return self._entries[name]

    def __contains__(self, name: str) -> bool:
        self._load()
        return name in self._entries
