"""Forms of the directory."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casework.common import forms
from casework.directory.models import Locality, Organisation, Team, Worker


class SearchForm(forms.NHSForm):
    """Find a row of the directory."""

    mark_optional = False
    words = forms.SearchField(
        label=_("Find by name or code"), missing=_("Enter a name or a code"), max_length=120
    )


class DirectoryForm(forms.NHSForm):
    """A form about one row; where another one is called the same, it asks once more."""

    same_name_is_right = forms.CheckboxField(
        label=_("This is another one, which has the same name"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._box = self.fields.pop("same_name_is_right")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def warn_of_same_name(self, sentence: str) -> bool:
        """Show the warning with its box, unless the box was ticked; whether it was shown."""
        if self.data.get("same_name_is_right"):
            return False
        self.fields["same_name_is_right"] = self._box
        self.add_error("same_name_is_right", sentence)
        return True


class OrganisationForm(DirectoryForm):
    name = forms.TextField(label=_("Name"), missing=_("Enter a name"), max_length=200)
    code = forms.TextField(
        label=_("Organisation code"),
        hint=_("The ODS code, 3 to 8 letters and numbers, if it has one."),
        required=False,
        max_length=8,
        width=10,
    )
    kind = forms.RadiosField(
        label=_("Kind"), missing=_("Select a kind"), choices=Organisation.Kind.choices
    )
    live = forms.CheckboxField(
        label=_("Uses Alongside from day to day"),
        hint=_("If not, its figures are as of the date of its latest extract."),
        required=False,
    )

    def clean_code(self) -> str | None:
        code: str = self.cleaned_data["code"].strip().upper()
        if code and not re.fullmatch(r"[A-Z0-9]{3,8}", code):
            raise ValidationError(_("Enter a code of 3 to 8 letters and numbers, like RXX"))
        return code or None


class LocalityForm(DirectoryForm):
    name = forms.TextField(label=_("Name"), missing=_("Enter a name"), max_length=120)


class TeamForm(DirectoryForm):
    name = forms.TextField(label=_("Name"), missing=_("Enter a name"), max_length=120)
    organisation = forms.ModelSelectField(
        label=_("Organisation"), missing=_("Select an organisation"), queryset=None
    )
    kind = forms.RadiosField(label=_("Kind"), missing=_("Select a kind"), choices=Team.Kind.choices)
    localities = forms.ModelCheckboxesField(label=_("Localities"), required=False, queryset=None)
    phone = forms.TextField(
        label=_("Telephone"), required=False, max_length=40, inputmode="tel", width=20
    )
    hours = forms.TextField(
        label=_("Opening hours"),
        hint=_(
            "For example: Monday to Friday, 9am to 5pm; Saturday, 10am to 1pm. Or: every day and"
            " night. Written like this, pages can say whether somebody is there now."
        ),
        required=False,
        max_length=120,
    )
    address = forms.TextAreaField(
        label=_("Postal address"),
        hint=_("Stands above letters, so that people can answer by post."),
        required=False,
        max_length=300,
        rows=4,
        own_words=True,
    )
    checked = forms.CheckboxField(
        label=_("I have rung the number today, and the hours are right"),
        hint=_("People in a crisis rely on them."),
        required=False,
    )
    active = forms.CheckboxField(
        label=_("Open"),
        hint=_("A team that has closed cannot be chosen any more; its history stays."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.order_by("name", "pk")
        fields["localities"].queryset = Locality.objects.order_by("name", "pk")
        if not Locality.objects.exists():
            del fields["localities"]


class WorkerForm(DirectoryForm):
    name = forms.TextField(label=_("Name"), missing=_("Enter a name"), max_length=120)
    organisation = forms.ModelSelectField(label=_("Organisation"), required=False, queryset=None)
    role_words = forms.TextField(
        label=_("What they do, in plain words"),
        hint=_("People read this: nurse, peer worker, support worker."),
        required=False,
        max_length=120,
    )
    active = forms.CheckboxField(
        label=_("Still works here"),
        hint=_("Before somebody leaves, plan who takes over from them."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.order_by("name", "pk")


def initial_of(row: Organisation | Team | Locality | Worker, form: type[DirectoryForm]) -> dict:
    """What a form shows of a row before anything is changed."""
    values: dict[str, Any] = {}
    for name in form.base_fields:
        if name == "localities":
            values[name] = [str(pk) for pk in row.localities.values_list("pk", flat=True)]  # type: ignore[union-attr]
        elif name not in ("same_name_is_right", "checked"):
            values[name] = getattr(row, name)
    return values
