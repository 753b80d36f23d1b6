"""What the pages about what is written down show. Facts and a day in, words and addresses out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from casework.cases.about import (
    FIRST,
    WHEN_IT_IS_HARD,
    DiagnosisLine,
    IdentityPresenter,
    InOwnWords,
    about_of,
    channel_rows,
    needs_of,
    texts_of,
    written_words,
)
from casework.cases.models import Adjustment, Contact, ContactPreference, MergeSuspect, Person
from casework.cases.presenters import ContactLine, PersonHeading
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link


class MeetPage:
    """What to read before meeting somebody for the first time: them, and nothing about them."""

    def __init__(
        self,
        person: Person,
        *,
        adjustments: Sequence[Adjustment],
        next_contact: Contact | None,
        linked: bool,
    ) -> None:
        self._person = person
        self._about = about_of(person)
        self.name = person.display_name
        self.pronouns = person.pronouns
        self.needs = needs_of(person, adjustments)
        self.next_contact = ContactLine(next_contact, linked=linked) if next_contact else None
        self.record_href = reverse("people:detail", args=[person.pk])

    @cached_property
    def statements(self) -> list[InOwnWords]:
        """Their own words."""
        return texts_of(self._about, (*FIRST, *WHEN_IT_IS_HARD))

    @property
    def do_not_ask_again(self) -> bool:
        return bool(self._about and self._about.do_not_ask_again)


@dataclass(frozen=True)
class OwnLine:
    """One adjustment or statement, and what can be done about it."""

    title: str
    text: str
    detail: str
    links: tuple[Link, ...]


class ProfilePage:
    """Everything that is written down about who a person is, and where to change it."""

    def __init__(
        self,
        person: Person,
        *,
        heading: PersonHeading,
        adjustments: Sequence[Adjustment],
        preferences: Sequence[ContactPreference],
        identity: IdentityPresenter,
        may_edit: bool,
        other_changes: Sequence[Link] = (),
    ) -> None:
        self.heading = heading
        self.other_changes = other_changes
        self._person = person
        self._about = about_of(person)
        self._adjustments = adjustments
        self._preferences = preferences
        self._identity = identity
        self.may_edit = may_edit
        self.meet_href = reverse("profile:meet", args=[person.pk])

    def href(self, name: str) -> str:
        return reverse(f"profile:{name}", args=[self._person.pk]) if self.may_edit else ""

    @cached_property
    def written(self) -> str:
        """Who wrote it with them, and when."""
        return written_words(self._about)

    @cached_property
    def statements(self) -> list[InOwnWords]:
        return texts_of(self._about, (*FIRST, *WHEN_IT_IS_HARD))

    @property
    def has_story(self) -> bool:
        return bool(self._about and self._about.what_happened.strip())

    @property
    def do_not_ask_again(self) -> bool:
        return bool(self._about and self._about.do_not_ask_again)

    @cached_property
    def diagnosis(self) -> DiagnosisLine:
        return DiagnosisLine(self._about)

    @cached_property
    def details(self) -> list[dict[str, Any]]:
        person = self._person
        rows = [
            (gettext("Full name"), person.name),
            (gettext("Name to use"), person.preferred_name),
            (gettext("Pronouns"), person.pronouns),
            (
                gettext("Date of birth"),
                words.short_date(person.birth_date) if person.birth_date else "",
            ),
            (gettext("NHS number"), person.nhs_number_display),
            (gettext("Preferred language"), person.language),
            (gettext("Interpreter"), person.interpreter),
            (gettext("Telephone"), person.phone),
            (gettext("Email address"), person.email),
            (gettext("Address"), self._address),
            (gettext("Locality"), str(person.locality) if person.locality else ""),
        ]
        return [words.summary_row(key, value) for key, value in rows]

    @property
    def _address(self) -> str:
        person = self._person
        if not person.address:
            return ""
        safe = (
            gettext("safe to write to") if person.letters_safe else gettext("NOT safe to write to")
        )
        return f"{', '.join(person.address.splitlines())} ({safe})"

    @cached_property
    def adjustments(self) -> list[OwnLine]:
        return [
            OwnLine(
                one.get_kind_display(),
                one.words,
                "",
                (Link(gettext("Change"), reverse("profile:adjustment", args=[one.pk])),)
                if self.may_edit
                else (),
            )
            for one in self._adjustments
        ]

    @cached_property
    def identity(self) -> list[OwnLine]:
        return [
            OwnLine(
                one.aspect,
                one.words,
                gettext("May be seen by: %(whom)s") % {"whom": one.get_visible_to_display()},
                (Link(gettext("Change"), reverse("profile:statement", args=[one.pk])),)
                if self.may_edit
                else (),
            )
            for one in self._identity.rows
        ]

    @cached_property
    def channels(self) -> list[dict[str, Any]]:
        return channel_rows(self._preferences)


# A person twice -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TwinLine:
    """A record that may be about the same person, as far as the reader may know of it."""

    name: str
    href: str
    why: str
    facts: str


def twin_line(person: Person, *, why: str, visible: bool, team: Any) -> TwinLine:
    """With name and address where the reader may open the record; else only who holds it."""
    holder = gettext("held by %(team)s") % {"team": team} if team else gettext("held elsewhere")
    if team and team.phone:
        holder = f"{holder}, {team.phone}"
    if not visible:
        return TwinLine(gettext("A record that you may not open"), "", why, holder)
    parts = [
        gettext("born %(date)s") % {"date": words.short_date(person.birth_date)}
        if person.birth_date
        else "",
        gettext("NHS number %(number)s") % {"number": person.nhs_number_display}
        if person.nhs_number
        else "",
        holder,
    ]
    return TwinLine(
        person.name or person.display_name,
        reverse("people:detail", args=[person.pk]),
        why,
        ", ".join(part for part in parts if part),
    )


@dataclass(frozen=True)
class SuspectLine:
    """A pair of records in the list."""

    title: str
    href: str
    why: str
    since: str


class SuspectsPage:
    """Pairs of records that wait for a decision."""

    def __init__(
        self, page: Page[MergeSuspect], *, visible: set[Any], links: words.PageLinks
    ) -> None:
        self.lines = [self._line(row, visible) for row in page.rows]
        self.links = links

    @staticmethod
    def _line(row: MergeSuspect, visible: set[Any]) -> SuspectLine:
        names = [
            one.display_name if one.pk in visible else gettext("a record that you may not open")
            for one in (row.person, row.other)
        ]
        return SuspectLine(
            gettext("%(one)s and %(other)s") % {"one": names[0], "other": names[1]},
            reverse("profile:suspect", args=[row.pk]),
            row.why,
            words.short_date(row.created_at),
        )
