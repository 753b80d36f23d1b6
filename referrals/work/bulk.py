"""The same act on several referrals: each in a transaction of its own, with a result for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.directory.models import Worker
from referrals import services
from referrals.models import Referral
from referrals.work.lists import read_rows
from referrals.work.scope import own_teams
from referrals.work.standing import team_words

MOST = 100
ACKNOWLEDGE, ALLOCATE = "acknowledge", "allocate"


@dataclass(frozen=True)
class Result:
    """What became of one referral: done, or why not."""

    referral: Referral
    done: bool
    words: str


def chosen_rows(user: User, ids: Sequence[str]) -> list[Referral]:
    """The chosen referrals that were sent to one of the user's teams, in the order chosen."""
    keys = []
    for text in dict.fromkeys(ids):
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    teams = own_teams(user)
    return [row for row in read_rows(keys[:MOST]) if row.team_id in teams]


def acknowledge(rows: Sequence[Referral], *, by: User) -> list[Result]:
    """Say for each that it has arrived."""
    return [
        _one(
            row,
            lambda row: services.acknowledge(referral=row, by=by, seen_version=row.version),
            _("%(team)s has it.") % {"team": team_words(row)},
        )
        for row in rows
    ]


def allocate(rows: Sequence[Referral], *, worker: Worker, by: User) -> list[Result]:
    """Name the same worker for each."""
    return [
        _one(
            row,
            lambda row: services.allocate(
                referral=row, by=by, worker=worker, seen_version=row.version
            ),
            _("%(worker)s is named.") % {"worker": worker},
        )
        for row in rows
    ]


def _one(row: Referral, act: Callable[[Referral], Any], done: str) -> Result:
    try:
        act(row)
    except Refusal as refusal:
        return Result(row, False, refusal.sentence)
    return Result(row, True, done)
