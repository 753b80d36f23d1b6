"""What is due from plans, for the home page: what a worker said they would do, proposals that wait
for an answer, and plans to be looked at again.

What the person means to do themselves is theirs, and is on nobody's list.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from careplans.kinds import OPEN_PROGRESS, Kind, Owner
from careplans.models import Line, Plan, Proposal, Review
from careplans.table import LIVE
from careplans.voices import Role
from casework.accounts import policy as accounts
from casework.accounts.roles import Permission
from casework.cases.models import Case
from casework.worklist.sections import Due, Waiting, WorklistLines, worklist_sections

NOT_ASKED = "-"  # in the place of who asked for a review
ANSWER_WITHIN = dt.timedelta(days=7)  # so long a proposal waits before it is due


def _works(user: Any) -> bool:
    return user.worker_id is not None and accounts.may(user, Permission.RECORD_CONTACTS)


def _mine(user: Any) -> Q:
    """Plans of the people whose key worker the user is."""
    cases = Case.objects.filter(key_worker=user.worker_id, closed_on__isnull=True)
    return Q(person__in=cases.values("person"))


def _actions(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """What the user said in plans that they would do."""
    if not _works(user):
        return None
    return (
        Line.objects.visible_to(user)
        .filter(
            kind=Kind.ACTION,
            removed=False,
            progress__in=OPEN_PROGRESS,
            owner_kind=Owner.WORKER,
            owner_worker=user.worker_id,
            due_on__lte=until,
            plan__state__in=LIVE,
            plan__person__death_date__isnull=True,
        )
        .annotate(line_words=F("words"), line_day=F("due_on"))
        .order_by("due_on", "pk")
    )


def _action(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=Truncator(line.words).chars(140),
        kind=_("Action in a plan"),
        due_on=line.day,
        href=reverse("careplans:report", args=[line.key]),
        action=_("Say what happened"),
        person_id=line.person_id,
        person=line.person,
    )


def _reviews(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """Plans to be looked at again, because it is time or because somebody asked."""
    if not _works(user):
        return None
    asked = Review.objects.filter(plan=OuterRef("pk"), held_on__isnull=True)  # one at most
    return (
        Plan.objects.visible_to(user)
        .live()
        .filter(_mine(user), person__death_date__isnull=True)
        .annotate(
            asked_on=Subquery(asked.values("on")[:1]), asked_as=Subquery(asked.values("role")[:1])
        )
        .annotate(
            line_words=Coalesce("asked_as", Value(NOT_ASKED)),
            line_day=Least(Coalesce("asked_on", "review_due"), Coalesce("review_due", "asked_on")),
        )
        .filter(line_day__lte=until)
        .order_by("line_day", "pk")
    )


def _review(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_why(line.words),
        kind=_("Plan"),
        due_on=line.day,
        href=reverse("careplans:plan", args=[line.key]),
        action=_("Open the plan"),
        person_id=line.person_id,
        person=line.person,
    )


def _why(asked_as: str) -> str:
    if asked_as == NOT_ASKED:
        return _("Look at the plan again together")
    if asked_as in (Role.PERSON, Role.TOGETHER):
        return _("They asked to look at the plan again")
    return _("Somebody asked to look at the plan again")


def _proposals(user: Any, on: dt.date, until: dt.date) -> QuerySet[Any] | None:
    """What the person proposed and nobody has answered."""
    if not _works(user):
        return None
    return (
        Proposal.objects.visible_to(user)
        .filter(
            plan__state__in=LIVE,
            plan__person__in=Case.objects.filter(
                key_worker=user.worker_id, closed_on__isnull=True
            ).values("person"),
            plan__person__death_date__isnull=True,
            role=Role.PERSON,
            outcome=Proposal.Outcome.OPEN,
            on__lte=until - ANSWER_WITHIN,
        )
        .annotate(line_words=Value("", output_field=TextField()), line_day=F("on"))
        .order_by("on", "pk")
    )


def _proposal(line: Waiting, on: dt.date) -> Due:
    return Due(
        what=_("They proposed something for the plan and wait for an answer"),
        kind=_("Plan"),
        due_on=line.day + ANSWER_WITHIN,
        href=reverse("careplans:proposal", args=[line.key]),
        action=_("Answer it"),
        person_id=line.person_id,
        person=line.person,
    )


actions = worklist_sections.register(
    "plan_actions", WorklistLines(_actions, _action, person="plan__person")
).due
proposals = worklist_sections.register(
    "plan_proposals", WorklistLines(_proposals, _proposal, person="plan__person")
).due
reviews = worklist_sections.register("plan_reviews", WorklistLines(_reviews, _review)).due
