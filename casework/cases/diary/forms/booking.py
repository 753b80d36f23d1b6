"""Booking, changing and cancelling a meeting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import Company, Hints
from casework.cases.diary.forms.choices import MEDIA, PURPOSES, Attendance
from casework.cases.diary.forms.who import WhoForm
from casework.cases.models import Contact, Person
from casework.common import forms


class BookForm(WhoForm):
    """When, where, how and with whom the person will be met."""

    date = forms.SplitDateField(label=_("Day"), noun=_("day of the meeting"))
    time = forms.TimeField(label=_("Time"), missing=_("Enter a time, like 9:30am or 2pm"))
    medium = forms.SelectField(label=_("How"), choices=MEDIA, missing=_("Select how"))
    place = forms.TextField(label=_("Where"), required=False, max_length=200)
    purpose = forms.SelectField(label=_("What for"), choices=PURPOSES, missing=_("Select what for"))
    interpreter = forms.RadiosField(
        label=_("Interpreter"),
        choices=[("yes", _("Booked")), ("no", _("Not booked yet"))],
        missing=_("Select whether the interpreter is booked"),
        inline=True,
    )
    anyway = forms.CheckboxField(label=_("Book it all the same"), required=False)

    def __init__(
        self,
        *args: Any,
        company: Company,
        today: dt.date,
        person: Person,
        booking: Contact | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, company=company, **kwargs)
        self.fields["workers"].label = _("Who will be there?")
        self.fields["workers"].nhs["choice_hints"] = Hints(company, with_load=True)  # type: ignore[attr-defined]
        self.fields["who_else"].label = _("Who else will be there?")
        date: Any = self.fields["date"]
        date.earliest = today
        date.earliest_message = _("The day of the meeting must be today or later")
        if not person.interpreter:
            del self.fields["interpreter"]
        if booking is not None:
            self.fields.pop("team", None)
            self.fields["version"] = django_forms.IntegerField(widget=django_forms.HiddenInput)

    @property
    def details(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = {name: data[name] for name in ("medium", "place", "purpose", "who_else")}
        if "interpreter" in data:
            found["interpreter_booked"] = data["interpreter"] == "yes"
        return found


class CancelForm(forms.NHSForm):
    """Who cancelled, and the other day that we offer."""

    mark_optional = False
    attendance = forms.RadiosField(
        label=_("Who cancelled?"),
        choices=[
            (Attendance.CANCELLED_BY_PERSON.value, _("The person")),
            (Attendance.CANCELLED_BY_SERVICE.value, _("We did")),
        ],
        missing=_("Select who cancelled"),
    )
    version = django_forms.IntegerField(widget=django_forms.HiddenInput)


class StepForm(forms.NHSForm):
    """A promise that was kept."""

    what_happened = forms.TextField(label=_("What happened"), required=False, max_length=300)
