"""A person's death closes everything at once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases import services as cases
from casework.cases.models import Person
from casework.cases.services import touch
from casework.common.errors import Refusal
from referrals.actors import Actor
from referrals.models import Handover, HoldingChange, Referral, ReplyLink, Responsibility
from referrals.services.endings import end_early, withdraw
from referrals.table import OPEN, State


def follow_recorded_deaths() -> int:
    """End what is still open for people whose death came with an extract. Says for how many.

    Each is a transaction of its own: a run that is cut short is carried on by the next.
    """
    open_still = (
        Q(responsibility__isnull=False)
        | Exists(Referral.objects.filter(person=OuterRef("pk"), state=State.DRAFT))
        | Exists(Handover.objects.under_way().filter(person=OuterRef("pk")))
    )
    people = Person.objects.filter(death_date__isnull=False).filter(open_still).order_by("pk")
    done = 0
    for person in people.iterator():
        cases.end_what_is_open(person=person, by=None, on=timezone.localdate())
        done += 1
    return done


@transaction.atomic
def close_at_death(*, person: Person, on: dt.date, by: User | None = None) -> int:
    """End every referral of a person who has died, and their holding. Says how many.

    Precondition: the death is recorded. Idempotent.
    """
    person = Person.objects.get(pk=person.pk)
    if person.death_date is None:
        raise Refusal(_("Record the date of death first."))
    service = Actor(user=by, service=True)
    ended = 0
    for referral in Referral.objects.filter(person=person, state__in=(State.DRAFT, *OPEN)).order_by(
        "pk"
    ):
        if referral.state == State.DRAFT:
            withdraw(
                referral=referral,
                by=service,
                asked_by="service",
                reason=_("The person died."),
                instead=_("Nothing."),
            )
        else:
            end_early(referral=referral, by=service, cause="died", happened_on=person.death_date)
        ended += 1
    for handover in Handover.objects.select_for_update().filter(
        person=person, accepted_on__isnull=True, stopped_on__isnull=True
    ):
        handover.stopped_on, handover.stop_reason = on, _("The person died.")
        handover._history_user = by
        handover.save()
    for link in ReplyLink.objects.select_for_update().filter(
        referral__person=person, used_at__isnull=True, revoked_at__isnull=True
    ):
        link.revoked_at, link.revoked_by = timezone.now(), by
        link.save()
    held = Responsibility.objects.select_for_update().filter(person=person).first()
    if held is not None:
        HoldingChange.objects.create(
            person=person,
            on=on,
            how=HoldingChange.How.ENDED,
            from_team_id=held.team_id,
            from_worker_id=held.worker_id,
            by=by,
        )
        held.delete()
        touch(person)
    return ended
