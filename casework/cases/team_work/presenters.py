"""What the pages about who is with whom show. Facts and a day in, words and addresses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from casework.cases.leaver_moves import Held
from casework.cases.models import Absence, Allocation, CheckIn, Person, WorkerHandover
from casework.cases.presenters import PersonHeading, role_and_work, work_of
from casework.cases.services.leavers import Result, last_day_of
from casework.cases.team_work.forms import load_words
from casework.cases.team_work.known import Known
from casework.common import presenters as words
from casework.common.forms.errors import upper_first
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.tables import cell, table


def away_words(absence: Absence) -> str:
    """Who is away until when, and who covers."""
    cover = absence.cover_worker or absence.cover_team
    names = {"worker": absence.worker.name, "cover": str(cover)}
    if absence.leaving:
        return gettext("%(worker)s has left; %(cover)s covers until somebody is named.") % names
    if absence.end is None:
        return gettext("%(worker)s is away until further notice; %(cover)s covers.") % names
    return gettext("%(worker)s is away until %(until)s; %(cover)s covers.") % {
        **names,
        "until": words.short_date(absence.end),
    }


# Handovers ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HandoverStep:
    """One step: what, by when or since when, and how it stands."""

    code: str
    text: str
    detail: str
    tag: dict[str, str]


class HandoverLines:
    """How a planned change of worker stands on a day."""

    def __init__(self, handover: WorkerHandover, today: dt.date) -> None:
        self.row = handover
        self._today = today

    @property
    def is_open(self) -> bool:
        return self.row.completed_on is None and self.row.cancelled_on is None

    @property
    def title(self) -> str:
        return gettext("%(role)s: from %(old)s to %(new)s") % {
            "role": self.row.get_role_display(),
            "old": self.row.from_worker.name,
            "new": self.row.to_worker.name,
        }

    @property
    def dates(self) -> str:
        row = self.row
        if row.completed_on is not None:
            return gettext("Complete since %(date)s") % {"date": words.short_date(row.completed_on)}
        if row.cancelled_on is not None:
            return gettext("Called off on %(date)s") % {"date": words.short_date(row.cancelled_on)}
        return gettext("%(new)s from %(start)s, both until %(until)s") % {
            "new": row.to_worker.name,
            "start": words.short_date(row.starts_on),
            "until": words.short_date(row.overlap_until),
        }

    @property
    def href(self) -> str:
        return reverse("team_work:handover", args=[self.row.pk])

    @cached_property
    def steps(self) -> list[HandoverStep]:
        row = self.row
        return [
            self._step(
                "agreed",
                gettext("Talked about with the person"),
                row.agreed_with_person_on,
                row.starts_on,
            ),
            self._step("introduced", gettext("Introduced"), row.introduced_on, row.starts_on),
            self._step(
                "joint_meeting",
                gettext("Met together, all three"),
                row.joint_meeting_on,
                row.overlap_until,
            ),
            self._step("goodbye", gettext("Said goodbye"), row.goodbye_on, row.overlap_until),
        ]

    def _step(self, code: str, text: str, done: dt.date | None, due: dt.date) -> HandoverStep:
        if done is not None:
            detail, tag = words.short_date(done), words.tag(gettext("Done"), "green")
        elif not self.is_open:
            detail, tag = "", words.tag(gettext("Did not happen"), "grey")
        elif due < self._today:
            detail = gettext("was planned by %(date)s") % {"date": words.short_date(due)}
            tag = words.tag(gettext("Overdue"), "orange")
        else:
            detail = gettext("by %(date)s") % {"date": words.short_date(due)}
            tag = words.tag(gettext("To do"), "blue")
        return HandoverStep(code, text, detail, tag)

    @cached_property
    def to_do(self) -> list[tuple[str, str]]:
        """Steps that have no date yet."""
        done = {
            "agreed": self.row.agreed_with_person_on,
            "introduced": self.row.introduced_on,
            "joint_meeting": self.row.joint_meeting_on,
            "goodbye": self.row.goodbye_on,
        }
        return [(step.code, step.text) for step in self.steps if done[step.code] is None]

    @cached_property
    def overdue(self) -> list[HandoverStep]:
        return [step for step in self.steps if step.tag["colour"] == "orange"]

    @property
    def tag(self) -> dict[str, str] | None:
        n = len(self.overdue)
        if not n:
            return None
        text = ngettext("%(n)d step overdue", "%(n)d steps overdue", n) % {"n": n}
        return words.tag(text, "orange")


class HandoverPage:
    """One planned change of worker, step by step."""

    def __init__(
        self, handover: WorkerHandover, *, heading: PersonHeading, today: dt.date, may: bool
    ) -> None:
        self.heading = heading
        self.lines = HandoverLines(handover, today)
        self._row = handover
        self.may_record = self.lines.is_open
        self.may_change = may and self.lines.is_open
        self.may_complete = self.may_change and handover.starts_on <= today

    @property
    def reason(self) -> str:
        return self._row.reason

    @property
    def person_says(self) -> str:
        return self._row.person_says

    @property
    def change_href(self) -> str:
        return reverse("team_work:handover_dates", args=[self._row.pk])

    @property
    def cancel_href(self) -> str:
        return reverse("team_work:handover_cancel", args=[self._row.pk])

    @property
    def complete_href(self) -> str:
        return reverse("team_work:handover_complete", args=[self._row.pk])

    @property
    def company_href(self) -> str:
        return reverse("team_work:company", args=[self._row.person_id])


@dataclass(frozen=True)
class HandoverRow:
    """A line of the list of handovers."""

    name: str
    lines: HandoverLines


def tabs(current: str, *, leaving: bool) -> list[Link]:
    """The pages about cover and handovers."""
    pages = [
        ("handovers", gettext("Handovers")),
        ("absences", gettext("Away and cover")),
    ]
    if leaving:
        pages.append(("leavings", gettext("Leaving")))
    return [Link(text, reverse(f"team_work:{name}"), name == current) for name, text in pages]


class HandoversPage:
    """Handovers under way, those that end first at the top."""

    def __init__(self, page: Page[WorkerHandover], *, today: dt.date, pages: list[Link]) -> None:
        self.pages = pages
        self.rows = [
            HandoverRow(row.person.display_name, HandoverLines(row, today)) for row in page.rows
        ]
        self.links = page_links(page, "handovers")


def page_links(page: Page[Any], name: str) -> words.PageLinks:
    path = reverse(f"team_work:{name}")
    return words.PageLinks(
        newer=words.query_string(path, before=page.before) if page.before else "",
        older=words.query_string(path, after=page.after) if page.after else "",
        newer_text=gettext("Previous page"),
        older_text=gettext("Next page"),
    )


# Who is with a person -----------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedLine:
    """A worker who is named for the person, and what can be done about it."""

    title: str
    detail: str
    away: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class CheckInLine:
    """Check-ins with one worker."""

    title: str
    detail: str
    tag: dict[str, str]
    words: str
    links: tuple[Link, ...]


class CompanyPage:
    """Who is with a person, whom they know, what is changing, and how they stay in touch."""

    def __init__(
        self,
        person: Person,
        *,
        heading: PersonHeading,
        today: dt.date,
        allocations: Sequence[Allocation],
        handovers: Iterable[WorkerHandover],
        known: Sequence[Known],
        check_ins: Iterable[CheckIn],
        absences: Iterable[Absence],
        may_allocate: bool,
        may_record: bool,
    ) -> None:
        self.heading = heading
        self._person = person
        self._today = today
        self._may_allocate, self._may_record = may_allocate, may_record
        self._away = {one.worker_id: one for one in absences}
        self.handovers = [HandoverLines(row, today) for row in handovers]
        changing = {(one.row.from_worker_id, one.row.role) for one in self.handovers}
        self.named = [self._named(one, changing) for one in allocations]
        self.has_key_worker = any(one.role == Allocation.Role.KEY_WORKER for one in allocations)
        self._known = known
        self.check_ins = [self._check_in(row) for row in check_ins]

    def _named(self, row: Allocation, changing: set[tuple[UUID, str]]) -> NamedLine:
        parts = [
            role_and_work(row),
            row.team.name if row.team else "",
            words.since_words(row.start, self._today),
        ]
        links: list[Link] = []
        if self._may_allocate and row.end is None:
            if (row.worker_id, row.role) not in changing:
                links.append(
                    Link(
                        gettext("Plan a handover"),
                        reverse("team_work:handover_plan", args=[row.pk]),
                    )
                )
                links.append(
                    Link(gettext("Change at once"), reverse("team_work:change", args=[row.pk]))
                )
            links.append(Link(gettext("End"), reverse("team_work:end", args=[row.pk])))
        away = self._away.get(row.worker_id)
        return NamedLine(
            row.worker.name,
            ", ".join(part for part in parts if part),
            away_words(away) if away else "",
            tuple(links),
        )

    def _check_in(self, row: CheckIn) -> CheckInLine:
        often = ngettext("every week", "every %(n)d weeks", row.every_weeks) % {
            "n": row.every_weeks
        }
        late = row.next_on < self._today
        links: tuple[Link, ...] = ()
        if self._may_record:
            links = (
                Link(gettext("Change"), reverse("team_work:check_in_change", args=[row.pk])),
                Link(gettext("End"), reverse("team_work:check_in_end", args=[row.pk])),
            )
        return CheckInLine(
            gettext("%(worker)s: %(how)s, %(often)s")
            % {
                "worker": row.worker.name,
                "how": row.get_medium_display().lower(),
                "often": often,
            },
            gettext("Agreed on %(date)s") % {"date": words.short_date(row.agreed_on)},
            words.tag(
                gettext("Was due on %(date)s") % {"date": words.short_date(row.next_on)}, "orange"
            )
            if late
            else words.tag(
                gettext("Next on %(date)s") % {"date": words.short_date(row.next_on)}, "blue"
            ),
            row.words,
            links,
        )

    @cached_property
    def allocate_href(self) -> str:
        if not self._may_allocate:
            return ""
        return reverse("team_work:allocate", args=[self._person.pk])

    @cached_property
    def check_in_href(self) -> str:
        if not self._may_record:
            return ""
        return reverse("team_work:check_in_agree", args=[self._person.pk])

    @cached_property
    def known(self) -> dict[str, Any] | None:
        """A table of those whom the person has met."""
        if not self._known:
            return None
        return table(
            gettext("People this person knows"),
            [gettext("Who"), gettext("Met"), gettext("Last met"), gettext("At present")],
            [
                [
                    cell(one.worker.name, note=work_of(one.worker)),
                    cell(ngettext("once", "%(n)d times", one.times) % {"n": one.times}),
                    cell(words.short_date(one.last)),
                    cell(
                        upper_first(load_words(one.load))
                        if one.worker.active
                        else gettext("no longer works here")
                    ),
                ]
                for one in self._known
            ],
        )


# Away and cover -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AbsenceLine:
    """One absence in a list."""

    title: str
    dates: str
    note: str
    tag: dict[str, str]
    links: tuple[Link, ...]


class AbsencesPage:
    """Who is away or will be, and who covers."""

    def __init__(
        self,
        page: Page[Absence],
        *,
        today: dt.date,
        changeable: set[UUID],
        may_add: bool,
        pages: list[Link],
    ) -> None:
        self.pages = pages
        self.add_href = reverse("team_work:absence_add") if may_add else ""
        self.lines = [self._line(row, today, row.pk in changeable) for row in page.rows]
        self.links = page_links(page, "absences")

    @staticmethod
    def _line(row: Absence, today: dt.date, may: bool) -> AbsenceLine:
        cover = row.cover_worker or row.cover_team
        if row.end is None:
            dates = gettext("From %(start)s until further notice") % {
                "start": words.short_date(row.start)
            }
        else:
            dates = gettext("%(start)s to %(end)s") % {
                "start": words.short_date(row.start),
                "end": words.short_date(row.end),
            }
        if row.leaving:
            tag = words.tag(gettext("Leaving"), "purple")
        elif row.start > today:
            tag = words.tag(gettext("Planned"), "blue")
        else:
            tag = words.tag(gettext("Away now"), "yellow")
        links = (
            (
                Link(gettext("Change"), reverse("team_work:absence_change", args=[row.pk])),
                Link(gettext("Back again"), reverse("team_work:absence_end", args=[row.pk])),
            )
            if may
            else ()
        )
        return AbsenceLine(
            gettext("%(worker)s: %(cover)s covers") % {"worker": row.worker, "cover": cover},
            dates,
            row.note,
            tag,
            links,
        )


# Leaving ------------------------------------------------------------------------------------------


class LeavingsPage:
    """Those who are leaving."""

    def __init__(self, rows: Iterable[Absence], *, today: dt.date, pages: list[Link]) -> None:
        self.pages = pages
        self.add_href = reverse("team_work:leaving_add")
        self.lines = [
            (
                row.worker.name,
                reverse("team_work:leaving", args=[row.pk]),
                gettext("Last day: %(date)s") % {"date": words.short_date(last_day_of(row))},
            )
            for row in rows
        ]


def held_words(held: Sequence[tuple[str, Held]]) -> list[str]:
    """What is held, in the order of its kinds."""
    return [one.words for _name, one in held]


@dataclass(frozen=True)
class LeavingPersonLine:
    """What a leaver holds for one person."""

    name: str
    href: str
    held: list[str]
    result: str


class LeavingPage:
    """What somebody who leaves still holds, and what became of it."""

    def __init__(
        self,
        leaving: Absence,
        *,
        today: dt.date,
        people: Sequence[Person],
        held: Mapping[UUID | None, list[tuple[str, Held]]],
        elsewhere: int,
        results: Sequence[Result] = (),
        names: Mapping[UUID, str] | None = None,
    ) -> None:
        self._row = leaving
        self._today = today
        self._last = last_day_of(leaving)
        self._names = names or {}
        self.elsewhere_count = elsewhere
        self.lines = [
            LeavingPersonLine(
                person.display_name,
                reverse("team_work:leaving_person", args=[leaving.pk, person.pk]),
                held_words(held[person.pk]),
                "",
            )
            for person in people
        ]
        self.rest = held_words(held.get(None, []))
        self.results = [self._result(one) for one in results]

    @property
    def heading(self) -> str:
        return gettext("%(worker)s is leaving") % {"worker": self._row.worker}

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        cover = self._row.cover_worker or self._row.cover_team
        return [
            words.summary_row(gettext("Last day"), words.long_date(self._last)),
            words.summary_row(
                gettext("Cover"),
                gettext("%(cover)s, from %(date)s, for whatever has not moved by then")
                % {"cover": cover, "date": words.short_date(self._row.start)},
            ),
        ]

    @property
    def rest_href(self) -> str:
        return reverse("team_work:leaving_rest", args=[self._row.pk])

    @property
    def finish_href(self) -> str:
        return reverse("team_work:leaving_finish", args=[self._row.pk])

    @property
    def call_off_href(self) -> str:
        if self._last < self._today:
            return ""
        return reverse("team_work:leaving_call_off", args=[self._row.pk])

    @property
    def elsewhere(self) -> str:
        """People whose record the reader may not open."""
        n = self.elsewhere_count
        if not n:
            return ""
        return ngettext(
            "%(n)d more person is held with another team. Its lead finds them on this page too.",
            "%(n)d more people are held with other teams. Their leads find them on this page too.",
            n,
        ) % {"n": n}

    @property
    def nothing_left(self) -> bool:
        return not self.lines and not self.rest and not self.elsewhere_count

    @property
    def finish_words(self) -> str:
        if self._last < self._today:
            return gettext(
                "Everything has somebody. When you finish, the account is closed and"
                " %(worker)s is no longer among those who work here."
            ) % {"worker": self._row.worker}
        return gettext(
            "Everything has somebody. When you finish, the account closes at the end of %(date)s."
        ) % {"date": words.short_date(self._last)}

    @property
    def summary(self) -> str:
        n = len(self.lines)
        if not n:
            return ""
        return ngettext(
            "%(n)d person still needs somebody.", "%(n)d people still need somebody.", n
        ) % {"n": n}

    def _result(self, result: Result) -> tuple[str, str, bool]:
        name = (
            self._names.get(result.person_id, gettext("A person"))
            if result.person_id
            else gettext("Other things")
        )
        if result.refusal:
            return name, result.refusal, False
        moved = ngettext("%(n)d thing moved", "%(n)d things moved", result.moved)
        return name, moved % {"n": result.moved}, True
