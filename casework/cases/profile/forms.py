"""Questions about who a person is, in their own words first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms as django_forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.models import AboutMe, Adjustment, ContactPreference, IdentityStatement
from casework.cases.services.profile import BOTH, MINE, THEIRS, Clash, marks
from casework.common import forms
from casework.directory.models import Locality, Team

Channel = ContactPreference.Channel


class VersionedForm(forms.NHSForm):
    """A form that notices when somebody else has saved in the meantime.

    `texts` are the fields that are compared. What the page showed travels in `seen`; after a clash
    each field that both sides changed is followed by the question which words stay.
    """

    texts: ClassVar[tuple[str, ...]] = ()

    seen = django_forms.CharField(widget=django_forms.HiddenInput, required=False)
    asked = django_forms.CharField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._row = row
        for name in self.texts:
            self.fields[name].initial = row._meta.get_field(name).value_from_object(row)
        self.fields["seen"].initial = json.dumps(marks(row, self.texts))
        if self.is_bound:
            for name in str(self.data.get("asked", "")).split():
                if name in self.texts:
                    self._ask(name, str(self.fields[name].initial or ""), self.data.get(name, ""))

    def _ask(self, name: str, theirs: str, mine: str) -> None:
        label = str(self.fields[name].label)
        question = forms.RadiosField(
            label=gettext("“%(field)s” was changed by somebody else. Which words stay?")
            % {"field": label},
            missing=gettext("Select which words of “%(field)s” stay") % {"field": label},
            choices=[
                (THEIRS, gettext("The words that are saved now")),
                (MINE, gettext("The words in the box above")),
                (BOTH, gettext("Both, one after the other")),
            ],
            choice_hints={
                THEIRS: theirs or gettext("(nothing)"),
                MINE: mine or gettext("(nothing)"),
            },
        )
        fields: dict[str, django_forms.Field] = {}
        for key, field in self.fields.items():
            fields[key] = field
            if key == name:
                fields[f"keep_{name}"] = question
        self.fields = fields

    @property
    def started_from(self) -> dict[str, str]:
        """The marks of what the page showed."""
        try:
            found = json.loads(self.cleaned_data.get("seen") or "{}")
        except ValueError:
            return {}
        return {str(key): str(value) for key, value in dict(found).items()}

    @property
    def keep(self) -> dict[str, str]:
        """What somebody chose after a clash, by field."""
        return {
            name: self.cleaned_data[f"keep_{name}"]
            for name in self.texts
            if self.cleaned_data.get(f"keep_{name}")
        }

    @property
    def words(self) -> dict[str, Any]:
        """The answers that are compared."""
        return {name: self.cleaned_data[name] for name in self.texts}


def asking_again(form: VersionedForm, clashes: Sequence[Clash], seen: Mapping[str, str]) -> Any:
    """The posted data of a form, so that the next page asks which words stay."""
    data = form.data.copy()
    data["seen"] = json.dumps(dict(seen))
    data["asked"] = " ".join(clash.field for clash in clashes)
    for clash in clashes:
        data.pop(f"keep_{clash.field}", None)
    return data


def _text(name: str, hint: Any = "", rows: int = 4) -> forms.TextAreaField:
    label = AboutMe._meta.get_field(name).verbose_name
    return forms.TextAreaField(label=label, hint=hint, required=False, rows=rows, own_words=True)


class _HowMixin(forms.NHSForm):
    how = forms.RadiosField(
        label=_("Whose words are these?"),
        missing=_("Select whose words these are"),
        choices=[
            ("own", _("Theirs: they wrote or said them, I typed")),
            ("together", _("Ours: we wrote them together")),
            ("letter", _("Theirs: from something they had written before")),
        ],
    )


class AboutMeForm(VersionedForm, _HowMixin):
    """What a person wants anybody who meets them to read first."""

    mark_optional = False
    texts = (
        "how_to_be_with_me",
        "want_you_to_know",
        "please_do",
        "please_do_not",
        "when_i_struggle",
        "what_helps",
        "how_i_see_it",
        "diagnosis",
    )
    how_to_be_with_me = _text(
        "how_to_be_with_me", _("Where to sit, how to speak with me, what makes it easier.")
    )
    want_you_to_know = _text("want_you_to_know")
    please_do = _text("please_do", rows=3)
    please_do_not = _text("please_do_not", rows=3)
    when_i_struggle = _text(
        "when_i_struggle", _("Also what does not show: being well dressed is not being well.")
    )
    what_helps = _text("what_helps")
    how_i_see_it = _text(
        "how_i_see_it", _("What they make of what they live with, in their own terms."), rows=3
    )
    diagnosis = forms.TextField(
        label=_("Diagnosis recorded"),
        hint=_("Only if one was given. It is shown beside how they see it, never as a heading."),
        required=False,
        max_length=200,
    )
    field_order = [*texts, "how"]


class HappenedForm(VersionedForm, _HowMixin):
    """What happened to a person, told once."""

    mark_optional = False
    texts = ("what_happened", "do_not_ask_again")
    what_happened = _text(
        "what_happened",
        _("Only what they want to be known, so that they need not tell it again."),
        rows=8,
    )
    do_not_ask_again = forms.CheckboxField(
        label=_("Please do not ask me to tell it again"), required=False
    )
    field_order = [*texts, "how"]


class _WhoMixin(forms.NHSForm):
    name = forms.TextField(label=_("Full name"), required=False, max_length=120, autocomplete="off")
    preferred_name = forms.TextField(
        label=_("Name to use"),
        hint=_("What they want to be called, if it is another name."),
        required=False,
        max_length=80,
        autocomplete="off",
    )
    pronouns = forms.TextField(
        label=_("Pronouns"), required=False, max_length=40, width=20, autocomplete="off"
    )
    birth_date = forms.SplitDateField(
        label=_("Date of birth"), noun=_("date of birth"), required=False
    )
    nhs_number = forms.NHSNumberField(
        required=False, hint=_("10 digits, like 999 000 0018"), autocomplete="off"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        born: Any = self.fields["birth_date"]
        born.latest = timezone.localdate()
        born.latest_message = gettext("%(noun)s must be in the past")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name") and not data.get("preferred_name") and "name" not in self.errors:
            self.add_error("name", gettext("Enter a name, or the name they want to be called by"))
        return data


class DetailsForm(VersionedForm, _WhoMixin):
    """What identifies a person and how they are reached."""

    texts = (
        "name",
        "preferred_name",
        "pronouns",
        "birth_date",
        "nhs_number",
        "language",
        "interpreter",
        "phone",
        "email",
        "address",
        "letters_safe",
        "locality",
    )
    language = forms.TextField(
        label=_("Preferred language"), required=False, max_length=35, width=20
    )
    interpreter = forms.TextField(
        label=_("Interpreter"),
        hint=_("Language, and anything that matters about the interpreter."),
        required=False,
        max_length=120,
    )
    phone = forms.TextField(
        label=_("Telephone"), required=False, max_length=40, width=20, autocomplete="off"
    )
    email = forms.EmailField(
        label=_("Email address"), required=False, max_length=254, autocomplete="off"
    )
    address = forms.TextAreaField(
        label=_("Address"), required=False, rows=4, autocomplete="off", own_words=True
    )
    letters_safe = forms.CheckboxField(
        label=_("It is safe to write to this address"), required=False
    )
    locality = forms.ModelSelectField(label=_("Locality"), queryset=None, required=False)
    field_order = list(texts)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["locality"]
        field.queryset = Locality.objects.order_by("name", "pk")

    @property
    def words(self) -> dict[str, Any]:
        found = super().words
        found["locality"] = found["locality"].pk if found["locality"] else None
        found["nhs_number"] = found["nhs_number"] or None
        return found


class AddForm(_WhoMixin):
    """Somebody who is new here. Everything but a name can wait."""

    team = forms.ModelRadiosField(
        label=_("Which team holds them first"), missing=_("Select a team"), queryset=None
    )
    phone = forms.TextField(
        label=_("Telephone"), required=False, max_length=40, width=20, autocomplete="off"
    )
    interpreter = forms.TextField(
        label=_("Interpreter"),
        hint=_("Language, and anything that matters about the interpreter."),
        required=False,
        max_length=120,
    )
    field_order = [
        "name",
        "preferred_name",
        "pronouns",
        "birth_date",
        "nhs_number",
        "phone",
        "interpreter",
        "team",
    ]

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams.order_by("name", "pk")
        chosen = list(field.queryset[:2])
        if len(chosen) == 1:
            field.initial = chosen[0]


NEW, UNSURE = "new", "unsure"


class AddBesideForm(AddForm):
    """The same, once somebody has seen who looks alike."""

    decision = forms.RadiosField(
        label=_("Is this one of the people above?"),
        missing=_("Select whether this is one of the people above"),
        choices=[
            (NEW, _("No, this is somebody else")),
            (UNSURE, _("I am not sure: add them, and let somebody decide later")),
        ],
        choice_hints={
            NEW: _("If it is one of them, open that record instead and go on there."),
        },
    )
    field_order = ["decision", *AddForm.field_order]


class AdjustmentForm(forms.NHSForm):
    """Something that makes meetings and information work for a person."""

    kind = forms.RadiosField(
        label=_("What it is about"),
        missing=_("Select what it is about"),
        choices=Adjustment.Kind.choices,
        choice_hints={
            "place": _("For example: near the door, door open, not in the old building."),
            "people": _("For example: a woman, or somebody they bring along."),
            "contact": _("For example: no voicemail, no letters to the address."),
        },
    )
    words = forms.TextAreaField(
        label=_("What helps"),
        hint=_("In their own words."),
        missing=_("Enter what helps"),
        own_words=True,
        max_length=300,
        count=True,
        rows=3,
    )


class StatementForm(forms.NHSForm):
    """Something about who a person is, and who may see it."""

    aspect = forms.TextField(
        label=_("What it is about"),
        hint=_("For example: faith, gender, culture, body, family. They choose the word."),
        missing=_("Enter what it is about"),
        max_length=60,
    )
    words = forms.TextAreaField(
        label=_("In their own words"),
        missing=_("Enter what they say about it"),
        own_words=True,
        max_length=300,
        count=True,
        rows=3,
    )
    visible_to = forms.RadiosField(
        label=_("Who may see this? They choose"),
        missing=_("Select who may see this"),
        choices=IdentityStatement.Audience.choices,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visible_to"].initial = IdentityStatement.Audience.KEY_WORKER


class ChannelsForm(forms.NHSForm):
    """How a person may be reached, channel by channel. `part` names a channel's field."""

    mark_optional = False
    USE = [("", _("Not asked yet")), ("yes", _("Yes")), ("no", _("No"))]

    def __init__(
        self, *args: Any, preferences: Mapping[str, ContactPreference], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for code, label in Channel.choices:
            row = preferences.get(code)
            self.fields[f"{code}_use"] = forms.SelectField(
                label=gettext("%(channel)s: may we use it?") % {"channel": label},
                choices=self.USE,
                required=False,
                initial={None: "", True: "yes", False: "no"}[row.may_use if row else None],
            )
            if code != Channel.VISIT:
                self.fields[f"{code}_safe"] = forms.CheckboxField(
                    label=gettext("%(channel)s: it is safe to leave a message")
                    % {"channel": label},
                    required=False,
                    initial=bool(row and row.safe_to_leave_message),
                )
            self.fields[f"{code}_ask_for"] = forms.TextField(
                label=gettext("%(channel)s: name to ask for") % {"channel": label},
                required=False,
                max_length=80,
                initial=row.ask_for if row else "",
                autocomplete="off",
            )
            self.fields[f"{code}_note"] = forms.TextField(
                label=gettext("%(channel)s: when and how") % {"channel": label},
                required=False,
                max_length=200,
                initial=row.note if row else "",
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for code, label in Channel.choices:
            used = data.get(f"{code}_use")
            if data.get(f"{code}_safe") and used != "yes":
                self.add_error(
                    f"{code}_use",
                    gettext("Say yes to %(channel)s first, if a message may be left there")
                    % {"channel": str(label).lower()},
                )
        return data

    @property
    def channels(self) -> dict[str, dict[str, Any]]:
        """What was said, of the channels that were asked about."""
        data = self.cleaned_data
        return {
            code: {
                "may_use": data[f"{code}_use"] == "yes",
                "safe_to_leave_message": bool(data.get(f"{code}_safe")),
                "ask_for": data[f"{code}_ask_for"],
                "note": data[f"{code}_note"],
            }
            for code, _label in Channel.choices
            if data.get(f"{code}_use")
        }


class DecideForm(forms.NHSForm):
    """One person, or two?"""

    decision = forms.RadiosField(
        label=_("Are these the same person?"),
        missing=_("Select whether these are the same person"),
        choices=[
            ("same", _("Yes, the same person")),
            ("different", _("No, two different people")),
        ],
        choice_hints={
            "same": _("Both records stay as they are, and each then leads to the other.")
        },
    )
