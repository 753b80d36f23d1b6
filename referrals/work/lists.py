"""The lists of what waits, each a narrowing of the same open referrals of the user's teams.

Every list is in the order of the person's own wait, which nothing that a service does starts
again. Only ids are put in that order; what a line shows is read for one page's ids, in the same
statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from casework.alerts.models import Alert
from casework.common import keyset
from casework.common.presenters import query_string
from casework.common.standing import padded, standing
from referrals.models import DeclineProposal, Question, Referral
from referrals.table import OPEN, URGENT, Kind, State
from referrals.work.lines import lines, met_on, read, waiting_since
from referrals.work.scope import of_teams, own_teams

PAGE = 50
WAITING = tuple(state for state in OPEN if state != State.IN_SERVICE)
ORDER = ("waiting_since", "pk")
FILTERS = ("kind", "urgency", "need", "own", "team")
_UNDECIDED = tuple(state for state in WAITING if state not in (State.ACCEPTED, State.ALLOCATED))
_OUR_TURN = (State.SENT, State.RECEIVED, State.ASSESSING, State.ACCEPTED, State.ALLOCATED)
_ABOUT_REFERRALS = ("referral_stalled", "crisis_overdue", "referral_incomplete")
_BESIDE = ("person", "team", "sender_team", "named_worker")
# what a line shows; the words of the story stay where they are
_SHOWN = (
    "version",
    "state",
    "state_on",
    "kind",
    "priority",
    "primary_reason",
    "received_on",
    "timer_on",
    "due_at",
    "root_id",
    "sender",
    "sender_words",
    "person__name",
    "person__preferred_name",
    "person__local_id",
    "team__name",
    "team__kind",
    "sender_team__name",
    "sender_team__kind",
    "named_worker__name",
)
_NOTHING = Q(pk__in=[])


class Cell(NamedTuple):
    """What tells one waiting referral from another when the lists are counted."""

    state: str
    received: bool
    sent: bool
    asked: bool

    @property
    def our_turn(self) -> bool:
        return (
            (self.received and self.state in _OUR_TURN)
            or (self.sent and self.state == State.DECLINE_PROPOSED)
            or self.asked
        )


@dataclass(frozen=True)
class WorkList:
    """One list: its name in an address, its heading, and what is said where it is empty.

    `where` chooses its rows and `counts` says of a cell whether its rows are among them: the same
    twice, once for the database and once for a count of all lists in one statement. The stalls are
    known by their alerts and have neither. `narrow`: its rows can only be the teams' own.
    """

    key: str
    title: Any
    nothing: Any
    where: Callable[[Sides], Q] | None = None
    counts: Callable[[Cell], bool] | None = None
    bulk: tuple[str, ...] = ()
    narrow: bool = True


@dataclass(frozen=True)
class Sides:
    """Conditions on referrals as some teams see them, of whom something may be asked.

    Of ids alone, so that the statements which every list asks are put together once.
    """

    team_ids: tuple[UUID, ...]
    asked_ids: tuple[UUID, ...] = ()  # referrals with a question that waits for them

    @property
    def received(self) -> Q:
        return Q(team_id__in=self.team_ids)

    @property
    def sent(self) -> Q:
        return Q(sender_team_id__in=self.team_ids)

    @property
    def our_turn(self) -> Q:
        """Whose turn it is, as the table says, is one of these teams."""
        return (
            (self.received & Q(state__in=_OUR_TURN))
            | (self.sent & Q(state=State.DECLINE_PROPOSED))
            | (Q(pk__in=self.asked_ids) if self.asked_ids else _NOTHING)
        )

    def involved(self) -> QuerySet[Referral]:
        """Open referrals, not yet in service, in which these teams take part."""
        rows = Referral.objects.filter(state__in=WAITING)
        ours = of_teams(rows, self.team_ids)
        return ours | rows.filter(pk__in=self.asked_ids) if self.asked_ids else ours

    def rows(self, which: WorkList, where: Q | None = None) -> QuerySet[Referral]:
        """The rows of a list, with the person's own wait; of a list by alerts, what is `where`."""
        rows = Referral.objects.filter(state__in=WAITING) if which.narrow else self.involved()
        chosen = which.where(self) if which.where is not None else where
        return rows.filter(chosen or _NOTHING).annotate(waiting_since=waiting_since())


