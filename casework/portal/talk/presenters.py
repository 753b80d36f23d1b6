"""What people's own pages, and those of staff, say about messages, answers and diary entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.presenters import work_of
from casework.common.pages import Link
from casework.common.presenters import clock, long_date, short_date, tag
from casework.common.tables import cell, table
from casework.portal.models import CarerAccess, DiaryEntry, HeardAnswer, TeamMessage
from casework.portal.talk.promises import Held
from casework.portal.talk.questions import ITEMS, TeamNumbers


def moment(at: dt.datetime) -> str:
    """A day and a time."""
    local = timezone.localtime(at)
    return _("%(day)s at %(time)s") % {"day": short_date(local), "time": clock(local)}


def who(user: User | None, held: Held) -> str:
    """Who it was: by name, what they are to the person, and what they do."""
    if user is None:
        return _("Somebody of your team")
    worker = user.worker
    work = work_of(worker) if worker is not None else ""
    work = work[:1].lower() + work[1:]
    if worker is not None and held.worker is not None and worker.pk == held.worker.pk:
        known = _("your key worker")
        parts = [known] if "key worker" in work else [known, work]
    else:
        parts = [work]
    parts = [part for part in parts if part]
    return f"{user.name} ({', '.join(parts)})" if parts else user.name


class MessageLine:
    """One message as the person reads it: their words, who has read them, the answer."""

    def __init__(self, row: TeamMessage, held: Held, today: dt.date) -> None:
        self._row, self._held, self._today = row, held, today

    @property
    def words(self) -> str:
        return self._row.words

    @property
    def own(self) -> bool:
        """Are these the person's own words?"""
        return self._row.begun_by_id is None and self._row.let_in_id is None

    @property
    def sent(self) -> str:
        row = self._row
        at = {"moment": moment(row.sent_at)}
        if row.begun_by is not None:
            return _("%(who)s wrote to you on %(moment)s") % {
                "who": who(row.begun_by, self._held),
                **at,
            }
        if row.let_in is not None:
            return _("%(who)s, whom you let in, wrote on %(moment)s") % {
                "who": known_as(row.let_in),
                **at,
            }
        if row.in_reply_to is not None:
            return _("You answered %(who)s on %(moment)s") % {
                "who": row.in_reply_to.begun_by,
                **at,
            }
        return _("You wrote on %(moment)s") % at

    @property
    def label(self) -> str:
        """What tells its button from those of other messages."""
        return moment(self._row.sent_at)

    @property
    def reads(self) -> list[str]:
        """Who has read it, and when."""
        if self._row.begun_by_id is not None:
            return []
        found = [
            _("%(who)s read it on %(moment)s.")
            % {"who": who(one.by, self._held), "moment": moment(one.created_at)}
            for one in self._row.reads.all()  # type: ignore[attr-defined]
        ]
        return found or [_("Nobody has read it yet.")]

    @property
    def stands(self) -> str:
        """By when the answer comes; that it is late, if it is."""
        row = self._row
        if row.answered_at is not None:
            return ""
        if row.begun_by_id is not None:
            return "" if row.read_at is None else _("You have read it.")
        if row.answer_by is None:
            return _("You said that you need no answer.") if self.own else ""
        if not self.own:
            return _("They expect an answer by %(day)s.") % {"day": short_date(row.answer_by)}
        if row.answer_by < self._today:
            return _(
                "You should have had an answer by %(day)s. We are late. That is not your fault."
            ) % {"day": short_date(row.answer_by)}
        return _("Expect an answer by %(day)s.") % {"day": short_date(row.answer_by)}

    @property
    def answer(self) -> str:
        return self._row.answer

    @property
    def answered(self) -> str:
        row = self._row
        if row.answered_at is None:
            return ""
        return _("%(who)s answered on %(moment)s:") % {
            "who": who(row.answered_by, self._held),
            "moment": moment(row.answered_at),
        }

    @property
    def read_href(self) -> str:
        """Where the person says that they have read the answer, or what was written to them."""
        row = self._row
        if row.begun_by_id is not None:
            there_is, was_read = True, row.read_at is not None
        else:
            there_is, was_read = row.answered_at is not None, row.answer_read_at is not None
        if not there_is or was_read or row.let_in_id is not None:
            return ""
        return reverse("portal:message_read", args=[row.pk])

    @property
    def read_text(self) -> str:
        return _("I have read it") if self._row.begun_by_id else _("I have read the answer")

    @property
    def reply_href(self) -> str:
        """Where the person answers what a worker wrote to them."""
        if self._row.begun_by_id is None:
            return ""
        return reverse("portal:message_reply", args=[self._row.pk])


