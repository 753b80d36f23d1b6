"""Asked by `migrate` before anything else: half of a copy is not to be built upon."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.database)
def no_restore_was_cut_off(databases: list[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether somebody has to run `manage.py restore` again before the service may start."""
    from casework.common import backup  # not needed by a service that runs

    if not databases or not backup.cut_off():
        return []
    return [
        Error(
            "Putting a backup back was cut off: the database holds half of the copy.",
            hint="Run `manage.py restore FILE` again, with that copy or another one. All that was"
            f" there before is kept, in the schema {backup.ASIDE}, until a restore has ended well.",
            id="common.E001",
        )
    ]
