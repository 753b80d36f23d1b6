"""What stands around the form of one act."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from casework.common.pages import Link
from casework.common.presenters import TimelineEntry
from referrals.errors import ChangedMeanwhile
from referrals.models import Ask
from referrals.table import EVENTS
from referrals.verdicts import judge
from referrals.work.acts import Act
from referrals.work.forms import ActForm
from referrals.work.page import event_entry
from referrals.work.scope import Opened


class ActPage:
    """Heading, why it is asked, what happened meanwhile, and whether it can still be sent."""

    def __init__(
        self,
        act: Act,
        found: Opened,
        form: ActForm,
        *,
        back: Link,
        changed: ChangedMeanwhile | None = None,
    ) -> None:
        self._act, self._form, self._changed = act, form, changed
        names = {"name": found.referral.person.display_name}
        self.heading = str(act.heading).format(**names)
        self.intro = [str(line).format(**names) for line in act.intro]
        if act.event == "give_advice":
            ask = Ask.objects.filter(referral=found.referral).first()
            if ask is not None and ask.question:
                self.intro.append(gettext("They ask: %(question)s") % {"question": ask.question})
        self.submit = str(act.submit)
        self.is_warning = act.warning
        self.back = back
        self.version = found.referral.version
        verdict: Any = (
            judge(act.event, found.situation, entered=False) if act.event in EVENTS else None
        )
        self.reasons = list(verdict.reasons) if verdict is not None else []
        self.can_send = not self.reasons

    @property
    def changed(self) -> str:
        """The sentence about what changed while somebody was writing."""
        return self._changed.sentence if self._changed is not None else ""

    @property
    def meanwhile(self) -> list[TimelineEntry]:
        """What others did meanwhile, newest first."""
        events = self._changed.events if self._changed is not None else ()
        return [event_entry(event) for event in events]

    @property
    def written(self) -> list[tuple[str, str]]:
        """What was written, where it can no longer be sent from here."""
        if self.can_send or not self._form.is_bound:
            return []
        self._form.is_valid()
        return self._form.written()
