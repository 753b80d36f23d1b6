"""Questions about overriding, reviewing and sealing."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Override, SealedNote
from casework.common import forms

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class _TellFields(forms.NHSForm):
    conditionals = {"tell": {"no": ("safety_reason",)}}

    tell = forms.RadiosField(
        label=_("May the person be told that you opened it?"),
        hint=_("They are told unless that would put somebody at risk. A second person decides."),
        choices=[("yes", _("Yes")), ("no", _("No, it would not be safe"))],
        missing=_("Select whether the person may be told"),
    )
    safety_reason = forms.TextField(
        label=_("Why would it not be safe?"),
        missing=_("Say why it would not be safe to tell the person"),
        max_length=300,
    )


class OverrideForm(_TellFields):
    """Whose record, and why."""

    identifier = forms.TextField(
        label=_("NHS number or local id"),
        hint=_("Exactly as it is written. A name is not enough."),
        missing=_("Enter an NHS number or a local id"),
        max_length=20,
        width=20,
        autocomplete="off",
    )
    category = forms.RadiosField(
        label=_("Why do you need it now?"),
        choices=Override.Category.choices,
        missing=_("Select why you need it now"),
    )
    reason = forms.TextAreaField(
        label=_("What has happened?"),
        hint=_("In a few words. The privacy officer reads it, and the person may."),
        missing=_("Say what has happened"),
        max_length=300,
        count=True,
        rows=3,
    )
    field_order = ("identifier", "category", "reason", "tell", "safety_reason")


class GroundForm(_TellFields):
    """On what ground a sealed note is opened."""

    ground = forms.RadiosField(
        label=_("On what ground do you open it?"),
        choices=Override.Ground.choices,
        missing=_("Select the ground"),
    )
    reason = forms.TextAreaField(
        label=_("What has happened?"),
        missing=_("Say what has happened"),
        max_length=300,
        count=True,
        rows=3,
    )
    field_order = ("ground", "reason", "tell", "safety_reason")


class ReviewForm(forms.NHSForm):
    """How it was."""

    outcome = forms.RadiosField(
        label=_("How was it?"), choices=Override.Outcome.choices, missing=_("Select an outcome")
    )
    words = forms.TextAreaField(
        label=_("What follows from it"),
        hint=_("Needed unless it was simply in order."),
        required=False,
        max_length=500,
        count=True,
        rows=3,
    )
    not_told = forms.RadiosField(
        label=_("Do you agree that the person is not told?"),
        hint=_("If not, they are told now."),
        choices=YES_NO,
        missing=_("Select yes or no"),
        inline=True,
    )

    def __init__(self, *args: Any, waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not waits:
            del self.fields["not_told"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        outcome = data.get("outcome")
        if outcome and outcome != Override.Outcome.IN_ORDER and not data.get("words"):
            self.add_error("words", _("Say in a few words what follows from it"))
        return data


class _SealedFields(forms.NHSForm):
    words = forms.TextAreaField(
        label=_("What only a few may read"),
        missing=_("Write what only a few may read"),
        rows=8,
    )
    why = forms.TextField(
        label=_("Why is it sealed?"),
        missing=_("Say why it is sealed"),
        max_length=300,
    )
    suspends = forms.CheckboxesField(
        label=_("Keep back from the person's own pages and from carers meanwhile"),
        hint=_("For a safeguarding concern only. Their pages look as usual and say nothing."),
        choices=SealedNote.Area.choices,
        required=False,
    )


class SealedForm(_SealedFields):
    """A new sealed note, and who may read it."""

    kind = forms.RadiosField(
        label=_("What is it?"),
        choices=SealedNote.Kind.choices,
        choice_hints={
            SealedNote.Kind.NOTE: _(
                "Those who work with the person are told that it is there, and can open it on a"
                " legal ground."
            ),
            SealedNote.Kind.SAFEGUARDING: _("Nobody else is told that it is there."),
        },
        missing=_("Select what it is"),
    )
    readers = forms.ModelCheckboxesField(
        label=_("Who else may read it?"),
        hint=_("As few as possible. You can always read what you wrote."),
        queryset=None,
        required=False,
    )
    field_order = ("kind", "words", "why", "readers", "suspends")

    def __init__(self, *args: Any, readers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["readers"]
        field.queryset = readers

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("suspends") and data.get("kind") == SealedNote.Kind.NOTE:
            self.add_error("suspends", _("Only a safeguarding concern keeps something back"))
        return data


class SealedChangeForm(_SealedFields):
    """What it says now."""

    version = django_forms.IntegerField(widget=django_forms.HiddenInput)

    def __init__(self, *args: Any, note: SealedNote, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if note.kind != SealedNote.Kind.SAFEGUARDING:
            del self.fields["suspends"]


class ReadersForm(forms.NHSForm):
    """Who else may read it."""

    readers = forms.ModelCheckboxesField(
        label=_("Who else may read it?"), queryset=None, missing=_("Select somebody")
    )

    def __init__(self, *args: Any, readers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["readers"]
        field.queryset = readers
