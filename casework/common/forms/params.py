"""From a Django field to the parameters of a design-system macro.

Lazy strings become plain ones here, because the macros ask `is string` and would take a marked-safe
one for HTML; only a help text that is itself safe HTML (a library's) is passed on as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import gettext

from casework.common.forms.errors import PARTS, plain, wrong_parts

# Attributes that the macros set themselves, or that get in people's way: browsers cut pasted text
# at maxlength without a word, and placeholders vanish as soon as somebody types.
_NOT_PASSED_ON = frozenset(
    {
        "id",
        "class",
        "type",
        "placeholder",
        "required",
        "maxlength",
        "minlength",
        "min",
        "max",
        "step",
        "rows",
        "cols",
        "autofocus",
        "autocomplete",
        "inputmode",
        "aria-describedby",
        "aria-invalid",
    }
)


@dataclass(frozen=True)
class Component:
    """A macro's name and what to call it with."""

    macro: str
    params: dict[str, Any]


def component_for(field: Any, options: dict[str, Any]) -> Component:
    """The component that asks this field's question. Options of the page win over the field's."""
    options = {**getattr(field.field, "nhs", {}), **options}
    widget = field.field.widget
    if field.is_hidden:
        return Component("hidden", {})
    if isinstance(widget, forms.MultiWidget):
        return Component("dateInput", _date(field, options))
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.SelectMultiple)):
        return Component("checkboxes", _choices(field, options))
    if isinstance(widget, forms.RadioSelect):
        return Component("radios", _choices(field, options))
    if isinstance(widget, forms.Select):
        return Component("select", _select(field, options))
    if isinstance(widget, forms.CheckboxInput):
        return Component("checkboxes", _checkbox(field, options))
    if isinstance(widget, forms.Textarea):
        return Component(*_text_area(field, options))
    if isinstance(widget, forms.FileInput):
        multiple = bool(getattr(widget, "allow_multiple_selected", False))
        return Component("fileUpload", _common(field, options) | {"multiple": multiple})
    if isinstance(widget, forms.PasswordInput):
        return Component("passwordInput", _input(field, options))
    if _input_type(widget) == "search":
        return Component("searchInput", _input(field, options))
    return Component("input", _input(field, options))


def fields_to_place(form: Any) -> list[Any]:
    """Visible fields in order, without those that a choice reveals (it places them itself)."""
    revealed = {
        name
        for choices in getattr(form, "conditionals", {}).values()
        for names in choices.values()
        for name in names
    }
    return [field for field in form.visible_fields() if field.name not in revealed]


_REVEALING = re.compile(r' data-aria-controls="[^"]*"')
_HIDDEN = re.compile(r" nhsuk-(?:radios|checkboxes)__conditional--hidden")


def unscripted(html: str) -> SafeString:
    """A component without the parts of its script that are not accessible, or not needed.

    A radio must not carry `aria-expanded`, and the drop zone's button is not named by its words;
    casework.css shows and hides a revealed question, so that it also works without script.
    """
    html = html.replace(' data-module="nhsuk-file-upload"', "")
    return mark_safe(_HIDDEN.sub("", _REVEALING.sub("", html)))  # noqa: S308  (escaped already)


