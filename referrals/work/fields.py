"""The questions that acts ask, by name.

None is required by the form: what is missing, and what to do about it, is said by the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Membership
from casework.cases.models import CaseEvent
from casework.cases.team_work.known import known_to
from casework.cases.team_work.policy import workers_in
from casework.common import forms
from casework.directory.models import Team, Worker
from referrals.models import DeclineProposal, Referral, Responsibility
from referrals.situation import Situation
from referrals.table import Role, State
from referrals.work.standing import sender_words, team_words

LONG, SHORT = 4000, 300
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
ENDINGS = [
    ("02", _("The work has reached its aim")),
    ("04", _("No further treatment would help now")),
    ("07", _("The person asked for it")),
    ("08", _("They go on with somebody else")),
    ("09", _("The person did not want to begin")),
    ("01", _("Admitted elsewhere")),
    ("03", _("Moved away")),
    ("05", _("Meetings were missed")),
]


@dataclass
class Asking:
    """For which referral a form asks, and who fills it in."""

    situation: Situation

    @property
    def referral(self) -> Referral:
        return self.situation.referral

    @property
    def name(self) -> str:
        return self.referral.person.display_name

    @cached_property
    def workers(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Workers of the receiving team: whom the person knows first, with how well."""
        referral = self.referral
        if referral.team_id is None:
            return []
        colleagues = list(workers_in({referral.team_id}).order_by("name", "pk")[:200])
        peers = _peers(referral.team_id)
        here = {one.pk: one for one in colleagues if one.pk not in peers}
        known = {one.worker.pk: one for one in known_to(referral.person) if one.worker.pk in here}
        before = self._named_before
        first = [pk for pk in ([before] if before in here else []) if pk is not None]
        first += [pk for pk in known if pk not in first]
        groups = []
        if first:
            lines = []
            for pk in first:
                times = known[pk].times if pk in known else 0
                words = gettext("was the worker before") if pk == before else ""
                if times:
                    met = ngettext("met once", "met %(n)d times", times) % {"n": times}
                    words = ", ".join(part for part in (words, met) if part)
                lines.append((str(pk), f"{here[pk].name} ({words})"))
            groups.append((gettext("%(name)s knows") % {"name": self.name}, lines))
        rest = [(str(pk), one.name) for pk, one in here.items() if pk not in first]
        if rest:
            groups.append((team_words(referral), rest))
        return groups

    @property
    def everybody(self) -> list[tuple[str, str]]:
        """All workers of the receiving team, by name: for several people at once."""
        found = [choice for _group, choices in self.workers for choice in choices]
        names = {key: label.partition(" (")[0] for key, label in found}
        return sorted(names.items(), key=lambda item: item[1])

    @cached_property
    def _named_before(self) -> UUID | None:
        """Who was named before the person came back."""
        event = (
            CaseEvent.objects.filter(
                person_id=self.referral.person_id, about=self.referral.pk, kind="referral.reopen"
            )
            .order_by("-created_at", "-pk")
            .first()
        )
        before = event.data.get("previous_worker") if event is not None else None
        return UUID(before) if before else None


def _peers(team_id: UUID) -> set[UUID | None]:
    """Peer workers of a team, who never answer for a person alone."""
    rows = Membership.objects.on(timezone.localdate()).filter(
        team_id=team_id, role="peer_worker", user__worker__isnull=False
    )
    return set(rows.order_by().values_list("user__worker_id", flat=True))


