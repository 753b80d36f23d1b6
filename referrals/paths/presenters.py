"""What the pages about the ways between teams show. Facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import Person
from casework.cases.presenters import PersonHeading
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.tables import cell, table
from casework.directory.models import Team
from casework.portal.models import ChangeRequest
from referrals import reply_tokens, turned_away
from referrals.asking import gaps
from referrals.models import (
    BounceMeeting,
    DeclineProposal,
    EndingPlan,
    Handover,
    LinkUse,
    Referral,
    ReplyLink,
    SignOff,
)
from referrals.paths import bounced, figures
from referrals.paths.journey import Journey
from referrals.paths.layout import BAR, Layout, Span, place
from referrals.services import reply_links
from referrals.table import COME_BACK_MONTHS, State


def _page_links(page: Page[Any], path: str) -> words.PageLinks:
    return words.PageLinks(
        newer=words.query_string(path, before=page.before) if page.before else "",
        older=words.query_string(path, after=page.after) if page.after else "",
    )


def _moment(at: dt.datetime) -> str:
    return f"{words.short_date(at)}, {words.clock(at)}"


# Handovers ----------------------------------------------------------------------------------------


def handover_tag(row: Handover) -> dict[str, str]:
    if row.accepted_on:
        return words.tag(gettext("Accepted"), "green")
    if row.declined:
        return words.tag(gettext("Not taken on"), "orange")
    if row.stopped_on:
        return words.tag(gettext("Called off"), "grey")
    return words.tag(gettext("Under way"), "blue")


def handover_title(row: Handover) -> str:
    before = row.from_worker or row.from_team or gettext("nobody")
    return gettext("From %(old)s to %(new)s, %(team)s") % {
        "old": before,
        "new": row.to_worker,
        "team": row.to_team,
    }


@dataclass(frozen=True)
class HandoverLine:
    """A line of the list of handovers."""

    name: str
    title: str
    href: str
    detail: str
    waits_for_me: bool


class HandoversPage:
    """Handovers under way."""

    def __init__(self, page: Page[Handover], *, worker_id: UUID | None) -> None:
        self.links = _page_links(page, reverse("paths:handovers"))
        self.rows = [self._line(row, worker_id) for row in page.rows]

    @staticmethod
    def _line(row: Handover, worker_id: UUID | None) -> HandoverLine:
        done = len(row.steps_done)
        return HandoverLine(
            row.person.display_name,
            handover_title(row),
            reverse("paths:handover_steps", args=[row.pk]),
            gettext("%(done)d of %(all)d steps done")
            % {"done": done, "all": len(Handover.Step.values)},
            worker_id is not None and row.to_worker_id == worker_id,
        )


@dataclass(frozen=True)
class StepLine:
    """One step of the checklist."""

    text: str
    tag: dict[str, str]


class HandoverPage:
    """One handover: what is done, what the person says, and who does what next."""

    def __init__(
        self,
        handover: Handover,
        *,
        heading: PersonHeading,
        today: dt.date,
        user: Any,
        allocates: Collection[UUID],
    ) -> None:
        self.row = handover
        self.heading = heading
        self.title = handover_title(handover)
        self.tag = handover_tag(handover)
        self.is_open = handover.accepted_on is None and handover.stopped_on is None
        is_new = user.worker_id is not None and user.worker_id == handover.to_worker_id
        is_old = user.worker_id is not None and user.worker_id == handover.from_worker_id
        leads = bool({handover.from_team_id, handover.to_team_id} & set(allocates))
        self.may_tick = self.is_open and (is_new or is_old or leads)
        self.is_new = self.is_open and is_new
        self.accept_href = reverse("paths:handover_accept", args=[handover.pk])
        self.decline_href = reverse("paths:handover_decline", args=[handover.pk])
        self.stop_href = reverse("paths:handover_stop", args=[handover.pk])
        self.back = Link(gettext("All handovers between teams"), reverse("paths:handovers"))

    @property
    def initial(self) -> dict[str, Any]:
        names = ("steps_done", "agreed_on", "person_words", "introduced_on", "joint_meeting_on")
        return {name: getattr(self.row, name) for name in (*names, "goodbye_on")}

    @cached_property
    def steps(self) -> list[StepLine]:
        done, to_do = words.tag(gettext("Done"), "green"), words.tag(gettext("To do"), "blue")
        return [
            StepLine(str(step.label), done if step.value in self.row.steps_done else to_do)
            for step in Handover.Step
        ]

    @cached_property
    def missing(self) -> str:
        """What stands against accepting, in one sentence."""
        open_steps = sum(1 for step in Handover.Step.values if step not in self.row.steps_done)
        parts = []
        if open_steps:
            parts.append(
                ngettext("%(n)d step is still to do", "%(n)d steps are still to do", open_steps)
                % {"n": open_steps}
            )
        if self.row.agreed_on is None:
            parts.append(gettext("it is not yet agreed with the person"))
        return (
            gettext("You can accept this when all is ready: %(what)s.")
            % {"what": gettext(" and ").join(parts)}
            if parts
            else ""
        )

    @cached_property
    def summary(self) -> list[dict[str, Any]]:
        row = self.row
        rows = [words.summary_row(gettext("Why"), row.reason)]
        days = [
            (gettext("Agreed with the person"), row.agreed_on),
            (gettext("Introduced"), row.introduced_on),
            (gettext("Met together, all three"), row.joint_meeting_on),
            (gettext("Said goodbye"), row.goodbye_on),
            (gettext("Both until"), row.overlap_until),
            (gettext("Accepted"), row.accepted_on),
            (gettext("Stopped"), row.stopped_on),
        ]
        rows += [words.summary_row(name, words.short_date(day)) for name, day in days if day]
        if row.stop_reason:
            rows.append(words.summary_row(gettext("Why it stopped"), row.stop_reason))
        return rows


# Endings ------------------------------------------------------------------------------------------


class EndingPage:
    """Before an ending: light touch first, the plan with the person, the way back."""

    def __init__(
        self,
        referral: Referral,
        *,
        heading: PersonHeading,
        today: dt.date,
        named: bool,
        leads: bool = False,
    ) -> None:
        self.referral = referral
        self.heading = heading
        self._today = today
        self.in_service = referral.state == State.IN_SERVICE
        self.named = named and self.in_service
        self.plan_href = reverse("paths:ending_plan", args=[referral.pk])
        intensity = reverse("paths:intensity", args=[referral.pk])
        self.intensity_href = intensity
        self.light_touch_href = f"{intensity}?to={Referral.Intensity.LIGHT_TOUCH.value}"
        self.is_light_touch = referral.intensity == Referral.Intensity.LIGHT_TOUCH
        self._leads = leads

    @property
    def state(self) -> str:
        row = self.referral
        team = row.team.name if row.team else gettext("No team recorded")
        return gettext("%(team)s: %(state)s") % {"team": team, "state": State(row.state).label}

    @property
    def intensity(self) -> str:
        return self.referral.get_intensity_display()

    @property
    def extra(self) -> str:
        row = self.referral
        if not row.extra_words or row.extra_until is None:
            return ""
        return gettext("For a while also: %(what)s. %(who)s sees to it, until %(until)s.") % {
            "what": row.extra_words,
            "who": row.extra_owner,
            "until": words.short_date(row.extra_until),
        }

    @property
    def way_back(self) -> str:
        until = self.referral.come_back_until
        if until is not None and until >= self._today:
            return gettext(
                "They can come back without a new referral and without triage until %(date)s."
            ) % {"date": words.short_date(until)}
        return gettext(
            "After an ending they can come back for %(n)d months without a new referral and"
            " without triage."
        ) % {"n": COME_BACK_MONTHS}

    @cached_property
    def plans(self) -> list[tuple[str, list[dict[str, Any]], str]]:
        """Each plan: since when, its rows, and what the person says."""
        rows: list[EndingPlan] = list(self.referral.ending_plans.order_by("-agreed_on", "-pk"))
        return [
            (
                gettext("Agreed with the person on %(date)s")
                % {"date": words.short_date(plan.agreed_on)},
                [
                    words.summary_row(gettext("What comes next"), plan.what_next),
                    words.summary_row(gettext("What to do if things get hard"), plan.if_hard),
                    words.summary_row(gettext("Whom to turn to"), plan.who_to_ask),
                    words.summary_row(gettext("How to come back"), plan.coming_back),
                ],
                plan.person_words,
            )
            for plan in rows
        ]

    @cached_property
    def _sign_off(self) -> SignOff | None:
        """The latest sign-off that was asked for."""
        return self.referral.sign_offs.order_by("-created_at", "-pk").first()

    @property
    def sign_off(self) -> str:
        """What the lead was asked, and what they said."""
        row = self._sign_off
        if row is None:
            return ""
        if row.granted is None:
            return gettext("The lead has been asked to sign off: %(why)s") % {"why": row.reason}
        said = gettext("Signed off") if row.granted else gettext("Not signed off")
        return gettext("%(said)s by the lead: %(answer)s") % {"said": said, "answer": row.answer}

    @property
    def sign_off_step(self) -> Link | None:
        """To ask the lead, or to answer as the lead."""
        if not self.in_service:
            return None
        waits = self._sign_off is not None and self._sign_off.granted is None
        if waits and self._leads:
            event, text = "sign_off", gettext("Sign off, or say why not")
        elif not waits and self.named and not (self._sign_off and self._sign_off.granted):
            event, text = "request_sign_off", gettext("Ask the lead to sign off")
        else:
            return None
        return Link(text, reverse("referrals:act", args=[self.referral.pk, event]))

    @cached_property
    def ready(self) -> str:
        """Why the work cannot end today, or ""."""
        if self._sign_off is not None and self._sign_off.granted:
            return ""
        if any(plan.agreed_on < self._today for plan in self.referral.ending_plans.all()):
            return ""
        if self.plans:
            return gettext("The plan is from today: the work can end from tomorrow on.")
        return gettext("Plan the ending with the person first, or ask the lead to sign it off.")


# Links --------------------------------------------------------------------------------------------


def link_tag(link: ReplyLink, now: dt.datetime) -> dict[str, str]:
    if link.used_at:
        return words.tag(gettext("Answered"), "green")
    if link.revoked_at:
        return words.tag(gettext("Withdrawn"), "grey")
    if link.locked_at:
        return words.tag(gettext("Locked: too many wrong codes"), "red")
    if not reply_links.works(link, now):
        return words.tag(gettext("Over"), "grey")
    if link.opened_at:
        return words.tag(gettext("Opened"), "blue")
    return words.tag(gettext("Sent"), "yellow")


@dataclass(frozen=True)
class LinkLine:
    """A line of the list of links."""

    title: str
    href: str
    detail: str
    tag: dict[str, str]


class LinksPage:
    """The links of one referral."""

    def __init__(
        self,
        referral: Referral,
        links: Sequence[ReplyLink],
        *,
        heading: PersonHeading,
        now: dt.datetime,
        may: bool,
    ) -> None:
        self.heading = heading
        self.team = referral.team.name if referral.team else gettext("No team recorded")
        for link in links:
            link.referral = referral
        self.rows = [self._line(link, now) for link in links]
        purpose = reply_links.purpose_now(referral)
        self.make_href = reverse("paths:link_make", args=[referral.pk]) if purpose and may else ""
        self.nothing_waits = not purpose

    @staticmethod
    def _line(link: ReplyLink, now: dt.datetime) -> LinkLine:
        return LinkLine(
            gettext("%(email)s, %(date)s")
            % {"email": link.address.email, "date": _moment(link.created_at)},
            reverse("paths:link", args=[link.pk]),
            gettext("%(purpose)s. Works until %(until)s. Sent by %(who)s.")
            % {
                "purpose": link.get_purpose_display(),
                "until": _moment(link.expires_at),
                "who": link.made_by,
            },
            link_tag(link, now),
        )


class LinkPage:
    """One link, its code, and every use."""

    def __init__(
        self, link: ReplyLink, *, heading: PersonHeading, now: dt.datetime, may: bool
    ) -> None:
        self.heading = heading
        self.tag = link_tag(link, now)
        works = reply_links.works(link, now)
        self.code = ""
        if may and works and not link.opened_at:
            self.code = reply_tokens.spoken(reply_tokens.code_of(link.pk))
        self.phone = link.address.team.phone
        self.withdraw_href = (
            reverse("paths:link_withdraw", args=[link.pk])
            if may and not (link.used_at or link.revoked_at)
            else ""
        )
        self.address_href = (
            reverse("paths:address_end", args=[link.pk])
            if may and link.address.ended_on is None
            else ""
        )
        self.back = Link(gettext("All links"), reverse("paths:reply_link", args=[link.referral_id]))
        self.summary = [
            words.summary_row(gettext("To"), f"{link.address.email} ({link.address.team})"),
            words.summary_row(gettext("Checked"), link.address.verified_how),
            words.summary_row(gettext("For"), link.get_purpose_display()),
            words.summary_row(gettext("Works until"), _moment(link.expires_at)),
            words.summary_row(gettext("The person knows"), link.told_words),
            words.summary_row(gettext("Sent by"), str(link.made_by)),
        ]
        if link.revoked_at:
            self.summary.append(
                words.summary_row(
                    gettext("Withdrawn"),
                    f"{_moment(link.revoked_at)}, {link.revoked_by or gettext('the service')}",
                )
            )
        uses: list[LinkUse] = list(link.uses.order_by("created_at", "pk")[:200])
        self.uses = [
            (_moment(use.created_at), use.get_what_display(), use.ip or "") for use in uses
        ]


class ReplyPage:
    """What a partner may read: of an answer only the question, else the story for this team."""

    def __init__(self, link: ReplyLink) -> None:
        row = link.referral
        self.purpose = link.purpose
        self.heading = {
            "decide": gettext("A referral to your team"),
            "answer": gettext("A question to you"),
            "first_contact": gettext("Your first meeting"),
        }[link.purpose]
        self.version = row.version
        self.question = link.question.question if link.question else ""
        self.kept_until = words.long_date(link.expires_at)
        self.reason = row.reason_words if link.purpose == "decide" else ""
        self.may_not_see = row.may_not_see if link.purpose != "answer" else ""
        self.shared = self._shared(row) if link.purpose == "decide" else []
        self.summary = [
            words.summary_row(gettext("Name"), row.person.display_name),
            *self._rows(link, row),
        ]

    @staticmethod
    def _shared(row: Referral) -> list[tuple[str, str]]:
        """The parts of the record that were given to this very team, as they read then."""
        parts = row.shared_parts.given().filter(team=row.team)
        return [(one.get_part_display(), one.content) for one in parts if one.content]

    @staticmethod
    def _rows(link: ReplyLink, row: Referral) -> list[dict[str, Any]]:
        asks = row.sender_team if link.purpose != "answer" else row.team
        rows = []
        if asks is not None:
            rows.append(words.summary_row(gettext("Who asks"), str(asks)))
            if asks.phone:
                rows.append(words.summary_row(gettext("Their telephone"), asks.phone))
        if link.purpose == "answer":
            return rows
        if row.reach_words:
            rows.append(words.summary_row(gettext("How to reach them"), row.reach_words))
        if link.purpose == "decide":
            born = row.person.birth_date
            if born:
                rows.insert(0, words.summary_row(gettext("Born"), words.short_date(born)))
            if row.person_view:
                rows.append(words.summary_row(gettext("Their view"), row.get_person_view_display()))
            if row.meanwhile_support:
                rows.append(words.summary_row(gettext("Meanwhile"), row.meanwhile_support))
            if row.shared_words:
                rows.append(words.summary_row(gettext("What is shared"), row.shared_words))
        return rows


# Journeys -----------------------------------------------------------------------------------------

COLOURS = {
    State.DRAFT: "draft",
    State.SENT: "wait",
    State.RECEIVED: "wait",
    State.AWAITING_INFORMATION: "wait",
    State.DECLINE_PROPOSED: "turned",
    State.ASSESSING: "meet",
    State.ACCEPTED: "meet",
    State.ALLOCATED: "meet",
    State.IN_SERVICE: "work",
    State.CLOSED: "ended",
    State.DECLINED: "ended",
    State.WITHDRAWN: "ended",
}
LETTER = 8.2  # the width that a letter takes, so that no words stick out of a bar
_HOLD = "\x00held"


@dataclass(frozen=True)
class PictureBar:
    """A bar with what stands in it."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    label: str
    title: str
    text_x: str
    text_y: str


