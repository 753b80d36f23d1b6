"""Putting an entry right."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import Company
from casework.cases.diary.forms.choices import HAPPENED, MEDIA, MINUTES, PURPOSES
from casework.cases.diary.forms.recording import NoteFields
from casework.cases.diary.forms.who import WhoForm
from casework.cases.models import Note
from casework.common import forms


class CorrectForm(WhoForm, NoteFields):
    """What was written down, to be put right."""

    field_order = (
        "attendance",
        "note",
        "shared",
        "not_shared_reason",
        "third_party",
        "workers",
        "other_worker",
        "who_else",
    )
    conditionals = {"shared": {"no": ("not_shared_reason",)}}
    attendance = forms.RadiosField(
        label=_("What happened?"), choices=HAPPENED, missing=_("Select what happened")
    )
    date = forms.SplitDateField(label=_("Day"), noun=_("day of the contact"))
    time = forms.TimeField(label=_("Time"), required=False)
    minutes = forms.NumberField(
        label=_("How long"),
        suffix=_("minutes"),
        width=3,
        required=False,
        min_value=0,
        max_value=MINUTES,
    )
    medium = forms.SelectField(
        label=_("How"), choices=[("", _("Not known")), *MEDIA], required=False
    )
    purpose = forms.SelectField(
        label=_("What for"), choices=[("", _("Not recorded")), *PURPOSES], required=False
    )
    reason = forms.TextField(
        label=_("Why is it corrected?"),
        hint=_("It stays in the history, with what was there before."),
        missing=_("Say why it is corrected"),
        max_length=100,
    )
    version = django_forms.IntegerField(widget=django_forms.HiddenInput)
    note_version = django_forms.IntegerField(widget=django_forms.HiddenInput)

    def __init__(self, *args: Any, company: Company, note: Note | None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        self._had_note = note is not None
        self.fields.pop("team", None)
        if note is None:
            self.fields["note"].label = _("Add a note")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self._had_note and not (data.get("note") or data.get("third_party")):
            self.add_error(
                "note", gettext("A note is not emptied. Write what should be there instead")
            )
        return data

    @property
    def changes(self) -> dict[str, Any]:
        names = ("attendance", "date", "time", "minutes", "medium", "purpose", "who_else")
        return {name: self.cleaned_data[name] for name in names}


class MistakeForm(forms.NHSForm):
    """Why an entry is wrong altogether."""

    reason = forms.TextField(
        label=_("What went wrong?"),
        hint=_("For example: it was another person, or it had been recorded already."),
        missing=_("Say what went wrong"),
        max_length=100,
    )
    version = django_forms.IntegerField(widget=django_forms.HiddenInput)
