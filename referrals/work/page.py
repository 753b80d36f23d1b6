"""What the page of one referral shows. Facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.alerts.models import Alert
from casework.cases.event_kinds import event_kinds
from casework.cases.models import CaseEvent
from casework.common.pages import Link
from casework.common.presenters import (
    TimelineEntry,
    date_words,
    in_sentences,
    long_date,
    query_string,
    short_date,
    summary_row,
    tag,
)
from casework.continuity.policy_values import Policies
from referrals.models import (
    DeclineProposal,
    EndingPlan,
    Question,
    Referral,
    SharedPart,
    SignOff,
    StallAnswer,
)
from referrals.table import OPEN, State
from referrals.verdicts import Verdict
from referrals.work.acts import BY_EVENT, STALL_ACTS, Act
from referrals.work.clock import FourWeeks
from referrals.work.lists import Ahead, Place
from referrals.work.rows import asked_words
from referrals.work.scope import Opened, own_teams
from referrals.work.standing import (
    Standing,
    kind_words,
    open_question,
    state_tag,
    team_words,
    urgency_tag,
    wait_words,
)

_BY_THE_WAY = ("send", "first_contact")  # done on other pages
_RARE = ("mark_in_error", "end_early", "undo_first_contact")
_DATA_WORDS = {
    "reason": _("Why: %s"),
    "instead": _("Instead: %s"),
    "note": _("%s"),
    "holding_plan": _("Plan: %s"),
    "who_keeps_contact": _("Keeps contact: %s"),
    "confirmed_by": _("Confirmed by: %s"),
    "sender_agreed": _("Agreed for the sender: %s"),
}


@dataclass(frozen=True)
class Button:
    """An act that this user may do now. `at_once`: nothing is asked, so the button does it."""

    event: str
    label: str
    href: str
    at_once: bool = False


@dataclass(frozen=True)
class NotNow:
    """An act that is not possible now, and the plain sentence why."""

    label: str
    why: str


@dataclass(frozen=True)
class Talk:
    """Something that was asked, proposed or agreed, and what came back."""

    title: str
    when: str
    asked: str
    answer: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Talks:
    """Everything that was asked and answered on the way."""

    questions: Sequence[Question] = ()
    proposals: Sequence[DeclineProposal] = ()
    sign_offs: Sequence[SignOff] = ()
    answers: Sequence[StallAnswer] = ()
    plans: Sequence[EndingPlan] = ()


class ReferralPage:
    """One referral: where it stands first, then the story, then how it came here."""

    def __init__(
        self,
        found: Opened,
        *,
        user: Any,
        today: dt.date,
        verdicts: Sequence[Verdict],
        involved: bool,
        policies: Policies,
        talks: Talks,
        events: Sequence[CaseEvent] = (),
        alerts: Sequence[Alert] = (),
        clock: FourWeeks | None = None,
        waited: tuple[dt.date, dt.date | None] | None = None,
        place: Place | None = None,
        ahead: Ahead | None = None,
        slots: Sequence[Link] = (),
        shared: Sequence[SharedPart] = (),
    ) -> None:
        self.referral = found.referral
        self._found = found
        self._user, self._today = user, today
        self._verdicts = verdicts
        self._involved = involved
        self._talks = talks
        self._events = events
        self._waited = waited
        self._place, self._ahead = place, ahead
        self.whole = found.whole
        self.slots = list(slots) if self.whole else []
        self.clock = clock
        self._shared = shared
        self.alerts = [alert.sentence for alert in alerts]
        self.alert_steps = [alert.next_step for alert in alerts if alert.next_step]
        self._standing = Standing(
            self.referral,
            today,
            policies,
            open_question(list(talks.questions)),
            next((one for one in talks.proposals if one.outcome == "open"), None),
        )

    # first: where it stands

    @property
    def name(self) -> str:
        return self.referral.person.display_name

    @property
    def heading(self) -> str:
        if self.referral.kind == "advice":
            return gettext("%(name)s: question for %(team)s") % self._names
        return gettext("%(name)s: referral to %(team)s") % self._names

    @property
    def _names(self) -> dict[str, str]:
        return {"name": self.name, "team": team_words(self.referral)}

    @property
    def person_href(self) -> str:
        return reverse("people:detail", args=[self.referral.person_id]) if self.whole else ""

    @property
    def back(self) -> Link | None:
        if self._place is None:
            return None
        return Link(str(self._place.which.title), self._place.href)

    @property
    def tags(self) -> list[dict[str, str]]:
        shown = [state_tag(self.referral), tag(kind_words(self.referral), "white")]
        urgent = urgency_tag(self.referral)
        return [*([urgent] if urgent else []), *shown]

    @property
    def line(self) -> str:
        return self._standing.line

    @property
    def next_words(self) -> str:
        """Whose turn it is and what they do."""
        turn = self._standing.turn
        if turn is None:
            return self._afterwards
        if turn.is_of(own_teams(self._user), self._user.worker_id):
            return gettext("Your turn: %(what)s.") % {"what": self._standing.next_step}
        return gettext("Next, %(words)s.") % {"words": self._standing.next_words}

    @property
    def _afterwards(self) -> str:
        until = self.referral.come_back_until
        if self.referral.state == State.CLOSED and until is not None:
            return gettext("%(name)s can come back without a new referral until %(day)s.") % {
                "name": self.name,
                "day": short_date(until),
            }
        return ""

    @property
    def expected(self) -> str:
        return self._standing.expected

    @property
    def wait(self) -> str:
        """The person's own wait in this journey."""
        if self._waited is None:
            return ""
        return wait_words(*self._waited, self._today)

    # who holds the person now

    @property
    def holder(self) -> list[dict[str, Any]]:
        held = self._found.situation.responsibility
        rows = [
            summary_row(
                gettext("Holds %(name)s now") % {"name": self.name},
                f"{held.worker}, {held.team}" if held is not None and held.worker else None,
            )
        ]
        if held is not None and held.worker is None:
            rows = [
                summary_row(
                    gettext("Holds %(name)s now") % {"name": self.name},
                    gettext("%(team)s, and nobody is named yet") % {"team": held.team},
                )
            ]
        if held is not None:
            rows.append(summary_row(gettext("Since"), short_date(held.since)))
        if self.referral.meanwhile_support:
            rows.append(
                summary_row(gettext("Support while waiting"), self.referral.meanwhile_support)
            )
        if self.referral.named_worker is not None:
            rows.append(summary_row(gettext("Named worker"), self.referral.named_worker.name))
        if self.referral.meeting_words and self.referral.state == State.ASSESSING:
            rows.append(summary_row(gettext("Meeting offered"), self.referral.meeting_words))
        if self.referral.intensity and self.referral.state == State.IN_SERVICE:
            words = Referral.Intensity(self.referral.intensity).label
            rows.append(summary_row(gettext("Intensity"), str(words)))
        if self.referral.extra_words:
            rows.append(summary_row(gettext("Extra help"), self._extra))
        return rows

    @property
    def _extra(self) -> str:
        until = self.referral.extra_until
        return gettext("%(what)s (%(who)s, until %(day)s)") % {
            "what": self.referral.extra_words,
            "who": self.referral.extra_owner,
            "day": short_date(until) if until is not None else "",
        }

    # the story

    @property
    def words(self) -> list[tuple[str, str]]:
        """What the person said: their words first, and nothing that is empty."""
        row = self.referral
        ask = getattr(row, "asking", None)
        found = [
            (gettext("Why, in their own words"), row.reason_words),
            (gettext("Why not in their own words"), row.reason_why_not),
            (gettext("What you may not see when meeting them"), row.may_not_see),
            (gettext("How to reach them"), row.reach_words),
            (gettext("What they think of it"), ask.view_words if ask is not None else ""),
        ]
        return [(title, text) for title, text in found if text]

    @property
    def question(self) -> str:
        """What the other team is asked, where somebody has written a question."""
        ask = getattr(self.referral, "asking", None)
        return ask.question if ask is not None else ""

    @property
    def about(self) -> list[dict[str, Any]]:
        """Who asked, for what, and what they think of it."""
        row = self.referral
        view = str(Referral.View(row.person_view).label) if row.person_view else None
        found = [
            summary_row(gettext("Asked"), asked_words(row)),
            summary_row(gettext("Their view"), view),
            summary_row(gettext("Shared, and with whom"), self._shared_words or None),
        ]
        if row.sent_on:
            found.append(summary_row(gettext("Sent"), long_date(row.sent_on)))
        if row.from_data:
            found.append(
                summary_row(
                    gettext("From an extract"),
                    gettext("It may lack a reason or a holder. The first act here makes it ours."),
                )
            )
        if row.advice:
            found.append(summary_row(gettext("Advice given"), row.advice))
        if row.outcome_words:
            found.append(summary_row(gettext("What came of it"), row.outcome_words))
        return found

    @property
    def _shared_words(self) -> str:
        """What was written about it, and the parts of the record that went with it."""
        parts = [
            gettext("%(part)s: with %(team)s") % {"part": one.get_part_display(), "team": one.team}
            for one in self._shared
        ]
        return "; ".join(
            [*([self.referral.shared_words] if self.referral.shared_words else []), *parts]
        )

    @property
    def rest_by(self) -> str:
        """An urgent referral is completed a day later."""
        due = self.referral.rest_by
        if due is None or self.referral.state not in OPEN:
            return ""
        return gettext("Sent in a hurry: the rest is asked %(day)s.") % {
            "day": date_words(due, self._today)
        }

    # what was asked and answered

    @property
    def talks(self) -> list[Talk]:
        """Questions, proposals, sign-offs and answers about progress, oldest first."""
        talks = self._talks
        found: list[tuple[dt.datetime, Talk]] = []
        found += [(one.created_at, self._question(one)) for one in talks.questions]
        found += [(one.created_at, self._proposal(one)) for one in talks.proposals]
        found += [(one.created_at, self._sign_off(one)) for one in talks.sign_offs]
        found += [(one.created_at, self._answer(one)) for one in talks.answers]
        found += [(one.created_at, self._plan(one)) for one in talks.plans]
        return [talk for _at, talk in sorted(found, key=lambda pair: pair[0])]

    def _question(self, one: Question) -> Talk:
        answer = one.answer or (
            gettext("No answer. Tried: %(tried)s") % {"tried": one.given_up} if one.given_up else ""
        )
        return Talk(
            gettext("Question to %(who)s") % {"who": one.who},
            short_date(one.created_at),
            one.question,
            answer or gettext("Not answered yet."),
        )

    def _proposal(self, one: DeclineProposal) -> Talk:
        if one.instead_team is not None:
            instead = one.instead_team.name
        else:
            instead = one.instead_words or gettext("Nothing exists here.")
        grounds = [
            str(DeclineProposal.Ground(code).label)
            for code in one.grounds
            if code in DeclineProposal.Ground.values
        ]
        more = [
            gettext("Cannot offer: %(what)s") % {"what": one.cannot_offer},
            gettext("Could help instead: %(who)s") % {"who": instead},
            gettext("Grounds: %(grounds)s (national reason %(code)s)")
            % {"grounds": "; ".join(grounds), "code": one.reason_code},
        ]
        if one.live_conversation:
            more.append(gettext("Talked: %(who)s") % {"who": one.live_conversation})
        if one.talked_on is not None:
            more.append(
                gettext("Talked about with %(name)s on %(day)s")
                % {"name": self.name, "day": short_date(one.talked_on)}
            )
        outcome = str(DeclineProposal.Outcome(one.outcome).label)
        answer = f"{outcome}: {one.outcome_words}" if one.outcome_words else f"{outcome}."
        return Talk(
            gettext("%(team)s proposed to decline") % self._names,
            short_date(one.created_at),
            one.explanation,
            answer,
            tuple(more),
        )

    def _sign_off(self, one: SignOff) -> Talk:
        if one.granted is None:
            answer = gettext("The lead has not answered yet.")
        else:
            said = gettext("Signed off") if one.granted else gettext("Not signed off")
            answer = f"{said}: {one.answer}"
        return Talk(
            gettext("Sign-off asked for"),
            short_date(one.created_at),
            one.reason,
            answer,
            (gettext("Tried: %(what)s") % {"what": one.attempts},) if one.attempts else (),
        )

    def _answer(self, one: StallAnswer) -> Talk:
        when = short_date(one.created_at)
        if one.snooze_reason:
            until = short_date(one.by_when) if one.by_when else ""
            title = gettext("Question about progress put off until %(day)s") % {"day": until}
            return Talk(title, when, one.snooze_reason)
        by_when = short_date(one.by_when) if one.by_when else ""
        return Talk(
            gettext("How it goes on"),
            when,
            one.what_next,
            gettext("By %(day)s") % {"day": by_when} if by_when else "",
            (gettext("Last contact: %(words)s") % {"words": one.last_contact},),
        )

    def _plan(self, one: EndingPlan) -> Talk:
        return Talk(
            gettext("Ending plan agreed with %(name)s") % {"name": self.name},
            short_date(one.agreed_on),
            one.what_next,
            one.person_words,
            (
                gettext("Whom to turn to: %(words)s") % {"words": one.who_to_ask},
                gettext("Coming back: %(words)s") % {"words": one.coming_back},
            ),
        )

    # what can be done

    @cached_property
    def buttons(self) -> list[Button]:
        """The acts of those whose turn it is, as buttons."""
        return [one for one in self._possible if BY_EVENT[one.event].main]

    @cached_property
    def further(self) -> list[Button]:
        """What else may be done, as links."""
        rest = [one for one in self._possible if not BY_EVENT[one.event].main]
        return sorted(rest, key=lambda one: one.event in _RARE)

    @cached_property
    def _possible(self) -> list[Button]:
        found = [
            self._button(BY_EVENT[one.event], one.label)
            for one in self._verdicts
            if one.allowed and one.event in BY_EVENT
        ]
        if self._involved and self.referral.state in OPEN:
            found += [self._button(act, str(act.heading)) for act in STALL_ACTS]
        return found

    def _button(self, act: Act, label: str) -> Button:
        parameters = self._place.parameters if self._place is not None else {}
        href = reverse("referrals:act", args=[self.referral.pk, act.event])
        return Button(act.event, label, query_string(href, **parameters), not act.fields)

    @property
    def not_now(self) -> list[NotNow]:
        """What belongs to this state and is not possible for this user, and why."""
        return [
            NotNow(one.label, " ".join(one.reasons))
            for one in self._verdicts
            if one.row is not None
            and one.reasons
            and one.event not in (*_RARE, *_BY_THE_WAY)
            and (not one.forbidden or BY_EVENT[one.event].main)
        ]

    @property
    def meeting_href(self) -> str:
        """Where the first meeting is recorded, for those who await it."""
        if not self.whole or self.referral.state not in (State.ACCEPTED, State.ALLOCATED):
            return ""
        if self.referral.team_id not in own_teams(self._user) or self.referral.kind == "advice":
            return ""
        return reverse("diary:record", args=[self.referral.person_id])

    # decide, next

    @property
    def next_href(self) -> str:
        if self._ahead is None or self._ahead.next_id is None:
            return ""
        return query_string(
            reverse("referrals:detail", args=[self._ahead.next_id]),
            **self._ahead.place.parameters,
        )

    @property
    def next_text(self) -> str:
        if self._ahead is None:
            return ""
        left = self._ahead.left
        return ngettext("Next: the last of this list", "Next of %(n)d in this list", left) % {
            "n": left
        }

    @property
    def list_done(self) -> bool:
        """Somebody works through a list, and nothing else is left in it."""
        return self._ahead is not None and self._ahead.next_id is None

    # how it came here

    @property
    def history(self) -> list[TimelineEntry]:
        return [event_entry(event) for event in self._events]


def event_entry(event: CaseEvent) -> TimelineEntry:
    """One step in words: what happened, when, by whom, and what was said."""
    noun, _dot, verb = event.kind.partition(".")
    kind = event_kinds[noun].kinds.get(verb) if noun in event_kinds else None
    title = str(kind.title) if kind is not None else event.kind
    words = kind.words(event.data) if kind is not None else ""
    parts = [words] if words != title else []
    for name, words in _DATA_WORDS.items():
        text = event.data.get(name)
        if isinstance(text, str) and text.strip():
            parts.append(str(words) % text)
    by = str(event.by) if event.by is not None else ""
    if event.data.get("how") == "link":
        by = gettext("by reply link")
    elif event.data.get("how") == "person":
        by = gettext("by the person")
    return TimelineEntry(
        title=title,
        when=short_date(event.on),
        by=by,
        text=in_sentences(parts),
        datetime=event.on.isoformat(),
    )