def _words(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Label, as a label or a legend: says when an answer is not needed."""
    text = plain(options.get("label", field.label) or "")
    if _is_optional(field, options):
        text = gettext("%(label)s (optional)") % {"label": text}
    classes = "nhsuk-u-visually-hidden" if options.get("hide_label") else ""
    heading = bool(options.get("page_heading"))
    return {
        "text": text,
        "size": options.get("size", "l" if heading else "s"),
        "isPageHeading": heading,
        "classes": classes,
    }


def _is_optional(field: Any, options: dict[str, Any]) -> bool:
    default = getattr(field.form, "mark_optional", True) and not isinstance(
        field.field, forms.BooleanField
    )
    return not field.field.required and bool(options.get("mark_optional", default))


def _rich(text: Any) -> dict[str, str]:
    """Text, or the HTML that a library made."""
    text = str(text)
    return {"html": text} if isinstance(text, SafeData) else {"text": text}


def _frame(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    """What every component has: name, hint, error."""
    found: dict[str, Any] = {"name": field.html_name, "disabled": field.field.disabled}
    hint = options.get("hint", field.help_text)
    if hint:
        found["hint"] = _rich(hint)
    if field.messages:
        found["errorMessage"] = {"text": ". ".join(field.messages)}
    if options.get("classes"):
        found["classes"] = options["classes"]
    return found


def _common(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    """What a component with one input has besides."""
    attributes = {
        name: True if value is True else plain(value)
        for name, value in field.field.widget.attrs.items()
        if name not in _NOT_PASSED_ON and value is not None and value is not False
    }
    return _frame(field, options) | {
        "id": field.auto_id,
        "label": _words(field, options),
        "attributes": attributes,
    }


def _input_type(widget: forms.Widget) -> str:
    """The kind of box. Numbers, dates and times are plain text: browsers' own boxes mislead."""
    kind = str(widget.attrs.get("type") or getattr(widget, "input_type", "text"))
    return kind if kind in {"email", "tel", "url", "search", "password"} else "text"


def _input(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    widget = field.field.widget
    found = _common(field, options) | {"type": _input_type(widget)}
    if not isinstance(widget, forms.PasswordInput) or widget.render_value:
        value = widget.format_value(field.value())
        found["value"] = "" if value is None else plain(value)
    numeric = isinstance(field.field, (forms.IntegerField, forms.FloatField))
    inputmode = options.get("inputmode", widget.attrs.get("inputmode"))
    inputmode = inputmode or ("numeric" if numeric else None)
    autocomplete = options.get("autocomplete", widget.attrs.get("autocomplete"))
    if inputmode:
        found["inputmode"] = inputmode
    if autocomplete:
        found["autocomplete"] = autocomplete
    for name in ("width", "prefix", "suffix"):
        if name in options:
            value = options[name]
            found[name] = value if isinstance(value, int) else plain(value)
    if found["type"] == "email":
        found["spellcheck"] = False
    return found


def _text_area(field: Any, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    value = field.field.widget.format_value(field.value())
    found = _common(field, options) | {
        "value": "" if value is None else plain(value),
        "rows": options.get("rows", 5),
    }
    limit = getattr(field.field, "max_length", None)
    if options.get("count") and limit:
        return "characterCount", found | {"maxlength": limit}
    return "textarea", found


def _options(field: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every choice with its group's name, as the widget would offer it."""
    widget = field.field.widget
    chosen = widget.format_value(field.value())
    if not isinstance(chosen, (list, tuple)):
        chosen = [chosen]
    for group, options, _index in widget.optgroups(field.html_name, [str(v) for v in chosen]):
        for option in options:
            yield plain(group or ""), option


def _select(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    items = []
    for group, option in _options(field):
        value, label = plain(option["value"] or ""), plain(option["label"])
        if not value and not label.strip("-"):
            label = gettext("Choose one")
        items.append(
            {
                "value": value,
                "text": f"{group}: {label}" if group else label,
                "selected": bool(option["selected"]),
                "disabled": bool(option["attrs"].get("disabled")),
            }
        )
    return _common(field, options) | {"items": items}


def _choices(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Radios or checkboxes; a choice may have a hint and may reveal further questions."""
    hints = options.get("choice_hints", {})
    reveals = getattr(field.form, "conditionals", {}).get(field.name, {})
    items: list[dict[str, Any]] = []
    last_group = ""
    for group, option in _options(field):
        value, label = plain(option["value"] or ""), plain(option["label"])
        if not value and not label.strip("-"):
            continue
        if group and group != last_group:
            items.append({"divider": group})
        last_group = group
        item: dict[str, Any] = {
            "value": value,
            "text": label,
            "checked": bool(option["selected"]),
            "disabled": bool(option["attrs"].get("disabled")),
        }
        if value in hints:
            item["hint"] = _rich(hints[value])
        if value in reveals:
            html = "".join(field.form[name].as_field_group() for name in reveals[value])
            item["conditional"] = {"html": mark_safe(html)}  # noqa: S308  (our own field groups)
        items.append(item)
    found = _frame(field, options) | {
        "idPrefix": field.auto_id,
        "fieldset": {"legend": _words(field, options)},
        "items": items,
    }
    if options.get("inline"):
        found["inline"] = True
    return found


def _checkbox(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    """One box: its label stands beside it, so that there is no legend."""
    found = _frame(field, options)
    hint = found.pop("hint", None)
    item: dict[str, Any] = {
        "value": "on",
        "text": plain(options.get("label", field.label)),
        "checked": bool(field.field.widget.check_test(field.value())),
    }
    if hint:
        item["hint"] = hint
    return found | {"idPrefix": field.auto_id, "items": [item]}


def _date(field: Any, options: dict[str, Any]) -> dict[str, Any]:
    value = field.value()
    widget = field.field.widget
    values = value if isinstance(value, (list, tuple)) else widget.decompress(value)
    wrong = wrong_parts(field)
    names = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    autocomplete = options.get("autocomplete")
    items = []
    for part, text in zip(PARTS, values, strict=True):
        item: dict[str, Any] = {
            "id": f"{field.auto_id}_{part}",
            "name": f"{field.html_name}_{part}",
            "label": names[part],
            "value": plain(text or ""),
            "width": 4 if part == "year" else 2,
            "error": part in wrong,
        }
        if autocomplete:  # "bday" becomes bday-day, bday-month, bday-year
            item["autocomplete"] = f"{autocomplete}-{part}"
        items.append(item)
    found = _frame(field, options)
    found.pop("name")
    return found | {
        "id": field.auto_id,
        "fieldset": {"legend": _words(field, options)},
        "items": items,
    }