class Desk:
    """What waits for the teams of one user, as of today."""

    def __init__(self, user: Any, filters: dict[str, str] | None = None) -> None:
        self.user = user
        self.worker_id: UUID | None = user.worker_id
        self.teams = own_teams(user)
        self.filters = filters or {}

    @cached_property
    def team_ids(self) -> tuple[UUID, ...]:
        """The user's teams, or the one that they look at now."""
        chosen = self.filters.get("team", "")
        return tuple(pk for pk in self.teams if not chosen or str(pk) == chosen)

    @cached_property
    def asked_ids(self) -> tuple[UUID, ...]:
        """Referrals with a question that waits for these teams, or for the user."""
        return tuple(_asked(self.team_ids, self.worker_id))

    @cached_property
    def _sides(self) -> Sides:
        return Sides(self.team_ids, padded(self.asked_ids))

    @property
    def sent(self) -> Q:
        return self._sides.sent

    @cached_property
    def _stalled(self) -> list[tuple[UUID, bool]]:
        """Referrals about which an alert is open, and whether it was so when Alongside began."""
        return [
            (UUID(key.partition(":")[2]), backlog)
            for key, backlog in _stops(self.team_ids)
            if key.startswith("referral:")
        ]

    @property
    def stalled_ids(self) -> set[UUID]:
        return {pk for pk, backlog in self._stalled if not backlog}

    @property
    def backlog_ids(self) -> set[UUID]:
        return {pk for pk, backlog in self._stalled if backlog} - self.stalled_ids

    def involved(self) -> QuerySet[Referral]:
        """Open referrals, not yet in service, in which these teams take part."""
        return self._sides.involved()

    def rows(self, which: WorkList) -> QuerySet[Referral]:
        """The rows of a list, narrowed by the filters, with the person's own wait."""
        stopped = {"stalled": self.stalled_ids, "backlog": self.backlog_ids}.get(which.key, set())
        rows = self._sides.rows(which, Q(pk__in=stopped))
        return rows.filter(self._narrowed()) if self.filters else rows

    def _narrowed(self) -> Q:
        chosen, found = self.filters, Q()
        if chosen.get("kind"):
            found &= Q(kind=chosen["kind"])
        if chosen.get("urgency") == "urgent":
            found &= Q(priority__in=URGENT)
        if chosen.get("urgency") == "routine":
            found &= ~Q(priority__in=URGENT)
        if chosen.get("need"):
            found &= Q(primary_reason=chosen["need"])
        if chosen.get("own"):
            mine = Q(author_id=self.user.pk)
            if self.worker_id is not None:
                mine |= Q(named_worker_id=self.worker_id) | Q(held__worker_id=self.worker_id)
            found &= mine
        return found

    def counts(self) -> dict[str, int]:
        """How long each list is, in one query; the stalls are known already."""
        found = {one.key: 0 for one in LISTS}
        for state, received, sent, asked, number in _cells(self.team_ids, padded(self.asked_ids)):
            cell = Cell(state, bool(received), bool(sent), bool(asked))
            for one in LISTS:
                if one.counts is not None and one.counts(cell):
                    found[one.key] += number
        stopped = {"stalled": len(self.stalled_ids), "backlog": len(self.backlog_ids)}
        return {**found, **stopped}

    def page(self, which: WorkList, *, before: str, after: str) -> keyset.Page[Any]:
        """One page of a list, with what its lines show."""
        if before or after or self.filters or which.where is None:
            page = keyset.page(
                self.rows(which), order=ORDER, size=PAGE, before=before, after=after, shown=read
            )
            return replace(page, rows=lines(page.rows))
        rows = _first(which.key, PAGE + 1, self.team_ids, padded(self.asked_ids))
        more = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
        return keyset.Page(lines(rows[:PAGE]), "", more)  # type: ignore[type-var]


# Statements that every list asks ------------------------------------------------------------------


@standing
def _asked(teams: tuple[UUID, ...], worker: UUID | None) -> QuerySet[Question, UUID]:
    mine = Q(asked_worker__isnull=True, asked_team_id__in=teams)
    if worker is not None:
        mine |= Q(asked_worker_id=worker)
    rows = Question.objects.filter(mine, settled_on__isnull=True).order_by()
    return rows.values_list("referral_id", flat=True)


@standing
def _stops(teams: tuple[UUID, ...]) -> QuerySet[Alert, Any]:
    alerts = Alert.objects.open().filter(rule__in=_ABOUT_REFERRALS).order_by()
    sent = Referral.objects.filter(Sides(teams).sent, state__in=WAITING).order_by()
    found = alerts.filter(team_id__in=teams).values_list("subject_key", "backlog")
    elsewhere = alerts.filter(person_id__in=sent.values("person_id"))
    return found.union(elsewhere.values_list("subject_key", "backlog"))


@standing
def _cells(teams: tuple[UUID, ...], asked: tuple[UUID, ...]) -> QuerySet[Referral, Any]:
    sides = Sides(teams, asked)
    rows = sides.involved().order_by()
    rows = rows.annotate(
        got=sides.received,
        gave=sides.sent,
        wanted=Q(pk__in=asked) if asked else Value(0),
    )
    marks = ("state", "got", "gave", "wanted")
    return rows.values_list(*marks).annotate(number=Count("pk"))


@standing
def _first(
    key: str, many: int, teams: tuple[UUID, ...], asked: tuple[UUID, ...]
) -> QuerySet[Referral, Any]:
    """The first page of a list and one more, as `keyset.page` reads it."""
    rows = Sides(teams, asked).rows(BY_KEY[key]).order_by(*ORDER)[:many]
    return read(rows.values("pk")).order_by(*ORDER)


def with_names(ids: Any) -> QuerySet[Referral]:
    """These referrals with what a line shows."""
    return (
        Referral.objects.filter(pk__in=ids)
        .select_related(*_BESIDE)
        .only(*_SHOWN)
        .annotate(waiting_since=waiting_since(), met_on=met_on())
    )


