"""Words into a plan: written by whose they are, proposed by others, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.errors import NotYours, Stale, Unread
from careplans.kinds import CHOICES, KINDS, OPEN_PROGRESS, TEXTS, Kind, LineKind, Progress
from careplans.merge import Merged, merge, plain
from careplans.models import (
    AreaOfLife,
    Comment,
    Line,
    Plan,
    Proposal,
    ProposalAnswer,
    Revision,
)
from careplans.services.engine import reading, require_words, revise, signature, tell
from careplans.table import State
from careplans.voices import Role, Way, may_answer, may_comment, may_report, way
from careplans.writers import Writer
from casework.accounts.models import User
from casework.cases.services import touch
from casework.common.errors import Refusal
from casework.directory.models import Worker

What = Revision.What
Outcome = Proposal.Outcome
By = User | Writer


def cleaned(about: LineKind, values: Mapping[str, Any]) -> dict[str, str]:
    """What a kind of line asks, as text; what it does not ask is not there."""
    found = {}
    for name in about.fields:
        if name not in values:
            continue
        value = values[name]
        if isinstance(value, Worker):
            value = value.pk
        text = "" if value is None else str(value)
        text = plain(text) if name in TEXTS else text.strip()
        if name in CHOICES and text and text not in CHOICES[name].values:
            raise Refusal(_("Select one of the answers."))
        found[name] = text
    return found


def _checked(about: LineKind, values: Mapping[str, str]) -> None:
    if not values.get("words"):
        raise Refusal(_("Write it in words. To take it away, say so."))
    if "owner_kind" in about.fields:
        owner = values.get("owner_kind", "")
        if owner == "worker" and not values.get("owner_worker"):
            raise Refusal(_("Say which worker sees to it."))
        if owner in ("agency", "carer") and not values.get("owner_words"):
            raise Refusal(_("Say the name of who sees to it."))
        if about.kind == Kind.ACTION and not owner:
            raise Refusal(_("Say who sees to it."))


@transaction.atomic
def write(
    *,
    plan: Plan,
    kind: Kind,
    values: Mapping[str, Any],
    by: By,
    area: AreaOfLife | None = None,
    line: Line | None = None,
    seen_version: int = 0,
    keep: Mapping[str, str] | None = None,
) -> Line:
    """Write a line, or change one, in a voice that is the writer's own.

    Precondition: `line` is the line as the page showed it at `seen_version` (0: not there yet);
    `keep` is what somebody chose about the clashes of an earlier `Stale`.
    Promise: what others wrote in the meantime stays where the two do not meet; where they do,
    `Stale` has both texts and nothing is saved. Every change is a `Revision`.
    """
    plan, writer, role = reading(plan, by)
    about = KINDS[Kind(kind)]
    if way(role, about.voice, State(plan.state)) != Way.WRITE:
        raise NotYours()
    return _write(plan, about, values, writer, role, area, line, seen_version, keep)


def _write(
    plan: Plan,
    about: LineKind,
    values: Mapping[str, Any],
    writer: Writer,
    role: Role,
    area: AreaOfLife | None,
    line: Line | None,
    seen_version: int,
    keep: Mapping[str, str] | None,
    proposal: Proposal | None = None,
) -> Line:
    line = _line_for(plan, about, area, line)
    mine = cleaned(about, values)
    merged = _merged(line, mine, seen_version, keep)
    if merged.clashes:
        raise Stale(merged.clashes, line.version)
    before = line.values() if line.version and not line.removed else {}
    settled = {**(line.values() if line.version else {}), **merged.values}
    if line.removed and not merged.values.get("words"):
        return line  # it was taken away, and whoever wrote has left it so
    _checked(about, settled)
    if before == settled:
        return line
    new = not line.version or line.removed
    line.set_values(settled)
    line.removed = False
    line.version += 1
    if about.kind == Kind.ACTION and not line.progress:
        line.progress = Progress.TO_DO
    for name, value in signature(writer, role).items():
        setattr(line, name, value)
    line.save()
    revise(
        plan,
        What.WRITTEN if new else What.CHANGED,
        writer=writer,
        role=role,
        line=line,
        before=before,
        after=line.values(),
        proposal=proposal,
    )
    touch(plan.person_id)
    return line


def _line_for(plan: Plan, about: LineKind, area: AreaOfLife | None, line: Line | None) -> Line:
    """The line that is written on: the one that is there, or a new one in its place."""
    if about.in_area != (area is not None) and line is None:
        raise Refusal(_("Say where in the plan this belongs."))
    rows = Line.objects.select_for_update(of=("self",)).filter(plan=plan)
    if line is not None:
        found = rows.get(pk=line.pk)
        if found.kind != about.kind:
            raise Refusal(_("Say where in the plan this belongs."))
        return found
    if area is not None and not plan.areas.filter(area=area).exists():
        raise Refusal(_("Say where in the plan this belongs."))
    if about.kind == Kind.DIFFERENTLY and not _team_view(plan, area):
        raise Refusal(_("The team has not written how it sees this."))
    if about.single:
        there = rows.filter(kind=about.kind, area=area).first()
        if there is not None:
            return there
    return Line(plan=plan, area=area, kind=about.kind)


def _team_view(plan: Plan, area: AreaOfLife | None) -> bool:
    return plan.lines.filter(kind=Kind.TEAM_VIEW, area=area, removed=False).exists()


def _merged(
    line: Line, mine: dict[str, str], seen_version: int, keep: Mapping[str, str] | None
) -> Merged:
    now = {} if line.removed or not line.version else line.values()
    if seen_version == line.version:
        base = now
    else:
        base = said_at(line, seen_version)
    return merge(base=base, theirs=now, mine=mine, texts=frozenset(TEXTS), keep=keep)


def said_at(line: Line, version: int) -> dict[str, str]:
    """What a line said at one of its versions; nothing where it was not there."""
    if not version:
        return {}
    made = line.revisions.filter(line_version=version).order_by("number").first()
    return {str(name): str(value) for name, value in made.after.items()} if made else {}


@transaction.atomic
def remove(*, line: Line, by: By, seen_version: int) -> Line:
    """Take a line away. What it said stays in its history, and it can be written again.

    Precondition: the words are the writer's own, and nobody has changed them since they were
    seen: nobody takes away what they have not read.
    """
    plan, writer, role = reading(line.plan, by)
    if way(role, line.voice, State(plan.state)) != Way.WRITE:
        raise NotYours()
    return _remove(plan, line, writer, role, seen_version)


def _remove(
    plan: Plan,
    line: Line,
    writer: Writer,
    role: Role,
    seen_version: int,
    proposal: Proposal | None = None,
) -> Line:
    line = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.removed:
        return line
    if line.version != seen_version:
        raise Unread(line.version)
    before = line.values()
    line.removed = True
    line.version += 1
    line.save()
    revise(
        plan,
        What.REMOVED,
        writer=writer,
        role=role,
        line=line,
        before=before,
        proposal=proposal,
    )
    touch(plan.person_id)
    return line


# Proposals ----------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    plan: Plan,
    kind: Kind,
    values: Mapping[str, Any],
    by: By,
    why: str = "",
    area: AreaOfLife | None = None,
    line: Line | None = None,
    seen_version: int = 0,
    removes: bool = False,
) -> Proposal:
    """Say what one would write where the words are not one's own alone.

    Promise: the plan says what it said before; the proposal waits for whoever may answer it. What
    would be taken away is kept with it as it was read.
    """
    plan, writer, role = reading(plan, by)
    about = KINDS[Kind(kind)]
    if way(role, about.voice, State(plan.state)) != Way.PROPOSE:
        raise NotYours(_("You need not propose this: it is yours to write, or not yours at all."))
    there = _line_for(plan, about, area, line)
    mine = {} if removes else cleaned(about, values)
    if not removes:
        _checked(about, {**(there.values() if there.version else {}), **mine})
    elif not there.version or there.removed:
        raise Refusal(_("There is nothing here to take away."))
    else:
        mine = said_at(there, seen_version)
    row = Proposal.objects.create(
        plan=plan,
        line=there if there.version else None,
        area=there.area,
        kind=about.kind,
        values=mine,
        removes=removes,
        line_version=seen_version if there.version else 0,
        why=why.strip(),
        **signature(writer, role),
    )
    if role in (Role.WORKER, Role.CARER):  # the person is not there to hear it
        tell(plan, "proposed" if role == Role.WORKER else "carer_proposed", writer=writer)
    touch(plan.person_id)
    return row


def _open(proposal: Proposal) -> Proposal:
    row = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("area", "line")
        .get(pk=proposal.pk)
    )
    if not row.waits:
        raise Refusal(_("This proposal has been answered already."))
    return row


@transaction.atomic
def accept(
    *,
    proposal: Proposal,
    by: By,
    values: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
    keep: Mapping[str, str] | None = None,
) -> Line:
    """Say yes: the words go into the plan, as they were proposed or as `values` has them now.

    Precondition: `by` may answer for whoever's words these are. Promise: words that were written
    since it was proposed are brought together or shown (`Stale`), as in `write`; what was to be
    taken away and says something else by now stays (`Unread`), until somebody has seen that
    (`seen_version`) and says yes all the same.
    """
    plan, writer, role = reading(proposal.plan, by)
    row = _open(proposal)
    _may_answer(plan, row, role)
    if row.removes:
        if row.line is None:
            raise Refusal(_("There is nothing here to take away."))
        seen = row.line_version if seen_version is None else seen_version
        line = _remove(plan, row.line, writer, role, seen, row)
    else:
        line = _write(
            plan,
            row.about,
            row.values if values is None else values,
            writer,
            role,
            row.area,
            row.line,
            row.line_version if seen_version is None else seen_version,
            keep,
            row,
        )
    row.line = line
    _answered(row, Outcome.ACCEPTED, "", writer, role)
    return line


@transaction.atomic
def discuss(*, proposal: Proposal, by: By, words: str) -> Proposal:
    """Neither yes nor no yet: say what there is to talk about."""
    plan, writer, role = reading(proposal.plan, by)
    row = _open(proposal)
    _may_answer(plan, row, role)
    words = require_words(words, _("Say what you would like to talk about."))
    return _answered(row, Outcome.TALKING, words, writer, role)


@transaction.atomic
def decline(*, proposal: Proposal, by: By, reason: str) -> Proposal:
    """Say no, and why. What was proposed stays readable, with every answer to it."""
    plan, writer, role = reading(proposal.plan, by)
    row = _open(proposal)
    _may_answer(plan, row, role)
    reason = require_words(reason, _("Say why not, in words that the other side can work with."))
    return _answered(row, Outcome.DECLINED, reason, writer, role)


@transaction.atomic
def withdraw(*, proposal: Proposal, by: By) -> Proposal:
    """Take back one's own proposal."""
    _plan, writer, role = reading(proposal.plan, by)
    row = _open(proposal)
    mine = row.by_id == (writer.user.pk if writer.user else None) and row.carer == writer.carer
    side = {Role.TOGETHER: Role.WORKER}.get(role, role)
    if not mine or side != row.role:
        raise NotYours(_("Only whoever proposed it takes it back."))
    return _answered(row, Outcome.WITHDRAWN, "", writer, role)


