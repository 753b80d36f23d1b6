"""One meeting with several people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import Company
from casework.cases.diary.forms.choices import (
    BARRIERS,
    CAME,
    HAPPENED_IN_GROUP,
    MEDIA,
    MINUTES,
    MISSED,
    PURPOSES,
    Attendance,
)
from casework.cases.diary.forms.recording import DAYS_FOR_A_STEP
from casework.cases.diary.forms.who import WhoForm
from casework.cases.models import Person
from casework.cases.services.entries import Entry
from casework.cases.services.notes import Words
from casework.common import dates, forms

MOST = 10  # people in one group: the page stays light


class PickForm(forms.NHSForm):
    """Whom to record together."""

    mark_optional = False
    words = forms.TextField(
        label=_("Find more people"),
        hint=_("Name, NHS number or local id"),
        required=False,
        max_length=120,
    )
    people = forms.CheckboxesField(label=_("Who was there?"), required=False)

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box: Any = self.fields["people"]
        box.choices = [(str(person.pk), person.display_name) for person in people]


class GroupForm(WhoForm):
    """What is the same for everybody, and for each person whether they came and a note of theirs.

    The questions about a person carry the person's id; `rows` finds them.
    """

    field_order = ("note", "date", "time", "minutes", "medium", "purpose")
    date = forms.SplitDateField(label=_("Day"), noun=_("day of the meeting"))
    time = forms.TimeField(label=_("Time"), required=False)
    minutes = forms.NumberField(
        label=_("How long"),
        suffix=_("minutes"),
        width=3,
        required=False,
        min_value=0,
        max_value=MINUTES,
    )
    medium = forms.SelectField(label=_("How"), choices=MEDIA, missing=_("Select how"))
    purpose = forms.SelectField(label=_("What for"), choices=PURPOSES, missing=_("Select what for"))
    note = forms.TextAreaField(
        label=_("What the group did"),
        hint=_("Everybody who came can read this, so name nobody in it."),
        required=False,
        rows=4,
    )

    def __init__(
        self,
        *args: Any,
        company: Company,
        today: dt.date,
        people: Sequence[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, company=company, **kwargs)
        del self.fields["who_else"]  # asked of each person: nobody sees who else was there
        self.people = people
        self.today = today
        self.conditionals = {  # type: ignore[misc]
            _name("attendance", person): {
                MISSED: (_name("barrier", person), _name("promise", person))
            }
            for person in people
        }
        date: Any = self.fields["date"]
        date.latest = today
        date.latest_message = gettext("The day of the meeting must be today or earlier")
        for person in people:
            self.fields |= self._questions(person)

    @staticmethod
    def _questions(person: Person) -> dict[str, Any]:
        name = {"name": person.display_name}
        return {
            _name("attendance", person): forms.RadiosField(
                label=gettext("What happened: %(name)s") % name,
                choices=HAPPENED_IN_GROUP,
                missing=gettext("Select what happened with %(name)s") % name,
                initial=Attendance.ATTENDED.value,
            ),
            _name("barrier", person): forms.SelectField(
                label=gettext("What got in the way?"),
                choices=BARRIERS,
                missing=gettext("Select what got in the way of %(name)s") % name,
            ),
            _name("promise", person): forms.TextField(
                label=gettext("What will we do about it?"),
                missing=gettext("Say what we will do about it for %(name)s") % name,
                max_length=300,
            ),
            _name("who_else", person): forms.TextField(
                label=gettext("Who came with %(name)s?") % name, required=False, max_length=200
            ),
            _name("note", person): forms.TextAreaField(
                label=gettext("Note for %(name)s only") % name, required=False, rows=2
            ),
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the page: each person with their questions."""
        return [
            {
                "name": person.display_name,
                "attendance": self[_name("attendance", person)],
                "note": self[_name("note", person)],
                "who_else": self[_name("who_else", person)],
            }
            for person in self.people
        ]

    @property
    def entries(self) -> list[tuple[Person, Entry]]:
        return [(person, self._entry(person)) for person in self.people]

    def _entry(self, person: Person) -> Entry:
        """One person's entry; what the group did is for those who came."""
        data = self.cleaned_data
        happened = data[_name("attendance", person)]
        parts = [data["note"] if happened in CAME else "", data[_name("note", person)]]
        steps = []
        if happened == MISSED:
            owner = str(data["workers"][0].pk)
            due_on = dates.add_working_days(self.today, DAYS_FOR_A_STEP)
            steps.append(self._promise(data[_name("promise", person)], owner, due_on))
        return Entry(
            attendance=happened,
            note=Words("\n\n".join(part.strip() for part in parts if part.strip())),
            steps=steps,
            details={
                "minutes": data["minutes"],
                "medium": data["medium"],
                "purpose": data["purpose"],
                "who_else": data[_name("who_else", person)],
                "barrier": data[_name("barrier", person)] or "",
            },
        )


def _name(question: str, person: Person) -> str:
    return f"{question}_{person.pk.hex}"
