"""Questions about who is with whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Allocation, CheckIn, Contact, WorkerHandover
from casework.cases.presenters import work_of
from casework.cases.services.check_ins import ENDINGS
from casework.cases.services.handovers import LONGEST_OVERLAP
from casework.cases.team_work.known import Known, loads
from casework.common import forms
from casework.common.forms.errors import lower_first
from casework.common.presenters import short_date
from casework.directory.models import Team, Worker

OTHER = "other"
KNOWN_SHOWN = 6
COLLEAGUES_SHOWN = 150  # more than that is searched by name
MATCHES_SHOWN = 20
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def load_words(load: int) -> str:
    """How many people a worker is named for."""
    if not load:
        return gettext("named for nobody at present")
    return ngettext("named for %(n)d person", "named for %(n)d people", load) % {"n": load}


def known_words(known: Known) -> str:
    """How a person knows a worker, and how busy they are."""
    met = ngettext("Met once", "Met %(n)d times", known.times) % {"n": known.times}
    return gettext("%(met)s, last on %(date)s; %(load)s") % {
        "met": met,
        "date": short_date(known.last),
        "load": load_words(known.load),
    }


def _name_and_work(worker: Worker) -> str:
    work = work_of(worker)
    return f"{worker.name}, {lower_first(work)}" if work else worker.name


class _WorkerSelect(forms.ModelSelectField):
    """One of a list of workers, each with what they do and how busy they are."""

    loads: Mapping[Any, int] | None = None

    def label_from_instance(self, worker: Any) -> str:
        if self.loads is None:
            return _name_and_work(worker)
        load = load_words(self.loads.get(worker.pk, 0))
        return f"{_name_and_work(worker)} ({load})"


class WorkerForm(forms.NHSForm):
    """Which worker: those whom the person knows first, then colleagues, then anybody by name."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "worker": {OTHER: ("colleague", "name")}
    }

    worker = forms.RadiosField(label=_("Who"), missing=_("Select a worker"), choices=[])
    colleague = _WorkerSelect(
        label=_("A colleague"), queryset=None, required=False, mark_optional=False
    )
    name = forms.TextField(
        label=_("Or somebody else, by name"),
        hint=_("For somebody who is not in the list."),
        required=False,
        mark_optional=False,
        max_length=120,
        autocomplete="off",
    )

    def __init__(
        self,
        *args: Any,
        known: Sequence[Known] = (),
        colleagues: QuerySet[Worker],
        without: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._without = set(without)
        can_be_chosen = [
            one for one in known if one.worker.active and one.worker.pk not in self._without
        ][:KNOWN_SHOWN]
        self._known = {str(one.worker.pk): one.worker for one in can_be_chosen}
        who: Any = self.fields["worker"]
        who.choices = [
            *((key, _name_and_work(worker)) for key, worker in self._known.items()),
            (OTHER, _("Somebody else")),
        ]
        hints = {str(one.worker.pk): known_words(one) for one in can_be_chosen}
        who.nhs = {**who.nhs, "choice_hints": hints}
        rows = colleagues.exclude(pk__in=[*self._without, *self._known]).order_by("name", "pk")
        self._list([row.pk for row in rows[:COLLEAGUES_SHOWN]])
        if not self._known:
            del self.fields["worker"]
            self.conditionals = {}

    def _list(self, keys: Sequence[Any]) -> None:
        colleague: Any = self.fields["colleague"]
        colleague.loads = loads(keys)
        colleague.queryset = Worker.objects.filter(pk__in=keys).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.get("worker", OTHER)
        if chosen != OTHER:
            data["chosen"] = self._known.get(chosen)
        elif "worker" not in self.errors:
            data["chosen"] = data.get("colleague") or self._by_name(data.get("name", ""))
        return data

    def _by_name(self, name: str) -> Worker | None:
        """The only worker of that name; several become the list to choose from."""
        if "colleague" in self.errors:
            return None
        if not name:
            self.add_error("colleague", gettext("Select a worker, or enter a name"))
            return None
        found = Worker.objects.filter(active=True).exclude(pk__in=self._without)
        for word in name.split():
            found = found.filter(name__icontains=word)
        rows = list(found.order_by("name", "pk")[:MATCHES_SHOWN])
        if not rows:
            self.add_error("name", gettext("Nobody of this name works here. Check the spelling"))
            return None
        if len(rows) > 1:
            self._list([row.pk for row in rows])
            self.add_error(
                "colleague", gettext("There are several workers of that name. Select one")
            )
            return None
        return rows[0]


def _today(form: Any, *names: str) -> None:
    """Days that cannot be in the future, and are today unless said."""
    for name in names:
        field = form.fields[name]
        field.initial = timezone.localdate()
        field.latest = timezone.localdate()
        field.latest_message = gettext("%(noun)s cannot be in the future")


def _says(name: str) -> forms.TextAreaField:
    return forms.TextAreaField(
        label=_("What they said about it"),
        own_words=True,
        hint=name,
        required=False,
        max_length=300,
        count=True,
        rows=3,
    )


class AllocateForm(WorkerForm):
    """Name a worker."""

    role = forms.RadiosField(
        label=_("As what"), missing=_("Select a role"), choices=Allocation.Role.choices
    )
    start = forms.SplitDateField(label=_("From"), noun=_("first day"))
    reason = forms.TextField(label=_("Why them"), required=False, max_length=300)
    person_says = _says(_("In the person's own words."))

    field_order = ["role", "worker", "colleague", "name", "start", "reason", "person_says"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _today(self, "start")
        self.fields["role"].initial = Allocation.Role.KEY_WORKER


class _EndingMixin(forms.NHSForm):
    end_reason = forms.RadiosField(
        label=_("Why it ends"),
        missing=_("Select why it ends"),
        choices=[one for one in Allocation.EndReason.choices if one[0] != "handover"],
    )
    planned = forms.RadiosField(
        label=_("Was it talked about and agreed with the person before?"),
        missing=_("Select yes or no"),
        choices=YES_NO,
        inline=True,
    )


class EndForm(_EndingMixin):
    """A worker is no longer named."""

    end = forms.SplitDateField(label=_("Last day"), noun=_("last day"))

    def __init__(self, allocation: Allocation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _today(self, "end")
        field: Any = self.fields["end"]
        field.earliest = allocation.start


class ChangeForm(WorkerForm, _EndingMixin):
    """Another worker from a day on, without a time together."""

    last_day = forms.SplitDateField(
        label=_("From which day"), hint=_("Both count as named on this day."), noun=_("day")
    )
    reason = forms.TextField(label=_("Why them"), required=False, max_length=300)
    person_says = _says(_("In the person's own words."))

    field_order = [
        "worker",
        "colleague",
        "name",
        "end_reason",
        "planned",
        "last_day",
        "reason",
        "person_says",
    ]

    def __init__(self, allocation: Allocation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _today(self, "last_day")
        field: Any = self.fields["last_day"]
        field.earliest = allocation.start


class _AgreedMixin(forms.NHSForm):
    """Whether it was talked about with the person, when, and what they said."""

    agreed = forms.RadiosField(
        label=_("Has it been talked about with the person?"),
        missing=_("Select whether it has been talked about with the person"),
        choices=[("yes", _("Yes")), ("no", _("Not yet"))],
    )
    agreed_on = forms.SplitDateField(label=_("When"), noun=_("day you talked about it"))
    person_says = _says(_("In the person's own words."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _today(self, "agreed_on")


class HandoverForm(WorkerForm, _AgreedMixin):
    """Plan a change of worker with a time together."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        **WorkerForm.conditionals,
        "agreed": {"yes": ("agreed_on", "person_says")},
    }
    reason = forms.TextField(
        label=_("Why the worker changes"),
        hint=_("The person may read this."),
        missing=_("Enter why the worker changes"),
        max_length=300,
    )
    starts_on = forms.SplitDateField(label=_("The new worker starts on"), noun=_("first day"))
    overlap_until = forms.SplitDateField(
        label=_("Both are there until"),
        hint=_("At most 12 weeks. Then the change is complete."),
        noun=_("last day together"),
    )
    field_order = [
        "worker",
        "colleague",
        "name",
        "reason",
        "agreed",
        "agreed_on",
        "person_says",
        "starts_on",
        "overlap_until",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._known:
            self.conditionals = {"agreed": {"yes": ("agreed_on", "person_says")}}
        today = timezone.localdate()
        start: Any = self.fields["starts_on"]
        start.initial, start.earliest = today, today
        self.fields["overlap_until"].initial = today + dt.timedelta(weeks=6)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        return _overlap(self, data)


def _overlap(form: Any, data: dict[str, Any]) -> dict[str, Any]:
    start, until = data.get("starts_on"), data.get("overlap_until")
    if start and until and until < start:
        form.add_error(
            "overlap_until", gettext("The last day together must be on or after the first day")
        )
    elif start and until and until - start > LONGEST_OVERLAP:
        form.add_error("overlap_until", gettext("Both can be there together for at most 12 weeks"))
    return data


class HandoverDatesForm(forms.NHSForm):
    """Other days for a handover."""

    starts_on = forms.SplitDateField(label=_("The new worker starts on"), noun=_("first day"))
    overlap_until = forms.SplitDateField(
        label=_("Both are there until"), noun=_("last day together")
    )

    def __init__(self, handover: WorkerHandover, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self._handover = handover
        self.fields["starts_on"].initial = handover.starts_on
        until: Any = self.fields["overlap_until"]
        until.initial, until.earliest = handover.overlap_until, today
        if handover.starts_on <= today:
            del self.fields["starts_on"]
        else:
            start: Any = self.fields["starts_on"]
            start.earliest = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.setdefault("starts_on", self._handover.starts_on)
        return _overlap(self, data)


class StepForm(forms.NHSForm):
    """One step of a handover was taken."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "step": {"agreed": ("person_says",)}
    }
    step = forms.RadiosField(
        label=_("What was done"), missing=_("Select what was done"), choices=[]
    )
    person_says = _says(_("In the person's own words."))
    on = forms.SplitDateField(label=_("When"), noun=_("day"))

    def __init__(self, steps: Sequence[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["step"]
        field.choices = list(steps)
        _today(self, "on")


class ReasonForm(forms.NHSForm):
    """Why something planned does not take place."""

    reason = forms.TextField(label=_("Why"), missing=_("Enter why"), max_length=200)


class CheckInForm(WorkerForm):
    """Staying in touch while things go well."""

    medium = forms.RadiosField(
        label=_("How"),
        missing=_("Select how"),
        choices=[(code, Contact.Medium(code).label) for code in ("02", "09", "11", "01", "05")],
    )
    every_weeks = forms.NumberField(
        label=_("Every how many weeks"),
        hint=_("From 1 to 26"),
        missing=_("Enter every how many weeks, like 4"),
        min_value=1,
        max_value=26,
        width=2,
        suffix=_("weeks"),
        error_messages={
            "min_value": _("Enter a number of weeks from 1 to 26"),
            "max_value": _("Enter a number of weeks from 1 to 26"),
        },
    )
    next_on = forms.SplitDateField(label=_("The next one is on"), noun=_("next day"))
    agreed_on = forms.SplitDateField(
        label=_("Agreed with the person on"), noun=_("day it was agreed")
    )
    words = forms.TextAreaField(
        label=_("What you agreed"),
        hint=_("For example: if I do not answer twice, send me a text."),
        required=False,
        max_length=300,
        count=True,
        rows=3,
    )

    def __init__(self, *args: Any, check_in: CheckIn | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        _today(self, "agreed_on")
        following: Any = self.fields["next_on"]
        following.earliest = today
        if check_in is None:
            following.initial = today + dt.timedelta(weeks=4)
            self.fields["every_weeks"].initial = 4
            return
        for name in ("worker", "colleague", "name"):
            self.fields.pop(name, None)
        self.conditionals = {}
        for name in ("medium", "every_weeks", "words"):
            self.fields[name].initial = getattr(check_in, name)
        following.initial = max(check_in.next_on, today)

    def clean(self) -> dict[str, Any]:
        return super().clean() if "colleague" in self.fields else self.cleaned_data


class CheckInEndForm(forms.NHSForm):
    """Why check-ins end."""

    why = forms.RadiosField(
        label=_("Why they end"),
        missing=_("Select why they end"),
        choices=list(ENDINGS.items()),
        choice_hints={
            "more_support": _("A step is made for the worker: talk about it within 3 working days.")
        },
    )
    words = forms.TextField(label=_("In their words"), required=False, max_length=300)


class _CoverMixin(forms.NHSForm):
    """Who covers everything."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "cover": {"worker": ("cover_worker",), "team": ("cover_team",)}
    }
    cover = forms.RadiosField(
        label=_("Who covers everything"),
        missing=_("Select who covers"),
        choices=[("worker", _("One worker")), ("team", _("A duty team"))],
    )
    cover_worker = _WorkerSelect(
        label=_("Worker"), missing=_("Select the worker who covers"), queryset=None
    )
    cover_team = forms.ModelSelectField(
        label=_("Team"), missing=_("Select the team that covers"), queryset=None
    )
    note = forms.TextField(
        label=_("What people are told"),
        hint=_("For example: on leave. Nothing about health."),
        required=False,
        max_length=200,
    )

    def __init__(
        self, *args: Any, covers: QuerySet[Worker], teams: QuerySet[Team], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = covers.order_by("name", "pk")[:COLLEAGUES_SHOWN]
        keys = [row.pk for row in rows]
        worker: Any = self.fields["cover_worker"]
        worker.loads = loads(keys)
        worker.queryset = Worker.objects.filter(pk__in=keys).order_by("name", "pk")
        team: Any = self.fields["cover_team"]
        team.queryset = teams.order_by("name", "pk")


class AbsenceForm(_CoverMixin):
    """A worker is away, and who covers."""

    worker = _WorkerSelect(label=_("Who is away"), missing=_("Select who is away"), queryset=None)
    start = forms.SplitDateField(label=_("First day away"), noun=_("first day"))
    end = forms.SplitDateField(
        label=_("Last day away"),
        hint=_("Leave it empty while nobody knows."),
        noun=_("last day"),
        required=False,
    )
    field_order = ["worker", "start", "end", "cover", "cover_worker", "cover_team", "note"]

    def __init__(self, *args: Any, workers: QuerySet[Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["worker"]
        field.queryset = workers.order_by("name", "pk")
        self.fields["start"].initial = timezone.localdate()
        end: Any = self.fields["end"]
        end.earliest = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", gettext("The last day must be on or after the first day"))
        if data.get("worker") and data.get("worker") == data.get("cover_worker"):
            self.add_error("cover_worker", gettext("Somebody else must cover"))
        return data


class AbsenceChangeForm(_CoverMixin):
    """The worker is away for longer or shorter, or somebody else covers."""

    end = forms.SplitDateField(
        label=_("Last day away"),
        hint=_("Leave it empty while nobody knows."),
        noun=_("last day"),
        required=False,
    )
    field_order = ["end", "cover", "cover_worker", "cover_team", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["end"]
        field.earliest = timezone.localdate()


class LeavingForm(_CoverMixin):
    """A worker leaves."""

    worker = _WorkerSelect(label=_("Who leaves"), missing=_("Select who leaves"), queryset=None)
    last_day = forms.SplitDateField(
        label=_("Their last day"), hint=_("Past or to come."), noun=_("last day")
    )
    field_order = ["worker", "last_day", "cover", "cover_worker", "cover_team", "note"]

    def __init__(self, *args: Any, workers: QuerySet[Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["worker"]
        field.queryset = workers.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("worker") and data.get("worker") == data.get("cover_worker"):
            self.add_error("cover_worker", gettext("Somebody else must cover"))
        return data


class MoveForm(WorkerForm, _AgreedMixin):
    """Who takes over everything that a leaver holds for one person."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        **WorkerForm.conditionals,
        "agreed": {"yes": ("agreed_on", "person_says")},
    }
    field_order = ["worker", "colleague", "name", "agreed", "agreed_on", "person_says"]

    def __init__(self, *args: Any, with_person: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._known:
            self.conditionals = {"agreed": {"yes": ("agreed_on", "person_says")}}
        if not with_person:
            for name in ("agreed", "agreed_on", "person_says"):
                del self.fields[name]
            self.conditionals = {}


class BulkForm(forms.NHSForm):
    """One worker for several people."""

    people = forms.CheckboxesField(
        label=_("People"),
        missing=_("Select at least one person"),
        choices=[],
        error_messages={"invalid_choice": _("One of these has moved meanwhile. Choose again")},
    )
    to = _WorkerSelect(label=_("Give them to"), missing=_("Select a worker"), queryset=None)

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[str, str]],
        hints: Mapping[str, str],
        colleagues: QuerySet[Worker],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.choices = list(people)
        field.nhs = {**field.nhs, "choice_hints": dict(hints)}
        keys = [row.pk for row in colleagues.order_by("name", "pk")[:COLLEAGUES_SHOWN]]
        to: Any = self.fields["to"]
        to.loads = loads(keys)
        to.queryset = Worker.objects.filter(pk__in=keys).order_by("name", "pk")
