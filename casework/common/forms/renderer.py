"""Forms in the design system's own markup, for every form of the service and of its libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2
from django.utils.functional import cached_property

from casework.common.forms.bound import NHSBoundField

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


class NHSRenderer(BaseRenderer):
    """Renders a form, a field group and an error list with the design system's macros."""

    form_template_name = "forms/form.jinja"
    formset_template_name = "forms/formset.jinja"
    field_template_name = "forms/field.jinja"
    bound_field_class = NHSBoundField

    @cached_property
    def engine(self) -> Jinja2:
        return Jinja2(
            {
                "APP_DIRS": False,
                "DIRS": [TEMPLATES],
                "NAME": "forms",
                "OPTIONS": {"environment": "casework.jinja.environment"},
            }
        )

    @cached_property
    def _django(self) -> DjangoTemplates:
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """A template of ours, else a widget template that an installed app brings."""
        try:
            return self.engine.get_template(template_name)
        except TemplateDoesNotExist:
            return self._django.get_template(template_name)
