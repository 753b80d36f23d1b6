"""A person's own referrals, as their own pages tell them: one line of truth each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.cases.models import CaseEvent, Contact, Person
from casework.common.dates import add_working_days
from casework.common.presenters import clock, short_date
from casework.continuity.policy_values import Policies
from casework.portal.models import PortalAccount
from referrals.asking.teams import Choice
from referrals.models import Correction, DeclineProposal, EndingPlan, Offer, Question, Referral
from referrals.table import OPEN, STATES, State
from referrals.work.standing import (
    Standing,
    instead_words,
    sender_words,
    team_words,
    worker_words,
)

BY_THE_PERSON = "07"  # reason for ending: the person asked for it
TALK_WITHIN = 2  # working days in which somebody talks with the person before it is shown


def mine(person: Person) -> list[Referral]:
    """Every referral of a person that they read here: those that go on first."""
    rows = (
        person.referrals.exclude(state=State.ENTERED_IN_ERROR)
        .select_related(
            "person", "team", "sender_team", "named_worker", "author", "held__worker", "held__team"
        )
        .order_by("-received_on", "pk")
    )
    return sorted(rows, key=lambda row: row.state not in (State.DRAFT, *OPEN))


def is_quiet(
    referral: Referral,
    proposal: DeclineProposal | None,
    *,
    at_once: bool,
    on: dt.date,
    ending_agreed: bool = True,
) -> bool:
    """Does hard news about a referral still wait for the conversation with the person?

    A no, and an ending that was not agreed with them (`ending_agreed`).
    """
    if at_once:
        return False
    if referral.state == State.CLOSED:
        if ending_agreed:
            return False
    elif referral.state not in (State.DECLINE_PROPOSED, State.DECLINED):
        return False
    elif proposal is not None and proposal.talked_on is not None:
        return False
    since = referral.state_on or referral.received_on
    return on <= add_working_days(since, TALK_WITHIN)


def proposals_of(rows: Iterable[Referral]) -> dict[Any, DeclineProposal]:
    """The latest proposal to decline of each referral."""
    found: dict[Any, DeclineProposal] = {}
    for one in (
        DeclineProposal.objects.filter(referral__in=list(rows))
        .select_related("instead_team")
        .order_by("created_at", "pk")
    ):
        found[one.referral_id] = one
    return found


def agreed_endings(rows: Iterable[Referral]) -> set[Any]:
    """The referrals whose ending was agreed with the person, or that they ended themselves."""
    ended = [row for row in rows if row.state == State.CLOSED]
    if not ended:
        return set()
    agreed = EndingPlan.objects.filter(referral__in=ended).values_list("referral_id", flat=True)
    return set(agreed) | {row.pk for row in ended if row.close_reason == BY_THE_PERSON}


def quiet_referrals(account: PortalAccount, on: dt.date) -> set[Any]:
    """The referrals of which nothing new is told yet."""
    lately = Q(state=State.CLOSED, state_on__gte=on - dt.timedelta(days=14))
    rows = list(
        account.person.referrals.filter(
            Q(state__in=[State.DECLINE_PROPOSED, State.DECLINED]) | lately
        )
    )
    if not rows:
        return set()
    proposals, agreed = proposals_of(rows), agreed_endings(rows)
    return {
        row.pk
        for row in rows
        if is_quiet(
            row,
            proposals.get(row.pk),
            at_once=account.read_at_once,
            on=on,
            ending_agreed=row.pk in agreed,
        )
    }


def holder_words(referral: Referral) -> str:
    """Who holds the person meanwhile."""
    held = referral.held
    if held is None:
        return _("your worker")
    return str(held.worker or held.team or _("your worker"))


@dataclass(frozen=True)
class Told:
    """One referral, in its one line."""

    title: str
    line: str
    late: str
    href: str
    open: bool


def tell(account: PortalAccount, rows: list[Referral], on: dt.date) -> list[Told]:
    """Each referral in one line; the number of queries does not depend on how many there are."""
    questions: dict[Any, Question] = {
        one.referral_id: one
        for one in Question.objects.filter(
            referral__in=rows, settled_on__isnull=True
        ).select_related("asked_worker", "asked_team")
    }
    proposals, agreed = proposals_of(rows), agreed_endings(rows)
    meetings = _meetings(account.person, on)
    policies = Policies()
    return [
        _told(
            Standing(row, on, policies, questions.get(row.pk), proposals.get(row.pk)),
            quiet=is_quiet(
                row,
                proposals.get(row.pk),
                at_once=account.read_at_once,
                on=on,
                ending_agreed=row.pk in agreed,
            ),
            meeting=meetings.get(row.named_worker_id),
        )
        for row in rows
    ]


def _meetings(person: Person, on: dt.date) -> dict[Any, Contact]:
    rows = person.contacts.filter(attendance=Contact.Attendance.BOOKED, date__gte=on)
    found: dict[Any, Contact] = {}
    for row in rows.order_by("-date", "-order_key"):
        found[row.worker_id] = row
    return found


def _told(standing: Standing, *, quiet: bool, meeting: Contact | None) -> Told:
    referral = standing.referral
    late = ""
    due = standing.expected_on if referral.state in OPEN else None
    if not quiet and due is not None and due < standing.today:
        late = _("This takes longer than it should. That is not your fault. You can ask about it.")
    return Told(
        _("%(team)s, asked for by %(sender)s")
        % {"team": team_words(referral), "sender": _sender(referral)},
        _quiet_line(standing) if quiet else _line(standing, meeting),
        late,
        reverse("my_referrals:detail", args=[referral.pk]),
        referral.state in (State.DRAFT, *OPEN),
    )


def _sender(referral: Referral) -> str:
    return _("you") if referral.sender == Referral.Sender.PERSON else sender_words(referral)


def _quiet_line(standing: Standing) -> str:
    """What stands there while hard news waits: as before, or that somebody will talk with them."""
    referral = standing.referral
    if referral.state == State.DECLINE_PROPOSED:
        return _("%(team)s has it and is deciding.") % {"team": team_words(referral)}
    return _("%(holder)s will talk with you about this soon.") % {"holder": holder_words(referral)}


def _line(standing: Standing, meeting: Contact | None) -> str:
    words = str(STATES[standing.state].portal)
    return words.format_map(_Names(standing, meeting)).rstrip(".") + "."


class _Names(dict[str, str]):
    """Names and dates for a line, each worked out only where the line has it."""

    def __init__(self, standing: Standing, meeting: Contact | None) -> None:
        super().__init__()
        self._standing, self._meeting = standing, meeting

    def __missing__(self, name: str) -> str:
        if name == "meeting":
            return _meeting_words(self._meeting)
        return _NAMES[name](self._standing)


def _meeting_words(meeting: Contact | None) -> str:
    if meeting is None:
        return _("being arranged")
    if meeting.time is None:
        return short_date(meeting.date)
    return _("%(day)s at %(time)s") % {
        "day": short_date(meeting.date),
        "time": clock(meeting.time),
    }


def _due(standing: Standing) -> str:
    day = standing.expected_on
    return short_date(day) if day is not None else _("a day that we do not know yet")


def _talked(standing: Standing) -> str:
    proposal = standing.proposal
    if proposal is None or proposal.talked_on is None:
        return _("a day that is not written down. If nobody has talked with you, please ask")
    return short_date(proposal.talked_on)


def _withdrawn(standing: Standing) -> str:
    referral = standing.referral
    if referral.close_reason == BY_THE_PERSON or referral.sender == Referral.Sender.PERSON:
        return _("You chose not to go ahead")
    return _("%(sender)s stopped this") % {"sender": sender_words(referral)}


_NAMES: dict[str, Callable[[Standing], str]] = {
    "author": lambda one: (
        str(one.referral.author) if one.referral.author else _sender(one.referral)
    ),
    "team": lambda one: team_words(one.referral),
    "since": lambda one: short_date(one.since),
    "due": _due,
    "question": lambda one: one.question.question.rstrip(".?") if one.question else _("a question"),
    "asked": lambda one: one.question.who if one.question else _("Your worker"),
    "instead": lambda one: instead_words(one.proposal),
    "holder": lambda one: holder_words(one.referral),
    "talked": _talked,
    "worker": lambda one: worker_words(one.referral),
    "until": lambda one: (
        short_date(one.referral.come_back_until)
        if one.referral.come_back_until
        else _("a day that your worker can tell you")
    ),
    "next": lambda one: instead_words(one.proposal),
    "withdrawn": _withdrawn,
}


# The way so far -----------------------------------------------------------------------------------


def way_words() -> dict[str, str]:
    """What each step of the way is called to the person; the others are not told."""
    return {
        "referral.drafted": _("Somebody began to write it with you"),
        "referral.send": _("It was sent"),
        "referral.received": _("It arrived"),
        "referral.acknowledge": _("They said that they have it"),
        "referral.assess": _("They asked to meet you"),
        "referral.ask": _("They had a question"),
        "referral.answer": _("The question was answered"),
        "referral.redirect": _("It moved on to another team; nothing was asked again"),
        "referral.propose_decline": _("They thought that somebody else could help more"),
        "referral.challenge": _("Your side asked them to think again"),
        "referral.agree_decline": _("They were not the right place"),
        "referral.accept": _("They said yes"),
        "referral.allocate": _("A worker was named for you"),
        "referral.reallocate": _("Another worker was named for you"),
        "referral.first_contact": _("You met for the first time"),
        "referral.close": _("The work ended"),
        "referral.withdraw": _("It was stopped"),
        "referral.reopen": _("It was opened again"),
    }


HARD = ("referral.propose_decline", "referral.challenge")


def way(account: PortalAccount, referral: Referral, on: dt.date) -> list[tuple[str, str]]:
    """What happened so far, the first step first; hard news only once it was talked about."""
    proposal = proposals_of([referral]).get(referral.pk)
    talked = proposal is not None and proposal.talked_on is not None
    hidden = () if talked or account.read_at_once else HARD
    if is_quiet(
        referral,
        proposal,
        at_once=account.read_at_once,
        on=on,
        ending_agreed=referral.pk in agreed_endings([referral]),
    ):
        hidden = (*HARD, "referral.agree_decline", "referral.close")
    words = {kind: text for kind, text in way_words().items() if kind not in hidden}
    rows = CaseEvent.objects.filter(
        person=referral.person_id, about=referral.pk, kind__in=list(words)
    ).select_related("team")
    return [
        (short_date(row.on), words[row.kind]) for row in rows.order_by("on", "created_at", "pk")
    ]


class OwnOffer:
    """Something that the person can ask for themselves."""

    def __init__(self, offer: Offer, choice: Choice) -> None:
        self.name, self.team = offer.name, str(offer.team)
        self.lines = [one for one in (offer.words, offer.for_whom, _waits(choice)) if one]
        self.href = reverse("my_referrals:ask_service", args=[offer.pk])


def _waits(choice: Choice) -> str:
    """How long people really waited, as far as enough stand behind it."""
    median = choice.waits.median
    if median is None:
        return _("We cannot say yet how long people wait: too few have asked.")
    return ngettext(
        "Half of the people who asked were met within %(n)d day.",
        "Half of the people who asked were met within %(n)d days.",
        median,
    ) % {"n": median}


def intensity_words(referral: Referral) -> str:
    """How much support goes on at present, to the person."""
    if referral.state != State.IN_SERVICE:
        return ""
    words = {
        Referral.Intensity.INTENSIVE: _("You get more support at the moment."),
        Referral.Intensity.STEADY: _("You meet as you are used to."),
        Referral.Intensity.LIGHT_TOUCH: _(
            "You stay in touch now and then. You can ask for more at any time."
        ),
    }
    return words.get(referral.intensity, "")  # type: ignore[call-overload]


def meanwhile_words(referral: Referral) -> str:
    """What was written about support until the first meeting, and by whom: its "I" is theirs."""
    words = referral.meanwhile_support.strip()
    waits = referral.state in (State.DRAFT, *OPEN) and referral.state != State.IN_SERVICE
    if not words or not waits:
        return ""
    if referral.sender_team is None:
        return _("Meanwhile: %(words)s") % {"words": words}
    return _("Meanwhile, as %(team)s wrote: “%(words)s”") % {
        "team": referral.sender_team,
        "words": words,
    }


def corrections(referral: Referral) -> list[tuple[str, str]]:
    """What the person said is not so, and what was answered."""
    found = []
    for one in referral.corrections.select_related("noted_by").order_by("created_at", "pk"):
        answered = {
            Correction.Answer.OPEN: _("Not answered yet."),
            Correction.Answer.CHANGED: _("It was changed."),
            Correction.Answer.BESIDE: _("Your words stand beside what is written."),
        }[Correction.Answer(one.answer)]
        if one.noted_by is not None and one.told == Correction.Told.SAID:
            worker = {"worker": one.noted_by.name}
            answered = f"{_('Written by %(worker)s with you') % worker}. {answered}"
        found.append((one.words, answered))
    return found
