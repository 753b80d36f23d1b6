"""Questions about a plan. What is asked about a line follows from its kind."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.changes import value_words
from careplans.errors import Stale, Unread
from careplans.kinds import CHOICES, FIELD_NAMES, TEXTS, LineKind, Owner, Progress, Voice
from careplans.measures import TOTALS, Pack
from careplans.merge import BOTH, MINE, THEIRS, Clash
from careplans.models import Agreement, AreaOfLife, CapacityRecord, LegalAuthority, Line, PlanArea
from casework.common import forms
from casework.directory.models import Locality, Worker

TOGETHER, ALONE = "together", "alone"
RATING = {
    1: _("1: as hard as it can be"),
    2: _("2: hard"),
    3: _("3: more hard than good"),
    4: _("4: in between"),
    5: _("5: more good than hard"),
    6: _("6: good"),
    7: _("7: as good as I want it"),
}
HELP = [("yes", _("Yes")), ("not_now", _("Not now")), ("no", _("No"))]


def how_field(name: str) -> forms.RadiosField:
    """Whether the person is there while it is written."""
    return forms.RadiosField(
        label=gettext("How are you writing this?"),
        missing=gettext("Select how you are writing this"),
        choices=[
            (TOGETHER, gettext("%(name)s is here: we write it together") % {"name": name}),
            (ALONE, gettext("I am on my own: %(name)s is asked first") % {"name": name}),
        ],
    )


def _after(
    name: str, key: str, field: django_forms.Field, fields: Mapping[str, django_forms.Field]
) -> dict[str, django_forms.Field]:
    """Fields with one more after the named one."""
    found: dict[str, django_forms.Field] = {}
    for here, one in fields.items():
        found[here] = one
        if here == name:
            found[key] = field
    return found


class LineForm(forms.NHSForm):
    """One line of a plan. After a clash, each field that both sides changed is followed by the
    question which words stay."""

    mark_optional = False
    seen = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    asked = django_forms.CharField(widget=django_forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        about: LineKind,
        line: Line | None,
        name: str,
        workers: QuerySet[Worker],
        together: bool = False,
        own: bool = False,
        values: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._about, self._own = about, own
        self._values = dict(
            values if values is not None else (line.values() if line and not line.removed else {})
        )
        self.fields["seen"].initial = line.version if line is not None else 0
        for field in about.fields:
            self.fields[field] = self._field(field, workers, name)
            self.fields[field].initial = self._initial(field)
        if about.voice != Voice.TEAM and not together:
            self.fields["how"] = how_field(name)
            if about.voice == Voice.PERSON:  # alone, they are words that somebody else chose
                for field in TEXTS:
                    if field in self.fields:
                        self.fields[field].widget.attrs |= {
                            "data-wording": "yes",
                            "data-wording-when": f"how:{ALONE}",
                        }
            self.fields["why"] = forms.TextField(
                label=gettext("Why do you propose this? You may leave this empty"),
                required=False,
                max_length=300,
            )
        self.conditionals = self._conditionals()  # type: ignore[misc]
        if self.is_bound:
            for field in str(self.data.get("asked", "")).split():
                if field in about.fields:
                    self._ask(field)

    def _conditionals(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        if "how" in self.fields:
            found["how"] = {ALONE: ("why",)}
        if "owner_kind" in self.fields:
            found["owner_kind"] = {Owner.WORKER.value: ("owner_worker",)}
        return found

    def _initial(self, field: str) -> Any:
        value = self._values.get(field, "")
        if field == "due_on":
            return dt.date.fromisoformat(value) if value else None
        return value

    def _field(self, field: str, workers: QuerySet[Worker], name: str) -> Any:
        label = self._about.name if field == "words" else FIELD_NAMES[field]
        if field == "words":
            return forms.TextAreaField(
                label=label,
                hint=self._about.hint_for(own=self._own),
                missing=gettext("Write it in words"),
                rows=5,
                own_words=self._about.voice == Voice.PERSON,
            )
        if field in TEXTS:
            return forms.TextAreaField(label=label, required=False, rows=3)
        if field == "owner_worker":
            return forms.ModelSelectField(label=label, queryset=workers, required=False)
        if field == "owner_words":
            return forms.TextField(
                label=label,
                hint=gettext("Only where it is an agency, family, a friend or a carer."),
                required=False,
                max_length=120,
            )
        if field == "due_on":
            return forms.SplitDateField(label=label, required=False)
        choices = [
            (code, name if (field, code) == ("owner_kind", Owner.PERSON) else text)
            for code, text in CHOICES[field].choices
        ]
        return forms.RadiosField(label=label, choices=choices, required=False)

    def _ask(self, field: str) -> None:
        label = str(self.fields[field].label)
        mine = self._shown(field, self._posted(field))
        theirs = self._shown(field, str(self._values.get(field, "")))
        question = forms.RadiosField(
            label=gettext("“%(field)s” was changed by somebody else. Which words stay?")
            % {"field": label},
            missing=gettext("Select which words of “%(field)s” stay") % {"field": label},
            choices=[
                (THEIRS, gettext("The words that are saved now")),
                (MINE, gettext("The words in the box above")),
                *([(BOTH, gettext("Both, one after the other"))] if field in TEXTS else []),
            ],
            choice_hints={
                THEIRS: theirs or gettext("(nothing)"),
                MINE: mine or gettext("(nothing)"),
            },
        )
        self.fields = _after(field, f"keep_{field}", question, self.fields)

    def _posted(self, field: str) -> str:
        """What somebody answered, as it would be kept."""
        asked = self.fields[field]
        raw = asked.widget.value_from_datadict(self.data, self.files, self.add_prefix(field))
        try:
            value = asked.clean(raw)
        except django_forms.ValidationError:
            return str(self.data.get(field, ""))
        if isinstance(value, Worker):
            return str(value.pk)
        return "" if value is None else str(value)

    def _shown(self, field: str, value: str) -> str:
        """An answer as people read it: a worker by name, a day as a day."""
        if field == "owner_worker" and value:
            workers: Any = self.fields[field]
            return str(workers.queryset.filter(pk=value).first() or "")
        return value_words(field, value) if value else ""

    @property
    def values(self) -> dict[str, Any]:
        """What the line shall say."""
        return {field: self.cleaned_data[field] for field in self._about.fields}

    @property
    def seen_version(self) -> int:
        return self.cleaned_data.get("seen") or 0

    @property
    def keep(self) -> dict[str, str]:
        """What was chosen after a clash, by field."""
        return {
            field: self.cleaned_data[f"keep_{field}"]
            for field in self._about.fields
            if self.cleaned_data.get(f"keep_{field}")
        }

    @property
    def together(self) -> bool:
        return self.cleaned_data.get("how", TOGETHER) == TOGETHER


def just_asked(form: Any) -> Any:
    """A form that asks something for the first time, or anew: nobody has left that out yet."""
    asked = [name for name in form.errors if name == "answer" or name.startswith("keep")]
    for name in asked:
        if name not in form.data:
            del form.errors[name]
    return form


def asking_again(form: LineForm, clashes: Sequence[Clash], version: int) -> Any:
    """The posted data of a form, so that the next page asks which words stay."""
    data = form.data.copy()
    data["seen"] = str(version)
    data["asked"] = " ".join(clash.field for clash in clashes)
    for clash in clashes:
        data.pop(f"keep_{clash.field}", None)
    return data


class RateForm(forms.NHSForm):
    """How an area is going, in the person's eyes."""

    mark_optional = False
    value = forms.RadiosField(
        label=_("How is it going?"), choices=list(RATING.items()), required=False
    )
    wants_help = forms.RadiosField(
        label=_("Do you want help with this?"), choices=HELP, required=False, inline=True
    )
    words = forms.TextAreaField(
        label=_("In your own words"), required=False, rows=4, own_words=True
    )


