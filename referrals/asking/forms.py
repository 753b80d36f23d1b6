"""What is asked when somebody asks another team for help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.forms import MultiWidget
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.common import forms
from casework.directory.models import Locality, Team, Worker
from referrals.asking import needs, sniffing
from referrals.asking.record import Record
from referrals.asking.services import Shared
from referrals.models import Ask, Correction, Offer, Referral, SharedPart
from referrals.table import Kind

Part, Decision = SharedPart.Part, SharedPart.Decision
ANY_NEED = [("", _("Not said yet")), *needs.CHOICES]

SOON = {
    "3": _("Routine: the other team's usual wait, as the list of teams shows it"),
    "2": _("Urgent: seen within 24 hours"),
    "4": _("Very urgent: seen within 4 hours"),
    "1": _("Emergency: help has to come now"),
}
SOON_HINTS = {
    "3": _("Most referrals. Say below what support there is until then."),
    "2": _("A crisis team has a national limit of 24 hours. Other teams have none: ring them too."),
    "4": _("A crisis team has a national limit of 4 hours. Ring them as well."),
    "1": _("Ring 999. Nobody watches this page for emergencies; send it as well, afterwards."),
}
KINDS = {
    Kind.TRANSFER: _("They take over"),
    Kind.JOINT: _("We work together"),
    Kind.STEP_UP: _("More support, inside the network"),
    Kind.STEP_DOWN: _("Less support, inside the network"),
    Kind.ADVICE: _("A question only"),
}
KIND_HINTS = {
    Kind.TRANSFER: _("Whoever holds them goes on until the other team has met them."),
    Kind.JOINT: _("Whoever holds them stays the one who holds them."),
    Kind.STEP_UP: _("No new triage: the other team can accept it straight away."),
    Kind.STEP_DOWN: _("No new triage: the other team can accept it straight away."),
    Kind.ADVICE: _("They answer. It can become a referral later without writing it again."),
}
STORY = (
    "kind",
    "priority",
    "asked_on",
    "reason_words",
    "reason_why_not",
    "may_not_see",
    "person_view",
    "reach_words",
    "meanwhile_support",
)
FIXED_WHEN_SENT = ("kind", "priority", "asked_on")


class StartForm(forms.NHSForm):
    """What is asked for, and for which team of one's own."""

    kind = forms.RadiosField(
        label=_("What do you ask for?"),
        missing=_("Select what you ask for"),
        choices=list(KINDS.items()),
        choice_hints=KIND_HINTS,
    )
    need = forms.SelectField(
        label=_("What is the help for?"),
        hint=_("What is nearest. It finds who could help; their own words come next."),
        choices=ANY_NEED,
        required=False,
    )
    sender_team = forms.ModelRadiosField(
        label=_("Which of your teams asks?"), missing=_("Select a team"), queryset=None
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_choice(self.fields["sender_team"], teams)


def _only_choice(field: Any, teams: QuerySet[Team]) -> None:
    """Somebody of one team is not asked which."""
    field.queryset = teams
    found = list(teams[:2])
    if len(found) == 1:
        field.initial = found[0]
        field.widget = django_forms.HiddenInput()


class UrgentForm(forms.NHSForm):
    """Three answers, and to whom."""

    mark_optional = False
    reason_words = forms.TextAreaField(
        label=_("What has happened, and what help do they want?"),
        hint=_("In their own words as far as you can."),
        missing=_("Write what has happened and what help they want"),
        rows=4,
        own_words=True,
    )
    priority = forms.RadiosField(
        label=_("How soon?"),
        missing=_("Select how soon help is needed"),
        choices=[(code, SOON[code]) for code in ("1", "4", "2")],
        choice_hints=SOON_HINTS,
    )
    reach_words = forms.TextAreaField(
        label=_("How can they be reached now?"),
        hint=_("From the record. Put right what is different tonight."),
        missing=_("Say how they can be reached now"),
        rows=3,
        own_words=True,
    )
    team = forms.ModelSelectField(
        label=_("Who is asked?"),
        missing=_("Select a team"),
        queryset=None,
        hint=_("Crisis teams come first."),
    )
    sender_team = forms.ModelRadiosField(
        label=_("Which of your teams asks?"), missing=_("Select a team"), queryset=None
    )

    def __init__(
        self, *args: Any, teams: QuerySet[Team], receivers: list[Team], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _only_choice(self.fields["sender_team"], teams)
        field: Any = self.fields["team"]
        field.queryset = Team.objects.filter(pk__in=[one.pk for one in receivers])
        field.choices = [("", _("Select a team")), *((one.pk, one.name) for one in receivers)]


class NeedForm(forms.NHSForm):
    """What the help is for, and where."""

    mark_optional = False
    need = forms.SelectField(label=_("What the help is for"), choices=ANY_NEED, required=False)
    locality = forms.ModelSelectField(label=_("Where"), queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["locality"]
        field.queryset = Locality.objects.order_by("name", "pk")
        field.empty_label = gettext("Everywhere")


class WriteForm(forms.NHSForm):
    """The whole story, told once. Everything may wait while it is a draft."""

    mark_optional = False
    version = django_forms.IntegerField(widget=django_forms.HiddenInput)
    reason_words = forms.TextAreaField(
        label=_("What I want help with, in my own words"), required=False, rows=6, own_words=True
    )
    reason_why_not = forms.TextAreaField(
        label=_("If it cannot be in their own words: what it is about, and why not"),
        required=False,
        rows=2,
    )
    question = forms.TextAreaField(
        label=_("The question to the other team"), required=False, rows=4
    )
    may_not_see = forms.TextAreaField(
        label=_("What you may not see when meeting me"),
        hint=_("Being well dressed, cheerful or on time says little about how somebody is."),
        required=False,
        rows=4,
        own_words=True,
    )
    person_view = forms.RadiosField(
        label=_("Does the person want this?"),
        choices=[
            (Referral.View.WANTS, _("They want it")),
            (Referral.View.UNSURE, _("They are unsure")),
            (Referral.View.DOES_NOT_WANT, _("They do not want it")),
        ],
        required=False,
    )
    view_words = forms.TextAreaField(
        label=_("Why they see it like that, in their words"), required=False, rows=3, own_words=True
    )
    kind = forms.RadiosField(
        label=_("What do you ask for?"),
        choices=list(KINDS.items()),
        choice_hints=KIND_HINTS,
        missing=_("Select what you ask for"),
    )
    priority = forms.RadiosField(
        label=_("How soon is help needed?"),
        choices=list(SOON.items()),
        choice_hints=SOON_HINTS,
        required=False,
    )
    reach_words = forms.TextAreaField(
        label=_("How to reach the person"), required=False, rows=4, own_words=True
    )
    asked_on = forms.SplitDateField(
        label=_("When did they first ask for this help?"),
        hint=_("Also if they asked somebody else. Their own wait is counted from this day."),
        noun=_("day when they first asked"),
        required=False,
    )
    holder = forms.ModelSelectField(
        label=_("Who holds them meanwhile?"),
        hint=_("One named worker answers for them until the other team has met them."),
        queryset=None,
        required=False,
    )
    meanwhile_support = forms.TextAreaField(
        label=_("What support do they get while they wait?"),
        hint=_("Who does what, how often, and whom they ring when it gets worse."),
        required=False,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        referral: Referral,
        ask: Ask,
        record: Record,
        parts: Mapping[str, SharedPart],
        holders: QuerySet[Worker] | None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {**saved(referral, ask), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.record = record
        self.late = referral.sent_on is not None
        asked: Any = self.fields["asked_on"]
        asked.latest = timezone.localdate()
        asked.latest_message = gettext("The day when they first asked must be today or earlier")
        if self.late:
            for name in FIXED_WHEN_SENT:
                del self.fields[name]
        if holders is None or self.late:
            del self.fields["holder"]
        else:
            field: Any = self.fields["holder"]
            field.queryset = holders
            field.empty_label = gettext("Nobody named yet")
        self.offered = [part for part in Part if part in record.parts]
        self.conditionals = {}
        for part in self.offered:
            self._ask_about(part, parts.get(part))

    def _ask_about(self, part: Part, said: SharedPart | None) -> None:
        name = str(part.label)
        choices = list(Decision.choices)
        if part == Part.HAPPENED:
            choices = [one for one in choices if one[0] != Decision.AGAINST]
        self.fields[f"share_{part}"] = forms.RadiosField(
            label=name,
            choices=choices,
            required=False,
            initial=said.decision if said else "",
            disabled=bool(said and said.shared_on),
        )
        if part != Part.HAPPENED:
            self.fields[f"why_{part}"] = forms.TextAreaField(
                label=gettext("Why “%(part)s” has to be shared") % {"part": name},
                missing=gettext(
                    "Say why “%(part)s” has to be shared although they would rather not"
                )
                % {"part": name},
                initial=said.why if said else "",
                disabled=bool(said and said.shared_on),
                rows=2,
            )
            reveals = {str(Decision.AGAINST): (f"why_{part}",)}
            self.conditionals = {**self.conditionals, f"share_{part}": reveals}

    @property
    def story(self) -> dict[str, Any]:
        """What the engine keeps."""
        return {name: self.cleaned_data[name] for name in STORY if name in self.fields}

    @property
    def shared(self) -> dict[str, Shared]:
        """What was decided, part by part; nothing where nobody has decided."""
        return {
            str(part): Shared(
                self.cleaned_data[f"share_{part}"], self.cleaned_data.get(f"why_{part}", "")
            )
            for part in self.offered
            if self.cleaned_data.get(f"share_{part}")
        }

    @property
    def rest(self) -> dict[str, Any]:
        """What is kept beside the story."""
        return {
            "question": self.cleaned_data["question"],
            "view_words": self.cleaned_data["view_words"],
            "holder": self.cleaned_data.get("holder"),
        }


def saved(referral: Referral, ask: Ask) -> dict[str, Any]:
    """What the form starts with: what is saved."""
    return {
        **{name: getattr(referral, name) for name in STORY},
        "version": referral.version,
        "question": ask.question,
        "view_words": ask.view_words,
        "holder": ask.holder_id,
    }


def as_posted(form: forms.NHSForm) -> QueryDict:
    """What a browser would post if nobody changed anything, to judge what is saved."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        value = field.prepare_value(value)
        if isinstance(field.widget, MultiWidget):
            shown = value if isinstance(value, list) else field.widget.decompress(value)
            for suffix, part in zip(field.widget.widgets_names, shown, strict=True):
                data[f"{name}{suffix}"] = part
        elif value not in (None, ""):
            data[name] = str(value)
    return data


class CorrectionForm(forms.NHSForm):
    """What the person says is not so."""

    about = forms.RadiosField(
        label=_("What is it about?"),
        missing=_("Select what it is about"),
        choices=Correction.About.choices,
    )
    words = forms.TextAreaField(
        label=_("How they say it"),
        hint=_("Their words stay as they are, whatever is done about it."),
        missing=_("Write how they say it"),
        rows=5,
        own_words=True,
    )
    told = forms.RadiosField(
        label=_("How did they tell you?"),
        missing=_("Select how they told you"),
        choices=Correction.Told.choices,
    )


class ReadForm(forms.NHSForm):
    """That the person has read the draft."""

    how = forms.RadiosField(
        label=_("How did they read it?"),
        missing=_("Select how they read it"),
        choices=Ask.Read.choices,
    )
    on = forms.SplitDateField(label=_("When?"), noun=_("day when they read it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["on"]
        field.initial = field.latest = timezone.localdate()
        field.latest_message = gettext("The day when they read it must be today or earlier")


class AttachForm(forms.NHSForm):
    """A file, and what it is."""

    file = forms.FileField(
        label=_("File"),
        hint=_("PDF, JPEG, PNG or plain text, up to 10 MB."),
        missing=_("Choose a file"),
        max_length=255,
    )
    about = forms.TextField(
        label=_("What it is"),
        hint=_("For example: letter from the hospital, 3 May."),
        missing=_("Say what the file is"),
        max_length=200,
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > sniffing.MOST_BYTES:
            raise django_forms.ValidationError(gettext("The file must be smaller than 10 MB"))
        return upload


class OfferForm(forms.NHSForm):
    """What a team offers, in words that anybody understands."""

    name = forms.TextField(label=_("Name"), missing=_("Enter a name"), max_length=120)
    needs = forms.CheckboxesField(
        label=_("What it helps with"), missing=_("Select what it helps with"), choices=needs.CHOICES
    )
    words = forms.TextAreaField(label=_("What it is"), required=False, rows=3)
    for_whom = forms.TextAreaField(
        label=_("For whom it is"),
        hint=_(
            "Also for whom it is not, and who can help then. A diagnosis alone shuts nobody out."
        ),
        required=False,
        rows=4,
    )
    how_to_ask = forms.TextAreaField(label=_("How to ask"), required=False, rows=2)
    active = forms.CheckboxField(label=_("It is there at present"), required=False, initial=True)
    self_referral = forms.CheckboxField(
        label=_("People can ask for it themselves, on their own pages"), required=False
    )

    def __init__(self, *args: Any, offer: Offer | None = None, **kwargs: Any) -> None:
        if offer is not None:
            kwargs["initial"] = {
                name: getattr(offer, name)
                for name in (
                    "name",
                    "words",
                    "for_whom",
                    "how_to_ask",
                    "active",
                    "self_referral",
                )
            } | {"needs": [one.need for one in offer.needs.all()]}
        super().__init__(*args, **kwargs)


class MissingForm(forms.NHSForm):
    """That nothing exists here."""

    mark_optional = False
    words = forms.TextAreaField(
        label=_("What would have helped?"),
        hint=_("Without a name: this goes into the directory for those who plan services."),
        missing=_("Say what would have helped"),
        rows=3,
    )
