"""What is asked when a person writes to their team, chooses notices, answers or keeps a diary."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from casework.common import forms
from casework.common.presenters import clock
from casework.portal.models import DiaryEntry, HeardAnswer, NoticeChoice
from casework.portal.talk.messages import Hard


class MessageForm(forms.NHSForm):
    """A message to the team."""

    mark_optional = False
    words = forms.TextAreaField(
        label=_("Your message"),
        missing=_("Write what you want to say"),
        rows=6,
        own_words=True,
    )
    no_answer = forms.CheckboxField(label=_("I need no answer to this"), required=False)


class ReplyForm(forms.NHSForm):
    """The team's answer to a message."""

    words = forms.TextAreaField(
        label=_("Your answer"),
        hint=_("They read it as you write it. If you have talked already, one line is enough."),
        missing=_("Write the answer"),
        rows=5,
    )


class WriteToForm(forms.NHSForm):
    """What a worker writes to a person, and whether it is hard to read alone."""

    words = forms.TextAreaField(
        label=_("Your message"),
        hint=_(
            "They may read it alone, at any hour. Be plain and kind, and say what happens next."
        ),
        missing=_("Write what you want to say"),
        rows=6,
    )
    hard = forms.RadiosField(
        label=_("Is there hard news in it?"),
        hint=_("A no, an ending, a change of worker: what nobody should read alone first."),
        missing=_("Select whether there is hard news in it"),
        choices=Hard.choices,
        choice_hints={
            Hard.WAITS: _(
                "It stays hidden until somebody writes down that they talked. Who asked to read"
                " everything at once reads it now."
            )
        },
    )


def _hours(first: int, last: int) -> list[tuple[str, str]]:
    return [(f"{hour:02d}:00", clock(dt.time(hour))) for hour in range(first, last + 1)]


WAYS = {"text": _("By text message"), "email": _("By email")}
TOPICS = {
    "answers": _("Somebody wrote to me or answered me"),
    "meetings": _("My meetings and my people"),
    "plan": _("My plan"),
    "referrals": _("My referrals"),
}


