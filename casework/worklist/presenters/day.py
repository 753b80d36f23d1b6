"""The home page: a day's work, and the team's beside it. Facts and a day in, words out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from casework.alerts.listing import RAISED, Bundle, Listing
from casework.cases.diary.presenters import diary_line
from casework.cases.models import Contact
from casework.common import presenters as words
from casework.common.pages import Link
from casework.worklist.models import SavedFilter
from casework.worklist.people_rows import Listed
from casework.worklist.presenters.people import person_rows, saved_link
from casework.worklist.sections import Due
from casework.worklist.team_rows import Standing

MOST_DUE = 15
MOST_ALERTS = 5
MOST_PEOPLE = 8


@dataclass(frozen=True)
class DueLine:
    """One thing that is due, for whom, since or until when."""

    what: str
    person: str
    person_href: str
    detail: str
    tag: dict[str, str] | None
    href: str
    action: str
    label: str


def due_line(due: Due, today: dt.date) -> DueLine:
    when = words.date_words(due.due_on, today)
    late = due.due_on < today
    return DueLine(
        what=due.what,
        person=due.person,
        person_href=reverse("people:detail", args=[due.person_id]) if due.person_id else "",
        detail=gettext("%(kind)s, %(when)s") % {"kind": due.kind, "when": when},
        tag=words.tag(gettext("Still to do"), "yellow") if late else None,
        href=due.href,
        action=due.action,
        label=", ".join(part for part in (due.person, due.what, due.kind, when) if part),
    )


@dataclass(frozen=True)
class AlertLine:
    """What is open about one person, and the one thing to do next."""

    name: str
    href: str
    sentence: str
    more: str
    step: str
    step_href: str


def alert_line(bundle: Bundle) -> AlertLine:
    """The first alert that has a next step speaks for all of them."""
    leading = next((one for one in bundle.alerts if one.next_step), bundle.alerts[0])
    others = len(bundle.alerts) - 1
    return AlertLine(
        name=bundle.person.display_name,
        href=reverse("people:detail", args=[bundle.person.pk]),
        sentence=leading.sentence,
        more=ngettext("And %(n)d more alert.", "And %(n)d more alerts.", others) % {"n": others}
        if others
        else "",
        step=leading.next_step,
        step_href=words.query_string(
            reverse("alerts:detail", args=[leading.pk]), next=reverse("home")
        ),
    )


class MyDay:
    """What somebody who meets people needs to know in the morning."""

    def __init__(
        self,
        *,
        today: dt.date,
        contacts: Sequence[Contact],
        covers: Mapping[UUID, str],
        due: Sequence[Due],
        alerts: Listing | None,
        people: Sequence[Listed],
        is_named: bool,
        saved: Sequence[SavedFilter],
        is_worker: bool,
        may_record: bool,
        leads: bool = False,
        come_up_is_said: bool = False,
    ) -> None:
        here = reverse("home")
        self.leads = leads
        self.come_up_is_said = come_up_is_said
        self.is_worker = is_worker
        self.is_named = is_named
        self.may_record = may_record
        self.today = [
            diary_line(one, today, cover=covers.get(one.pk, ""), came_from=here)
            for one in contacts
            if one.date == today
        ]
        self._following = next((one for one in contacts if one.date > today), None)
        self._waiting = sum(one.date < today for one in contacts)
        self._today = today
        self.due = [due_line(one, today) for one in due[:MOST_DUE]]
        self._due_more = max(len(due) - MOST_DUE, 0)
        bundles = alerts.bundles if alerts else ()
        self.alerts = [alert_line(one) for one in bundles[:MOST_ALERTS]]
        self._alert_people = alerts.new if alerts else 0
        self._backlog = alerts.backlog if alerts else 0
        self.people = person_rows(people[:MOST_PEOPLE])
        self.more_people = len(people) > MOST_PEOPLE
        self.saved = [saved_link(one) for one in saved]
        self.diary_href = reverse("diary:mine")
        self.people_href = reverse("my_people" if is_named else "people:list")
        self.alerts_href = reverse("alerts:mine")
        self.saved_href = reverse("saved_lists")

    @property
    def nothing_today(self) -> str:
        """A day without a meeting, and when the next one is."""
        following = self._following
        if following is None:
            return gettext("Nothing is booked today or in the next two weeks.")
        day = words.long_date(following.date)
        when = f"{day}, {words.clock(following.time)}" if following.time else day
        return gettext("Nothing is booked today. Next: %(when)s, %(name)s.") % {
            "when": when,
            "name": following.person.display_name,
        }

    @property
    def shows_alerts(self) -> bool:
        """Who leads and has no alerts of their own is told about those that came up to them."""
        return bool(self.alerts or self.alerts_link or not self.come_up_is_said)

    @property
    def shows_people(self) -> bool:
        """Who leads and is named for nobody has the team's people above."""
        return self.is_named or not self.leads

    @property
    def people_heading(self) -> str:
        """Whose people these are: mine, or those of whoever I work beside."""
        return gettext("My people") if self.is_named else gettext("People whose record I may open")

    @property
    def people_order(self) -> str:
        """Which of them these are, where there are more."""
        if not self.more_people:
            return ""
        if self.is_named:
            return gettext("Those who were met longest ago.")
        return gettext("The first of them by name.")

    @property
    def all_people(self) -> str:
        return gettext("All my people") if self.is_named else gettext("Find a person")

    @property
    def waiting(self) -> str:
        """Meetings of the last weeks of which nobody wrote down how they went."""
        n = self._waiting
        return (
            ngettext(
                "%(n)d earlier meeting is not recorded yet",
                "%(n)d earlier meetings are not recorded yet",
                n,
            )
            % {"n": n}
            if n
            else ""
        )

    @property
    def due_more(self) -> str:
        n = self._due_more
        return (
            ngettext("%(n)d more thing is due later.", "%(n)d more things are due later.", n)
            % {"n": n}
            if n
            else ""
        )

    @property
    def alerts_link(self) -> Link | None:
        """The way to all alerts, where there are more than those shown, or older ones."""
        if self._alert_people > len(self.alerts):
            n = self._alert_people
            return Link(gettext("All my alerts: %(n)d people") % {"n": n}, self.alerts_href)
        if self._backlog:
            text = ngettext(
                "Already so when we started: %(n)d person",
                "Already so when we started: %(n)d people",
                self._backlog,
            ) % {"n": self._backlog}
            return Link(text, f"{self.alerts_href}?list=backlog")
        return Link(gettext("All my alerts"), self.alerts_href) if self.alerts else None


