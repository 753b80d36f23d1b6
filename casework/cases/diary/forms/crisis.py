"""A crisis visit, in a few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import TEAM, Company
from casework.cases.diary.forms.recording import usual_answers
from casework.cases.diary.forms.who import WhoForm, WorkerField
from casework.cases.models import Contact
from casework.cases.services.entries import Entry, next_working_day
from casework.cases.services.notes import Words
from casework.common import forms


class CrisisForm(WhoForm):
    """A visit at night, in a few words."""

    WORKER_FIELDS = ("next_owner",)
    field_order = ("happened", "helped", "next_owner", "next_by", "medium", "date", "time")
    happened = forms.TextAreaField(
        label=_("What happened"), missing=_("Say in a few words what happened"), rows=4
    )
    helped = forms.TextAreaField(label=_("What helped"), required=False, rows=3)
    medium = forms.RadiosField(
        label=_("How"),
        choices=[
            (Contact.Medium.FACE_TO_FACE.value, _("Visit")),
            (Contact.Medium.TELEPHONE.value, _("Telephone")),
            (Contact.Medium.VIDEO.value, _("Video")),
        ],
        missing=_("Select how"),
        inline=True,
    )
    date = forms.SplitDateField(label=_("Day"), noun=_("day of the visit"))
    time = forms.TimeField(label=_("Time"), missing=_("Enter a time, like 2:15am"))
    next_owner = WorkerField(
        label=_("Who comes next?"), missing=_("Select who gets in touch with them next")
    )
    next_by = forms.SplitDateField(
        label=_("By when?"), noun=_("day by which they will hear from somebody")
    )

    def __init__(self, *args: Any, company: Company, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        by: Any = self.fields["next_by"]
        by.earliest = today
        date: Any = self.fields["date"]
        date.latest = today
        date.latest_message = _("The day of the visit must be today or earlier")

    @property
    def entry(self) -> Entry:
        data = self.cleaned_data
        parts = [data["happened"].strip()]
        if data["helped"].strip():
            parts.append(gettext("What helped: %(words)s") % {"words": data["helped"].strip()})
        return Entry(
            note=Words("\n\n".join(parts)),
            steps=[
                self._promise(
                    gettext("Get in touch after the crisis contact"),
                    data["next_owner"],
                    data["next_by"],
                )
            ],
            details={
                "medium": data["medium"],
                "purpose": Contact.Purpose.CRISIS.value,
                "who_else": data["who_else"],
            },
        )


def crisis_answers(company: Company, *, now: dt.datetime) -> dict[str, Any]:
    """Just now, a visit, and the key worker by the next working day."""
    usual = usual_answers(company, now=now)
    named = [one for one in company.known if one.role]
    return {name: usual[name] for name in ("workers", "date", "time")} | {
        "medium": Contact.Medium.FACE_TO_FACE.value,
        "next_owner": str(named[0].worker.pk) if named else TEAM,
        "next_by": next_working_day(now),
    }
