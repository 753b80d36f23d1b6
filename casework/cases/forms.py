"""Forms of the pages about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.common import forms


class SearchForm(forms.NHSForm):
    """Find a person among those whose record the user may open."""

    mark_optional = False
    words = forms.SearchField(
        label=_("Find a person"),
        hint=_("Name, NHS number, local id or date of birth"),
        missing=_("Enter a name, an NHS number, a local id or a date of birth"),
        max_length=120,
        size="s",
    )