@dataclass(frozen=True)
class PictureText:
    """Words in the picture."""

    x: str
    y: str
    text: str


class JourneyPicture:
    """One journey: the picture, the table beside it, the counts and the gaps in words."""

    def __init__(self, journey: Journey, number: int, name: str, meeting_href: str = "") -> None:
        self._journey = journey
        self._name = name
        self.number = number
        self.meeting_href = meeting_href if journey.bounces >= 2 else ""

    @property
    def heading(self) -> str:
        start, end = words.short_date(self._journey.start), words.short_date(self._journey.end)
        if self._journey.goes_on:
            return gettext("Since %(start)s") % {"start": start}
        return gettext("%(start)s to %(end)s") % {"start": start, "end": end}

    @property
    def counts(self) -> str:
        n, passed = self._journey.declines, self._journey.redirects
        if not n and not passed:
            return gettext("Nobody declined it or passed it on.")
        declined = ngettext("Declined %(n)d time", "Declined %(n)d times", n) % {"n": n}
        if not passed:
            return f"{declined}."
        if not n:
            return ngettext("Passed on %(n)d time.", "Passed on %(n)d times.", passed) % {
                "n": passed
            }
        return gettext("%(declined)s and %(passed)s.") % {
            "declined": declined,
            "passed": ngettext("passed on %(n)d time", "passed on %(n)d times", passed)
            % {"n": passed},
        }

    @property
    def tag(self) -> dict[str, str] | None:
        n = self._journey.bounces
        return words.tag(gettext("Sent on %(n)d times") % {"n": n}, "orange") if n >= 2 else None

    @cached_property
    def gaps(self) -> list[str]:
        """Each time when nobody is known to have held the person, in one sentence."""
        return [
            gettext("Nobody is recorded as holding %(name)s from %(start)s to %(end)s (%(days)s).")
            % {
                "name": self._name,
                "start": words.short_date(gap.start),
                "end": words.short_date(gap.end),
                "days": _days(gap.days),
            }
            for gap in self._journey.gaps
        ]

    @cached_property
    def _lanes(self) -> dict[str, str]:
        names = {_HOLD: gettext("Who holds them")}
        for stay in self._journey.stays:
            names.setdefault(stay.lane, stay.name or gettext("No team recorded"))
        return names

    @cached_property
    def _layout(self) -> Layout:
        journey = self._journey
        spans = [
            Span(_HOLD, one.start, one.end, ("held", n)) for n, one in enumerate(journey.holdings)
        ] + [Span(one.lane, one.start, one.end, ("stay", n)) for n, one in enumerate(journey.stays)]
        return place(spans, list(self._lanes), start=journey.start, end=journey.end)

    @property
    def width(self) -> str:
        return f"{self._layout.width:.0f}"

    @property
    def height(self) -> str:
        return f"{self._layout.height:.0f}"

    @cached_property
    def labels(self) -> list[PictureText]:
        return [
            PictureText("2", f"{lane.y + 17:.1f}", self._lanes[str(lane.key)])
            for lane in self._layout.lanes
        ]

    @cached_property
    def lines(self) -> list[str]:
        """Where a line stands between two lanes."""
        return [f"{lane.y + lane.height + 2:.1f}" for lane in self._layout.lanes]

    @cached_property
    def ticks(self) -> list[PictureText]:
        return [
            PictureText(f"{tick.x:.1f}", "16", words.short_date(tick.day))
            for tick in self._layout.ticks
        ]

    @cached_property
    def bars(self) -> list[PictureBar]:
        return [self._bar(bar) for bar in self._layout.bars]

    def _bar(self, bar: Any) -> PictureBar:
        what, n = bar.key
        if what == "held":
            one = self._journey.holdings[n]
            text = one.name or gettext("Nobody")
            kind, start, end = ("gap" if one.is_gap else "held"), one.start, one.end
            number = ""
        else:
            stay = self._journey.stays[n]
            text, kind, start, end = (
                str(stay.state.label),
                COLOURS[stay.state],
                stay.start,
                stay.end,
            )
            number = str(n + 1)
        full = f"{number} {text}".strip()
        room = int((bar.width - 8) / LETTER)
        label = full if len(full) <= room else number if len(number) <= room else ""
        if not label and what == "held" and room >= 4:
            label = _short(text, room)
        return PictureBar(
            f"{bar.x:.1f}",
            f"{bar.y:.1f}",
            f"{bar.width:.1f}",
            f"{bar.height:.0f}",
            kind,
            label,
            f"{full}: {words.short_date(start)} to {words.short_date(end)}",
            f"{bar.x + 5:.1f}",
            f"{bar.y + BAR / 2 + 5:.1f}",
        )

    @property
    def title(self) -> str:
        return gettext("Journey of %(name)s, %(when)s") % {
            "name": self._name,
            "when": self.heading,
        }

    @property
    def description(self) -> str:
        teams = [name for key, name in self._lanes.items() if key != _HOLD]
        gaps = len(self._journey.gaps)
        return gettext(
            "One row for each team: %(teams)s. The first row says who held them. %(gaps)s The table"
            " below the picture says the same."
        ) % {
            "teams": ", ".join(teams),
            "gaps": ngettext("There is %(n)d gap.", "There are %(n)d gaps.", gaps) % {"n": gaps},
        }

    @cached_property
    def stay_table(self) -> dict[str, Any]:
        return table(
            gettext("What happened at which team: %(when)s") % {"when": self.heading},
            [gettext("Number"), gettext("Team"), gettext("State"), gettext("From"), gettext("To")],
            [
                [
                    cell(n + 1),
                    cell(stay.name or gettext("No team recorded")),
                    cell(stay.state.label),
                    cell(words.short_date(stay.start)),
                    cell(words.short_date(stay.end), note=_days((stay.end - stay.start).days + 1)),
                ]
                for n, stay in enumerate(self._journey.stays)
            ],
        )

    @cached_property
    def holding_table(self) -> dict[str, Any]:
        return table(
            gettext("Who held them: %(when)s") % {"when": self.heading},
            [gettext("Who holds them"), gettext("From"), gettext("To")],
            [
                [
                    cell(one.name)
                    if one.name
                    else cell("", tag=words.tag(gettext("Gap: nobody"), "red")),
                    cell(words.short_date(one.start)),
                    cell(words.short_date(one.end), note=_days(one.days)),
                ]
                for one in self._journey.holdings
            ],
        )


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: max(letters - 1, 1)].rstrip() + "…"


