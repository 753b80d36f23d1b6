"""Alerts as people read them: one card a person, with why, since when, and one next step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.alerts.handling import Handling, handling, rule_titles, title
from casework.alerts.listing import BACKLOG, LATER, RAISED, TODAY, Bundle, Listing
from casework.alerts.models import Alert, AlertAction
from casework.common.pages import Link
from casework.common.presenters import (
    Notice,
    PageLinks,
    PersonCard,
    TimelineEntry,
    clock,
    query_string,
    short_date,
    since_words,
    tag,
)

NOT_FOR_APPRAISAL = _("This speaks about the service; it is not for appraisal.")


@dataclass(frozen=True)
class AlertNotice(Notice):
    """One alert on a card, with how it stands and where something can be done about it."""

    status: str = ""
    act_href: str = ""
    act_words: str = ""
    about: str = ""


@dataclass(frozen=True)
class AlertCard(PersonCard):
    """The alerts about one person. `unseen` are those that can be said "seen" to at once, each as
    `id:version`."""

    unseen: tuple[str, ...] = ()


class AlertsPage:
    """A list of alerts: mine, or those of the teams that I lead."""

    def __init__(
        self,
        listing: Listing,
        *,
        path: str,
        heading: str,
        nothing: str,
        show_worker: bool,
        backlog: bool,
        first: bool,
        today: dt.date,
        which: str = TODAY,
        worker_id: Any = None,
    ) -> None:
        self._listing = listing
        self._path = path
        self._show_worker = show_worker
        self._first = first
        self._today = today
        self.backlog = backlog
        self._which = BACKLOG if backlog else which
        self._worker_id = worker_id
        self.heading = (
            gettext("%(list)s: already so when we started") % {"list": heading}
            if backlog
            else heading
        )
        self.nothing = nothing if self._which == TODAY else gettext("Nothing is in this list.")
        self._titles = rule_titles()

    @property
    def caution(self) -> str:
        return str(NOT_FOR_APPRAISAL)

    @property
    def cards(self) -> list[PersonCard]:
        return [self._card(bundle) for bundle in self._listing.bundles]

    @property
    def tabs(self) -> list[Link]:
        """The lists: of the day, what has come to the lead, what comes later, the backlog. A list
        that is empty is left out, unless it is the one that is shown."""
        found = self._listing
        named = [
            (TODAY, gettext("Today: %(people)s"), found.new),
            (LATER, gettext("Put off or done for now: %(people)s"), found.later),
            (BACKLOG, gettext("Already so when we started: %(people)s"), found.backlog),
        ]
        if self._show_worker:
            named.insert(1, (RAISED, gettext("Come to you to decide: %(people)s"), found.raised))
        return [
            Link(
                text % {"people": ngettext("%(n)d person", "%(n)d people", n) % {"n": n}},
                query_string(self._path, list=which or "today"),
                which == self._which,
            )
            for which, text, n in named
            if n or which == self._which
        ]

    @property
    def here(self) -> str:
        """This list's address, to come back to after something was done."""
        return query_string(self._path, list=self._which)

    @property
    def links(self) -> PageLinks:
        kind = self._which
        after = self._listing.after
        return PageLinks(
            newer="" if self._first else query_string(self._path, list=kind),
            older=query_string(self._path, list=kind, after=after) if after else "",
            newer_text=gettext("Newest"),
        )

    def _card(self, bundle: Bundle) -> PersonCard:
        step = next((alert for alert in bundle.alerts if alert.next_step), None)
        about = self._told_apart(bundle.alerts)
        return AlertCard(
            name=bundle.person.display_name,
            href=reverse("people:detail", args=[bundle.person.pk]),
            detail=self._who(bundle.alerts[0]),
            notices=tuple(
                self._notice(alert, words, alert is step)
                for alert, words in zip(bundle.alerts, about, strict=True)
            ),
            unseen=tuple(
                f"{alert.pk}:{alert.version}"
                for alert in bundle.alerts
                if alert.state(self._today) == Alert.Status.OPEN
            ),
        )

    def _told_apart(self, alerts: Sequence[Alert]) -> list[str]:
        """What each alert of one person is about; several of one kind are numbered, so that no two
        links read alike."""
        often = Counter(alert.rule for alert in alerts)
        met: Counter[str] = Counter()
        said = []
        for alert in alerts:
            about = self._titles.get(alert.rule, alert.rule)
            met[alert.rule] += 1
            if often[alert.rule] > 1:
                about = gettext("%(about)s (%(n)d of %(all)d)") % {
                    "about": about,
                    "n": met[alert.rule],
                    "all": often[alert.rule],
                }
            said.append(about)
        return said

    def _who(self, alert: Alert) -> str:
        """Who holds the person, and on a team's list who is with them."""
        team = alert.team.name if alert.team else gettext("No team holds this person")
        if not self._show_worker:
            covering = self._worker_id and alert.worker and alert.worker_id != self._worker_id
            if covering:
                return gettext("%(team)s. You cover for %(worker)s.") % {
                    "team": team,
                    "worker": alert.worker.name,
                }
            return team
        worker = alert.worker.name if alert.worker else gettext("no named worker")
        return gettext("%(team)s, %(worker)s") % {"team": team, "worker": worker}

    def _notice(self, alert: Alert, about: str, says_step: bool) -> Notice:
        place = alert.organisation
        on = place.as_of if place and not place.live and place.as_of else self._today
        old = alert.backlog and not self.backlog
        act_href = query_string(reverse("alerts:detail", args=[alert.pk]), next=self.here)
        return AlertNotice(
            status=status_words(alert, self._today),
            act_href=act_href,
            act_words=(
                gettext("What was done, and bring back")
                if alert.hidden(self._today)
                else gettext("Answer, put off or done")
            ),
            about=about,
            sentence=alert.sentence,
            tag=tag(gettext("Already so when we started"), "grey") if old else None,
            cause=gettext("Likely cause: %(cause)s") % {"cause": alert.cause}
            if alert.cause
            else "",
            next_step=gettext("Next step: %(step)s") % {"step": alert.next_step}
            if says_step
            else "",
            next_href=act_href if says_step else "",
            since=gettext("Open %(since)s") % {"since": since_words(alert.opened_on, on)},
        )


