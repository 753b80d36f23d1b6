"""Questions about the ways between teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership
from casework.cases.team_work.policy import workers_in
from casework.common import forms
from casework.directory.models import Team
from referrals.models import DeclineProposal, Handover, PartnerAddress, Referral
from referrals.services.reply_links import LASTS
from referrals.table import CLOSE_REASONS

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
NEW = "new"


def _text(label: Any, missing: Any, hint: Any = "", **more: Any) -> forms.TextAreaField:
    return forms.TextAreaField(label=label, missing=missing, hint=hint, rows=3, **more)


def _not_later(form: Any, *names: str) -> None:
    for name in names:
        form.fields[name].latest = timezone.localdate()
        form.fields[name].latest_message = gettext("%(noun)s cannot be in the future")


class ReasonForm(forms.NHSForm):
    """Why."""

    reason = _text(_("Why"), _("Say why"))


# Handovers ----------------------------------------------------------------------------------------


class _WithTeams:
    """A worker's name with those of the offered teams in which they work; read once, if at all."""

    def __init__(self, teams: Sequence[Any]) -> None:
        self._teams = teams

    @cached_property
    def _names(self) -> dict[Any, list[str]]:
        found: dict[Any, list[str]] = {}
        rows = Membership.objects.on(timezone.localdate()).filter(
            team_id__in=self._teams, user__worker__isnull=False
        )
        for worker, team in rows.order_by("team__name").values_list(
            "user__worker_id", "team__name"
        ):
            names = found.setdefault(worker, [])
            if team not in names:
                names.append(team)
        return found

    def __call__(self, worker: Any) -> str:
        names = self._names.get(worker.pk)
        return f"{worker.name} ({', '.join(names)})" if names else str(worker.name)


