"""A person has died."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.life_hooks import death_hooks
from casework.cases.models import Allocation, CaseEvent, CheckIn, Contact, Person, WorkerHandover
from casework.cases.services.allocations import end_allocation
from casework.cases.services.contacts import cancel_booking
from casework.cases.services.handovers import cancel as cancel_handover
from casework.cases.services.records import save, touch
from casework.cases.services.reminders import ABOUT
from casework.common.errors import Refusal
from casework.outbox.models import Message


@transaction.atomic
def record_death(*, person: Person, died_on: dt.date, by: User) -> Person:
    """Write down that a person has died, and end everything that is open at once.

    Precondition: no death is recorded; the day is neither in the future nor before their birth.
    Promise: booked contacts, check-ins, handovers and named workers end, whatever other apps hold
    open ends through `death_hooks`, and no message goes to the person any more. The record stays.
    """
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    today = timezone.localdate()
    if row.death_date is not None:
        raise Refusal(_("The death is recorded already."))
    if died_on > today:
        raise Refusal(_("The date of death cannot be in the future."))
    if row.birth_date is not None and died_on < row.birth_date:
        raise Refusal(_("The date of death is before the date of birth."))
    row.note_edits(death_date=died_on)
    save(row, by=by)
    CaseEvent.objects.create(person=row, kind="person.died", on=died_on, by=by)
    end_what_is_open(person=row, by=by, on=today)
    return row


@transaction.atomic
def end_what_is_open(*, person: Person, by: User | None, on: dt.date) -> None:
    """After a death: end what is open. Idempotent, so that a death that came with an extract is
    followed in the same way."""
    for contact in Contact.objects.filter(person=person, attendance=Contact.Attendance.BOOKED):
        cancel_booking(contact=contact, by=by, attendance=Contact.Attendance.CANCELLED_BY_SERVICE)
    for handover in WorkerHandover.objects.filter(
        person=person, completed_on__isnull=True, cancelled_on__isnull=True
    ):
        cancel_handover(handover=handover, by=by, reason=_("The person died."))
    for allocation in Allocation.objects.filter(person=person, end__isnull=True):
        end_allocation(
            allocation=allocation,
            by=by,
            reason=Allocation.EndReason.ENDING,
            end=max(on, allocation.start),
        )
    for check_in in CheckIn.objects.filter(person=person, ended_on__isnull=True):
        check_in.ended_on = on
        save(check_in, by=by)
    _stop_messages(person)
    for hook in death_hooks:
        hook(person=person, by=by, on=on)
    touch(person)


def _stop_messages(person: Person) -> None:
    """A reminder that waits to be sent is not sent."""
    for channel, address in (("email", person.email), ("text", person.phone)):
        if address:
            Message.objects.filter(
                channel=channel, to=address, about=ABOUT, state=Message.State.WAITING
            ).update(state=Message.State.FAILED, error="the person has died")
