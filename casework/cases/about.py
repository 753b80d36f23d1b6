"""What a person says about themselves, as it stands first on their page and beside every form.

Their words come before anything that is written about them. Pure: rows in, words out; the rows
are read by `around`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from casework.cases.models import (
    AboutMe,
    Adjustment,
    ContactPreference,
    IdentityStatement,
    Person,
)
from casework.common import presenters as words

FIRST = ("how_to_be_with_me", "want_you_to_know", "please_do", "please_do_not")
WHEN_IT_IS_HARD = ("when_i_struggle", "what_helps")


@dataclass(frozen=True)
class InOwnWords:
    """Something a person says about themselves, under its heading."""

    heading: str
    text: str


def texts_of(about: AboutMe | None, names: Sequence[str]) -> list[InOwnWords]:
    """Those of the named texts that are filled in."""
    if about is None:
        return []
    return [
        InOwnWords(str(about._meta.get_field(name).verbose_name), text)
        for name in names
        if (text := getattr(about, name).strip())
    ]


def about_of(person: Person) -> AboutMe | None:
    """What the person says about themselves, if anything is written yet."""
    return getattr(person, "about_me", None)


def needs_of(person: Person, adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
    """Rows of a summary list: language, interpreter, adjustments."""
    rows = []
    if person.language:
        rows.append(words.summary_row(gettext("Preferred language"), person.language))
    if person.interpreter:
        rows.append(words.summary_row(gettext("Interpreter"), person.interpreter))
    kinds: dict[str, list[str]] = {}
    for one in adjustments:
        kinds.setdefault(one.get_kind_display(), []).append(one.words)
    return rows + [words.summary_row(kind, "; ".join(said)) for kind, said in kinds.items()]


def channel_words(preference: ContactPreference) -> str:
    """Whether a channel may be used, and whether a message is safe there."""
    if not preference.may_use:
        parts = [gettext("Do not use")]
    else:
        parts = [gettext("May be used")]
        if preference.channel != ContactPreference.Channel.VISIT:
            parts.append(
                gettext("safe to leave a message")
                if preference.safe_to_leave_message
                else gettext("NOT safe to leave a message")
            )
    if preference.ask_for:
        parts.append(gettext("ask for %(name)s") % {"name": preference.ask_for})
    if preference.note:
        parts.append(preference.note)
    return "; ".join(parts)


def channel_rows(preferences: Iterable[ContactPreference]) -> list[dict[str, Any]]:
    """Rows of a summary list: each channel, and what is safe there."""
    return [words.summary_row(one.get_channel_display(), channel_words(one)) for one in preferences]


class DiagnosisLine:
    """A recorded diagnosis beside how the person sees it: never one without room for the other."""

    def __init__(self, about: AboutMe | None) -> None:
        self._about = about

    def __bool__(self) -> bool:
        return bool(self._about and (self._about.diagnosis or self._about.how_i_see_it))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """How they see it comes first."""
        about = self._about
        if about is None:
            return []
        mine = about.how_i_see_it or gettext("They have not said yet. You could ask.")
        rows = [words.summary_row(gettext("How I see it"), mine)]
        if about.diagnosis:
            rows.append(words.summary_row(gettext("Diagnosis recorded"), about.diagnosis))
        return rows


class IdentityPresenter:
    """What a person says about who they are, to those whom they chose to tell.

    A statement that is not for the reader leaves no trace here.
    """

    def __init__(self, readable: Iterable[IdentityStatement]) -> None:
        self.rows = list(readable)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def statements(self) -> list[InOwnWords]:
        return [InOwnWords(one.aspect, one.words) for one in self.rows]


class AboutMePresenter:
    """What to read first on a person's page."""

    def __init__(
        self,
        person: Person,
        *,
        adjustments: Sequence[Adjustment],
        identity: Sequence[IdentityStatement] = (),
        channels: Sequence[ContactPreference] = (),
        may_edit: bool = False,
    ) -> None:
        self._person = person
        self._about = about_of(person)
        self._adjustments = adjustments
        self._channels = channels
        self._may_edit = may_edit
        self.identity = IdentityPresenter(identity)
        self.diagnosis = DiagnosisLine(self._about)

    def __bool__(self) -> bool:
        return bool(
            self.needs
            or self.statements
            or self.identity
            or self.diagnosis
            or self.channels
            or self.do_not_ask_again
        )

    @cached_property
    def needs(self) -> list[dict[str, Any]]:
        return needs_of(self._person, self._adjustments)

    @cached_property
    def channels(self) -> list[dict[str, Any]]:
        return channel_rows(self._channels)

    @cached_property
    def first(self) -> list[InOwnWords]:
        """How to be with them, before anything else."""
        return texts_of(self._about, FIRST)

    @cached_property
    def when_it_is_hard(self) -> list[InOwnWords]:
        return texts_of(self._about, WHEN_IT_IS_HARD)

    @property
    def statements(self) -> list[InOwnWords]:
        return [*self.first, *self.when_it_is_hard]

    @property
    def do_not_ask_again(self) -> bool:
        return bool(self._about and self._about.do_not_ask_again)

    @property
    def story_href(self) -> str:
        """Where what happened to them can be read; opening it is written down."""
        told = bool(self._about and self._about.what_happened.strip())
        return reverse("profile:happened", args=[self._person.pk]) if told else ""

    @cached_property
    def written(self) -> str:
        """Who wrote it with them, and when."""
        return written_words(self._about)

    @property
    def edit_href(self) -> str:
        return reverse("profile:about", args=[self._person.pk]) if self._may_edit else ""


def written_words(about: AboutMe | None) -> str:
    """Who wrote it with them, and when."""
    if about is None:
        return ""
    when = words.short_date(about.updated_on)
    if about.written_by is None:
        return gettext("Last written on %(date)s.") % {"date": when}
    return gettext("Last written with %(name)s on %(date)s.") % {
        "name": about.written_by.name,
        "date": when,
    }
