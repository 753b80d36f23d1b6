"""Questions about an alert: what was done, what is answered, until when it is put off."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import Handling
from casework.alerts.models import Alert
from casework.common import forms
from casework.common.presenters import short_date
from casework.common.rules import Threshold

SEEN, ANSWER, SNOOZE, DONE, BACK = "seen", "answer", "snooze", "done", "back"
ACTS = {
    SEEN: _("I have seen it and I am on it"),
    ANSWER: _("Answer the question"),
    SNOOZE: _("Put it off"),
    DONE: _("It is done for now"),
    BACK: _("Bring it back now"),
}
QUESTIONS = ("choice", "what_next", "by_when", "reason", "until", "what_done", "look_again")
HIDDEN = frozenset({Alert.Status.SNOOZED, Alert.Status.DONE})
WORDS = 2000


class ActForm(forms.NHSForm):
    """What the user does about an alert: one choice, each with its own questions."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "act": {
            ANSWER: ("choice", "what_next", "by_when"),
            SNOOZE: ("reason", "until"),
            DONE: ("what_done", "look_again"),
        }
    }

    act = forms.RadiosField(
        label=_("What would you like to do?"),
        missing=_("Select what you would like to do"),
        choices=[],
        size="m",
    )
    choice = forms.RadiosField(
        label=_("Answer"), missing=_("Select an answer"), choices=[], mark_optional=False
    )
    what_next = forms.TextAreaField(
        label=_("In your own words"),
        hint=_("The person can read this."),
        required=False,
        max_length=WORDS,
        rows=3,
    )
    by_when = forms.SplitDateField(
        label=_("By when"), noun=_("day by which it is done"), required=False, mark_optional=False
    )
    reason = forms.TextAreaField(
        label=_("Why later"), missing=_("Enter why it can wait"), max_length=WORDS, rows=2
    )
    until = forms.SplitDateField(label=_("Put off until"), noun=_("day until which it is put off"))
    what_done = forms.TextAreaField(
        label=_("What was done"),
        hint=_("The person can read this."),
        missing=_("Enter what was done"),
        max_length=WORDS,
        rows=3,
    )
    look_again = forms.SplitDateField(
        label=_("Look again on"),
        hint=_("If it is still so on that day, it comes back with what was done."),
        noun=_("day on which to look again"),
    )
    version = django_forms.IntegerField(widget=django_forms.HiddenInput)
    next = django_forms.CharField(widget=django_forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, alert: Alert, asked: Handling, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._asked = asked
        self._state = alert.state(today)
        tomorrow = today + dt.timedelta(days=1)
        fields: Any = self.fields
        # what was sent may have been offered before somebody else acted: the service says so
        fields["act"].choices = list(ACTS.items()) if self.is_bound else self._offered()
        if not self.is_bound and self._state in HIDDEN:
            for name in QUESTIONS:
                del fields[name]
            self.conditionals = {}
            return
        fields["choice"].choices = list(asked.answers)
        if asked.by_when:
            fields["by_when"].earliest = today
            fields["by_when"].earliest_message = _("“By when” cannot be in the past")
        else:
            del fields["by_when"]
            self.conditionals = {
                "act": {**ActForm.conditionals["act"], ANSWER: ("choice", "what_next")}
            }
        for name, days in (("until", asked.snooze_days), ("look_again", asked.look_again_days)):
            field, latest = fields[name], today + dt.timedelta(days=days)
            field.earliest, field.latest = tomorrow, latest
            field.earliest_message = gettext("Choose a day after today")
            field.latest_message = gettext("Choose a day no later than %(day)s") % {
                "day": short_date(latest)
            }
        fields["until"].help_text = gettext("%(day)s at the latest.") % {
            "day": short_date(today + dt.timedelta(days=asked.snooze_days))
        }

    def _offered(self) -> list[tuple[str, Any]]:
        """What can be done as things stand."""
        if self._state in HIDDEN:
            return [(BACK, ACTS[BACK])]
        first = (SEEN,) if self._state == Alert.Status.OPEN else ()
        asked = gettext("Answer: %(question)s") % {"question": self._asked.question}
        return [*((act, ACTS[act]) for act in first), (ANSWER, asked)] + [
            (act, ACTS[act]) for act in (SNOOZE, DONE)
        ]

    def show_again(self, alert: Alert, today: dt.date) -> None:
        """After a refusal: offer what can be done now, and keep what was chosen with its words."""
        self._state = alert.state(today)
        offered = dict(self._offered())
        chosen = self["act"].data
        if chosen in ACTS:
            offered.setdefault(chosen, ACTS[chosen])
        field: Any = self.fields["act"]
        field.choices = list(offered.items())
        data = self.data.copy()
        data["version"] = str(alert.version)
        self.data = data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asks = data.get("act") == ANSWER and self._asked.by_when
        if asks and data.get("choice") not in self._asked.goes_up and "by_when" in data:
            if data["by_when"] is None:
                self.add_error("by_when", gettext("Enter by when"))
        return data


class DigestForm(forms.NHSForm):
    """Whether the user wants the daily e-mail."""

    wanted = forms.RadiosField(
        label=_("Send me an e-mail on working days when something waits for me"),
        missing=_("Select yes or no"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        inline=True,
    )


# Thresholds --------------------------------------------------------------------------------------

MOST = {"%": 100.0, "index": 1.0}
MOST_OTHERS = 10_000.0


class ThresholdForm(forms.NHSForm):
    """A threshold and why it is changed; `preview` asks what it would come to first."""

    value = forms.TextField(label=_("Threshold"), missing=_("Enter the threshold"), width=5)
    reason = forms.TextAreaField(
        label=_("Why"),
        hint=_("Everybody who looks at thresholds can read this."),
        missing=_("Enter why it is changed"),
        max_length=500,
        rows=2,
    )

    def __init__(self, *args: Any, threshold: Threshold, preview: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._threshold = threshold
        field: Any = self.fields["value"]
        field.label = gettext("Threshold (%(unit)s)") % {"unit": threshold.unit}
        if threshold.off_at_zero:
            field.help_text = gettext("0 switches it off: then nothing is flagged.")
        if preview:
            why: Any = self.fields["reason"]
            why.required = False
            why.nhs = {**why.nhs, "mark_optional": False}

    def clean_value(self) -> float:
        text = self.cleaned_data["value"].strip().replace(",", ".")
        most = MOST.get(self._threshold.unit, MOST_OTHERS)
        whole = self._threshold.unit != "index"
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (whole and value != int(value)):
            if whole:
                raise ValidationError(gettext("Enter a whole number, like 12"))
            raise ValidationError(gettext("Enter a number, like 0.5"))
        if not 0 <= value <= most:
            raise ValidationError(
                gettext("Enter a number from 0 to %(most)s") % {"most": f"{most:g}"}
            )
        return value


class BackForm(forms.NHSForm):
    """Why a threshold goes back to what is set more widely."""

    reason = forms.TextAreaField(
        label=_("Why"), missing=_("Enter why it is changed"), max_length=500, rows=2
    )


class ChoiceOfTeam(forms.NHSForm):
    """Whose figures, or whose thresholds."""

    mark_optional = False

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], label: Any, **kw: Any):
        super().__init__(*args, **kw)
        self.fields["of"] = forms.SelectField(label=label, choices=choices, required=False)
