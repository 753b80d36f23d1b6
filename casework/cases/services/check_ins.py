"""Light-touch contact while things go well, agreed with the person, instead of a discharge."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.models import User
from casework.cases.models import ActivityWorker, CaseEvent, CheckIn, Contact, Person
from casework.cases.services.records import save, touch
from casework.cases.services.steps import Promise, make_step
from casework.common.dates import add_working_days
from casework.common.errors import Refusal
from casework.directory.models import Worker

MORE_SUPPORT = "more_support"
ENDINGS = {
    MORE_SUPPORT: gettext_lazy("They want more support"),
    "enough": gettext_lazy("They do not want check-ins any more"),
    "other": gettext_lazy("Another reason"),
}
MORE_SUPPORT_DAYS = 3  # working days until somebody has talked about it


@transaction.atomic
def agree(
    *,
    person: Person,
    worker: Worker,
    medium: str,
    every_weeks: int,
    next_on: dt.date,
    agreed_on: dt.date,
    by: User,
    words: str = "",
) -> CheckIn:
    """Agree with a person that one worker asks how things are, every few weeks.

    Precondition: the worker still works here and has no check-ins with the person; it was agreed
    with the person, on a day that is not in the future; the next one is today or later.
    Promise: the next date is kept, moves on with each contact, and is nobody's to forget.
    """
    today = timezone.localdate()
    if not worker.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": worker})
    if agreed_on > today:
        raise Refusal(_("The day on which it was agreed cannot be in the future."))
    if next_on < today:
        raise Refusal(_("The next check-in must be today or later."))
    check_in = CheckIn(
        person=person,
        worker=worker,
        medium=medium,
        every_weeks=every_weeks,
        next_on=next_on,
        agreed_on=agreed_on,
        words=words.strip(),
    )
    _checked(check_in)
    save(check_in, by=by)
    _record(check_in, "agreed", on=agreed_on, by=by)
    return check_in


@transaction.atomic
def change(
    *,
    check_in: CheckIn,
    medium: str,
    every_weeks: int,
    next_on: dt.date,
    agreed_on: dt.date,
    by: User,
    words: str = "",
) -> CheckIn:
    """Agree on something else with the person: how, how often, or when next.

    Precondition: as for `agree`; they have not ended.
    """
    row = _locked(check_in)
    if agreed_on > timezone.localdate():
        raise Refusal(_("The day on which it was agreed cannot be in the future."))
    if next_on < timezone.localdate():
        raise Refusal(_("The next check-in must be today or later."))
    row.medium, row.every_weeks, row.next_on = medium, every_weeks, next_on
    row.agreed_on, row.words = agreed_on, words.strip()
    _checked(row)
    save(row, by=by)
    _record(row, "changed", on=agreed_on, by=by)
    return row


@transaction.atomic
def end(*, check_in: CheckIn, why: str, by: User, words: str = "") -> CheckIn:
    """The check-ins end.

    Precondition: they have not ended. Promise: where the person wants more support, a step is
    made that the worker talks with them about it within three working days.
    """
    row = _locked(check_in)
    if why not in ENDINGS:
        raise Refusal(_("Select why the check-ins end."))
    today = timezone.localdate()
    row.ended_on = today
    save(row, by=by, reason=str(ENDINGS[why]))
    _record(row, "ended", on=today, by=by, why=why, words=words.strip())
    if why == MORE_SUPPORT:
        promise = Promise(
            words=_("Talk about what support they want now"),
            due_on=add_working_days(today, MORE_SUPPORT_DAYS),
            worker=row.worker,
        )
        make_step(person=row.person, by=by, promise=promise)
    return row


@transaction.atomic
def pass_on(*, check_in: CheckIn, to: Worker, by: User | None) -> CheckIn:
    """Another worker makes the check-ins from now on.

    Precondition: they have not ended, and the worker still works here.
    Promise: a person has check-ins with a worker once: where the new one has some, these end.
    """
    row = _locked(check_in)
    if not to.active:
        raise Refusal(_("%(worker)s no longer works here.") % {"worker": to})
    today = timezone.localdate()
    if CheckIn.objects.filter(person_id=row.person_id, worker=to, ended_on__isnull=True).exists():
        row.ended_on = today
    else:
        row.worker = to
    save(row, by=by)
    _record(row, "passed_on", on=today, by=by)
    return row


def counted_from(contact: Contact) -> QuerySet[CheckIn] | None:
    """The check-ins that a contact may move: those that go on, if it took place."""
    if not contact.attended:
        return None
    return CheckIn.objects.filter(person_id=contact.person_id, ended_on__isnull=True)


def after_contact(*, contact: Contact, by: User | None) -> None:
    """A worker has met the person: their next check-in is counted from that day.

    Hook of a contact. A contact that was written down late never makes the next one earlier.
    """
    waiting = counted_from(contact)
    rows = list(waiting.select_for_update(of=("self",))) if waiting is not None else []
    if not rows:
        return
    met = set(
        ActivityWorker.objects.filter(activity__contact=contact).values_list("worker_id", flat=True)
    )
    met.add(contact.worker_id)
    for row in rows:
        following = contact.date + dt.timedelta(weeks=row.every_weeks)
        if row.worker_id in met and following > row.next_on:
            row.next_on = following
            save(row, by=by)


def _locked(check_in: CheckIn) -> CheckIn:
    row = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("worker", "person")
        .get(pk=check_in.pk)
    )
    if row.ended_on is not None:
        raise Refusal(_("These check-ins have ended."))
    return row


def _checked(check_in: CheckIn) -> None:
    try:
        check_in.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error


def _record(
    check_in: CheckIn, verb: str, *, on: dt.date, by: User | None, why: str = "", words: str = ""
) -> None:
    CaseEvent.objects.create(
        person_id=check_in.person_id,
        kind=f"check_in.{verb}",
        on=on,
        by=by,
        worker_id=check_in.worker_id,
        about=check_in.pk,
        data={
            "medium": check_in.medium,
            "weeks": check_in.every_weeks,
            "why": why,
            "words": words or (check_in.words if verb in {"agreed", "changed"} else ""),
        },
    )
    touch(check_in.person_id)
