"""What these pages show. Facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.about import InOwnWords
from casework.cases.models import Person
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.directory.models import Locality, Team
from referrals.asking import needs
from referrals.asking.forms import KINDS, SOON
from referrals.asking.gaps import Gap
from referrals.asking.teams import Choice
from referrals.models import (
    Ask,
    Attachment,
    Correction,
    Offer,
    Referral,
    Responsibility,
    SharedPart,
)
from referrals.table import Kind, State

Decision = SharedPart.Decision


@dataclass(frozen=True)
class Asked:
    """A referral that is under way or being written."""

    title: str
    href: str
    tag: dict[str, str]
    detail: str


def _kind(referral: Referral) -> str:
    return str(KINDS.get(Kind(referral.kind), referral.get_kind_display()))


class StartPage:
    """What has been asked already, and what else can be asked."""

    def __init__(
        self, person: Person, referrals: Sequence[Referral], href: Callable[[Referral], str]
    ) -> None:
        self.name = person.display_name
        self.back = Link(person.display_name, reverse("people:detail", args=[person.pk]))
        self.urgent_href = reverse("asking:urgent", args=[person.pk])
        self.asked = [self._asked(one, href) for one in referrals]

    @staticmethod
    def _asked(referral: Referral, href: Callable[[Referral], str]) -> Asked:
        team = referral.team.name if referral.team else gettext("No team chosen yet")
        draft = referral.state == State.DRAFT
        began = words.short_date(referral.received_on)
        return Asked(
            gettext("%(team)s, %(date)s") % {"team": team, "date": began},
            reverse("asking:read", args=[referral.pk]) if draft else href(referral),
            words.tag(str(State(referral.state).label), "yellow" if draft else "blue"),
            _kind(referral),
        )


@dataclass(frozen=True)
class OfferLines:
    """One thing that a team offers."""

    name: str
    lines: tuple[str, ...]
    href: str = ""
    tag: dict[str, str] | None = None
    helps: str = ""


def offer_lines(offer: Offer, *, href: str = "") -> OfferLines:
    """An offer in words."""
    said = [offer.words]
    if offer.for_whom:
        said.append(gettext("For whom: %(words)s") % {"words": offer.for_whom})
    if offer.how_to_ask:
        said.append(gettext("How to ask: %(words)s") % {"words": offer.how_to_ask})
    helps = ", ".join(needs.label(one.need) for one in offer.needs.all())
    missing = None if offer.active else words.tag(gettext("Not there at present"), "grey")
    return OfferLines(offer.name, tuple(one for one in said if one), href, missing, helps)


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def wait_words(choice: Choice, *, urgent: bool) -> list[str]:
    """How long people really waited, with how many stand behind the figure."""
    found = choice.waits
    what = gettext("urgent referrals") if urgent else gettext("referrals that were not urgent")
    if found.median is None:
        lines = [
            gettext("No figure yet for %(what)s: too few people were met in the last six months.")
            % {"what": what}
        ]
    else:
        lines = [
            gettext("Half were met within %(median)s (%(n)d %(what)s, last six months).")
            % {"median": _days(found.median), "n": found.met, "what": what}
        ]
        if found.ninetieth is not None:
            lines.append(
                gettext("Nine in ten were met within %(days)s.") % {"days": _days(found.ninetieth)}
            )
        else:
            lines.append(gettext("Too few to say how long the longest waits are."))
    if found.longest is not None:
        lines.append(
            gettext("%(n)d wait now; the longest for %(days)s.")
            % {"n": found.waiting, "days": _days(found.longest)}
        )
    return lines


def decline_words(choice: Choice, *, need: str) -> str:
    """Whether it is worth ringing first."""
    found = choice.declines
    if not found.often:
        return ""
    what = gettext("for this need") if need else gettext("in all")
    return gettext(
        "They declined %(n)d of %(all)d %(what)s in the last year. Ring them before you write."
    ) % {"n": found.declined, "all": found.decided, "what": what}


class TeamCard:
    """One team that could be asked."""

    def __init__(self, choice: Choice, *, need: str, urgent: bool, chosen: bool) -> None:
        team = choice.team
        self.pk = str(team.pk)
        self.name = team.name
        self.organisation = team.organisation.name
        self.reach = ", ".join(one for one in (team.phone, team.hours) if one)
        self.waits = wait_words(choice, urgent=urgent)
        self.declines = decline_words(choice, need=need)
        self.offers = [offer_lines(one) for one in choice.offers]
        self.elsewhere = (
            ""
            if team.organisation.live
            else gettext("They do not read Alongside every day: ring them, or send a reply link.")
        )
        self.tags = []
        if chosen:
            self.tags.append(words.tag(gettext("Chosen"), "green"))
        if choice.fits:
            self.tags.append(words.tag(gettext("Offers this"), "blue"))
        if not choice.here:
            self.tags.append(words.tag(gettext("Works somewhere else"), "grey"))


class TeamsPage:
    """Who could help."""

    def __init__(
        self,
        referral: Referral,
        ask: Ask,
        choices: Sequence[Choice],
        page: Page[Any],
        locality: Locality | None,
    ) -> None:
        person = referral.person
        self.heading = gettext("Who could help %(name)s") % {"name": person.display_name}
        self.back = Link(
            gettext("The draft for %(name)s") % {"name": person.display_name},
            reverse("asking:read", args=[referral.pk]),
        )
        self.cards = [
            TeamCard(
                one,
                need=ask.need,
                urgent=referral.urgent,
                chosen=one.team.pk == referral.team_id,
            )
            for one in choices
        ]
        self.none_fits = bool(ask.need) and not any(one.fits for one in choices) and not page.before
        self.missing_href = reverse("asking:missing", args=[referral.pk]) if ask.need else ""
        self.write_href = reverse("asking:write", args=[referral.pk])
        path = reverse("asking:teams", args=[referral.pk])
        place = str(locality.pk) if locality else "all"
        self.links = words.PageLinks(
            newer=words.query_string(path, before=page.before, **{"in": place})
            if page.before
            else "",
            older=words.query_string(path, after=page.after, **{"in": place}) if page.after else "",
            newer_text=gettext("Teams before"),
            older_text=gettext("More teams"),
        )


@dataclass(frozen=True)
class SharedContent:
    """A part of the record as it would be shared, beside its question. What happened to somebody
    stays where it is kept: there is no text of it here."""

    name: str
    text: str


class WritePage:
    """The form with what stands around it."""

    def __init__(self, referral: Referral, form: Any, holder: Responsibility | None) -> None:
        person = referral.person
        self.late = referral.sent_on is not None
        self.advice = referral.kind == Kind.ADVICE
        self.team = referral.team.name if referral.team else ""
        self.heading = (
            gettext("Complete the urgent referral for %(name)s")
            if self.late
            else gettext("Ask for help with %(name)s")
        ) % {"name": person.display_name}
        self.name = person.display_name
        self.back = Link(
            gettext("The page that you both read"), reverse("asking:read", args=[referral.pk])
        )
        self.action = reverse("asking:write", args=[referral.pk])
        self.teams_href = "" if self.late else reverse("asking:teams", args=[referral.pk])
        self.holder = (
            gettext(
                "%(worker)s, %(team)s, holds them and goes on until the other team has met them."
            )
            % {"worker": holder.worker, "team": holder.team}
            if holder
            else ""
        )
        self.parts = [
            (form[f"share_{part}"], SharedContent(str(part.label), form.record.parts[part]))
            for part in form.offered
        ]


class SavedNow:
    """What somebody else saved while this was being written, where it differs."""

    def __init__(self, referral: Referral, ask: Ask, form: Any) -> None:
        self.href = reverse("asking:read", args=[referral.pk])
        self.lines = []
        theirs: dict[str, Any] = {
            **{name: getattr(referral, name) for name in form.story},
            "question": ask.question,
            "view_words": ask.view_words,
        }
        for name, value in theirs.items():
            if name in form.fields and value != form.cleaned_data.get(name):
                shown = _display(referral, name, value)
                self.lines.append((str(form.fields[name].label), shown))


def _display(referral: Referral, name: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return words.short_date(value)
    if name == "priority":
        return str(SOON.get(value, ""))
    show = getattr(referral, f"get_{name}_display", None)
    return str(show() if show else value) or gettext("(nothing)")


@dataclass(frozen=True)
class CorrectionLine:
    """Something that the person says is not so."""

    about: str
    text: str
    detail: str
    tag: dict[str, str]
    answer_href: str = ""


@dataclass(frozen=True)
class FileLine:
    """A file, and what can be done with it."""

    name: str
    about: str
    size: str
    href: str
    remove_href: str = ""


@dataclass(frozen=True)
class PartLine:
    """A part of the record that is shared, or not."""

    name: str
    tag: dict[str, str]
    detail: str
    text: str
    closed: bool


_PART_COLOUR = {Decision.AGREED: "green", Decision.AGAINST: "orange", Decision.KEPT: "grey"}


class ReadPage:
    """The referral as the person and every team that has it read it: their words first."""

    def __init__(
        self,
        referral: Referral,
        *,
        ask: Ask,
        parts: Sequence[SharedPart],
        contents: Mapping[Any, str],
        corrections: Sequence[Correction],
        files: Sequence[Attachment],
        holder: Responsibility | None,
        writes: bool,
        ours: bool,
        may_attach: bool,
        against: Sequence[tuple[str, str]],
        user: Any,
        detail: str,
    ) -> None:
        self._referral, self._ask, self._holder, self._user = referral, ask, holder, user
        self._parts, self._corrections, self._files = parts, corrections, files
        self._ours, self._contents = ours, contents
        self.draft = referral.state == State.DRAFT
        self.name = referral.person.display_name
        self.back = Link(self.name, reverse("people:detail", args=[referral.person_id]))
        self.version = referral.version
        self.against = [sentence for _code, sentence in against]
        self.write_href = self._href("write") if writes else ""
        self.teams_href = self._href("teams") if writes and self.draft else ""
        self.send_href = self._href("send") if writes and self.draft else ""
        self.has_read_href = self._href("has_read") if writes and self.draft else ""
        self.has_read_text = gettext("%(name)s has read it") % {"name": self.name}
        self.correct_href = self._href("correct") if ours and not self._ended else ""
        self.attach_href = self._href("attach") if may_attach and not self._ended else ""
        self.again_href = (
            self._href("again")
            if ours and referral.state in (State.CLOSED, State.DECLINED, State.WITHDRAWN)
            else ""
        )
        self.detail_href = "" if self.draft or detail == self._href("read") else detail

    def _href(self, name: str) -> str:
        return reverse(f"asking:{name}", args=[self._referral.pk])

    @property
    def _ended(self) -> bool:
        return self._referral.state in (State.CLOSED, State.DECLINED, State.WITHDRAWN)

    @cached_property
    def heading(self) -> str:
        team = self._referral.team
        if team is None:
            return gettext("Asking for help for %(name)s") % {"name": self.name}
        if self._referral.kind == Kind.ADVICE:
            return gettext("A question to %(team)s about %(name)s") % {
                "team": team,
                "name": self.name,
            }
        return gettext("Asking %(team)s to help %(name)s") % {"team": team, "name": self.name}

    @cached_property
    def tag(self) -> dict[str, str]:
        state = State(self._referral.state)
        return words.tag(str(state.label), "yellow" if state == State.DRAFT else "blue")

    @cached_property
    def rest(self) -> str:
        """What is still to come of an urgent referral, and by when."""
        until = self._referral.rest_by
        if until is None or self._ended:
            return ""
        local = timezone.localtime(until)
        return gettext(
            "Urgent, so it was sent before it was complete. Still to come by %(time)s on %(date)s:"
            " what %(name)s thinks of it, and what support there is meanwhile."
        ) % {"time": words.clock(local), "date": words.short_date(local), "name": self.name}

    @cached_property
    def has_read(self) -> str:
        if self._ask.read_on is None:
            return ""
        return gettext("%(how)s on %(date)s.") % {
            "how": self._ask.get_read_how_display(),
            "date": words.short_date(self._ask.read_on),
        }

    @cached_property
    def statements(self) -> list[InOwnWords]:
        """The person's words, in the order in which anybody reads them."""
        row = self._referral
        found = [
            (gettext("What I want help with"), row.reason_words),
            (gettext("Not in their own words, because"), row.reason_why_not),
            (gettext("The question"), self._ask.question),
            (gettext("What you may not see when meeting me"), row.may_not_see),
        ]
        return [InOwnWords(heading, text) for heading, text in found if text.strip()]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Everything else, as a list."""
        row, ask = self._referral, self._ask
        view = row.get_person_view_display() if row.person_view else ""
        if view and ask.view_words:
            view = f"{view}: {ask.view_words}"
        holder: Any = self._holder or ask.holder or ""
        return [
            words.summary_row(gettext("Who is asked"), row.team.name if row.team else ""),
            words.summary_row(gettext("Who asks"), str(row.sender_team or row.sender_words)),
            words.summary_row(gettext("What for"), needs.label(ask.need)),
            words.summary_row(gettext("How"), _kind(row)),
            words.summary_row(gettext("How soon"), str(SOON.get(row.priority, ""))),
            words.summary_row(gettext("What they think of it"), view),
            words.summary_row(gettext("How to reach them"), row.reach_words),
            words.summary_row(gettext("Who holds them meanwhile"), str(holder)),
            words.summary_row(gettext("Support meanwhile"), row.meanwhile_support),
            words.summary_row(
                gettext("First asked for this"),
                words.short_date(row.asked_on) if row.asked_on else "",
            ),
        ]

    @cached_property
    def parts(self) -> list[PartLine]:
        return [self._part(one) for one in self._parts]

    def _part(self, one: SharedPart) -> PartLine:
        if one.shared_on and one.team:
            detail = gettext("Given to %(team)s on %(date)s.") % {
                "team": one.team,
                "date": words.short_date(one.shared_on),
            }
        else:
            detail = ""
        if one.decision == Decision.AGAINST:
            detail = " ".join([one.why, detail]).strip()
        text = one.content
        if one.shared_on is None and one.decision != Decision.KEPT:
            text = self._contents.get(one.part, "")  # as it would be given today
        closed = one.part == SharedPart.Part.HAPPENED and one.decision != Decision.KEPT
        colour = _PART_COLOUR[Decision(one.decision)]
        return PartLine(
            one.get_part_display(),
            words.tag(one.get_decision_display(), colour),
            detail,
            text,
            closed,
        )

    @cached_property
    def corrections(self) -> list[CorrectionLine]:
        return [self._correction(one) for one in self._corrections]

    def _correction(self, one: Correction) -> CorrectionLine:
        by = one.noted_by.name if one.noted_by else self.name
        is_open = one.answer == Correction.Answer.OPEN
        can = is_open and self._ours and not self._ended
        return CorrectionLine(
            one.get_about_display(),
            one.words,
            gettext("%(told)s. Noted by %(who)s, %(date)s.")
            % {
                "told": one.get_told_display(),
                "who": by,
                "date": words.short_date(one.created_at),
            },
            words.tag(one.get_answer_display(), "orange" if is_open else "green"),
            reverse("asking:answer_correction", args=[self._referral.pk, one.pk]) if can else "",
        )

    @cached_property
    def unanswered(self) -> str:
        """What the person put right and nobody has answered: worth a look before it is sent."""
        number = sum(one.answer == Correction.Answer.OPEN for one in self._corrections)
        if not number:
            return ""
        return ngettext(
            "%(n)d thing that they put right has no answer yet.",
            "%(n)d things that they put right have no answer yet.",
            number,
        ) % {"n": number}

    @cached_property
    def files(self) -> list[FileLine]:
        return [
            FileLine(
                one.name,
                one.about,
                filesizeformat(one.size),
                reverse("asking:attachment", args=[one.pk]),
                reverse("asking:remove_file", args=[one.pk]) if self._may_remove(one) else "",
            )
            for one in self._files
        ]

    def _may_remove(self, one: Attachment) -> bool:
        if self._ended:
            return False
        return one.added_by_id == self._user.pk or (self.draft and self._ours)


class OfferTeam:
    """A team with what it offers."""

    def __init__(self, team: Team, *, may_change: bool) -> None:
        self.name = team.name
        self.places = ", ".join(one.name for one in team.localities.all())
        self.add_href = reverse("asking:offer_add", args=[team.pk]) if may_change else ""
        self.offers = [
            offer_lines(one, href=reverse("asking:offer", args=[one.pk]) if may_change else "")
            for one in team.offers.all()
            if one.active or may_change
        ]


class OffersPage:
    """What teams offer, and what nobody does."""

    def __init__(self, page: Page[Team], user: Any, gaps: Sequence[Gap]) -> None:
        everywhere = accounts.may_in_network(user, Permission.MANAGE_DIRECTORY)
        ours = accounts.teams_where(user, Permission.SIGN_OFF)
        self.teams = [OfferTeam(one, may_change=everywhere or one.pk in ours) for one in page.rows]
        self.gaps = [_gap(one) for one in gaps]
        path = reverse("asking:offers")
        self.links = words.PageLinks(
            newer=words.query_string(path, before=page.before) if page.before else "",
            older=words.query_string(path, after=page.after) if page.after else "",
            newer_text=gettext("Teams before"),
            older_text=gettext("More teams"),
        )


def _gap(gap: Gap) -> str:
    number = (
        gettext("fewer than 5 times")
        if gap.number is None
        else ngettext("%(n)d time", "%(n)d times", gap.number) % {"n": gap.number}
    )
    return gettext("%(need)s, %(place)s: %(number)s") % {
        "need": gap.need,
        "place": gap.place or gettext("no place said"),
        "number": number,
    }