def known_as(access: CarerAccess) -> str:
    """Somebody whom the person let in, with who they are to the person."""
    return f"{access.name} ({access.relation})" if access.relation else access.name


class CarerMessage:
    """One message of somebody whom the person let in, as they read it themselves."""

    def __init__(self, row: TeamMessage, today: dt.date) -> None:
        self._row, self._today = row, today

    @property
    def sent(self) -> str:
        return _("You wrote on %(moment)s") % {"moment": moment(self._row.sent_at)}

    @property
    def words(self) -> str:
        return self._row.words

    @property
    def stands(self) -> str:
        row = self._row
        if row.answered_at is not None:
            return ""
        read = [one.created_at for one in row.reads.all()]  # type: ignore[attr-defined]
        if row.answer_by is None:
            return _("The team has read it.") if read else _("The team has not read it yet.")
        if row.answer_by < self._today:
            return _("The team should have answered by %(day)s.") % {
                "day": short_date(row.answer_by)
            }
        return _("Expect an answer by %(day)s.") % {"day": short_date(row.answer_by)}

    @property
    def answer(self) -> str:
        return self._row.answer

    @property
    def answered(self) -> str:
        row = self._row
        if row.answered_at is None:
            return ""
        return _("%(name)s answered on %(moment)s:") % {
            "name": row.answered_by,
            "moment": moment(row.answered_at),
        }


class StaffMessage:
    """One message as the team reads it. Its words are shown to who has said that they read it."""

    def __init__(self, row: TeamMessage, viewer: User, today: dt.date) -> None:
        self._row, self._today = row, today
        self._reads = list(row.reads.all())  # type: ignore[attr-defined]
        self.is_begun = row.begun_by_id is not None
        self.is_read = self.is_begun or any(one.by_id == viewer.pk for one in self._reads)

    @property
    def name(self) -> str:
        return self._row.person.display_name

    @property
    def href(self) -> str:
        return reverse("own_accounts:message", args=[self._row.pk])

    @property
    def read_href(self) -> str:
        return reverse("own_accounts:read_message", args=[self._row.pk])

    @property
    def sent(self) -> str:
        return moment(self._row.sent_at)

    @property
    def written(self) -> str:
        """Who wrote it, and when."""
        row = self._row
        if row.begun_by is not None:
            return _("%(name)s wrote to them on %(moment)s") % {
                "name": row.begun_by.name,
                "moment": self.sent,
            }
        if row.let_in is not None:
            return _("%(name)s, whom they let in, wrote on %(moment)s") % {
                "name": known_as(row.let_in),
                "moment": self.sent,
            }
        if row.in_reply_to is not None:
            return _("They answered %(name)s on %(moment)s") % {
                "name": row.in_reply_to.begun_by,
                "moment": self.sent,
            }
        return _("Written on %(moment)s") % {"moment": self.sent}

    @property
    def own(self) -> bool:
        """Are these the person's own words?"""
        return not self.is_begun and self._row.let_in_id is None

    @property
    def carer(self) -> str:
        """Whom the person let in, where it is theirs."""
        return self._row.let_in.name if self._row.let_in is not None else ""

    @property
    def talked_href(self) -> str:
        """Where somebody says that they have talked about the hard news in it."""
        if not self._waits_for_talk:
            return ""
        return reverse("own_accounts:talked", args=[self._row.pk])

    @property
    def _waits_for_talk(self) -> bool:
        row = self._row
        return row.hard and row.talked_on is None and row.read_at is None

    @property
    def words(self) -> str:
        return self._row.words if self.is_read else ""

    @property
    def reads(self) -> str:
        """Who has read it."""
        row = self._row
        if self._waits_for_talk:
            return _("They do not see it yet, unless they asked to read hard news at once.")
        if self.is_begun and row.read_at is None:
            return _("They have not said that they read it.")
        if self.is_begun and row.read_at is not None:
            return _("They read it by %(moment)s.") % {"moment": moment(row.read_at)}
        if not self._reads:
            return _("Nobody has read it yet.")
        return _("Read by %(who)s.") % {
            "who": ", ".join(
                _("%(name)s on %(moment)s")
                % {"name": one.by.name, "moment": moment(one.created_at)}
                for one in self._reads
            )
        }

    @property
    def tag(self) -> dict[str, str]:
        row = self._row
        if self._waits_for_talk:
            return tag(_("Waits for a talk"), "yellow")
        if self.is_begun:
            return tag(_("From us"), "white")
        if row.answered_at is not None:
            return tag(_("Answered"), "green")
        if row.answer_by is None:
            return tag(_("No answer needed"), "grey")
        if row.answer_by < self._today:
            return tag(_("Later than they were told"), "yellow")
        return tag(_("Waits for an answer"), "blue")

    @property
    def promised(self) -> str:
        row = self._row
        if row.answered_at is not None or row.answer_by is None:
            return ""
        if row.let_in is not None:
            return _("%(name)s was told to expect an answer by %(day)s.") % {
                "name": row.let_in.name,
                "day": short_date(row.answer_by),
            }
        return _("They were told to expect an answer by %(day)s.") % {
            "day": short_date(row.answer_by)
        }

    @property
    def answer(self) -> str:
        return self._row.answer

    @property
    def answered(self) -> str:
        row = self._row
        if row.answered_at is None or row.answered_by is None:
            return ""
        return _("%(name)s answered on %(moment)s:") % {
            "name": row.answered_by.name,
            "moment": moment(row.answered_at),
        }

    @property
    def answer_read(self) -> str:
        row = self._row
        if row.answered_at is None or row.let_in_id is not None:
            return ""
        if row.answer_read_at is None:
            return _("They have not said that they read it.")
        return _("They read it by %(moment)s.") % {"moment": moment(row.answer_read_at)}

    @property
    def may_answer(self) -> bool:
        return self.is_read and not self.is_begun and self._row.answered_at is None