def read_rows(ids: list[UUID]) -> list[Referral]:
    """Referrals in the order of their ids, with what a line shows. A fixed number of queries."""
    rows = {row.pk: row for row in with_names(ids)}
    return [rows[pk] for pk in ids if pk in rows]


def open_questions(rows: Sequence[Any]) -> dict[UUID, Question]:
    """The open question of each of these referrals."""
    wanted = [row.pk for row in rows if row.state == State.AWAITING_INFORMATION]
    if not wanted:
        return {}
    found = Question.objects.filter(referral_id__in=wanted, settled_on__isnull=True)
    return {one.referral_id: one for one in found.select_related("asked_worker", "asked_team")}


def open_proposals(rows: Sequence[Any]) -> dict[UUID, DeclineProposal]:
    """The open proposal to decline of each of these referrals."""
    wanted = [row.pk for row in rows if row.state == State.DECLINE_PROPOSED]
    if not wanted:
        return {}
    found = DeclineProposal.objects.filter(
        referral_id__in=wanted, outcome=DeclineProposal.Outcome.OPEN
    )
    return {one.referral_id: one for one in found.select_related("instead_team")}


LISTS: tuple[WorkList, ...] = (
    WorkList(
        "ours",
        _("Waiting on us"),
        _("Nothing waits for your team."),
        lambda sides: sides.our_turn,
        lambda cell: cell.our_turn,
        ("acknowledge", "allocate"),
    ),
    WorkList(
        "incoming",
        _("Incoming"),
        _("Nobody has asked your team for anything that is not decided."),
        lambda sides: sides.received & Q(state__in=_UNDECIDED),
        lambda cell: cell.received and cell.state in _UNDECIDED,
        ("acknowledge",),
    ),
    WorkList(
        "unallocated",
        _("No worker yet"),
        _("Everybody whom your team accepted has a named worker."),
        lambda sides: sides.received & Q(state=State.ACCEPTED),
        lambda cell: cell.received and cell.state == State.ACCEPTED,
        ("allocate",),
    ),
    WorkList(
        "sent",
        _("Sent by us"),
        _("Nothing that your team sent is still on its way."),
        lambda sides: sides.sent,
        lambda cell: cell.sent,
    ),
    WorkList(
        "others",
        _("Waiting on others"),
        _("Nothing waits for others."),
        lambda sides: ~sides.our_turn,
        lambda cell: not cell.our_turn,
        narrow=False,
    ),
    WorkList(
        "stalled",
        _("At a stop"),
        _("Nothing has come to a stop."),
        bulk=("acknowledge", "allocate"),
        narrow=False,
    ),
    WorkList(
        "backlog",
        _("Already so when we started"),
        _("Nothing is left of what had come to a stop before Alongside began."),
        bulk=("acknowledge", "allocate"),
        narrow=False,
    ),
)
BY_KEY = {one.key: one for one in LISTS}


def chosen_filters(data: QueryDict | dict[str, str]) -> dict[str, str]:
    """The filters that an address names, as far as they mean something."""
    found = {name: str(data.get(name, "")).strip() for name in FILTERS}
    if found["kind"] not in Kind.values:
        found["kind"] = ""
    if found["urgency"] not in ("urgent", "routine"):
        found["urgency"] = ""
    found["own"] = "1" if found["own"] else ""
    found["need"] = found["need"][:4]
    return {name: value for name, value in found.items() if value}


def list_href(which: WorkList, filters: dict[str, str], **more: str) -> str:
    return query_string(reverse(f"referrals:{which.key}"), **filters, **more)


@dataclass(frozen=True)
class Place:
    """From which list somebody came to a referral, so that the next one can be offered."""

    which: WorkList
    filters: dict[str, str]

    @classmethod
    def read(cls, data: QueryDict) -> Place | None:
        """What an address says about the list that somebody works through."""
        which = BY_KEY.get(data.get("list", ""))
        return cls(which, chosen_filters(data)) if which is not None else None

    @property
    def parameters(self) -> dict[str, str]:
        return {"list": self.which.key, **self.filters}

    @property
    def href(self) -> str:
        return list_href(self.which, self.filters)

    def after(self, user: Any, referral: Referral) -> Ahead:
        """What comes after this referral in the list, whether it is still in it or not."""
        rows = Desk(user, self.filters).rows(self.which)
        left = rows.exclude(pk=referral.pk).order_by()
        root = referral.root
        since = (
            (root.asked_on or root.received_on)
            if root is not None
            else (referral.asked_on or referral.received_on)
        )
        later = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=referral.pk)
        following = left.filter(later).order_by(*ORDER).values_list("pk", flat=True).first()
        if following is None:
            following = left.order_by(*ORDER).values_list("pk", flat=True).first()
        return Ahead(self, following, left.count())


@dataclass(frozen=True)
class Ahead:
    """The next referral of a list, and how many there are besides the one that was acted on."""

    place: Place
    next_id: UUID | None
    left: int
