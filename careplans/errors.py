"""Why something was not written into a plan. Nothing has changed, and no word is lost."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from careplans.merge import Clash
from casework.common.errors import Refusal


class NotYours(Refusal):
    """These are somebody else's words, or somebody else's decision."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("These are not your words to change. You may propose it."))


class ActRefused(Refusal):
    """The table does not allow this act now; `reasons` are all the sentences."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


class Unread(Refusal):
    """What was to be taken away says something else by now, and nobody takes away what they have
    not read. `version` is the line as it is now: a choice says that it was seen.
    """

    def __init__(self, version: int) -> None:
        super().__init__(
            _("Somebody else has changed this. Read what it says now, and choose again.")
        )
        self.version = version


class Stale(Refusal):
    """Somebody else wrote in the meantime. Both texts are kept and a person chooses.

    `version` is the line as it is now: a choice about these clashes says that it was seen.
    """

    def __init__(self, clashes: Sequence[Clash], version: int) -> None:
        super().__init__(
            _("Somebody else changed this while you were writing. Choose which words stay.")
        )
        self.clashes = tuple(clashes)
        self.version = version
