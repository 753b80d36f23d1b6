"""What somebody who leaves holds in referrals: the people, the named places, the questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.leaver_moves import Held, LeaverMove, Passing, leaver_moves
from casework.cases.models import Allocation
from casework.common.errors import Refusal
from casework.directory.models import Worker
from referrals import services
from referrals.models import Handover, Question, Referral, Responsibility
from referrals.table import NAMED


def held_named(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Referrals that name the worker."""
    rows = Referral.objects.filter(named_worker=worker, state__in=NAMED).select_related("team")
    for row in rows.order_by("pk"):
        yield Held(row.pk, row.person_id, _("Named on a referral to %s") % row.team)


def move_named(key: UUID, passing: Passing) -> None:
    if passing.by is None:
        raise Refusal(_("Somebody must say who takes over."))
    services.reallocate(
        referral=Referral.objects.get(pk=key),
        by=passing.by,
        worker=passing.to,
        reason=_("%(worker)s leaves") % {"worker": passing.worker},
        leaves=True,
    )


def held_people(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """People whom the worker answers for, other than as the key worker: then it follows whoever
    is named next."""
    named = Allocation.objects.filter(
        person=OuterRef("person"),
        worker=worker,
        role=Allocation.Role.KEY_WORKER,
        team=OuterRef("team"),
        end__isnull=True,
    )
    rows = Responsibility.objects.filter(~Exists(named), worker=worker).select_related("team")
    for row in rows.order_by("person_id"):
        yield Held(row.person_id, row.person_id, _("Holds the person for %s") % row.team)


def move_person(key: UUID, passing: Passing) -> None:
    row = Responsibility.objects.select_related("person", "team").get(person_id=key)
    if row.worker_id != passing.worker.pk:
        return
    if passing.by is None:
        raise Refusal(_("Somebody must say who takes over."))
    services.override_holder(
        person=row.person,
        team=row.team,
        worker=passing.to,
        by=passing.by,
        reason=_("%(worker)s leaves") % {"worker": passing.worker},
    )


def held_questions(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Questions that wait for the worker's answer."""
    rows = Question.objects.filter(asked_worker=worker, settled_on__isnull=True)
    for row in rows.select_related("referral").order_by("pk"):
        yield Held(row.pk, row.referral.person_id, _("A question to answer"))


def move_question(key: UUID, passing: Passing) -> None:
    row = Question.objects.select_for_update().get(pk=key)
    row.asked_worker = passing.to
    row.save()


def held_team_handovers(worker: Worker, last_day: dt.date) -> Iterable[Held]:
    """Handovers between teams to the worker, that would have nobody to accept them."""
    rows = Handover.objects.filter(to_worker=worker, accepted_on=None, stopped_on=None)
    for row in rows.order_by("pk"):
        yield Held(row.pk, row.person_id, _("A handover to accept"))


def move_team_handover(key: UUID, passing: Passing) -> None:
    """Agreed anew, with whoever comes instead."""
    row = Handover.objects.select_for_update().get(pk=key)
    row.to_worker = passing.to
    row.agreed_on, row.steps_done = None, []
    row._history_user = passing.by
    row.save()


leaver_moves.register(
    "referrals.named",
    LeaverMove(gettext_lazy("Named on referrals"), 12, held_named, move_named),
)
leaver_moves.register(
    "referrals.people", LeaverMove(gettext_lazy("People held"), 14, held_people, move_person)
)
leaver_moves.register(
    "referrals.questions",
    LeaverMove(gettext_lazy("Questions to answer"), 16, held_questions, move_question),
)
leaver_moves.register(
    "referrals.handovers",
    LeaverMove(
        gettext_lazy("Handovers between teams"), 18, held_team_handovers, move_team_handover
    ),
)
