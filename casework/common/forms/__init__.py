"""Forms and fields of the design system: `from casework.common import forms`."""

from casework.common.forms.base import NHSForm
from casework.common.forms.fields import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    FileField,
    ModelCheckboxesField,
    ModelRadiosField,
    ModelSelectField,
    NHSNumberField,
    NumberField,
    PasswordField,
    RadiosField,
    SearchField,
    SelectField,
    SplitDateField,
    TextAreaField,
    TextField,
    TimeField,
)

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "EmailField",
    "FileField",
    "ModelCheckboxesField",
    "ModelRadiosField",
    "ModelSelectField",
    "NHSForm",
    "NHSNumberField",
    "NumberField",
    "PasswordField",
    "RadiosField",
    "SearchField",
    "SelectField",
    "SplitDateField",
    "TextAreaField",
    "TextField",
    "TimeField",
]
