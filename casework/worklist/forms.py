"""Forms of the lists that somebody keeps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.common import forms


class NameForm(forms.NHSForm):
    """What a list is called. The name is the user's own and nobody else sees it."""

    name = forms.TextField(
        label=_("Name of the list"),
        hint=_("For example: To ring on Fridays. Do not use anybody's name."),
        missing=_("Enter a name for the list"),
        max_length=60,
        width=30,
    )
