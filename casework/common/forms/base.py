"""The form that our forms are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms


class NHSForm(forms.Form):
    """A form that validates and hands on `cleaned_data`; a service does the rest.

    conditionals: questions that a choice reveals, `{"reason": {"other": ("other_reason",)}}`.
    They are declared as required where the revealed question needs an answer. While their choice
    is not chosen, nothing is asked of them and whatever was typed there is dropped.
    mark_optional: whether labels say "(optional)"; a form of filters turns it off.
    """

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {}
    mark_optional: ClassVar[bool] = True

    @property
    def has_texts(self) -> bool:
        """Whether there is a text in it that advice on wording may stand beside."""
        return any("data-wording" in field.widget.attrs for field in self.fields.values())

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self._unasked():
            self.errors.pop(name, None)
            self.cleaned_data[name] = self.fields[name].to_python(None)

    def _unasked(self) -> list[str]:
        """Questions whose choice was not chosen."""
        unasked = []
        for controller, reveals in self.conditionals.items():
            chosen = _as_set(self[controller].data)
            asked = {name for value, names in reveals.items() if value in chosen for name in names}
            unasked += [name for names in reveals.values() for name in names if name not in asked]
        return unasked


def _as_set(data: Any) -> set[str]:
    """Raw answer of a radio, a checkbox group or a single box."""
    if data is True:
        return {"on", "True"}
    if isinstance(data, (list, tuple)):
        return {str(value) for value in data}
    return {str(data)} if data else set()