def status_words(alert: Alert, on: dt.date) -> str:
    """How an alert stands, in one sentence; "" where nobody has done anything yet."""
    who = str(alert.acted_by) if alert.acted_by else gettext("Somebody")
    state = alert.state(on)
    until = short_date(alert.hidden_until) if alert.hidden_until else ""
    said = {
        Alert.Status.SEEN: gettext("%(who)s is on it.") % {"who": who},
        Alert.Status.SNOOZED: gettext("%(who)s put it off until %(until)s.")
        % {"who": who, "until": until},
        Alert.Status.DONE: gettext("%(who)s has done something; looked at again on %(until)s.")
        % {"who": who, "until": until},
    }.get(state, "")
    up = {
        Alert.Level.LEAD: gettext("It has come to the team lead."),
        Alert.Level.NETWORK: gettext("It has come to the network lead."),
    }.get(alert.level, "")
    return " ".join(part for part in (said, up) if part)


class AlertPage:
    """One alert: what it is, what has been done, what can be done now."""

    def __init__(
        self,
        alert: Alert,
        actions: Sequence[AlertAction],
        earlier: Sequence[Alert],
        *,
        today: dt.date,
        back: str,
        form_shown: bool,
        may_book: bool = False,
        place: Link | None = None,
    ) -> None:
        self._alert = alert
        self._may_book = may_book
        self._place = place
        self._actions = actions
        self._earlier = earlier
        self._today = today
        self.back = back
        self.form_shown = form_shown
        self.heading = title(alert.rule)
        self.person = alert.person.display_name if alert.person else gettext("Nobody in particular")
        self.person_href = (
            reverse("people:detail", args=[alert.person_id]) if alert.person_id else ""
        )
        self.notice = AlertNotice(
            sentence=alert.sentence,
            cause=gettext("Likely cause: %(cause)s") % {"cause": alert.cause}
            if alert.cause
            else "",
            next_step=gettext("Next step: %(step)s") % {"step": alert.next_step}
            if alert.next_step
            else "",
            since=gettext("Open %(since)s") % {"since": since_words(alert.opened_on, self._as_of)},
            status=status_words(alert, today),
        )

    @property
    def _as_of(self) -> dt.date:
        place = self._alert.organisation
        return place.as_of if place and not place.live and place.as_of else self._today

    @property
    def caution(self) -> str:
        return str(NOT_FOR_APPRAISAL)

    @property
    def who(self) -> str:
        """The team that holds the person, and who is named."""
        team = self._alert.team.name if self._alert.team else gettext("No team holds this person")
        worker = self._alert.worker.name if self._alert.worker else gettext("no named worker")
        return gettext("%(team)s, %(worker)s") % {"team": team, "worker": worker}

    @cached_property
    def history(self) -> list[TimelineEntry]:
        """What was done, the latest first, down to the day on which it was noticed."""
        entries = [action_entry(one, handling(self._alert.rule)) for one in self._actions]
        opened = TimelineEntry(
            title=gettext("Noticed") if not self._alert.backlog else gettext("Already so"),
            when=short_date(self._alert.opened_on),
            text=gettext("It was so when Alongside began.") if self._alert.backlog else "",
            datetime=self._alert.opened_on.isoformat(),
        )
        ended = []
        if self._alert.resolved_on:
            ended = [
                TimelineEntry(
                    title=gettext("No longer so"),
                    when=short_date(self._alert.resolved_on),
                    datetime=self._alert.resolved_on.isoformat(),
                )
            ]
        return [*ended, *reversed(entries), opened]

    @property
    def earlier(self) -> list[str]:
        """Earlier times when the same was so."""
        return [
            gettext("From %(start)s to %(end)s: %(sentence)s")
            % {
                "start": short_date(one.opened_on),
                "end": short_date(one.resolved_on) if one.resolved_on else "",
                "sentence": one.sentence,
            }
            for one in self._earlier
        ]

    @property
    def ways(self) -> list[Link]:
        """Where most next steps are taken, as long as something is asked."""
        if self._alert.person_id is None or self._alert.resolved_on is not None:
            return []
        key = [self._alert.person_id]
        found = [Link(gettext("Who is with them"), reverse("team_work:company", args=key))]
        if self._may_book:
            found.insert(0, Link(gettext("Book a meeting"), reverse("diary:book", args=key)))
        return [self._place, *found] if self._place else found

    @property
    def over(self) -> str:
        """Why nothing can be done any more."""
        if self._alert.resolved_on is None:
            return ""
        return gettext("It is no longer so since %(day)s. Nothing more is asked of you.") % {
            "day": short_date(self._alert.resolved_on)
        }