class WorkerField(forms.SelectField):
    """One of some workers. The list is only made when it is shown: an answer costs one query."""

    def __init__(self, *args: Any, workers: QuerySet[Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workers = workers

    def valid_value(self, value: Any) -> bool:
        return True  # asked of the database in `clean`

    def clean(self, value: Any) -> Worker | None:
        chosen = super().clean(value)
        if not chosen:
            return None
        try:
            worker = self.workers.select_related("user").filter(pk=UUID(chosen)).first()
        except ValueError:
            worker = None
        if worker is None:
            raise ValidationError(gettext("Select somebody of the list"))
        return worker


Make = Callable[[Asking], Any]


def text(label: Any, hint: Any = "", *, rows: int = 4, optional: bool = False) -> Make:
    return lambda asking: forms.TextAreaField(
        label=label,
        hint=str(hint).format(name=asking.name) if hint else "",
        required=False,
        mark_optional=optional,
        max_length=LONG,
        rows=rows,
    )


def line(label: Any, hint: Any = "", *, optional: bool = False) -> Make:
    return lambda asking: forms.TextField(
        label=label,
        hint=str(hint).format(name=asking.name) if hint else "",
        required=False,
        mark_optional=optional,
        max_length=SHORT,
    )


def radios(label: Any, choices: Any, hint: Any = "", **options: Any) -> Make:
    def make(asking: Asking) -> Any:
        return forms.RadiosField(
            label=str(label).format(name=asking.name),
            hint=str(hint).format(name=asking.name) if hint else "",
            choices=choices(asking) if callable(choices) else choices,
            required=False,
            mark_optional=False,
            **options,
        )

    return make


def day(label: Any, noun: Any, *, past: bool = False, today: bool = False) -> Make:
    def make(asking: Asking) -> Any:
        found = forms.SplitDateField(
            label=str(label).format(name=asking.name),
            noun=noun,
            required=False,
            mark_optional=False,
        )
        on = timezone.localdate()
        if past:
            found.latest = on
            found.latest_message = gettext("%(noun)s cannot be in the future")
        if today:
            found.initial = on
        return found

    return make


def box(label: Any) -> Make:
    return lambda asking: forms.CheckboxField(
        label=str(label).format(name=asking.name), required=False
    )


def _workers(label: Any) -> Make:
    return lambda asking: WorkerField(
        label=label,
        choices=lambda: [("", ""), *asking.workers],
        workers=workers_in({asking.referral.team_id} - {None}),
        required=False,
        mark_optional=False,
    )


def _asked_worker(asking: Asking) -> Any:
    """A worker of the sending team or of one's own, or whoever holds the person."""
    teams = {pk for pk in (asking.referral.sender_team_id, asking.referral.team_id) if pk}
    held = Responsibility.objects.filter(person_id=asking.referral.person_id)
    wanted = Q(pk__in=workers_in(teams).values("pk")) | Q(pk__in=held.values("worker_id"))
    return forms.ModelSelectField(
        label=_("Which worker"),
        queryset=Worker.objects.filter(wanted, active=True).order_by("name", "pk"),
        required=False,
        mark_optional=False,
    )


def _team(label: Any, *, other_than_receiver: bool = True) -> Make:
    def make(asking: Asking) -> Any:
        rows = Team.objects.filter(active=True).order_by("name", "pk")
        if other_than_receiver and asking.referral.team_id:
            rows = rows.exclude(pk=asking.referral.team_id)
        return forms.ModelSelectField(
            label=label, queryset=rows, required=False, mark_optional=False
        )

    return make


def _whom(asking: Asking) -> list[tuple[str, str]]:
    found = []
    if asking.referral.sender_team_id is not None:
        found.append(("sender", sender_words(asking.referral)))
    return [
        *found,
        ("worker", gettext("One worker, by name")),
        ("team", gettext("Another team")),
        ("words", gettext("An agency without an account")),
    ]


def _live(asking: Asking) -> Any:
    if not asking.referral.urgent:
        return None
    return text(
        _("Who of the two teams talked with whom, and when"),
        _("This is urgent: talk with the sending team first. The clock runs on."),
        rows=2,
    )(asking)


def _sender_agreed(asking: Asking) -> Any:
    if asking.situation.roles & {Role.SENDER, Role.PERSON}:
        return None
    return line(_("Who of the sending team agreed to this"), _("Their name, and when."))(asking)


def _parts_agreed(asking: Asking) -> Any:
    referral = asking.referral
    parts = [str(one.get_part_display()) for one in referral.shared_parts.given().agreed()]
    if not parts:
        return None
    return forms.CheckboxField(
        label=gettext("%(name)s agrees that the other team reads what was shared with %(team)s")
        % {"name": asking.name, "team": referral.team},
        hint=gettext(
            "It is this: %(parts)s. Leave it empty where you have not asked, or they would rather"
            " not: the other team then asks them itself."
        )
        % {"parts": "; ".join(parts)},
        required=False,
    )


def _note(asking: Asking) -> Any:
    row = asking.situation.row("reopen")
    needed = row is not None and row.target == State.RECEIVED
    return text(_("Why it is opened again"), rows=3, optional=not needed)(asking)


FIELDS: dict[str, Make] = {
    "meeting_words": text(
        _("The meeting that was offered"), _("When, where and how, as {name} likes it."), rows=3
    ),
    "question": text(_("What you need to know"), _("One thing, and why it helps to decide.")),
    "whom": radios(_("Who can find it out"), _whom),
    "asked_team": _team(_("Which team"), other_than_receiver=True),
    "asked_worker": _asked_worker,
    "asked_words": line(_("Which agency, and whom there")),
    "answer": text(_("Answer")),
    "tried": text(_("What was tried to get an answer"), rows=3),
    "explanation": text(
        _("Why, in plain words"),
        _("As {name} will read it."),
    ),
    "cannot_offer": text(_("What your team cannot offer"), rows=3),
    "instead": radios(
        _("Who can help instead"),
        [
            ("team", _("Another team")),
            ("words", _("Something else, such as a group or a charity")),
            ("nothing", _("Nothing exists here (this is counted as a gap)")),
        ],
    ),
    "instead_team": _team(_("Which team")),
    "instead_words": line(_("What, and where")),
    "grounds": lambda asking: forms.CheckboxesField(
        label=_("What speaks against it"),
        choices=DeclineProposal.Ground.choices,
        required=False,
        mark_optional=False,
    ),
    "reason_code": radios(
        _("National reason"),
        [("01", _("01: a duplicate of another referral")), ("02", _("02: not the right place"))],
    ),
    "live_conversation": _live,
    "talked_on": day(_("When you talked about it with {name}"), _("day you talked"), past=True),
    "next": radios(
        _("What comes next"),
        [
            ("team", _("A referral to another team")),
            ("plan", _("Support as it is, with a plan")),
        ],
    ),
    "onward_team": _team(_("Which team")),
    "holding_plan": text(_("The plan"), rows=3),
    "reason": text(_("Why"), _("{name} may read this."), rows=3),
    "team": _team(_("To which team")),
    "sender_agreed": _sender_agreed,
    "parts_agreed": _parts_agreed,
    "worker": _workers(_("Who")),
    "intensity": radios(_("From now on"), Referral.Intensity.choices),
    "with_person": box(_("{name} and I have agreed this together")),
    "extra": radios(_("Extra help for a while"), YES_NO, inline=True),
    "extra_words": line(_("What is added")),
    "extra_owner": _workers(_("Who sees to it")),
    "extra_until": day(_("Until when"), _("last day of the extra help")),
    "attempts": text(_("What was tried to find out what got in the way"), rows=3, optional=True),
    "granted": radios(_("Do you sign this ending off?"), YES_NO, inline=True),
    "outcome_words": text(_("What came of it")),
    "close_reason": radios(_("Why it ends"), ENDINGS),
    "advice": text(_("Your advice")),
    "person_agreed": box(_("{name} agrees")),
    "sender_agreed_too": box(_("Whoever asked agrees")),
    "cause": radios(
        _("What happened"),
        [
            ("moved", _("Moved away")),
            ("admitted", _("Admitted")),
            ("imprisoned", _("Imprisoned")),
        ],
    ),
    "happened_on": day(_("When it happened"), _("day it happened"), past=True),
    "who_keeps_contact": line(_("Who keeps contact with the person")),
    "confirmed_by": line(
        _("Who confirmed a first contact there"), _("Only where {name} moved away."), optional=True
    ),
    "words": text(_("Anything else that matters"), rows=3, optional=True),
    "asked_by": radios(
        _("Who asked for this"),
        [("person", _("The person")), ("sender", _("The sending team"))],
    ),
    "instead_of_it": text(_("What happens instead"), rows=3),
    "note": _note,
    "last_contact": line(_("When the person was last in touch, and how")),
    "what_next": text(_("What happens next"), rows=3),
    "by_when": day(_("By when"), _("day")),
    "until": day(_("Ask again on"), _("day")),
    "later_because": text(_("Why later"), rows=2),
}
