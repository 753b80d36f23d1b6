"""A field of a form on a page, as a component of the design system."""

from __future__ import annotations

from typing import Any

from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from casework.common.forms import errors, params


class NHSBoundField(BoundField):
    """A field that places itself: `{{ form.reason.as_field_group() }}`.

    Options change how it looks on one page: `label`, `hint`, `size` (s, m, l, xl),
    `page_heading`, `hide_label`, `width` (2, 3, 4, 5, 10, 20, 30), `classes`, `inline`, `rows`,
    `inputmode`, `autocomplete`.
    """

    def as_field_group(self, **options: Any) -> SafeString:
        return self.render(
            context={"field": self, "component": params.component_for(self, options)}
        )

    def get_context(self) -> dict[str, Any]:
        return {"field": self, "component": params.component_for(self, {})}

    @cached_property
    def messages(self) -> list[str]:
        """What to do about each mistake in this field."""
        return errors.messages_for(self)

    @property
    def error_href(self) -> str:
        """The input that a link in the error summary should reach."""
        return errors.href_for(self)
