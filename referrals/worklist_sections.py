"""What about referrals waits for somebody on their home page: decisions, questions, a sign-off, a
handover to accept."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.common.forms.errors import upper_first
from casework.continuity.policy_values import Policies
from casework.worklist.sections import (
    MOST,
    Due,
    Waiting,
    WorklistLines,
    WorklistSection,
    worklist_sections,
)
from referrals.models import Handover, Referral, SignOff
from referrals.table import State
from referrals.work.lists import Desk, open_proposals, open_questions, read_rows, waiting_since
from referrals.work.standing import Standing


def _works(user: Any) -> bool:
    return accounts.may(user, Permission.REFER) or accounts.may(user, Permission.DECIDE_REFERRALS)


def turns(user: Any, on: dt.date, until: dt.date) -> list[Due]:
    """Referrals that go on when the user or their team acts, whoever has waited longest first."""
    if not _works(user):
        return []
    desk = Desk(user)
    rows = (
        desk.involved()
        .filter(_mine(desk), person__death_date__isnull=True)
        .annotate(waiting_since=waiting_since())
        .order_by("waiting_since", "pk")
    )
    found = read_rows(list(rows.values_list("pk", flat=True)[:MOST]))
    if not found:
        return []
    policies, questions, proposals = Policies(), open_questions(found), open_proposals(found)
    asked = _("Question")  # somebody waits for an answer: it is said at once
    due = [
        _due(Standing(row, on, policies, questions.get(row.pk), proposals.get(row.pk)), on)
        for row in found
    ]
    return [one for one in due if one.due_on <= until or one.kind == asked]


def _mine(desk: Desk) -> Q:
    """Whose turn it is: narrower than the lists, where a team sees what a colleague does."""
    user = desk.user
    deciding = accounts.teams_where(user, Permission.DECIDE_REFERRALS)
    naming = accounts.teams_where(user, Permission.ALLOCATE)
    mine = (
        Q(team_id__in=deciding, state__in=[State.SENT, State.RECEIVED, State.ASSESSING])
        | Q(team_id__in=naming, state=State.ACCEPTED)
        | (desk.sent & Q(state=State.DECLINE_PROPOSED))
    )
    if desk.worker_id is not None:
        mine |= Q(named_worker_id=desk.worker_id, state=State.ALLOCATED)
    return mine | Q(pk__in=desk.asked_ids) if desk.asked_ids else mine


def _due(standing: Standing, on: dt.date) -> Due:
    row = standing.referral
    day = standing.expected_on or on
    if row.urgent and row.due_at is not None:
        day = timezone.localdate(row.due_at)
    kind = _("Question") if row.state == State.AWAITING_INFORMATION else _("Referral")
    return Due(
        what=upper_first(standing.next_step),
        kind=kind,
        due_on=day,
        href=reverse("referrals:detail", args=[row.pk]),
        action=_("Open the referral"),
        person_id=row.person_id,
        person=row.person.display_name,
    )


def _sign_offs(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Endings that wait for the user's word as lead."""
    teams = accounts.teams_where(user, Permission.SIGN_OFF)
    if not teams:
        return None
    return (
        SignOff.objects.filter(
            granted__isnull=True,
            referral__team_id__in=teams,
            referral__state=State.IN_SERVICE,
            referral__in=Referral.objects.visible_to(user),
        )
        .exclude(asked_by=user)
        .annotate(line_words=Cast("referral_id", TextField()), line_day=TruncDate("created_at"))
        .order_by("created_at", "pk")
    )


def _sign_off(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("Say whether this work may end as asked"),
        kind=_("Sign-off"),
        due_on=line.day,
        href=reverse("referrals:act", args=[UUID(line.words), "sign_off"]),
        action=_("Sign off, or say why not"),
        person_id=line.person_id,
        person=line.person,
    )


def _handovers(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Handovers between teams that the user is to accept."""
    if user.worker_id is None:
        return None
    who = Coalesce("from_worker__name", "from_team__name")
    return (
        Handover.objects.visible_to(user)
        .under_way()
        .filter(to_worker=user.worker_id)
        .annotate(line_words=who, line_day=TruncDate("created_at"))
        .order_by("created_at", "pk")
    )


def _handover(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("Meet them with %(who)s, and accept when everything is ready") % {"who": line.words},
        kind=_("Handover"),
        due_on=line.day,
        href=reverse("paths:handover_steps", args=[line.key]),
        action=_("See the steps"),
        person_id=line.person_id,
        person=line.person,
    )


handovers = worklist_sections.register(
    "referral_handovers", WorklistLines(_handovers, _handover)
).due
sign_offs = worklist_sections.register(
    "referral_sign_offs", WorklistLines(_sign_offs, _sign_off, person="referral__person")
).due
worklist_sections.register("referral_turns", WorklistSection(turns))
