"""Who may write whose words: one pure table of voice, role and state.

Nobody changes another's words. What somebody may not write they may propose, where that makes
sense; whoever's words it would change says yes, asks, or says no and why.
"""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from careplans.kinds import Voice
from careplans.table import FINAL, State


class Role(TextChoices):
    """What somebody is at a plan while they write."""

    PERSON = "person", _("the person")
    TOGETHER = "together", _("a worker with the person")
    WORKER = "worker", _("a worker alone")
    CARER = "carer", _("a family member or carer")
    READER = "reader", _("somebody who may read")


class Way(StrEnum):
    """How somebody's words get into a plan."""

    WRITE = "write"
    PROPOSE = "propose"
    NONE = "none"


_WAYS: dict[Role, dict[Voice, Way]] = {
    Role.PERSON: {Voice.PERSON: Way.WRITE, Voice.OURS: Way.PROPOSE, Voice.TEAM: Way.PROPOSE},
    Role.TOGETHER: {Voice.PERSON: Way.WRITE, Voice.OURS: Way.WRITE, Voice.TEAM: Way.WRITE},
    Role.WORKER: {Voice.PERSON: Way.PROPOSE, Voice.OURS: Way.PROPOSE, Voice.TEAM: Way.WRITE},
    Role.CARER: {Voice.PERSON: Way.NONE, Voice.OURS: Way.PROPOSE, Voice.TEAM: Way.NONE},
    Role.READER: {Voice.PERSON: Way.NONE, Voice.OURS: Way.NONE, Voice.TEAM: Way.NONE},
}


def way(role: Role, voice: Voice, state: State) -> Way:
    """How `role` gets words into a line of `voice` while the plan is in `state`."""
    return Way.NONE if state in FINAL else _WAYS[role][voice]


def may_answer(
    role: Role, voice: Voice, proposed_by: Role, state: State, *, asks_team: bool = True
) -> bool:
    """May `role` accept or decline what `proposed_by` proposed for a line of `voice`?

    Together the two may decide about anything. Alone, one decides about their own words, and
    about what both agreed where the other has proposed it. What somebody whom the person let in
    proposes, the person answers alone, unless a yes would speak or act for the team too
    (`asks_team`).
    """
    if state in FINAL:
        return False
    if role == Role.TOGETHER:
        return True
    if voice == Voice.PERSON:
        return role == Role.PERSON
    if voice == Voice.TEAM:
        return role == Role.WORKER
    if proposed_by == Role.CARER:
        return role == Role.PERSON and not asks_team
    return (role, proposed_by) in ((Role.PERSON, Role.WORKER), (Role.WORKER, Role.PERSON))


def may_comment(role: Role, state: State) -> bool:
    """Whoever reads a plan that is still going on may say something beside it."""
    return state not in FINAL


def may_rate(role: Role, state: State) -> bool:
    """How life is going, and how far a goal has come, only the person says."""
    return state not in FINAL and role in (Role.PERSON, Role.TOGETHER)


def may_report(role: Role, state: State) -> bool:
    """How far an action has come, everybody who has a part in it says."""
    return state not in FINAL and role != Role.READER