class ScoreForm(forms.NHSForm):
    """How far a goal has come."""

    mark_optional = False
    value = forms.SelectField(
        label=_("How far has it come? 0 is not at all, 10 is all the way"),
        missing=_("Select a number from 0 to 10"),
        choices=[("", ""), *[(str(n), str(n)) for n in range(11)]],
    )
    words = forms.TextAreaField(
        label=_("In your own words"), required=False, rows=4, own_words=True
    )


class ReportForm(forms.NHSForm):
    """How far an action has come."""

    mark_optional = False
    progress = forms.RadiosField(
        label=_("How far has it come?"),
        missing=_("Select how far it has come"),
        choices=Progress.choices,
    )
    what_happened = forms.TextAreaField(
        label=_("What happened"),
        hint=_("If something got in the way, say what, and what could help."),
        required=False,
        rows=4,
    )


class CommentForm(forms.NHSForm):
    """Something to say beside a line."""

    words = forms.TextAreaField(
        label=_("Your comment"),
        hint=_(
            "For whoever writes the plan next. It is not a message: for an answer today, ring or"
            " write."
        ),
        missing=_("Write your comment"),
        rows=4,
    )


class AnswerForm(forms.NHSForm):
    """The answer to a proposal."""

    mark_optional = False
    answer = forms.RadiosField(
        label=_("What do you say to it?"),
        missing=_("Select what you say to it"),
        choices=[
            ("accept", _("Yes, put it into the plan")),
            ("discuss", _("Let us talk about it first")),
            ("decline", _("No")),
        ],
    )
    words = forms.TextAreaField(
        label=_("What there is to talk about, or why not"), required=False, rows=4
    )

    seen = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    clashes = django_forms.JSONField(widget=django_forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        name: str,
        ask_how: bool,
        together: bool = False,
        taken_away: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`together`: the two are at one screen. `taken_away`: the version, as the page shows it,
        of the line that would go."""
        super().__init__(*args, **kwargs)
        self._takes_away = taken_away is not None
        if self._takes_away:
            self.fields["seen"].initial = taken_away
            yes: Any = self.fields["answer"]
            yes.choices = [("accept", gettext("Yes, take it away")), *yes.choices[1:]]
        self._met = [] if self._takes_away else self._clashes()
        if self._met:
            self.fields = _after("answer", "keep", self._which(), self.fields)
        if ask_how:
            self.fields["together"] = forms.CheckboxField(
                label=gettext("%(name)s is here, and we answer together") % {"name": name},
                required=False,
                initial=together,
            )

    def _clashes(self) -> list[Clash]:
        """What met at one place, as the page before this one has shown it."""
        if not self.is_bound:
            return []
        try:
            found = json.loads(self.data.get("clashes") or "[]")
            return [Clash(str(one["field"]), str(one["theirs"]), str(one["mine"])) for one in found]
        except (ValueError, TypeError, KeyError):
            return []

    def _which(self) -> forms.RadiosField:
        texts = all(one.field in TEXTS for one in self._met)
        return forms.RadiosField(
            label=gettext("The plan says something else by now. If you say yes, which words stay?"),
            required=False,
            choices=[
                (THEIRS, gettext("The words that are in the plan now")),
                (MINE, gettext("The words that were proposed")),
                *([(BOTH, gettext("Both, one after the other"))] if texts else []),
            ],
            choice_hints={
                THEIRS: "\n".join(value_words(one.field, one.theirs) for one in self._met),
                MINE: "\n".join(value_words(one.field, one.mine) for one in self._met),
            },
        )

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen about the words that met at one place; nothing where none did. Of what
        is taken away: which version of it was read."""
        if self._takes_away:
            return {"seen_version": self.cleaned_data.get("seen")}
        keep = self.cleaned_data.get("keep")
        if not keep:
            return {}
        return {
            "seen_version": self.cleaned_data.get("seen") or 0,
            "keep": {one.field: keep for one in self._met},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self._met and data.get("answer") == "accept" and not data.get("keep"):
            self.add_error("keep", gettext("Select which words stay"))
        if data.get("answer") in ("discuss", "decline") and not data.get("words"):
            self.add_error("words", gettext("Say what there is to talk about, or why not"))
        return data


def which_words(form: AnswerForm, stale: Stale) -> Any:
    """The posted data of an answer, so that the next page asks which words stay."""
    data = form.data.copy()
    data["seen"] = str(stale.version)
    data["clashes"] = json.dumps(
        [{"field": one.field, "theirs": one.theirs, "mine": one.mine} for one in stale.clashes]
    )
    data.pop("keep", None)
    return data


def read_again(form: AnswerForm, unread: Unread) -> Any:
    """The posted data of an answer, for a page that shows what the line says now: what was chosen
    about other words counts no longer."""
    data = form.data.copy()
    data["seen"] = str(unread.version)
    data.pop("answer", None)
    return data


class RankForm(forms.NHSForm):
    """What comes first. Every area may stay without a place."""

    mark_optional = False
    seen = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, *args: Any, areas: Sequence[PlanArea], version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas = list(areas)
        self.fields["seen"].initial = version
        places = [
            ("", gettext("No place chosen")),
            *[(str(n), str(n)) for n in range(1, len(self._areas) + 1)],
            ("not_now", gettext("Not now")),
        ]
        for row in self._areas:
            initial = "not_now" if row.not_now else str(row.rank or "")
            self.fields[f"area_{row.area.code}"] = forms.SelectField(
                label=row.area.name, choices=places, required=False, initial=initial
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for row in self._areas:
            name = f"area_{row.area.code}"
            place = data.get(name) or ""
            if place.isdigit() and place in taken:
                self.add_error(
                    name,
                    gettext("Number %(n)s is already given to “%(area)s”")
                    % {"n": place, "area": taken[place]},
                )
            elif place.isdigit():
                taken[place] = row.area.name
        return data

    @property
    def first(self) -> list[AreaOfLife]:
        chosen = [
            (int(self.cleaned_data[f"area_{row.area.code}"]), row.area)
            for row in self._areas
            if (self.cleaned_data[f"area_{row.area.code}"] or "").isdigit()
        ]
        return [area for _place, area in sorted(chosen, key=lambda one: one[0])]

    @property
    def not_now(self) -> list[AreaOfLife]:
        return [
            row.area
            for row in self._areas
            if self.cleaned_data[f"area_{row.area.code}"] == "not_now"
        ]


class _DueMixin(forms.NHSForm):
    """A plan is looked at again within six months."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        due: Any = self.fields["review_due"]
        today = timezone.localdate()
        due.earliest, due.latest = today + dt.timedelta(days=1), today + dt.timedelta(days=183)
        due.latest_message = gettext("%(noun)s must be within six months")
        due.initial = due.latest


class ShareForm(_DueMixin):
    """Make a version."""

    mark_optional = False
    why = forms.TextAreaField(label=_("What is new in it"), required=False, rows=3)
    review_due = forms.SplitDateField(
        label=_("Look at it again by"),
        hint=_("Within six months, or sooner if you both want to."),
        noun=_("date"),
    )
    together = forms.CheckboxField(label=_("We share it together"), required=False)
    team_agrees = forms.CheckboxField(label=_("The team agrees to this version"), required=False)
    field_order = ["why", "review_due", "together", "team_agrees"]

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["together"].label = gettext("%(name)s is here, and we share it together") % {
            "name": name
        }


class ReasonForm(forms.NHSForm):
    """Why."""

    reason = forms.TextAreaField(label=_("Why"), missing=_("Say why"), rows=4)


class EndForm(ReasonForm):
    """Why a plan ends and what comes next."""

    what_next = forms.TextAreaField(
        label=_("What comes next for the person"),
        missing=_("Say what comes next for the person"),
        rows=4,
    )


class ReviewForm(forms.NHSForm):
    """Ask for a look at the plan."""

    mark_optional = False
    kind = forms.RadiosField(
        label=_("What kind of look?"),
        missing=_("Select what kind of look"),
        choices=[
            ("informal", _("An informal look: the plan stays as it stands meanwhile")),
            ("formal", _("A review meeting, with whoever the person wants there")),
        ],
    )
    asked_by_person = forms.CheckboxField(label=_("The person asked for it"), required=False)
    why = forms.TextAreaField(
        label=_("Why now"), hint=_("The person needs no reason."), required=False, rows=3
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_by_person"].label = gettext("%(name)s is here and asks for it") % {
            "name": name
        }


class KeepForm(_DueMixin):
    """The plan was looked at and stays."""

    mark_optional = False
    words = forms.TextAreaField(
        label=_("What you looked at together"),
        missing=_("Write down what you looked at together"),
        rows=5,
    )
    review_due = forms.SplitDateField(label=_("Look at it again by"), noun=_("date"))
    together = forms.CheckboxField(label=_("We looked at it together"), required=False)
    field_order = ["words", "review_due", "together"]


class AgreeForm(forms.NHSForm):
    """What one party says to a version."""

    mark_optional = False
    conditionals = {
        "means": {"signature": ("scan",), "code": ("code",), "authority": ("authority",)}
    }
    party = forms.RadiosField(
        label=_("Who answers?"),
        missing=_("Select who answers"),
        choices=Agreement.Party.choices,
    )
    name = forms.TextField(
        label=_("Their name"),
        hint=_("For a carer, an advocate or another team."),
        required=False,
        max_length=120,
    )
    answer = forms.RadiosField(
        label=_("What do they say?"),
        missing=_("Select what they say"),
        choices=Agreement.Answer.choices,
    )
    words = forms.TextAreaField(
        label=_("In their own words"), required=False, rows=4, own_words=True
    )
    means = forms.RadiosField(
        label=_("How did the person say so?"),
        hint=_("Only for the person. To say yes, it takes their own confirmation."),
        required=False,
        choices=[
            ("told", _("They told me (not for a yes)")),
            ("signature", _("They signed the printed page")),
            ("code", _("They gave me the code that was sent to them")),
            ("authority", _("Somebody with legal authority answers for them")),
        ],
    )
    scan = forms.FileField(
        label=_("The signed page"), hint=_("PDF, PNG or JPEG, up to 10 MB."), required=False
    )
    code = forms.TextField(
        label=_("The code"),
        required=False,
        max_length=6,
        width=10,
        inputmode="numeric",
        autocomplete="off",
    )
    authority = forms.ModelSelectField(
        label=_("Who has legal authority"), queryset=None, required=False
    )
    copy = forms.RadiosField(
        label=_("How did they get a copy?"),
        required=False,
        choices=Agreement.Copy.choices,
    )
    field_order = [
        "party",
        "name",
        "answer",
        "words",
        "means",
        "scan",
        "code",
        "authority",
        "copy",
    ]

    def __init__(
        self, *args: Any, name: str, authorities: QuerySet[LegalAuthority], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authority"]
        field.queryset = authorities
        party: Any = self.fields["party"]
        party.choices = [
            (code, name if code == Agreement.Party.PERSON else text)
            for code, text in Agreement.Party.choices
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        party, means = data.get("party"), data.get("means")
        if party == Agreement.Party.PERSON:
            if not means:
                self.add_error("means", gettext("Select how the person said so"))
            if means == "signature" and not data.get("scan") and "scan" not in self.errors:
                self.add_error("scan", gettext("Add the signed page"))
            if means == "code" and not data.get("code"):
                self.add_error("code", gettext("Enter the code"))
            if means == "authority" and not data.get("authority"):
                self.add_error("authority", gettext("Select who has legal authority"))
        elif party and party != Agreement.Party.TEAM and not data.get("name"):
            self.add_error("name", gettext("Enter the name of who answers"))
        return data


class CapacityForm(forms.NHSForm):
    """Whether the person can decide about this version."""

    outcome = forms.RadiosField(
        label=_("Can they decide about this version today?"),
        missing=_("Select whether they can decide"),
        choices=CapacityRecord.Outcome.choices,
    )
    help_given = forms.TextAreaField(
        label=_("What was done to help them decide"),
        missing=_("Say what was done to help them decide"),
        rows=4,
    )
    why = forms.TextAreaField(
        label=_("What this rests on"), missing=_("Say what this rests on"), rows=4
    )


class AuthorityForm(forms.NHSForm):
    """Somebody who may by law decide for the person."""

    mark_optional = False
    kind = forms.RadiosField(
        label=_("What kind of authority?"),
        missing=_("Select what kind of authority"),
        choices=LegalAuthority.Kind.choices,
    )
    holder = forms.TextField(label=_("Name"), missing=_("Enter the name"), max_length=120)
    scope = forms.TextAreaField(label=_("What it covers"), missing=_("Say what it covers"), rows=3)
    reference = forms.TextField(
        label=_("Registration or court reference"),
        missing=_("Enter the registration or court reference"),
        max_length=60,
        width=20,
    )
    start = forms.SplitDateField(label=_("From"), noun=_("first day"))
    end = forms.SplitDateField(label=_("Until, if it ends"), noun=_("last day"), required=False)
    seen = forms.CheckboxField(
        label=_("I have seen the document"), missing=_("Look at the document first")
    )


class MeetingForm(forms.NHSForm):
    """One area on one screen, for two people who look at it together."""

    mark_optional = False
    theirs = ("value", "wants_help", "matters")
    ours = ("shared_view", "goal", "action", "action_owner")
    seen_matters = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    seen_shared_view = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    seen_differently = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)
    value = forms.RadiosField(
        label=_("How is it going?"), choices=list(RATING.items()), required=False
    )
    wants_help = forms.RadiosField(
        label=_("Do you want help with this?"), choices=HELP, required=False
    )
    matters = forms.TextAreaField(
        label=_("What matters to me here"), required=False, rows=5, own_words=True
    )
    shared_view = forms.TextAreaField(label=_("How we see it together"), required=False, rows=5)
    goal = forms.TextAreaField(label=_("A new goal"), required=False, rows=2, own_words=True)
    action = forms.TextAreaField(label=_("One thing that will happen next"), required=False, rows=2)
    action_owner = forms.RadiosField(label=_("Who sees to it?"), required=False, choices=[])
    differently = forms.TextAreaField(
        label=_("I see it differently"), required=False, rows=3, own_words=True
    )

    def __init__(
        self,
        *args: Any,
        name: str,
        me: str,
        lines: Mapping[str, Line],
        team_view: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["action_owner"]
        owner.choices = [("person", name), ("worker", me)]
        if not team_view:  # there is nothing yet to see differently
            del self.fields["differently"], self.fields["seen_differently"]
        for kind in ("matters", "shared_view", *(["differently"] if team_view else [])):
            line = lines.get(kind)
            there = line is not None and not line.removed
            self.fields[kind].initial = line.words if line is not None and there else ""
            self.fields[f"seen_{kind}"].initial = line.version if line is not None else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("action") and not data.get("action_owner"):
            self.add_error("action_owner", gettext("Select who sees to it"))
        return data


class SharingForm(forms.NHSForm):
    """Which parts of a plan an organisation reads."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        areas: Sequence[AreaOfLife],
        chosen: Sequence[str],
        rest: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"] = forms.CheckboxesField(
            label=gettext("Areas of life"),
            choices=[(one.code, one.name) for one in areas],
            initial=list(chosen),
            required=False,
        )
        self.fields["rest"] = forms.CheckboxesField(
            label=gettext("And besides"),
            choices=[
                ("safety", gettext("The safety plan")),
                ("whole", gettext("Hopes, learning, check-ins and who does what")),
            ],
            initial=list(rest),
            required=False,
        )


class TotalForm(forms.NHSForm):
    """The total of a scale that was filled in elsewhere."""

    mark_optional = False
    scale = forms.RadiosField(label=_("Which scale?"), missing=_("Select a scale"), choices=[])
    total = forms.NumberField(label=_("Total"), missing=_("Enter the total"), width=4)
    words = forms.TextAreaField(
        label=_("What they said about it"), required=False, rows=3, own_words=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scale"]
        field.choices = [
            (
                one.code,
                gettext("%(name)s, %(low)d to %(high)d, %(better)s")
                % {"name": one.name, "low": one.low, "high": one.high, "better": one.better},
            )
            for one in TOTALS.values()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        about, total = TOTALS.get(data.get("scale") or ""), data.get("total")
        if about and total is not None and not about.low <= total <= about.high:
            self.add_error(
                "total",
                gettext("A total of %(scale)s lies between %(low)d and %(high)d")
                % {"scale": about.name, "low": about.low, "high": about.high},
            )
        return data


class PackForm(forms.NHSForm):
    """The questions of a pack. Each may be left out."""

    mark_optional = False

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pack = pack
        for number, item in enumerate(pack.items):
            self.fields[f"item_{number}"] = forms.RadiosField(
                label=item.text, choices=pack.choices(), required=False
            )
            if item.more_help:
                self.fields[f"help_{number}"] = forms.CheckboxField(
                    label=gettext("I want more help with this"), required=False
                )
        self.fields["words"] = forms.TextAreaField(
            label=gettext("In your own words"), required=False, rows=3, own_words=True
        )

    @property
    def answers(self) -> dict[str, int]:
        """What was answered, by the code of the question."""
        return {
            item.code: int(self.cleaned_data[f"item_{number}"])
            for number, item in enumerate(self._pack.items)
            if self.cleaned_data.get(f"item_{number}")
        }

    @property
    def wants_help(self) -> list[str]:
        return [
            item.code
            for number, item in enumerate(self._pack.items)
            if self.cleaned_data.get(f"help_{number}")
        ]


class PackFileForm(forms.NHSForm):
    """A file with the questions of a measure."""

    file = forms.FileField(
        label=_("The file"),
        hint=_("JSON, up to 200 kB. Its questions are shown as they stand in it."),
        missing=_("Choose a file"),
    )
    licensed = forms.CheckboxField(
        label=_("We may use these questions on these terms"),
        error_messages={"required": _("Confirm that you may use these questions")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 200_000:
            raise django_forms.ValidationError(gettext("The file must be smaller than 200 kB"))
        try:
            return json.loads(file.read().decode())
        except ValueError as fault:
            raise django_forms.ValidationError(
                gettext("The file cannot be read as JSON")
            ) from fault


class AreaForm(forms.NHSForm):
    """One area of life."""

    mark_optional = False
    name = forms.TextField(
        label=_("Name"), missing=_("Enter a name"), max_length=80, hint=_("A few plain words.")
    )
    hint = forms.TextField(label=_("What belongs here"), required=False, max_length=200)
    order = forms.NumberField(
        label=_("Place in the list"),
        hint=_("A small number stands further up. It is only for the eye: all areas are equal."),
        missing=_("Enter a number"),
        min_value=0,
        max_value=9999,
        width=4,
    )
    active = forms.CheckboxField(label=_("New plans have this area"), required=False)
    locality = forms.ModelSelectField(
        label=_("Only in one locality"),
        hint=_("Leave this empty for plans everywhere."),
        queryset=None,
        required=False,
    )

    def __init__(self, *args: Any, localities: QuerySet[Locality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["locality"]
        field.queryset = localities


class LocalAreasForm(forms.NHSForm):
    """Where each area of life stands in the plans of one locality, and which are left out there."""

    mark_optional = False

    def __init__(self, *args: Any, areas: Sequence[AreaOfLife], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas = list(areas)
        places = [(str(n), str(n)) for n in range(1, len(self._areas) + 1)]
        here = 0
        for one in self._areas:
            here += one.used  # type: ignore[attr-defined]
            self.fields[f"area_{one.code}"] = forms.SelectField(
                label=one.name,
                choices=[*places, ("", gettext("Not in new plans here"))],
                required=False,
                initial=str(here) if one.used else "",  # type: ignore[attr-defined]
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for one in self._areas:
            name = f"area_{one.code}"
            place = data.get(name) or ""
            if place and place in taken:
                self.add_error(
                    name,
                    gettext("Number %(n)s is already given to “%(area)s”")
                    % {"n": place, "area": taken[place]},
                )
            elif place:
                taken[place] = one.name
        if not taken and not self.errors and self._areas:
            self.add_error(
                f"area_{self._areas[0].code}", gettext("Give at least one area a number")
            )
        return data

    @property
    def used(self) -> list[AreaOfLife]:
        """The areas that new plans have, in their order."""
        placed = [
            (int(self.cleaned_data[f"area_{one.code}"]), one)
            for one in self._areas
            if self.cleaned_data[f"area_{one.code}"]
        ]
        return [one for _place, one in sorted(placed, key=lambda pair: pair[0])]
