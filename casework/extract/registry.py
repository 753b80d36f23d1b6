"""Where each app says what it loads from an extract folder (its module `import_tables`)."""

from __future__ import annotations

from casework.common.registry import Registry
from casework.extract.loading.parts import Step

import_tables: Registry[Step] = Registry("import_tables")


def steps() -> list[Step]:
    """The steps in the order in which they run."""
    return [step for _name, step in sorted(import_tables.items(), key=_place)]


def _place(item: tuple[str, Step]) -> tuple[int, str]:
    return item[1].order, item[0]
