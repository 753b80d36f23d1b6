"""Mistakes in forms, told as what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from jinja2 import pass_context
from jinja2.runtime import Context

PARTS = ("day", "month", "year")  # of a date in three boxes
WRONG = "wrong parts"  # where an error keeps which of them are wrong

_CHOOSING = (
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.Select,
    forms.SelectMultiple,
    forms.CheckboxInput,
)


def plain(value: Any) -> str:
    """Text without a claim to be HTML: lazy strings are read, marked-safe ones lose their mark."""
    return str(value)[:]


def lower_first(text: str) -> str:
    """Start a label in the middle of a sentence; "NHS number" and "I" keep their capitals."""
    if text[1:2].isupper() or text[:2] in {"I ", "I'", "I’"}:
        return text
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Start a sentence."""
    return text[:1].upper() + text[1:]


def messages_for(field: Any) -> list[str]:
    """Each mistake of a field as an instruction without a final full stop."""
    if field.name not in field.form.errors:
        return []
    found = []
    for error in field.form.errors[field.name].as_data():
        found.extend(_instruction(field, error))
    return list(dict.fromkeys(found))


def _instruction(field: Any, error: ValidationError) -> Iterable[str]:
    """The field's own words; where it kept Django's stock phrase, one that names the field."""
    if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
        label = lower_first(plain(field.label))
        if field.is_hidden:  # nobody can fill it in: a script did not run, or a page was cut short
            yield gettext("Part of this page was missing. Reload it and try again")
        elif isinstance(field.field, forms.FileField):
            yield gettext("Choose a file for %(field)s") % {"field": label}
        elif isinstance(field.field.widget, _CHOOSING):
            yield gettext("Select %(field)s") % {"field": label}
        else:
            yield gettext("Enter %(field)s") % {"field": label}
        return
    if error.code == "invalid" and type(field.field).__name__ == "EmailField":
        yield gettext("Enter an email address in the correct format, like name@example.com")
        return
    for message in error.messages:
        text = plain(message)
        yield text[:-1] if text.endswith(".") and ". " not in text else text


def href_for(field: Any) -> str:
    """Address of the first input that is wrong, within the page."""
    parts = wrong_parts(field)
    return f"#{field.auto_id}_{parts[0]}" if parts else f"#{field.auto_id}"


def wrong_parts(field: Any) -> list[str]:
    """Which of day, month and year are wrong, for a date in three parts."""
    if not isinstance(field.field.widget, forms.MultiWidget) or not field.errors:
        return []
    for error in field.form.errors[field.name].as_data():
        named = (error.params or {}).get(WRONG)
        if named:
            return list(named)
    return list(PARTS)


def form_errors(form: Any) -> list[dict[str, str]]:
    """Lines of the error summary: the form's own mistakes, then each field's in page order."""
    if form is None or not getattr(form, "is_bound", False) or not form.errors:
        return []
    lines = [{"text": plain(message), "href": ""} for message in form.non_field_errors()]
    for field in form:
        if field.is_hidden:
            lines += [{"text": message, "href": ""} for message in field.messages]
        else:
            lines += [{"text": message, "href": field.error_href} for message in field.messages]
    return lines


@pass_context
def page_errors(context: Context | Mapping[str, Any]) -> list[dict[str, str]]:
    """Lines for the error summary of a page: of its `form`, or of all its `forms`."""
    forms_of_page = [context.get("form"), *(context.get("forms") or [])]
    return [line for form in forms_of_page if hasattr(form, "errors") for line in form_errors(form)]
