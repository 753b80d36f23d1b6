"""What the record holds already, so that nobody has to tell or to type it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import (
    AboutMe,
    Adjustment,
    Allocation,
    ContactPreference,
    Person,
)
from casework.common.presenters import short_date, since_words
from referrals.models import Referral, SharedPart
from referrals.table import State

Part = SharedPart.Part
_ABOUT = (
    "how_to_be_with_me",
    "want_you_to_know",
    "please_do",
    "please_do_not",
    "when_i_struggle",
    "what_helps",
)
EARLIER = 3  # stories told before that are offered


@dataclass
class Record:
    """One person's record as a referral may start from it. What it reads is read once."""

    person: Person

    @cached_property
    def about(self) -> AboutMe | None:
        return AboutMe.objects.filter(person=self.person).first()

    @cached_property
    def adjustments(self) -> list[Adjustment]:
        return list(self.person.adjustments.all())

    @cached_property
    def preferences(self) -> list[ContactPreference]:
        return list(self.person.contact_preferences.all())

    @cached_property
    def allocations(self) -> Sequence[Allocation]:
        return list(
            self.person.allocations.on(timezone.localdate()).select_related("worker", "team")
        )

    @cached_property
    def stories(self) -> list[Referral]:
        """Referrals in which the person said what they wanted, latest first."""
        rows = self.person.referrals.exclude(state__in=(State.DRAFT, State.ENTERED_IN_ERROR))
        told = rows.exclude(reason_words="").select_related("team", "asking")
        return list(told.order_by("-received_on", "-pk")[:EARLIER])

    # what a form starts with ---------------------------------------------------------------------

    def may_not_see(self) -> str:
        """What does not show: from About me."""
        return self.about.when_i_struggle.strip() if self.about else ""

    def reach(self) -> str:
        """How the person may be reached: channels that may be used, with all that matters."""
        return "\n".join(_reach_lines(self.person, self.preferences))

    def earlier_words(self, need: str) -> str:
        """What the person said when they asked for the same before."""
        for story in self.stories:
            ask = getattr(story, "asking", None)
            if need and need in (story.primary_reason, ask.need if ask else ""):
                return story.reason_words
        return ""

    # what can be shared --------------------------------------------------------------------------

    @cached_property
    def parts(self) -> dict[Part, str]:
        """The parts of the record that hold something, with what they hold."""
        texts = {
            Part.ABOUT: "\n\n".join(self._about_lines()),
            Part.HELPS: "\n".join(self._helps_lines()),
            Part.REACH: self.reach(),
            Part.EARLIER: "\n\n".join(self._earlier_lines()),
            Part.AROUND: "\n".join(self._around_lines()),
        }
        found = {part: text for part, text in texts.items() if text}
        if self.about is not None and self.about.what_happened.strip():
            found[Part.HAPPENED] = ""  # stays where it is kept; whoever may open it is written down
        return found

    def _about_lines(self) -> Iterable[str]:
        if self.about is None:
            return []
        return [
            f"{self.about._meta.get_field(name).verbose_name}: {text}"
            for name in _ABOUT
            if (text := getattr(self.about, name).strip())
        ]

    def _helps_lines(self) -> Iterable[str]:
        if self.person.interpreter:
            yield f"{_('Interpreter')}: {self.person.interpreter}"
        if self.person.language:
            yield f"{_('Preferred language')}: {self.person.language}"
        for one in self.adjustments:
            yield f"{one.get_kind_display()}: {one.words}"

    def _earlier_lines(self) -> Iterable[str]:
        for story in self.stories:
            team = story.team.name if story.team else _("a team")
            yield f"{short_date(story.received_on)}, {team}: {story.reason_words.strip()}"

    def _around_lines(self) -> Iterable[str]:
        today = timezone.localdate()
        for one in self.allocations:
            place = f", {one.team.name}" if one.team else ""
            since = since_words(one.start, today)
            yield f"{one.worker.name} ({one.get_role_display()}{place}), {since}"


def _reach_lines(person: Person, preferences: Iterable[ContactPreference]) -> Iterable[str]:
    numbers = {
        ContactPreference.Channel.PHONE: person.phone,
        ContactPreference.Channel.TEXT: person.phone,
        ContactPreference.Channel.EMAIL: person.email,
        ContactPreference.Channel.LETTER: person.address if person.letters_safe else "",
    }
    asked = False
    for one in preferences:
        asked = True
        label = one.get_channel_display()
        if not one.may_use:
            yield _("%(channel)s: please do not use") % {"channel": label}
            continue
        said = [str(numbers.get(ContactPreference.Channel(one.channel), "") or "")]
        if one.ask_for:
            said.append(_("ask for %(name)s") % {"name": one.ask_for})
        said.append(
            _("a message may be left")
            if one.safe_to_leave_message
            else _("please leave no message")
        )
        said.append(one.note)
        yield f"{label}: " + ", ".join(part for part in said if part)
    if not asked and person.phone:
        yield _("Telephone: %(number)s (not asked yet whether a message may be left)") % {
            "number": person.phone
        }
    if person.interpreter:
        yield _("Interpreter: %(words)s") % {"words": person.interpreter}
