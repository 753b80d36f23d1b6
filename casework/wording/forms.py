"""Forms about wording."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.common import forms
from casework.directory.models import Organisation
from casework.wording.models import WordingTerm
from casework.wording.starter import listed

EVERYBODY = "all"


class CheckForm(forms.NHSForm):
    """A text to be looked at."""

    mark_optional = False
    text = forms.TextAreaField(
        label=_("What you have written"),
        hint=_("It is looked at and not kept."),
        missing=_("Enter the words to look at"),
        max_length=20_000,
        own_words=True,
        rows=8,
    )


class TermForm(forms.NHSForm):
    """One entry of the list."""

    code = forms.TextField(
        label=_("Name of the entry"),
        hint=_("Small letters and hyphens, like hard-to-engage."),
        missing=_("Enter a name for the entry"),
        max_length=40,
    )
    organisation = forms.SelectField(
        label=_("Who it is for"),
        hint=_("An organisation's own entry takes the place of everybody's."),
        choices=[],
        missing=_("Select who it is for"),
    )
    group = forms.SelectField(
        label=_("Kind"), choices=WordingTerm.Group.choices, missing=_("Select a kind")
    )
    phrases = forms.TextAreaField(
        label=_("Words to point out"),
        hint=_(
            "With a semicolon between them. A hyphen also finds a space; ~ stands for any ending;"
            " words in capitals are found only in capitals."
        ),
        missing=_("Enter the words to point out"),
        max_length=1000,
        own_words=True,
        rows=3,
    )
    unless = forms.TextAreaField(
        label=_("Stay silent beside these words"),
        hint=_("With a semicolon between them."),
        required=False,
        max_length=1000,
        own_words=True,
        rows=3,
    )
    suggestion = forms.TextAreaField(
        label=_("What could be written"),
        missing=_("Enter what could be written"),
        max_length=500,
        own_words=True,
        rows=2,
    )
    reason = forms.TextAreaField(
        label=_("Why"),
        missing=_("Enter why these words may hurt"),
        max_length=500,
        own_words=True,
        rows=2,
    )
    behaviour = forms.CheckboxField(
        label=_("Ask what was happening, and stay silent where the sentence says so"),
        required=False,
    )
    active = forms.CheckboxField(label=_("In use"), required=False)

    def __init__(self, *args: Any, term: WordingTerm | None = None, **kwargs: Any) -> None:
        if term is not None:
            kwargs["initial"] = {
                name: getattr(term, name)
                for name in ("group", "phrases", "unless", "suggestion", "reason", "behaviour")
            } | {"active": term.active, "organisation": str(term.organisation_id or EVERYBODY)}
        super().__init__(*args, **kwargs)
        if term is not None:
            del self.fields["code"]
        self.fields["organisation"].choices = [
            (EVERYBODY, _("Everybody")),
            *(
                (str(one.pk), one.name)
                for one in Organisation.objects.filter(live=True).order_by("name", "pk")
            ),
        ]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
            raise ValidationError(_("Use small letters, numbers and hyphens only"))
        return code

    def clean_phrases(self) -> str:
        if not listed(self.cleaned_data["phrases"]):
            raise ValidationError(_("Enter the words to point out"))
        return "; ".join(listed(self.cleaned_data["phrases"]))

    def clean_unless(self) -> str:
        return "; ".join(listed(self.cleaned_data["unless"]))

    def clean_organisation(self) -> Organisation | None:
        chosen = self.cleaned_data["organisation"]
        return None if chosen == EVERYBODY else Organisation.objects.get(pk=chosen)
