"""What a care plan is made of: every kind of line, whose voice it is in, and what it asks.

Pure data. Areas of life are equal; what is written in them is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Voice(TextChoices):
    """Whose words they are."""

    PERSON = "person", _("In my own words")
    OURS = "ours", _("What we agreed to write")
    TEAM = "team", _("The team's view")


class Kind(StrEnum):
    """What a line says."""

    MATTERS = "matters"
    SHARED_VIEW = "shared_view"
    TEAM_VIEW = "team_view"
    DIFFERENTLY = "differently"
    GOAL = "goal"
    ACTION = "action"
    OPTION = "option"
    TRIED = "tried"
    HOPE = "hope"
    LEARNING = "learning"
    CHECK_IN = "check_in"
    NETWORK = "network"
    SAFETY_SIGNS = "safety_signs"
    SAFETY_ALONE = "safety_alone"
    SAFETY_AWAY = "safety_away"
    SAFETY_PEOPLE = "safety_people"
    SAFETY_SERVICES = "safety_services"
    SAFETY_AROUND = "safety_around"
    SAFETY_KEPT = "safety_kept"


class Owner(TextChoices):
    """Who sees to something."""

    PERSON = "person", _("The person")
    WORKER = "worker", _("A worker")
    CARER = "carer", _("Family, friend or carer")
    AGENCY = "agency", _("Another agency")


class Choice(TextChoices):
    """What was decided about an option."""

    CHOSEN = "chosen", _("We chose this")
    NOT_NOW = "not_now", _("Not now")
    NO = "no", _("No, not this")


class Helped(TextChoices):
    YES = "yes", _("It helped")
    BIT = "bit", _("It helped a bit")
    NO = "no", _("It did not help")


class Keep(TextChoices):
    YES = "yes", _("Keep it")
    UNSURE = "unsure", _("Not sure yet")
    NO = "no", _("Let it go")


class Likely(TextChoices):
    LIKELY = "likely", _("I would use this")
    UNSURE = "unsure", _("I am not sure")
    UNLIKELY = "unlikely", _("I would not use this")


class Progress(TextChoices):
    """How far an action has come. What was not done says nothing about the person."""

    TO_DO = "to_do", _("To do")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    CHANGED = "changed", _("We do something else instead")
    STOPPED = "stopped", _("No longer needed")


OPEN_PROGRESS = (Progress.TO_DO, Progress.UNDER_WAY)
CHOICES: dict[str, type[TextChoices]] = {
    "owner_kind": Owner,
    "choice": Choice,
    "helped": Helped,
    "keep": Keep,
    "likely": Likely,
}
OWNER = ("owner_kind", "owner_worker", "owner_words")


@dataclass(frozen=True)
class LineKind:
    """`fields` are what it asks; `single` is there once in its place."""

    kind: Kind
    voice: Voice
    name: Words
    hint: Words
    fields: tuple[str, ...] = ("words",)
    single: bool = False
    in_area: bool = True
    add: Words = ""  # the words of the link that adds one
    own_hint: Words = ""  # the hint to the person themselves, where it is another one

    def hint_for(self, *, own: bool) -> Words:
        """The hint to whoever writes: the person themselves, or a worker."""
        return self.own_hint if own and self.own_hint else self.hint


def _safety(kind: Kind, name: Words, hint: Words) -> LineKind:
    return LineKind(kind, Voice.PERSON, name, hint, ("words", "likely"), single=True, in_area=False)


KINDS: dict[Kind, LineKind] = {
    one.kind: one
    for one in [
        LineKind(
            Kind.MATTERS,
            Voice.PERSON,
            _("What matters to me here"),
            _("How it is now, what is good about it, what is hard. In the person's own words."),
            own_hint=_("How it is now, what is good about it, what is hard. In your own words."),
            single=True,
        ),
        LineKind(
            Kind.SHARED_VIEW,
            Voice.OURS,
            _("How we see it together"),
            _("What you both can say about it."),
            own_hint=_("What you and your team can both say about it."),
            single=True,
        ),
        LineKind(
            Kind.TEAM_VIEW,
            Voice.TEAM,
            _("How the team sees it"),
            _("Say it as you would say it to the person. They read it and can answer."),
            own_hint=_("These are your team's words. Write what you would have them say instead."),
            single=True,
        ),
        LineKind(
            Kind.DIFFERENTLY,
            Voice.PERSON,
            _("I see it differently"),
            _("It stays beside what the team wrote, for everybody who reads it."),
            single=True,
        ),
        LineKind(
            Kind.GOAL,
            Voice.PERSON,
            _("Goal"),
            _("What would be different? In the person's own words."),
            own_hint=_("What would be different? In your own words."),
            add=_("Add a goal"),
        ),
        LineKind(
            Kind.ACTION,
            Voice.OURS,
            _("Action"),
            _("What will happen, who sees to it, and by when."),
            ("words", *OWNER, "due_on"),
            add=_("Add an action"),
        ),
        LineKind(
            Kind.OPTION,
            Voice.OURS,
            _("Option"),
            _("Something that could be done, with what speaks for and against it."),
            ("words", "in_favour", "against", "choice"),
            add=_("Add an option"),
        ),
        LineKind(
            Kind.TRIED,
            Voice.PERSON,
            _("Something I have tried"),
            _("It is fine to try things and let them go again."),
            ("words", "helped", "keep"),
            add=_("Add something tried"),
        ),
        LineKind(
            Kind.HOPE,
            Voice.PERSON,
            _("Long-term hope"),
            _("Something to live towards, however far away."),
            in_area=False,
            add=_("Add a hope"),
        ),
        LineKind(
            Kind.LEARNING,
            Voice.PERSON,
            _("Learning and work goal"),
            _("Study, training, volunteering, a job, or anything else to do with one's days."),
            own_hint=_("Study, training, volunteering, a job, or anything else for your days."),
            in_area=False,
            add=_("Add a learning or work goal"),
        ),
        LineKind(
            Kind.CHECK_IN,
            Voice.OURS,
            _("Check-in when things go well"),
            _("Being well is no reason to be left alone. Who asks, how, and how often?"),
            ("words", *OWNER),
            in_area=False,
            add=_("Add a check-in"),
        ),
        LineKind(
            Kind.NETWORK,
            Voice.OURS,
            _("Who does what"),
            _("One person or agency, and what they do."),
            ("words", *OWNER),
            in_area=False,
            add=_("Add who does what"),
        ),
        _safety(
            Kind.SAFETY_SIGNS,
            _("How I notice that it is getting hard"),
            _("Thoughts, feelings, places or days that tell you it is time to use this plan."),
        ),
        _safety(
            Kind.SAFETY_ALONE,
            _("What I can do by myself"),
            _("Things that get you through the next minutes or hours."),
        ),
        _safety(
            Kind.SAFETY_AWAY,
            _("People and places that take my mind off it"),
            _("You need not tell them why."),
        ),
        _safety(
            Kind.SAFETY_PEOPLE,
            _("People I can ask for help"),
            _("Names and how to reach them."),
        ),
        _safety(
            Kind.SAFETY_SERVICES,
            _("Services and workers I can turn to"),
            _("Names, numbers, and what helps you to ring them."),
        ),
        _safety(
            Kind.SAFETY_AROUND,
            _("Making it safer around me"),
            _("What helps to be out of reach, and who can help with that."),
        ),
        _safety(
            Kind.SAFETY_KEPT,
            _("Where I keep this plan"),
            _("For example on your telephone, in your wallet, with somebody you trust."),
        ),
    ]
}

IN_AREA = tuple(one.kind for one in KINDS.values() if one.in_area)
ON_PLAN = (Kind.HOPE, Kind.LEARNING, Kind.CHECK_IN, Kind.NETWORK)
SAFETY_STEPS = (
    Kind.SAFETY_SIGNS,
    Kind.SAFETY_ALONE,
    Kind.SAFETY_AWAY,
    Kind.SAFETY_PEOPLE,
    Kind.SAFETY_SERVICES,
    Kind.SAFETY_AROUND,
)
SAFETY = (*SAFETY_STEPS, Kind.SAFETY_KEPT)
TEXTS = ("words", "in_favour", "against")
FIELDS = (*TEXTS, "choice", "helped", "keep", "likely", *OWNER, "due_on")
FIELD_NAMES: dict[str, Words] = {
    "words": _("Words"),
    "in_favour": _("What speaks for it"),
    "against": _("What speaks against it"),
    "choice": _("What we decided"),
    "helped": _("Did it help?"),
    "keep": _("Keep it?"),
    "likely": _("Would you use it?"),
    "owner_kind": _("Who sees to it"),
    "owner_worker": _("Which worker"),
    "owner_words": _("Name of the agency or helper"),
    "due_on": _("By when"),
}