def _may_answer(plan: Plan, proposal: Proposal, role: Role) -> None:
    voice, proposed_by = proposal.about.voice, Role(proposal.role)
    if not may_answer(role, voice, proposed_by, State(plan.state), asks_team=proposal.asks_team):
        raise NotYours(_("The other side answers this, or the two of you together."))


def _answered(
    row: Proposal, outcome: Proposal.Outcome, words: str, writer: Writer, role: Role
) -> Proposal:
    """The latest answer stands on the proposal, and each of them beside it."""
    row.outcome = outcome
    row.answer = words or row.answer
    row.answered_by = writer.user
    row.answered_as = role
    row.answered_on = timezone.localdate()
    row.save()
    ProposalAnswer.objects.create(
        proposal=row, outcome=outcome, words=words, **signature(writer, role)
    )
    if row.role == Role.PERSON and role == Role.WORKER:  # they are not there to hear it
        tell(row.plan, "proposal_answered", writer=writer, data={"outcome": outcome})
    touch(row.plan.person_id)
    return row


# Beside the lines ---------------------------------------------------------------------------------


@transaction.atomic
def comment(
    *, plan: Plan, words: str, by: By, line: Line | None = None, area: AreaOfLife | None = None
) -> Comment:
    """Say something beside a line or an area. It is a note to the plan, not a message."""
    plan, writer, role = reading(plan, by)
    if not may_comment(role, State(plan.state)):
        raise NotYours(_("You may not comment here."))
    words = require_words(words, _("Write your comment."))
    if line is not None and line.plan_id != plan.pk:
        raise Refusal(_("Say where in the plan this belongs."))
    return Comment.objects.create(
        plan=plan,
        line=line,
        area=line.area if line is not None else area,
        words=words,
        **signature(writer, role),
    )