class EntryLine:
    """One diary entry: the day, the words, and what the person can do with it."""

    def __init__(self, row: DiaryEntry) -> None:
        self._row = row

    @property
    def title(self) -> str:
        return long_date(self._row.on)

    @property
    def feeling(self) -> str:
        return self._row.get_feeling_display() if self._row.feeling else ""

    @property
    def words(self) -> str:
        return self._row.words

    @property
    def shared(self) -> bool:
        return self._row.shared

    @property
    def tag(self) -> dict[str, str]:
        if self._row.shared:
            return tag(_("My team can read it"), "blue")
        return tag(_("Only me"), "grey")

    @property
    def actions(self) -> list[Link]:
        """What can be done with it on a page of its own."""
        pk = self._row.pk
        if self._row.shared:
            return []
        return [
            Link(_("Change it"), reverse("portal:diary_change", args=[pk])),
            Link(_("Take it away"), reverse("portal:diary_remove", args=[pk])),
        ]

    @property
    def toggle_href(self) -> str:
        name = "portal:diary_private" if self._row.shared else "portal:diary_share"
        return reverse(name, args=[self._row.pk])


def questions() -> dict[str, str]:
    """The three questions."""
    return {
        "heard": _("Did you feel heard?"),
        "mattered": _("Did you talk about what matters to you?"),
        "decided": _("Did you decide together what happens next?"),
    }


class HeardLine:
    """What was answered on one day."""

    def __init__(self, row: HeardAnswer) -> None:
        self._row = row

    @property
    def title(self) -> str:
        return long_date(self._row.on)

    @property
    def replies(self) -> list[tuple[str, str]]:
        """The questions that were answered, with the answers."""
        found = []
        for item in ITEMS:
            reply = getattr(self._row, item)
            if reply:
                found.append((questions()[item], str(HeardAnswer.Reply(reply).label)))
        return found

    @property
    def words(self) -> str:
        return self._row.words

    @property
    def audience(self) -> str:
        return self._row.get_audience_display()

    @property
    def audience_href(self) -> str:
        return reverse("portal:questions_audience", args=[self._row.pk])


@dataclass(frozen=True)
class TeamHeard:
    """The numbers of one team, as a lead reads them."""

    ident: str
    name: str
    line: str
    table: dict[str, Any] | None


def heard_teams(found: Sequence[TeamNumbers]) -> list[TeamHeard]:
    """Each team with its table; one in which too few answered has none."""
    return [_team_heard(one) for one in found]


def _team_heard(one: TeamNumbers) -> TeamHeard:
    if not one.replies:
        line = _("Fewer than 5 people have answered, so nothing is shown.")
        return TeamHeard(_ident(one.team_id), one.name, line, None)
    rows = [
        [cell(questions()[item]), *(cell(replies[code]) for code in HeardAnswer.Reply.values)]
        for item, replies in one.replies.items()
    ]
    return TeamHeard(
        _ident(one.team_id),
        one.name,
        _("About %(n)s people have answered.") % {"n": one.people},
        table(
            _("What people of %(team)s answered") % {"team": one.name},
            [_("Question"), *(str(label) for label in HeardAnswer.Reply.labels)],
            rows,
        ),
    )


def _ident(team_id: UUID) -> str:
    return f"team-{team_id}"
