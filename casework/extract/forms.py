"""Questions of the import pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from casework.common import forms


class ImportForm(forms.NHSForm):
    """Which files, and of which date where they do not say it."""

    conditionals = {"where": {"upload": ("upload",), "folder": ("folder",)}}

    where = forms.RadiosField(
        label=_("Where are the files?"),
        missing=_("Select where the files are"),
        choices=[
            ("upload", _("In a zip file on this computer")),
            ("folder", _("In a folder on the server")),
        ],
    )
    upload = forms.FileField(label=_("Zip file"), missing=_("Choose a zip file"))
    folder = forms.SelectField(label=_("Folder"), missing=_("Select a folder"))
    as_of = forms.SplitDateField(
        label=_("Date of the extract"),
        required=False,
        noun=_("date of the extract"),
        help_text=_("Only where MHS000Header.csv is missing."),
    )
    strict = forms.CheckboxField(label=_("Load nothing if any row is rejected"), required=False)

    def __init__(self, *args: Any, folders: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].choices = [("", _("Select a folder"))] + [
            (name, name) for name in folders
        ]

    def clean_upload(self) -> Any:
        upload = self.cleaned_data.get("upload")
        most = settings.IMPORT_UPLOAD_MB
        if upload is not None and upload.size > most * 1024 * 1024:
            self.add_error(
                "upload",
                _("The file is larger than %(most)d MB. Put it into a folder on the server.")
                % {"most": most},
            )
        return upload


class DecisionForm(forms.NHSForm):
    """Which of two values stands."""

    take = forms.RadiosField(
        label=_("Which of the two stands?"),
        missing=_("Select which of the two stands"),
        choices=[("ours", ""), ("theirs", "")],
    )

    def __init__(self, *args: Any, ours: str, theirs: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = _("nothing")
        self.fields["take"].choices = [
            ("ours", _("Ours: %(value)s") % {"value": ours or nothing}),
            ("theirs", _("The extract's: %(value)s") % {"value": theirs or nothing}),
        ]