@transaction.atomic
def settle_comment(*, comment: Comment, by: By) -> Comment:
    """A comment has been dealt with; it stays readable."""
    _plan, writer, role = reading(comment.plan, by)
    if role == Role.READER:
        raise NotYours(_("Whoever writes the plan says when a comment is dealt with."))
    row = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if row.settled_on is None:
        row.settled_on = timezone.localdate()
        row.settled_by = writer.user
        row.save()
    return row


@transaction.atomic
def report(*, line: Line, progress: str, what_happened: str, by: By) -> Line:
    """Say how far an action has come and what happened.

    Precondition: something that is over says what happened, so that nobody has to guess.
    """
    plan, writer, role = reading(line.plan, by)
    if not may_report(role, State(plan.state)):
        raise NotYours(_("You may not change this."))
    row = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if row.kind != Kind.ACTION or row.removed:
        raise Refusal(_("This is not an action of the plan."))
    if progress not in Progress.values:
        raise Refusal(_("Select how far it has come."))
    what_happened = what_happened.strip()
    if progress not in OPEN_PROGRESS and not what_happened:
        raise Refusal(_("Say what happened."))
    before = {"progress": row.progress, "what_happened": row.what_happened}
    after = {"progress": progress, "what_happened": what_happened}
    if before == after:
        return row
    row.progress, row.what_happened = progress, what_happened
    row.progress_on = timezone.localdate()
    row.save()
    revise(plan, What.REPORTED, writer=writer, role=role, line=row, before=before, after=after)
    touch(plan.person_id)
    return row
