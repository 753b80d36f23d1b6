"""Form fields that know the design system and tell people what to do.

A required field is given `missing`, the instruction shown when it is left empty ("Select a reason
for declining"). Labels may be page headings, hints stand under labels, and a choice can carry a
hint of its own. Defaults such as today belong in the `__init__` of a form, never here.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.common import nhs_number
from casework.common.forms.errors import PARTS, WRONG, upper_first
from casework.common.presenters import short_date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class NHSField:
    """What every field of ours has besides Django's own arguments.

    missing: the instruction when nothing was entered; every required field has one.
    hint: a line under the label.
    size: s, m, l or xl, how large the label or legend is.
    page_heading: the label is the page's heading.
    hide_label: only screen readers get the label (a search box beside its button).
    width: characters that the answer usually has: 2, 3, 4, 5, 10, 20 or 30.
    classes, inline, rows, count, choice_hints: see `casework.common.forms.params`.
    """

    nhs: dict[str, Any]

    def __init__(self, *args: Any, missing: Any = "", hint: Any = "", **kwargs: Any) -> None:
        options = {name: kwargs.pop(name) for name in OPTIONS if name in kwargs}
        if missing:
            kwargs["error_messages"] = {"required": missing, **kwargs.get("error_messages", {})}
        elif kwargs.get("required", True) and "required" not in kwargs.get("error_messages", {}):
            raise TypeError(
                f"{type(self).__name__} is required, so give it missing='…': what to do when it "
                "is left empty, such as 'Enter a name' (or say required=False)."
            )
        if hint:
            kwargs["help_text"] = hint
        super().__init__(*args, **kwargs)
        self.nhs = options


OPTIONS = (
    "size",
    "page_heading",
    "hide_label",
    "width",
    "classes",
    "inline",
    "rows",
    "count",
    "prefix",
    "suffix",
    "inputmode",
    "autocomplete",
    "choice_hints",
    "mark_optional",
)


class TextField(NHSField, forms.CharField):
    """One line of text."""


class TextAreaField(NHSField, forms.CharField):
    """Several lines of text; with `count` and `max_length` it counts the characters left.

    own_words: what somebody says of themselves, to be written down as they say it. Beside every
    other text there may be advice on its wording.
    """

    widget = forms.Textarea

    def __init__(self, *args: Any, own_words: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own_words:
            self.widget.attrs["data-wording"] = "yes"


class SearchField(NHSField, forms.CharField):
    """Words to look for, with the button that looks."""

    widget = forms.TextInput(attrs={"type": "search"})


class EmailField(NHSField, forms.EmailField):
    """An email address."""

    default_error_messages = {
        "invalid": _("Enter an email address in the correct format, like name@example.com")
    }


class PasswordField(NHSField, forms.CharField):
    """A password, which is never sent back to the page."""

    widget = forms.PasswordInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        super().__init__(*args, **kwargs)


class NumberField(NHSField, forms.IntegerField):
    """A whole number, typed into a plain box."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a whole number, like 12")}