class JourneysPage:
    """A person's journeys, the latest first."""

    def __init__(
        self, person: Person, journeys: Sequence[Journey], *, heading: PersonHeading, viewer: Any
    ) -> None:
        self.heading = heading
        leads = accounts.may(viewer, Permission.SEE_TEAM_ALERTS)
        self.pictures = [
            JourneyPicture(
                one,
                n + 1,
                person.display_name,
                reverse("paths:meeting_plan", args=[one.root.pk]) if leads else "",
            )
            for n, one in enumerate(journeys)
        ]


# Bounces and gaps ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class BounceLine:
    """A journey that was turned away or passed on often, and its next step."""

    name: str
    href: str
    counts: str
    tag: dict[str, str]
    meetings: tuple[str, ...]
    next: tuple[Link, ...]


class BouncesPage:
    """Journeys with two bounces or more, for leads."""

    def __init__(
        self,
        page: Page[Any],
        challenged: Sequence[bounced.Challenged] = (),
        *,
        network: bool = False,
    ) -> None:
        self.links = _page_links(page, reverse("paths:bounces"))
        self.challenged = [self._challenged(one) for one in challenged]
        self.network = network
        self.rows = [self._line(row) for row in page.rows]
        self.figures_href = reverse("paths:figures")

    @staticmethod
    def _challenged(one: bounced.Challenged) -> tuple[str, list[Link]]:
        counted = ngettext("%(team)s: %(n)d referral", "%(team)s: %(n)d referrals", one.number) % {
            "team": one.team,
            "n": one.number,
        }
        return counted, [
            Link(row.person.display_name, reverse("referrals:detail", args=[row.pk]))
            for row in one.rows
        ]

    @classmethod
    def _line(cls, row: Any) -> BounceLine:
        meetings: list[BounceMeeting] = list(row.bounce_meetings.all())
        planned = next((m for m in meetings if not m.held_on and not m.not_held_words), None)
        held = any(m.held_on for m in meetings)
        name = row.person.display_name
        if planned is not None:
            status = words.tag(gettext("Meeting planned"), "blue")
            steps = (
                Link(
                    gettext("Record the meeting about %(name)s") % {"name": name},
                    reverse("paths:meeting", args=[planned.pk]),
                ),
                Link(
                    gettext("The meeting about %(name)s did not take place") % {"name": name},
                    reverse("paths:meeting_call_off", args=[planned.pk]),
                ),
            )
        else:
            status = (
                words.tag(gettext("Meeting held"), "green")
                if held
                else words.tag(gettext("No meeting yet"), "orange")
            )
            text = (
                gettext("Plan another meeting about %(name)s")
                if held
                else gettext("Plan a joint meeting about %(name)s")
            )
            steps = (Link(text % {"name": name}, reverse("paths:meeting_plan", args=[row.pk])),)
        counts = gettext(
            "Declined: %(declines)d. Passed on: %(passed)d. In the last 12 months, for whatever"
            " need: %(year)d. First asked %(date)s."
        )
        return BounceLine(
            name,
            reverse("paths:journeys", args=[row.person_id]),
            counts
            % {
                "declines": row.declines,
                "passed": row.passed_on,
                "year": row.in_year,
                "date": words.short_date(row.asked_on or row.received_on),
            },
            status,
            tuple(cls._meeting(meeting) for meeting in meetings),
            steps,
        )

    @staticmethod
    def _meeting(meeting: BounceMeeting) -> str:
        if meeting.held_on:
            there = (
                gettext("with the person")
                if meeting.person_there
                else gettext("without the person")
            )
            return gettext("Held on %(date)s, %(there)s: %(agreed)s") % {
                "date": words.short_date(meeting.held_on),
                "there": there,
                "agreed": meeting.agreed_words,
            }
        if meeting.not_held_words:
            return gettext("Did not take place: %(why)s") % {"why": meeting.not_held_words}
        return gettext("Planned for %(date)s: %(who)s") % {
            "date": words.short_date(meeting.planned_on),
            "who": meeting.who,
        }


