"""Why an act on a referral did not happen. Nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence

from casework.cases.models import CaseEvent
from casework.common.errors import Refusal


class EventRefused(Refusal):
    """The table does not allow this now; `reasons` are all the sentences. `forbidden` says that
    the reason is who asked, not where the referral stands."""

    def __init__(self, reasons: Sequence[str], *, forbidden: bool = False) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)
        self.forbidden = forbidden


class ChangedMeanwhile(Refusal):
    """Somebody else acted on the referral since it was shown; `events` is what they did."""

    def __init__(self, sentence: str, events: Sequence[CaseEvent]) -> None:
        super().__init__(sentence)
        self.events = tuple(events)
