"""Questions about documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.documents.kinds import Approval, DocumentKind, How, Identify, Party
from careplans.documents.prefill import NETWORK, SAFETY
from careplans.documents.services import MOST_WORDS, suggested
from careplans.models import AreaOfLife, Version
from casework.common import forms

NOW = "now"
READ, WRITER = "read", "writer"


class MakeForm(forms.NHSForm):
    """Which version of the plan is printed."""

    mark_optional = False

    def __init__(self, *args: Any, versions: Sequence[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                str(one.number),
                gettext("Version %(n)d, as it was shared") % {"n": one.number},
            )
            for one in versions
        ]
        choices.append((NOW, gettext("The plan as it is now, marked as not shared")))
        self.fields["version"] = forms.RadiosField(
            label=gettext("Which words shall be printed?"),
            missing=gettext("Select which words shall be printed"),
            choices=choices,
            initial=choices[0][0],
        )


class OwnMakeForm(MakeForm):
    """Which words are printed, asked of the person whose plan it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["version"]
        field.label = gettext("Which words do you want?")
        field.choices = [
            (code, gettext("My plan as it is written now") if code == NOW else text)
            for code, text in field.choices
        ]


class BeginForm(forms.NHSForm):
    """Who a text is for, and which parts of the plan may go into it."""

    mark_optional = False
    recipient = forms.TextField(
        label=_("Who is it for?"), missing=_("Enter who it is for"), max_length=120
    )
    place = forms.TextAreaField(
        label=_("Their address, if it goes by post"), required=False, rows=3, own_words=True
    )

    def __init__(
        self,
        *args: Any,
        kind: DocumentKind,
        areas: Sequence[AreaOfLife],
        name: str,
        safety: bool,
        reader: str = "",
        allowed: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        wanted, facts = suggested(kind)
        hint = gettext("Ask %(name)s, and take no more than it needs.") % {"name": name}
        self.fields["recipient"].initial = reader
        choices = [
            *((area.code, area.name) for area in areas),
            (NETWORK, gettext("Who does what")),
            *([(SAFETY, gettext("Safety plan"))] if safety else []),
        ]
        if allowed is not None:
            choices = [(code, text) for code, text in choices if code in allowed]
            wanted = tuple(code for code, _text in choices)
            hint = gettext(
                "%(name)s has chosen that %(reader)s reads these parts and no others. Take out"
                " what it does not need."
            ) % {"name": name, "reader": reader}
        self.fields["parts"] = forms.CheckboxesField(
            label=gettext("Which parts of the plan may go into it?"),
            hint=hint,
            missing=gettext("Select which parts may go into it"),
            choices=choices,
            initial=[code for code in wanted if code in dict(choices)],
        )
        self.fields["identify"] = forms.CheckboxesField(
            label=gettext("What must it say so that the reader knows who is meant?"),
            required=False,
            choices=Identify.choices,
            initial=list(facts),
        )


class TextForm(forms.NHSForm):
    """The wording of a letter or a summary, one box for each part of it."""

    mark_optional = False
    seen = django_forms.IntegerField(widget=django_forms.HiddenInput)

    def __init__(
        self, *args: Any, fields: Mapping[str, Any], number: int, name: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._text = fields
        self.fields["seen"].initial = number
        self._line("recipient", gettext("Who it is for"), fields["recipient"], rows=1)
        self._line("place", gettext("Their address"), fields["place"], rows=3)
        self._line("about", gettext("Who and what it is about"), fields["about"], rows=3)
        for section in fields["sections"]:
            label = section["title"] or gettext("How it begins")
            self._line(
                f"section_{section['key']}",
                label,
                section["words"],
                rows=4,
                own_words=section["key"] in ("said", "wanted", "safety", SAFETY),
            )
        self._line("signed", gettext("Signed"), fields["signed"], rows=2)
        self.fields["who"] = forms.RadiosField(
            label=gettext("Who has corrected it?"),
            missing=gettext("Select who has corrected it"),
            choices=[
                ("together", gettext("%(name)s and I, together") % {"name": name}),
                ("alone", gettext("I alone: %(name)s has yet to read it") % {"name": name}),
            ],
        )

    def _line(
        self, key: str, label: str, initial: str, *, rows: int, own_words: bool = True
    ) -> None:
        required = key == "recipient"
        options: dict[str, Any] = {"required": required, "initial": initial, "label": label}
        if required:
            options["missing"] = gettext("Enter who it is for")
        if rows == 1:
            self.fields[key] = forms.TextField(max_length=120, **options)
        else:
            self.fields[key] = forms.TextAreaField(
                rows=rows, max_length=MOST_WORDS, own_words=own_words, **options
            )

    @property
    def text(self) -> dict[str, Any]:
        """The whole wording, with what was corrected."""
        data = self.cleaned_data
        return {
            "recipient": data["recipient"],
            "place": data["place"],
            "about": data["about"],
            "signed": data["signed"],
            "sections": [
                {**one, "words": data[f"section_{one['key']}"]} for one in self._text["sections"]
            ],
        }


class OwnTextForm(TextForm):
    """The wording of a text, corrected by the person whom it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["who"]


class OwnApproveForm(forms.NHSForm):
    """The person says yes."""

    seen = django_forms.IntegerField(widget=django_forms.HiddenInput)
    words = forms.TextAreaField(
        label=_("Anything you want to say about it"), required=False, rows=3, own_words=True
    )

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = number


class ApproveForm(forms.NHSForm):
    """How the person said yes."""

    mark_optional = False
    seen = django_forms.IntegerField(widget=django_forms.HiddenInput)

    def __init__(self, *args: Any, number: int, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = number
        self.fields["how"] = forms.RadiosField(
            label=gettext("How did %(name)s say yes to exactly these words?") % {"name": name},
            missing=gettext("Select how %(name)s said yes") % {"name": name},
            choices=[(code, text) for code, text in Approval.choices if code != Approval.PORTAL],
        )
        self.fields["words"] = forms.TextAreaField(
            label=gettext("What they said about it, if anything"),
            required=False,
            rows=3,
            own_words=True,
        )


class GiveForm(forms.NHSForm):
    """Who got a document."""

    mark_optional = False
    conditionals = {
        "party": {
            Party.CARER.value: ("carer_name",),
            Party.SERVICE.value: ("service_name",),
            Party.OTHER.value: ("other_name",),
        }
    }

    def __init__(self, *args: Any, name: str, earliest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["party"] = forms.RadiosField(
            label=gettext("Who got it?"),
            missing=gettext("Select who got it"),
            choices=[
                (code, name if code == Party.PERSON else text) for code, text in Party.choices
            ],
        )
        for party in (Party.CARER, Party.SERVICE, Party.OTHER):
            self.fields[f"{party.value}_name"] = forms.TextField(
                label=gettext("Their name"), missing=gettext("Say who got it"), max_length=120
            )
        self.fields["how"] = forms.RadiosField(
            label=gettext("How?"), missing=gettext("Select how they got it"), choices=How.choices
        )
        self.fields["on"] = forms.SplitDateField(
            label=gettext("When?"),
            initial=today,
            earliest=earliest,
            latest=today,
            noun=gettext("day they got it"),
        )

    @property
    def given(self) -> dict[str, Any]:
        """What is written down."""
        data = self.cleaned_data
        return {
            "party": data["party"],
            "name": data.get(f"{data['party']}_name") or "",
            "how": data["how"],
            "on": data["on"],
        }