class FiguresPage:
    """Declines, first meetings and gaps by locality and kind of team."""

    def __init__(
        self,
        today: dt.date,
        named: Sequence[DeclineProposal],
        turned: Sequence[ChangeRequest] = (),
    ) -> None:
        self.since = words.short_date(today - figures.YEAR + dt.timedelta(days=1))
        self.until = words.short_date(today)
        self.declines = _figures_table(gettext("Declines"), figures.declines(today))
        self.waits = _figures_table(gettext("First meetings and waits"), figures.waits(today))
        self.missing = _figures_table(gettext("Nothing exists here"), figures.missing(today))
        self.named = [self._gap(row) for row in named]
        self.sought = _sought_table(gaps.counted())
        self.turned_away = _turned_table(turned_away.counted(today))
        self.turned = [self._turned(row) for row in turned]

    @staticmethod
    def _turned(row: ChangeRequest) -> tuple[str, str, str]:
        place = row.person.locality
        detail = gettext("%(place)s, %(date)s; %(stands)s") % {
            "place": place.name if place else gettext("No locality recorded"),
            "date": words.short_date(row.asked_on),
            "stands": gettext("waits for an answer") if row.waits else gettext("answered"),
        }
        what = ": ".join(
            part for part in (row.subject or gettext("Service not said"), row.words) if part
        )
        return what, detail, reverse("own_accounts:detail", args=[row.person_id])

    @staticmethod
    def _gap(row: DeclineProposal) -> tuple[str, str]:
        place = row.referral.person.locality
        return row.cannot_offer, gettext("%(place)s; asked of %(team)s, %(date)s") % {
            "place": place.name if place else gettext("No locality recorded"),
            "team": row.referral.team or gettext("No team recorded"),
            "date": words.short_date(timezone.localdate(row.created_at)),
        }