WHY_UP = {
    "asked": _("Whoever answered said that somebody else has to decide."),
    "routed": _("It is about something that the named worker cannot change."),
    "no_lead": _("Nobody leads this team here."),
    "unanswered": _("Nobody had answered in time."),
}


def action_entry(action: AlertAction, asked: Handling) -> TimelineEntry:
    """One thing that was done, as the history tells it."""
    kinds = AlertAction.Kind
    until = short_date(action.until) if action.until else ""
    told = {
        kinds.SEEN: gettext("Seen"),
        kinds.ANSWERED: gettext("Answered: %(answer)s") % {"answer": asked.label(action.choice)},
        kinds.SNOOZED: gettext("Put off until %(until)s") % {"until": until},
        kinds.DONE: gettext("Done for now; to be looked at again on %(until)s") % {"until": until},
        kinds.BROUGHT_BACK: gettext("Brought back"),
        kinds.RETURNED: gettext("Came back: it was still so"),
        kinds.RAISED: gettext("Went to the network lead")
        if action.level == Alert.Level.NETWORK
        else gettext("Went to the team lead"),
    }[kinds(action.kind)]
    words = action.words
    if action.kind == kinds.RAISED:
        words = str(WHY_UP.get(action.choice, ""))
    if action.kind == kinds.ANSWERED and until:
        words = " ".join(part for part in (words, gettext("By %(day)s.") % {"day": until}) if part)
    when = timezone.localtime(action.created_at)
    return TimelineEntry(
        title=told,
        when=f"{short_date(when)}, {clock(when)}",
        by=str(action.by) if action.by else "",
        text=words,
        datetime=when.isoformat(),
    )
