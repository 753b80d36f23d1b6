"""What this app puts into people's own pages: what is next, my people, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.cases.models import Absence, Contact, SealedNote
from casework.common.pages import Link
from casework.common.presenters import date_words, short_date
from casework.portal.models import PortalAccount
from casework.portal.pages import PortalPage, portal_pages
from casework.portal.presenters import does, how, when, with_whom
from casework.portal.talk import news, questions

NEWS_DAYS = 14  # how far back it goes for somebody who has not said what they have read
MOST_NEWS = 8


@dataclass(frozen=True)
class Next:
    """The next meeting, and how many more are booked."""

    when: str
    who: str
    how: str
    place: str
    others: list[str]
    ask: Link


def next_up(account: PortalAccount, on: dt.date) -> Next | dict[str, Any]:
    """What is next: with whom, where, how."""
    rows = list(
        account.person.contacts.filter(attendance=Contact.Attendance.BOOKED, date__gte=on)
        .select_related("worker", "team")
        .order_by("date", "order_key", "pk")[:4]
    )
    if not rows or SealedNote.Area.DIARY in account.kept_back:
        ask = Link(_("Write to my team if I would like to meet"), reverse("portal:message_write"))
        return {
            "nothing": _("Nothing is booked at the moment."),
            "ask": ask if account.helper is None else None,  # messages are theirs alone
        }
    first = rows[0]
    return Next(
        when(first),
        with_whom(first),
        how(first),
        first.place,
        [_("%(when)s: %(who)s") % {"when": when(one), "who": with_whom(one)} for one in rows[1:]],
        Link(_("Ask for another time, place or person"), reverse("portal:ask")),
    )


@dataclass(frozen=True)
class Somebody:
    """One of the people around the person."""

    name: str
    role: str
    does: str
    since: str
    cover: str


def my_people(account: PortalAccount, on: dt.date) -> list[Somebody]:
    """Who is with me, what they do, since when, and who stands in."""
    rows = list(
        account.person.allocations.on(on).select_related("worker", "team").order_by("start", "pk")
    )
    rows.sort(key=lambda row: row.role != "key_worker")
    away = {
        one.worker_id: one
        for one in Absence.objects.on(on)
        .filter(worker__in=[row.worker_id for row in rows])
        .select_related("cover_worker", "cover_team")
    }
    return [
        Somebody(
            row.worker.name,
            row.get_role_display(),
            does(row.role),
            _("Since %(day)s") % {"day": short_date(row.start)},
            _cover(away.get(row.worker_id)),
        )
        for row in rows
    ]


def _cover(absence: Absence | None) -> str:
    if absence is None:
        return ""
    who = absence.cover_worker or absence.cover_team
    if absence.end is None:
        return _("Away now. Meanwhile: %(who)s.") % {"who": who}
    return _("Away until %(day)s. Meanwhile: %(who)s.") % {
        "who": who,
        "day": short_date(absence.end),
    }


@dataclass(frozen=True)
class Changes:
    """What others did that the person has not read yet, and where all of it stands."""

    lines: list[tuple[str, str]]
    seen_href: str
    href: str


def changes(account: PortalAccount, on: dt.date) -> Changes:
    """What changed since I last looked."""
    rows = news.unread(account, on, days=NEWS_DAYS)[:MOST_NEWS]
    return Changes(
        [(one.words, capfirst(date_words(one.day, on))) for one in news.pieces(account, rows)],
        reverse("portal:seen"),
        reverse("portal:new"),
    )


def _named(data: Mapping[str, Any]) -> str:
    return _("%(who)s is now there for you.") % {"who": data["who"]}


def _no_longer_named(data: Mapping[str, Any]) -> str:
    return _("%(who)s is no longer your named worker.") % {"who": data["who"]}


def quiet_changes_of_worker(account: PortalAccount) -> set[Any]:
    """A change of worker that nobody has talked about with the person yet."""
    return news.unsaid_changes(account, timezone.localdate())


portal_pages.register("home", PortalPage(0, gettext_lazy("Home"), "portal:home"))
portal_pages.register("next", PortalPage(10, template="portal/next.jinja", build=next_up))
portal_pages.register("people", PortalPage(20, template="portal/people.jinja", build=my_people))
portal_pages.register(
    "changes",
    PortalPage(
        30,
        template="portal/news.jinja",
        build=changes,
        news={
            "contact.booked": lambda data: _("A meeting was booked."),
            "contact.moved": lambda data: _("A meeting was moved."),
            "contact.cancelled_by_service": lambda data: _("We called a meeting off."),
            "note.written": lambda data: _("Something was written about a meeting."),
            "allocation.started": _named,
            "allocation.ended": _no_longer_named,
            "step.made": lambda data: _("Somebody promised to do something."),
            "step.done": lambda data: _("Something that was promised is done."),
            "portal.answered": lambda data: _("You were answered."),
            "portal.let_back": lambda data: _(
                "A worker made a new code with which you can get back in."
            ),
        },
        quiet=quiet_changes_of_worker,
    ),
)
portal_pages.register("contacts", PortalPage(60, gettext_lazy("My meetings"), "portal:contacts"))
portal_pages.register("asked", PortalPage(70, gettext_lazy("Ask for a change"), "portal:changes"))
portal_pages.register("account", PortalPage(90, gettext_lazy("My account"), "portal:account"))


# Messages, questions, diary ----------------------------------------------------------------------


@dataclass(frozen=True)
class MessagesSection:
    """What is there to read, when an answer is to be expected, and where to write."""

    waiting: list[str]
    expect: str
    links: list[Link]


def my_messages(account: PortalAccount, on: dt.date) -> MessagesSection:
    """My messages, on the home page: one query."""
    rows = list(
        account.person.team_messages.for_person(at_once=account.read_at_once)
        .filter(
            Q(answered_at__isnull=False, answer_read_at__isnull=True)
            | Q(answered_at__isnull=True, answer_by__isnull=False)
            | Q(begun_by__isnull=False, read_at__isnull=True),
            let_in__isnull=True,
        )
        .order_by("answer_by", "pk")
    )
    written = sum(1 for row in rows if row.begun_by_id is not None)
    answered = sum(1 for row in rows if row.answered_at is not None)
    days = [row.answer_by for row in rows if row.waits]
    waiting = expect = came = ""
    if written:
        came = ngettext(
            "There is %(n)d message for you to read.",
            "There are %(n)d messages for you to read.",
            written,
        ) % {"n": written}
    if answered:
        waiting = ngettext(
            "There is %(n)d answer for you to read.",
            "There are %(n)d answers for you to read.",
            answered,
        ) % {"n": answered}
    if days and days[0] is not None:
        expect = (
            _("You should have had an answer by %(day)s. We are late. That is not your fault.")
            if days[0] < on
            else _("You wrote to your team. Expect an answer by %(day)s.")
        ) % {"day": short_date(days[0])}
    return MessagesSection(
        [one for one in (came, waiting) if one],
        expect,
        [
            Link(_("Write to my team"), reverse("portal:message_write")),
            Link(_("My messages and the answers"), reverse("portal:messages")),
        ],
    )


@dataclass(frozen=True)
class QuestionsSection:
    """Where the three questions are answered, or put off."""

    answer_href: str
    not_now_href: str


def three_questions(account: PortalAccount, on: dt.date) -> QuestionsSection | None:
    """Three short questions, where it is time for them."""
    if not questions.is_time(account, on):
        return None
    return QuestionsSection(reverse("portal:questions_answer"), reverse("portal:questions_not_now"))


def _wrote_to_you(data: Mapping[str, Any]) -> str:
    return _("%(who)s wrote to you.") % {"who": data["who"] or _("Somebody of your team")}


portal_pages.register(
    "messages",
    PortalPage(
        35,
        gettext_lazy("Messages"),
        "portal:messages",
        template="portal/message_section.jinja",
        build=my_messages,
        news={
            "portal.replied": lambda data: _("Your team answered your message."),
            "portal.replied_carer": lambda data: _("Your team answered somebody whom you let in."),
            "portal.began": _wrote_to_you,
        },
        news_at_once={"portal.kept_quiet": _wrote_to_you},
        news_of_carers={
            "portal.carer_wrote": lambda data: _("Somebody whom you let in wrote to your team."),
        },
        alone=True,
    ),
)
portal_pages.register("diary", PortalPage(65, gettext_lazy("My diary"), "portal:diary"))
portal_pages.register(
    "questions",
    PortalPage(62, template="portal/questions_section.jinja", build=three_questions, alone=True),
)