def _sought_table(found: Sequence[gaps.Gap]) -> dict[str, Any] | None:
    """What somebody looked for when asking, and did not find."""
    if not found:
        return None
    return table(
        gettext("Looked for and not found"),
        [gettext("What the help is for"), gettext("Locality"), gettext("How often")],
        [
            [
                cell(one.need or gettext("Not said")),
                cell(one.place or gettext("No locality recorded")),
                cell(gettext("hidden") if one.number is None else str(one.number)),
            ]
            for one in found
        ],
    )


def _turned_table(found: Sequence[tuple[str, int | None]]) -> dict[str, Any] | None:
    """How often people said that a service turned them away."""
    if not found:
        return None
    return table(
        gettext("People who said that they were turned away"),
        [gettext("Locality"), gettext("How often")],
        [
            [
                cell(place or gettext("No locality recorded")),
                cell(gettext("hidden") if number is None else str(number)),
            ]
            for place, number in found
        ],
    )


def _within(days: int) -> str:
    """So many days after the first ask."""
    return _days(days) if days else gettext("the same day")


def _figures_table(caption: str, found: figures.Figures) -> dict[str, Any] | None:
    if not found.rows:
        return None
    kinds = dict(Team.Kind.choices)
    columns = (*found.columns, figures.TOTAL)
    head = [gettext("Locality"), *(str(kinds.get(one, gettext("All"))) for one in columns)]

    def one(row: str, column: str) -> Any:
        count = found.shown(row, column)
        detail = found.details.get(figures.Cell(row, column))
        note = ""
        if detail is not None:
            note = gettext("half within %(median)s, nine of ten within %(ninetieth)s") % {
                "median": _within(detail[0]),
                "ninetieth": _within(detail[1]),
            }
        return cell(gettext("hidden") if count is None else str(count), note=note)

    def name(row: str) -> str:
        if row == figures.TOTAL:
            return gettext("All")
        return row or gettext("No locality recorded")

    return table(
        caption,
        head,
        [
            [cell(name(row)), *(one(row, col) for col in columns)]
            for row in (*found.rows, figures.TOTAL)
        ],
    )