class NoticesForm(forms.NHSForm):
    """How somebody wants to be told that something is new; `ways` are those marked as safe."""

    mark_optional = False
    ways = forms.CheckboxesField(
        label=_("How may we tell you that something is new?"),
        hint=_("Choose none, and we send nothing."),
        required=False,
    )
    topics = forms.CheckboxesField(
        label=_("About what?"), choices=list(TOPICS.items()), required=False
    )
    rhythm = forms.RadiosField(
        label=_("How often?"),
        missing=_("Select how often"),
        choices=NoticeChoice.Rhythm.choices,
    )
    daily_at = forms.SelectField(
        label=_("If once a day: from what time on?"),
        missing=_("Select a time"),
        choices=_hours(6, 22),
    )
    quiet_from = forms.SelectField(
        label=_("Send nothing from"), missing=_("Select a time"), choices=_hours(0, 23)
    )
    quiet_until = forms.SelectField(
        label=_("Send nothing until"), missing=_("Select a time"), choices=_hours(0, 23)
    )
    asks = forms.RadiosField(
        label=_("May we ask you three short questions, once a month at most?"),
        missing=_("Select yes or no"),
        choices=[("yes", _("Yes, and I answer if I like")), ("no", _("No, do not ask me"))],
    )

    def __init__(self, *args: Any, safe: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ways"]
        field.choices = [(code, text) for code, text in WAYS.items() if code in safe]
        if not safe:
            del self.fields["ways"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        daily, start, end = (
            _time(data.get(name)) for name in ("daily_at", "quiet_from", "quiet_until")
        )
        if data.get("rhythm") != NoticeChoice.Rhythm.DAILY or not (daily and start and end):
            return data
        quiet = start <= daily < end if start < end else daily >= start or daily < end
        if start != end and quiet:
            self.add_error("daily_at", _now("Select a time when you do not want quiet"))
        return data

    @property
    def chosen(self) -> dict[str, Any]:
        """The choice as it is kept."""
        data = self.cleaned_data
        ways, topics = data.get("ways") or [], data["topics"]
        return {
            "by_text": "text" in ways,
            "by_email": "email" in ways,
            **{f"about_{code}": code in topics for code in TOPICS},
            "rhythm": data["rhythm"],
            "daily_at": _time(data["daily_at"]),
            "quiet_from": _time(data["quiet_from"]),
            "quiet_until": _time(data["quiet_until"]),
            "asks": data["asks"] == "yes",
        }

    @staticmethod
    def initial_of(choice: NoticeChoice) -> dict[str, Any]:
        """What the form starts with."""
        return {
            "ways": [code for code in WAYS if getattr(choice, f"by_{code}")],
            "topics": [code for code in TOPICS if getattr(choice, f"about_{code}")],
            "rhythm": choice.rhythm,
            "daily_at": f"{choice.daily_at:%H:%M}",
            "quiet_from": f"{choice.quiet_from:%H:%M}",
            "quiet_until": f"{choice.quiet_until:%H:%M}",
            "asks": "yes" if choice.asks else "no",
        }


def _time(text: Any) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


AUDIENCE_HINTS = {
    HeardAnswer.Audience.ONLY_ME: _("It is for you to look back on."),
    HeardAnswer.Audience.KEY_WORKER: _("Whoever is your key worker on the day they look."),
    HeardAnswer.Audience.TEAM: _("Whoever may open your record. Leads count them too."),
    HeardAnswer.Audience.NUMBERS: _("Only if 5 people or more of the team have answered."),
}


class QuestionsForm(forms.NHSForm):
    """Three short questions, each of them optional, and who reads the answers."""

    mark_optional = False
    heard = forms.RadiosField(
        label=_("Did you feel heard?"), choices=HeardAnswer.Reply.choices, required=False
    )
    mattered = forms.RadiosField(
        label=_("Did you talk about what matters to you?"),
        choices=HeardAnswer.Reply.choices,
        required=False,
    )
    decided = forms.RadiosField(
        label=_("Did you decide together what happens next?"),
        choices=HeardAnswer.Reply.choices,
        required=False,
    )
    words = forms.TextAreaField(
        label=_("Anything you want to say"), required=False, rows=3, own_words=True
    )
    audience = forms.RadiosField(
        label=_("Who reads your answers?"),
        missing=_("Select who reads your answers"),
        choices=HeardAnswer.Audience.choices,
        choice_hints=AUDIENCE_HINTS,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in ("heard", "mattered", "decided")):
            self.add_error("heard", _now("Answer at least one of the questions"))
        return data


class AudienceForm(forms.NHSForm):
    """Who reads the answers from now on."""

    audience = forms.RadiosField(
        label=_("Who reads your answers?"),
        missing=_("Select who reads your answers"),
        choices=HeardAnswer.Audience.choices,
        choice_hints=AUDIENCE_HINTS,
    )


class DiaryForm(forms.NHSForm):
    """How somebody was on a day when nobody saw them."""

    mark_optional = False
    on = forms.SplitDateField(label=_("Which day was it?"), noun=_("day that you write about"))
    feeling = forms.RadiosField(
        label=_("What was the day like?"),
        hint=_("You can leave this out."),
        choices=DiaryEntry.Feeling.choices,
        required=False,
    )
    words = forms.TextAreaField(
        label=_("How were you?"),
        missing=_("Write how you were"),
        rows=6,
        own_words=True,
    )
    shared = forms.RadiosField(
        label=_("Who reads this?"),
        missing=_("Select who reads this"),
        choices=[
            ("private", _("Only me")),
            ("shared", _("My team can read it")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["on"]
        field.latest = timezone.localdate()
        field.latest_message = _now("The day that you write about must have come")