def come_up_line(n: int) -> Link | None:
    """What a lead has to decide, where there is something."""
    if not n:
        return None
    text = ngettext(
        "%(n)d person about whom something has come to you to decide",
        "%(n)d people about whom something has come to you to decide",
        n,
    ) % {"n": n}
    return Link(text, words.query_string(reverse("alerts:team"), list=RAISED))


class TeamSummary:
    """The team in a few lines, for who leads it."""

    def __init__(self, names: Sequence[str], standing: Standing, come_up: int = 0) -> None:
        self.names = ", ".join(names)
        self.href = reverse("my_team")
        people = reverse("team_people")
        up = come_up_line(come_up)
        self.lines = [
            *([up] if up else []),
            Link(
                ngettext("%(n)d person in all", "%(n)d people in all", standing.people)
                % {"n": standing.people},
                people,
            ),
            Link(
                ngettext(
                    "%(n)d person without a key worker",
                    "%(n)d people without a key worker",
                    standing.nobody_named,
                )
                % {"n": standing.nobody_named},
                f"{people}?show=unallocated",
            ),
            Link(
                ngettext(
                    "%(n)d person with open alerts",
                    "%(n)d people with open alerts",
                    standing.with_alerts,
                )
                % {"n": standing.with_alerts},
                f"{people}?show=alerts&sort=alerts",
            ),
        ]