class HandoverForm(forms.NHSForm):
    """To whom, why, and until when both are there."""

    to_team = forms.ModelSelectField(
        label=_("Team"), missing=_("Select the team"), queryset=None, empty_label=_("Select")
    )
    to_worker = forms.ModelSelectField(
        label=_("Named worker"),
        missing=_("Select the worker who will take over"),
        hint=_("Somebody whom the person knows already, if there is one."),
        queryset=None,
        empty_label=_("Select"),
    )
    reason = _text(
        _("Why the worker changes"), _("Say why the worker changes"), _("The person can read this.")
    )
    overlap_until = forms.SplitDateField(
        label=_("Both workers are there until"), noun=_("last day of both"), required=False
    )

    def __init__(self, *args: Any, teams: Sequence[Any], holder: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        worker: Any = self.fields["to_worker"]
        worker.queryset = workers_in(teams).exclude(pk=holder).order_by("name", "pk")
        worker.label_from_instance = _WithTeams(teams)
        self.fields["to_team"].queryset = Team.objects.filter(pk__in=teams, active=True)  # type: ignore[attr-defined]
        self.fields["overlap_until"].earliest = timezone.localdate() + dt.timedelta(days=1)  # type: ignore[attr-defined]


class ChecklistForm(forms.NHSForm):
    """What has been done, what the person says, and the days."""

    steps_done = forms.CheckboxesField(
        label=_("What is done"), required=False, choices=Handover.Step.choices, mark_optional=False
    )
    agreed_on = forms.SplitDateField(
        label=_("Agreed with the person on"), noun=_("day of agreement"), required=False
    )
    person_words = forms.TextAreaField(
        label=_("What the person says about it"),
        hint=_("In their own words: what they worry about, what they want passed on."),
        required=False,
        rows=3,
    )
    introduced_on = forms.SplitDateField(
        label=_("Introduced on"), noun=_("day of the introduction"), required=False
    )
    joint_meeting_on = forms.SplitDateField(
        label=_("Met together, all three, on"), noun=_("day of the meeting"), required=False
    )
    goodbye_on = forms.SplitDateField(
        label=_("Said goodbye on"), noun=_("day of the goodbye"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _not_later(self, "agreed_on", "introduced_on", "joint_meeting_on", "goodbye_on")


# Endings ------------------------------------------------------------------------------------------


class EndingPlanForm(forms.NHSForm):
    """What was agreed with the person about the ending (NICE QS88, statement 5)."""

    agreed_on = forms.SplitDateField(
        label=_("Agreed with the person on"), noun=_("day of agreement")
    )
    what_next = _text(
        _("What comes next"),
        _("Write what comes next"),
        _("Who else is there, and what the person goes on with."),
    )
    if_hard = _text(
        _("What to do if things get hard"),
        _("Write what to do if things get hard"),
        _("What helps first, what helps then: the person's own list."),
    )
    who_to_ask = _text(
        _("Whom to turn to, also in a crisis"), _("Write whom to turn to, also in a crisis")
    )
    coming_back = _text(
        _("How to come back"),
        _("Write how to come back"),
        _("For a year the person comes back without a new referral and without triage."),
    )
    person_words = _text(
        _("What the person says about the ending"), _("Write what the person says about the ending")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _not_later(self, "agreed_on")
        self.fields["agreed_on"].initial = timezone.localdate()


class CloseForm(forms.NHSForm):
    """The ending itself."""

    outcome_words = _text(_("What came of it"), _("Write what came of it"))
    close_reason = forms.SelectField(
        label=_("Why it ends"), missing=_("Select why it ends"), choices=[]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from casework.extract.codes import CLOSE_REASON

        super().__init__(*args, **kwargs)
        self.fields["close_reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Select")),
            *((code, CLOSE_REASON.get(code, code)) for code in CLOSE_REASONS),
        ]


class IntensityForm(forms.NHSForm):
    """More or less support inside the service, without a new triage."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "extra": {"yes": ("extra_words", "extra_owner", "extra_until")}
    }

    intensity = forms.RadiosField(
        label=_("How much support"),
        missing=_("Select intensive, steady or light touch"),
        choices=Referral.Intensity.choices,
        choice_hints={
            Referral.Intensity.INTENSIVE: _("Several times a week for a while"),
            Referral.Intensity.STEADY: _("As it was agreed in the plan"),
            Referral.Intensity.LIGHT_TOUCH: _("A check-in now and then, instead of an ending"),
        },
    )
    reason = _text(_("Why"), _("Say why"), _("The person can read this."))
    with_person = forms.RadiosField(
        label=_("Was it agreed with the person?"),
        missing=_("Select yes or no"),
        choices=YES_NO,
        inline=True,
    )
    extra = forms.RadiosField(
        label=_("Is there extra help for a while?"),
        missing=_("Select yes or no"),
        choices=YES_NO,
        inline=True,
    )
    extra_words = forms.TextField(label=_("Which help"), missing=_("Say which help"))
    extra_owner = forms.ModelSelectField(
        label=_("Who sees to it"),
        missing=_("Select who sees to it"),
        queryset=None,
        empty_label=_("Select"),
    )
    extra_until = forms.SplitDateField(label=_("Until"), noun=_("last day of the extra help"))

    def __init__(self, *args: Any, team_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extra_owner"].queryset = workers_in([team_id]).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["extra_until"].earliest = timezone.localdate()  # type: ignore[attr-defined]
        self.fields["extra"].initial = "no"

    def clean_with_person(self) -> str:
        value: str = self.cleaned_data["with_person"]
        if value == "no":
            self.add_error("with_person", gettext("Agree it with the person first"))
        return value


# Links --------------------------------------------------------------------------------------------


class LinkForm(forms.NHSForm):
    """To which checked address, what the person knows, and how long it works."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "address": {NEW: ("team", "email", "how")}
    }

    address = forms.RadiosField(label=_("Address"), missing=_("Select an address"), choices=[])
    team = forms.ModelSelectField(
        label=_("Team or agency"),
        missing=_("Select the team or agency"),
        queryset=None,
        empty_label=_("Select"),
    )
    email = forms.EmailField(label=_("E-mail address"), missing=_("Enter the e-mail address"))
    how = forms.TextField(
        label=_("How did you check that it is theirs?"),
        hint=_("Such as: rang the number on their website and asked."),
        missing=_("Say how you checked that the address is theirs"),
        max_length=200,
    )
    told_words = forms.TextField(
        label=_("What does the person know about this?"),
        hint=_("Who will read it and why. If they could not be asked, say why not."),
        missing=_("Say what the person knows about this"),
        max_length=300,
    )
    days = forms.RadiosField(
        label=_("How long does it work?"),
        missing=_("Select how long it works"),
        choices=[],
        inline=True,
    )

    def __init__(
        self, *args: Any, team: Team | None, addresses: Sequence[PartnerAddress], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), f"{one.email} ({one.team})") for one in addresses]
        address: Any = self.fields["address"]
        address.choices = [*known, (NEW, _("Another address"))]
        address.initial = known[0][0] if known else NEW
        teams = Team.objects.filter(active=True)
        choose: Any = self.fields["team"]
        choose.queryset = (teams.filter(pk=team.pk) if team else teams).order_by("name", "pk")
        choose.initial = team
        days: Any = self.fields["days"]
        days.choices = [(str(n), gettext("%(n)d days") % {"n": n}) for n in LASTS]
        days.initial = "7"