class NHSNumberField(NHSField, forms.CharField):
    """An NHS number, typed with or without spaces; its value is ten digits."""

    default_error_messages = {
        "invalid": _("Enter an NHS number that is 10 digits long and correct, like 999 000 0018")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"label": _("NHS number"), "inputmode": "numeric", "width": 20} | kwargs
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not nhs_number.is_valid(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return nhs_number.normalise(text)


class CheckboxField(NHSField, forms.BooleanField):
    """One box to tick."""


class SelectField(NHSField, forms.ChoiceField):
    """One of many choices, in a drop-down list."""


class RadiosField(NHSField, forms.ChoiceField):
    """One of a few choices."""

    widget = forms.RadioSelect


class CheckboxesField(NHSField, forms.MultipleChoiceField):
    """Any of a few choices."""

    widget = forms.CheckboxSelectMultiple


class ModelSelectField(NHSField, forms.ModelChoiceField):
    """One of the rows of a QuerySet, in a drop-down list."""


class ModelRadiosField(NHSField, forms.ModelChoiceField):
    """One of a few rows of a QuerySet."""

    widget = forms.RadioSelect


class ModelCheckboxesField(NHSField, forms.ModelMultipleChoiceField):
    """Any of a few rows of a QuerySet."""

    widget = forms.CheckboxSelectMultiple


class FileField(NHSField, forms.FileField):
    """A file from the person's own machine."""

    default_error_messages = {
        "empty": _("Choose a file that is not empty"),
        "missing": _("Choose a file"),
    }


class TimeField(NHSField, forms.TimeField):
    """A time as people write it: 14:30, 2.30pm, 9am, midday."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a time, like 9:30am or 2pm")}
    _PATTERN = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(am|pm)?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"width": 5} | kwargs))

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value

    def to_python(self, value: Any) -> dt.time | None:
        if value in self.empty_values or isinstance(value, dt.time):
            return value or None
        text = re.sub(r"\s", "", str(value).lower())
        if text in {"midday", "noon", "midnight"}:
            return dt.time(0 if text == "midnight" else 12)
        match = self._PATTERN.fullmatch(text)
        if match and (match[2] or match[3]):  # a bare "9" could be morning or evening
            hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
            if half and not 1 <= hour <= 12:
                hour = 99
            elif half:
                hour = hour % 12 + (12 if half == "pm" else 0)
            if hour < 24 and minute < 60:
                return dt.time(hour, minute)
        raise ValidationError(self.error_messages["invalid"], code="invalid")


class SplitDateWidget(forms.MultiWidget):
    """Day, month and year as three boxes."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: dt.date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class SplitDateField(NHSField, forms.Field):
    """A date in three parts.

    noun: what the date is, for its messages ("date of the meeting").
    earliest, latest: limits, set by the form once it knows today; each may have its own message.
    """

    widget = SplitDateWidget

    def __init__(
        self,
        *args: Any,
        noun: Any = _("date"),
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
        earliest_message: Any = "",
        latest_message: Any = "",
        **kwargs: Any,
    ) -> None:
        if kwargs.get("required", True):
            kwargs.setdefault("missing", format_lazy(_("Enter the {noun}"), noun=noun))
        super().__init__(*args, **kwargs)
        self.noun = noun
        self.earliest, self.earliest_message = earliest, earliest_message
        self.latest, self.latest_message = latest, latest_message

    def to_python(self, value: Any) -> dt.date | None:
        if value is None or isinstance(value, dt.date):
            return value
        typed = {part: str(text or "").strip() for part, text in zip(PARTS, value, strict=True)}
        absent = [part for part in PARTS if not typed[part]]
        if len(absent) == len(PARTS):
            return None
        noun = upper_first(str(self.noun))
        if absent:
            raise ValidationError(
                gettext("%(noun)s must include a %(parts)s"),
                code="incomplete",
                params={
                    "noun": noun,
                    "parts": gettext(" and ").join(_part_name(part) for part in absent),
                    WRONG: absent,
                },
            )
        month = _month(typed["month"])
        if typed["year"].isdigit() and len(typed["year"]) != 4:
            raise ValidationError(
                gettext("%(noun)s must have a year with 4 numbers, like 2026"),
                code="year",
                params={"noun": noun, WRONG: ["year"]},
            )
        try:
            return dt.date(int(typed["year"]), month, int(typed["day"]))
        except ValueError as error:
            raise ValidationError(
                gettext("%(noun)s must be a real date"), code="invalid", params={"noun": noun}
            ) from error

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        noun = upper_first(str(self.noun))
        if self.earliest and value < self.earliest:
            raise ValidationError(
                str(self.earliest_message) or gettext("%(noun)s must be on or after %(date)s"),
                code="too_early",
                params={"noun": noun, "date": short_date(self.earliest)},
            )
        if self.latest and value > self.latest:
            raise ValidationError(
                str(self.latest_message) or gettext("%(noun)s must be on or before %(date)s"),
                code="too_late",
                params={"noun": noun, "date": short_date(self.latest)},
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.widget.decompress(initial) if not isinstance(initial, list) else initial
        return [str(part or "") for part in before] != [str(part or "") for part in data or ""]


def _part_name(part: str) -> str:
    return {"day": gettext("day"), "month": gettext("month"), "year": gettext("year")}[part]


def _month(text: str) -> int:
    """A month by number or by name (Nov, November); 0 is no month."""
    if text.isdigit():
        return int(text)
    found = [
        number
        for number, name in enumerate(MONTHS, start=1)
        if len(text) >= 3 and name.startswith(text.lower())
    ]
    return found[0] if found else 0
