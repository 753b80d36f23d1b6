"""Recording a contact. Defaults make the usual answer the one that is there already."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms as django_forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import TEAM, Company
from casework.cases.diary.forms.choices import (
    BARRIERS,
    HAPPENED,
    MEDIA,
    MINUTES,
    MISSED,
    PURPOSES,
    Attendance,
)
from casework.cases.diary.forms.who import WhoForm, WorkerField
from casework.cases.models import Contact
from casework.cases.services.entries import Entry, NextMeeting
from casework.cases.services.notes import Words
from casework.common import dates, forms

DAYS_FOR_A_STEP = 3  # working days that are offered for doing something about a missed contact


class NoteFields(django_forms.Form):
    """What was said, whether it is shared, and apart from it what somebody else said."""

    note = forms.TextAreaField(
        label=_("What was said and agreed"), required=False, rows=6, mark_optional=False
    )
    shared = forms.RadiosField(
        label=_("May they read this?"),
        choices=[("yes", _("Yes, shared with the person")), ("no", _("No, not for now"))],
        missing=_("Select whether they may read this"),
    )
    not_shared_reason = forms.TextField(
        label=_("Why not?"),
        hint=_("Only if reading it could put somebody at risk of serious harm."),
        missing=_("Say why they may not read this"),
        max_length=200,
    )
    third_party = forms.TextAreaField(
        label=_("From or about somebody else"),
        hint=_(
            "What somebody else told us, or what is about them. Kept apart, and not shown to the"
            " person until it has been looked at."
        ),
        required=False,
        rows=3,
    )
    cleaned_data: dict[str, Any]

    @property
    def words(self) -> Words:
        data = self.cleaned_data
        return Words(
            words=data["note"],
            third_party_words=data["third_party"],
            shared=data["shared"] == "yes",
            not_shared_reason=data["not_shared_reason"],
        )


class RecordForm(WhoForm, NoteFields):
    """One contact on one screen."""

    WORKER_FIELDS = ("promise_owner", "step_owner")
    field_order = (
        "attendance",
        "barrier",
        "barrier_words",
        "promise",
        "promise_owner",
        "promise_by",
        "note",
        "shared",
        "not_shared_reason",
        "workers",
        "other_worker",
        "who_else",
        "team",
    )
    conditionals = {
        "attendance": {
            MISSED: ("barrier", "barrier_words", "promise", "promise_owner", "promise_by")
        },
        "shared": {"no": ("not_shared_reason",)},
    }

    attendance = forms.RadiosField(
        label=_("What happened?"), choices=HAPPENED, missing=_("Select what happened")
    )
    barrier = forms.SelectField(
        label=_("What got in the way?"),
        hint=_("This is about what we can change. It never counts against anybody."),
        choices=BARRIERS,
        missing=_("Select what got in the way, as far as you know"),
    )
    barrier_words = forms.TextField(
        label=_("In their words, if you have spoken"), required=False, max_length=300
    )
    promise = forms.TextField(
        label=_("What will we do about it?"),
        missing=_("Say what we will do about it, for example ring and offer another time"),
        max_length=300,
    )
    promise_owner = WorkerField(label=_("Who will do it?"), missing=_("Select who will do it"))
    promise_by = forms.SplitDateField(label=_("By when?"), noun=_("day by which we will do it"))
    date = forms.SplitDateField(label=_("Day"), noun=_("day of the contact"))
    time = forms.TimeField(label=_("Time"), required=False)
    minutes = forms.NumberField(
        label=_("How long"),
        suffix=_("minutes"),
        width=3,
        required=False,
        min_value=0,
        max_value=MINUTES,
    )
    medium = forms.SelectField(label=_("How"), choices=MEDIA, missing=_("Select how"))
    purpose = forms.SelectField(label=_("What for"), choices=PURPOSES, missing=_("Select what for"))
    step = forms.TextField(label=_("What will be done?"), required=False, max_length=300)
    step_owner = WorkerField(label=_("Who will do this?"), required=False)
    step_by = forms.SplitDateField(
        label=_("By what day?"), noun=_("day by which it will be done"), required=False
    )
    next_date = forms.SplitDateField(
        label=_("Day of the next meeting"), noun=_("day of the next meeting"), required=False
    )
    next_time = forms.TimeField(label=_("Time of the next meeting"), required=False)
    next_place = forms.TextField(
        label=_("Where the next meeting will be"), required=False, max_length=200
    )

    def __init__(
        self,
        *args: Any,
        company: Company,
        today: dt.date,
        booking: Contact | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, company=company, **kwargs)
        for name in ("promise_by", "step_by", "next_date"):
            day: Any = self.fields[name]
            day.earliest = today
        self.today = today
        if booking is not None:
            self.fields.pop("team", None)
            self.fields["version"] = django_forms.IntegerField(widget=django_forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        happened = data.get("attendance")
        day = data.get("date")
        cancelled = {Attendance.CANCELLED_BY_PERSON.value, Attendance.CANCELLED_BY_SERVICE.value}
        if day and day > self.today and happened and happened not in cancelled:
            self.add_error("date", gettext("A contact in the future is booked, not recorded"))
        if data.get("step"):
            if not data.get("step_by") and "step_by" not in self.errors:
                self.add_error("step_by", gettext("Enter the day by which it will be done"))
            if not data.get("step_owner"):
                self.add_error("step_owner", gettext("Select who will do this"))
        if data.get("next_time") and not data.get("next_date") and "next_date" not in self.errors:
            self.add_error("next_date", gettext("Enter the day of the next meeting"))
        return data

    @property
    def opened(self) -> set[str]:
        """Folded parts of the page that hold something, or a mistake."""
        groups = {
            "third_party": ("third_party",),
            "step": ("step", "step_by"),
            "following": ("next_date", "next_time", "next_place"),
        }
        return {
            group
            for group, names in groups.items()
            if any(name in self.errors or any(_filled(self[name].value())) for name in names)
        }

    @property
    def details(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "minutes": data["minutes"],
            "medium": data["medium"],
            "purpose": data["purpose"],
            "who_else": data["who_else"],
            "barrier": data["barrier"] or "",
            "barrier_words": data["barrier_words"] or "",
        }

    @property
    def entry(self) -> Entry:
        data = self.cleaned_data
        steps = []
        if data["attendance"] == MISSED:
            steps.append(self._promise(data["promise"], data["promise_owner"], data["promise_by"]))
        if data["step"]:
            steps.append(self._promise(data["step"], data["step_owner"], data["step_by"]))
        following = None
        if data["next_date"]:
            following = NextMeeting(data["next_date"], data["next_time"], data["next_place"])
        return Entry(data["attendance"], self.words, steps, following, self.details)


def _filled(value: Any) -> list[bool]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return [bool(str(one or "").strip()) for one in values]


def usual_answers(
    company: Company,
    *,
    now: dt.datetime,
    last_medium: str = "",
    booking: Contact | None = None,
) -> dict[str, Any]:
    """What is most often right about a contact: I met them just now, as last time."""
    local = timezone.localtime(now)
    me = str(company.me.pk) if company.me else TEAM
    answers: dict[str, Any] = {
        "attendance": Attendance.ATTENDED.value,
        "workers": [me] if company.me else [],
        "date": local.date(),
        "time": local.time().replace(minute=local.minute // 5 * 5, second=0, microsecond=0),
        "medium": last_medium if last_medium in dict(MEDIA) else Contact.Medium.FACE_TO_FACE.value,
        "purpose": Contact.Purpose.SUPPORT.value,
        "shared": "yes",
        "promise_owner": me,
        "promise_by": dates.add_working_days(local.date(), DAYS_FOR_A_STEP),
        "step_owner": me,
        "team": "",
    }
    if booking is not None:
        answers |= {
            "date": booking.date,
            "time": booking.time,
            "minutes": booking.minutes,
            "purpose": booking.purpose or answers["purpose"],
            "medium": booking.medium or answers["medium"],
            "workers": [str(worker.pk) for worker in company.present],
            "who_else": booking.who_else,
            "version": booking.version,
        }
    return answers