class CodeForm(forms.NHSForm):
    """The code that was said by phone."""

    code = forms.TextField(
        label=_("Code"),
        hint=_("Eight digits. The team told you by phone."),
        missing=_("Enter the code"),
        width=10,
        inputmode="numeric",
        autocomplete="one-time-code",
        max_length=40,
    )


class AnswerForm(forms.NHSForm):
    """One more thing that somebody asked for."""

    answer = _text(_("Your answer"), _("Write your answer"))


class DecideForm(forms.NHSForm):
    """What a partner says to a referral."""

    conditionals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "what": {
            "propose_decline": (
                "reason_code",
                "grounds",
                "explanation",
                "cannot_offer",
                "instead",
                "live_conversation",
            )
        }
    }

    what = forms.RadiosField(label=_("Your answer"), missing=_("Select your answer"), choices=[])
    reason_code = forms.RadiosField(
        label=_("Which kind of reason"),
        missing=_("Select which kind of reason"),
        choices=[
            ("02", _("We are not the right place")),
            ("01", _("We are working with the person on this already")),
        ],
    )
    grounds = forms.CheckboxesField(
        label=_("Why"),
        missing=_("Select why"),
        choices=DeclineProposal.Ground.choices[:5],
    )
    explanation = _text(
        _("Explain it plainly"),
        _("Explain it plainly, as the person will read it"),
        _("The person will read this."),
    )
    cannot_offer = forms.TextField(
        label=_("What can you not offer?"), missing=_("Say what you cannot offer")
    )
    instead = forms.TextField(
        label=_("Who can help instead?"),
        hint=_("A team or an offer. Leave it empty if nothing exists here."),
        required=False,
    )
    live_conversation = forms.TextField(
        label=_("With whom did you talk about this?"),
        hint=_("If it is urgent, ring the team first and say here who talked with whom."),
        required=False,
    )

    def __init__(self, *args: Any, acknowledged: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        first = [] if acknowledged else [("acknowledge", _("We have it, and will decide soon"))]
        what.choices = [
            *first,
            ("accept", _("Yes, we take it on")),
            ("propose_decline", _("We think that we are not the right place")),
        ]


class FirstContactForm(forms.NHSForm):
    """The first meeting took place."""

    met_on = forms.SplitDateField(label=_("When did you meet?"), noun=_("day of the meeting"))
    worker_name = forms.TextField(
        label=_("Who met the person and is there for them now?"),
        missing=_("Enter the name of whoever is there for the person"),
        max_length=120,
    )

    def __init__(self, *args: Any, earliest: dt.date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _not_later(self, "met_on")
        self.fields["met_on"].earliest = earliest  # type: ignore[attr-defined]


# Bounces and deaths -------------------------------------------------------------------------------


class MeetingForm(forms.NHSForm):
    """When the joint meeting is, and who comes."""

    planned_on = forms.SplitDateField(label=_("When"), noun=_("day of the meeting"))
    who = _text(
        _("Who is asked to come"),
        _("Say who is asked to come"),
        _("Both teams, the person, and whomever the person wants there. Half an hour is enough."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_on"].earliest = timezone.localdate()  # type: ignore[attr-defined]
        self.fields["planned_on"].earliest_message = gettext("%(noun)s cannot be in the past")  # type: ignore[attr-defined]


class MeetingHeldForm(forms.NHSForm):
    """What the meeting agreed."""

    held_on = forms.SplitDateField(label=_("It took place on"), noun=_("day of the meeting"))
    person_there = forms.RadiosField(
        label=_("Was the person there?"),
        missing=_("Select whether the person was there"),
        choices=YES_NO,
        inline=True,
    )
    agreed_words = _text(
        _("What was agreed"),
        _("Write what was agreed"),
        _("Who takes it from here, by when, and what the person said."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _not_later(self, "held_on")
        self.fields["held_on"].initial = timezone.localdate()


class DeathForm(forms.NHSForm):
    """The day on which somebody died."""

    died_on = forms.SplitDateField(label=_("Date of death"), noun=_("date of death"))
    sure = forms.CheckboxField(
        label=_("I have made sure that this is the right person"),
        missing=_("Make sure that this is the right person, and tick the box"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _not_later(self, "died_on")
