"""What every act at a plan shares: one lock, who acts, what changed, what is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.errors import ActRefused, NotYours
from careplans.models import Line, Plan, Proposal, Revision, Version
from careplans.table import FINAL, Facts, State, Who, refusals
from careplans.voices import Role
from careplans.writers import Writer, as_writer, role_at, who_at
from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.cases.services import touch
from casework.common.errors import Refusal


def locked(plan: Plan) -> Plan:
    """The plan as it is now, locked until the transaction ends: one writer after another."""
    return (
        Plan.objects.select_for_update(of=("self",))
        .select_related("person", "team")
        .get(pk=plan.pk)
    )


def reading(plan: Plan, by: User | Writer) -> tuple[Plan, Writer, Role]:
    """The locked plan, whoever acts, and what they are at it. Refuses who has nothing to do here
    and what has ended."""
    plan, writer = locked(plan), as_writer(by)
    role = role_at(plan, writer)
    if role is None:
        raise NotYours(_("This plan is not open to you."))
    if plan.state in FINAL:
        raise ActRefused([_("This plan is over. What it says stays as it is.")])
    return plan, writer, role


def signature(writer: Writer, role: Role) -> dict[str, Any]:
    """What a row keeps about who wrote it."""
    return {**writer.signature, "role": role, "on": timezone.localdate()}


def revise(
    plan: Plan,
    what: Revision.What,
    *,
    writer: Writer,
    role: Role,
    line: Line | None = None,
    area: Any = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    proposal: Proposal | None = None,
) -> Revision:
    """Write down one change. The caller holds the plan's lock."""
    last = plan.revisions.aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        plan=plan,
        number=last + 1,
        area=line.area if line is not None else area,
        line=line,
        line_version=line.version if line is not None else 0,
        what=what,
        before=dict(before or {}),
        after=dict(after or {}),
        proposal=proposal,
        **signature(writer, role),
    )


def tell(plan: Plan, kind: str, *, writer: Writer, data: Mapping[str, Any] | None = None) -> None:
    """The event of the timeline, and the mark for the next sweep."""
    user = writer.user
    CaseEvent.objects.create(
        person_id=plan.person_id,
        kind=f"plan.{kind}",
        on=timezone.localdate(),
        by=user,
        worker_id=user.worker_id if user else None,
        team_id=plan.team_id,
        about=plan.pk,
        data=dict(data or {}),
    )
    touch(plan.person_id)


def last_version(plan: Plan) -> Version | None:
    """The version that was shared last."""
    return plan.versions.order_by("-number").first()


def move(
    plan: Plan,
    event: str,
    *,
    writer: Writer,
    facts: Facts,
    as_service: bool = False,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Plan:
    """Let `event` of the table happen to the locked plan.

    Promise: the state moved as the table says, with one history row and one case event, or
    nothing has changed and the refusal says every reason.
    """
    who = frozenset({Who.SERVICE}) if as_service else who_at(plan, writer)
    before = State(plan.state)
    reasons = refusals(event, before, who, facts)
    if reasons:
        raise ActRefused(reasons)
    getattr(plan, event)(facts=facts)
    plan.state_on = timezone.localdate()
    plan.version += 1
    plan._history_user = writer.user
    plan._change_reason = (reason or event)[:100]
    plan.save()
    tell(
        plan,
        event,
        writer=writer,
        data={"from": before, "to": plan.state, "role": _role(plan, writer), **dict(data or {})},
    )
    return plan


def _role(plan: Plan, writer: Writer) -> str:
    return str(role_at(plan, writer) or "")


def require_words(text: str, sentence: str) -> str:
    """What was written, without what stands around it; refuses nothing at all."""
    text = text.strip()
    if not text:
        raise Refusal(sentence)
    return text
