"""Writes work and messages down in the caller's transaction, and does them afterwards."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.common.errors import Refusal
from casework.outbox.handlers import job_handlers
from casework.outbox.models import Heartbeat, Job, Message
from casework.outbox.senders import CHANNELS

log = logging.getLogger(__name__)

FIRST_DELAY = dt.timedelta(minutes=1)
LONGEST_DELAY = dt.timedelta(hours=4)
MESSAGE_ATTEMPTS = 8
KEEP_DONE = dt.timedelta(days=30)
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ACTIVE = (Job.State.WAITING, Job.State.RUNNING)


class NotInTransaction(RuntimeError):
    """Work was asked for outside of the transaction whose change it follows from."""


def _in_transaction() -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction(
            "Jobs and messages are written in the transaction of the change that they follow from:"
            " call this inside transaction.atomic()."
        )


# Asking for work --------------------------------------------------------------------------------


def enqueue(
    kind: str,
    *,
    key: str = "",
    arguments: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
    max_attempts: int = 5,
) -> Job:
    """Have a job done after the present transaction commits, or not at all if it does not.

    With a `key`, a job of this kind that still waits or runs under that key is the answer: asking
    twice is asking once. Arguments are ids and ISO dates, never anything about a person.
    """
    _in_transaction()
    if kind not in job_handlers:
        raise ValueError(f"no handler is registered for jobs of kind {kind!r}")
    job = Job(
        kind=kind,
        key=key,
        arguments=dict(arguments or {}),
        due_at=due_at or timezone.now(),
        max_attempts=max_attempts,
    )
    if key:
        job = _once(job)
    else:
        job.save()
    # a nudge that is lost costs a minute: the worker looks by itself
    transaction.on_commit(_nudge, robust=True)
    return job


def _once(job: Job) -> Job:
    """The active job under this key: this one, or the one that was there before."""
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        active = Job.objects.filter(kind=job.kind, key=job.key, state__in=_ACTIVE).first()
        if active is not None:  # else the earlier one has just ended
            return active


def _nudge() -> None:
    from casework.outbox import tasks

    if not tasks.nudge_waits():  # one that the worker has not taken yet will see this job too
        tasks.nudge()


def send(
    *,
    channel: str,
    to: str,
    subject: str = "",
    body: str,
    about: str = "",
    send_after: dt.datetime | None = None,
) -> Message:
    """Have a notice sent after the present transaction commits, and not before `send_after`.

    The caller answers for the channel being safe and for the words: a notice says that something
    waits, and never what it is.
    """
    _in_transaction()
    if channel not in CHANNELS:
        raise ValueError(f"there is no channel {channel!r}: use one of {sorted(CHANNELS)}")
    due_at = send_after or timezone.now()
    message = Message.objects.create(
        channel=channel,
        to=to,
        subject=" ".join(subject.split()),
        body=body,
        about=about,
        send_after=due_at,
    )
    enqueue(
        "outbox.deliver",
        key=str(message.pk),
        arguments={"message": str(message.pk)},
        due_at=due_at,
        max_attempts=MESSAGE_ATTEMPTS,
    )
    return message


def enqueue_once(
    kind: str, *, slot: dt.datetime, arguments: Mapping[str, Any] | None = None
) -> Job | None:
    """Have a periodic job done once for a slot of time, however many workers' clocks strike.

    Nothing is returned where another worker was first. huey fires again after a restart within
    the minute, and once in every consumer; the row of the slot is what counts.
    """
    with transaction.atomic():
        name = f"slot:{kind}"
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=_NEVER)], ignore_conflicts=True)
        mine = Heartbeat.objects.filter(name=name, at__lt=slot).update(at=slot)
        return enqueue(kind, key="periodic", arguments=arguments) if mine else None


# Doing it ---------------------------------------------------------------------------------------


def run_due(limit: int = 100, *, now: dt.datetime | None = None) -> int:
    """Do the jobs that are due, at most `limit` of them; how many were taken.

    Safe in any number of processes at once: each job is claimed by one. A job whose worker was
    killed comes back when its lease is over.
    """
    taken = 0
    while taken < limit:
        job = _claim(now or timezone.now())
        if job is None:
            break
        taken += 1
        _run(job)
    return taken


def _claim(now: dt.datetime) -> Job | None:
    """The next due job, marked as running until its lease ends; None when nothing is due."""
    while True:
        with transaction.atomic():
            job = (
                Job.objects.filter(state__in=_ACTIVE, due_at__lte=now)
                .order_by("due_at", "pk")
                .select_for_update(skip_locked=True)
                .first()
            )
            if job is None:
                return None
            if job.state == Job.State.RUNNING and job.attempts >= job.max_attempts:
                # each of its runs was cut short: it may be what kills the worker
                _finish(job, Job.State.FAILED, "the worker was stopped during the last attempt")
                continue
            known = job.kind in job_handlers
            lease = job_handlers[job.kind].lease if known else LONGEST_DELAY
            # SQLite has no row locks: the condition lets one of two workers through
            claimed = Job.objects.filter(
                pk=job.pk, state=job.state, attempts=job.attempts, due_at=job.due_at
            ).update(
                state=Job.State.RUNNING,
                attempts=F("attempts") + 1,
                started_at=now,
                due_at=now + lease,
            )
            if claimed:
                job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
                return job


def _run(job: Job) -> None:
    try:
        if job.kind not in job_handlers:
            raise LookupError(f"no handler for {job.kind}")
        job_handlers[job.kind].run(**job.arguments)
    except Exception as error:
        what = _describe(error)
        if job.attempts >= job.max_attempts:
            _finish(job, Job.State.FAILED, what)
        else:
            delay = min(FIRST_DELAY * 2 ** (job.attempts - 1), LONGEST_DELAY)
            _mine(job).update(
                state=Job.State.WAITING, due_at=timezone.now() + delay, error=what[:500]
            )
            log.warning("job %s %s: attempt %s: %s", job.kind, job.pk, job.attempts, what)
    else:
        _finish(job, Job.State.DONE, "")


def _mine(job: Job) -> QuerySet[Job]:
    """The row, as long as no other worker has taken it over since."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _finish(job: Job, state: Job.State, error: str) -> None:
    with transaction.atomic():
        ended = _mine(job).update(state=state, finished_at=timezone.now(), error=error[:500])
        if not ended or state != Job.State.FAILED:
            return
        if job.kind in job_handlers:
            job_handlers[job.kind].gave_up(**job.arguments)
    log.error("job %s %s failed: %s", job.kind, job.pk, error)


def _describe(error: BaseException) -> str:
    """What went wrong and where, without the error's own text: that may quote a record."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def deliver(*, message: str) -> None:
    """Handler of `outbox.deliver`: send one message, and record whether it went.

    A worker that is killed between sending and recording sends again: a notice may come twice,
    it is never lost.
    """
    row = Message.objects.get(pk=UUID(message))
    if row.state != Message.State.WAITING:
        return
    tried = Message.objects.filter(pk=row.pk)
    try:
        CHANNELS[row.channel](row)
    except Exception as error:
        tried.update(attempts=F("attempts") + 1, error=_describe(error)[:500])
        raise
    tried.update(
        attempts=F("attempts") + 1, error="", state=Message.State.SENT, sent_at=timezone.now()
    )


def could_not_deliver(*, message: str) -> None:
    """What follows when the last attempt has failed: the message says so."""
    Message.objects.filter(pk=UUID(message), state=Message.State.WAITING).update(
        state=Message.State.FAILED
    )


def beat(name: str = "worker") -> None:
    """Say that the worker is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def tidy(*, now: dt.datetime | None = None) -> int:
    """Forget jobs that were done a month ago; those that failed stay until somebody looks."""
    before = (now or timezone.now()) - KEEP_DONE
    return Job.objects.filter(state=Job.State.DONE, created_at__lt=before).delete()[0]


# Putting it right -------------------------------------------------------------------------------


@transaction.atomic
def retry(*, job: Job) -> Job:
    """Have a job that failed tried again from the start.

    Precondition: it has failed, and the same work does not wait already.
    Promise: it is due now, with all its attempts; a message that could not be delivered waits
    again. What may already have been done is done again without harm: handlers are idempotent.
    """
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.state != Job.State.FAILED:
        raise Refusal(_("This job has not failed, so there is nothing to try again."))
    if row.key and Job.objects.filter(kind=row.kind, key=row.key, state__in=_ACTIVE).exists():
        raise Refusal(_("The same work is waiting already."))
    if row.kind == "outbox.deliver":
        Message.objects.filter(
            pk=UUID(row.arguments["message"]), state=Message.State.FAILED
        ).update(state=Message.State.WAITING)
    row.state = Job.State.WAITING
    row.attempts = 0
    row.due_at = timezone.now()
    row.finished_at = None
    row.save()
    transaction.on_commit(_nudge, robust=True)
    return row


@transaction.atomic
def send_again(*, message: Message) -> Message:
    """Have a message that could not be delivered tried again.

    Precondition: its last attempt has failed. Promise: it waits, and a job delivers it.
    """
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.state != Message.State.FAILED:
        raise Refusal(_("This message has not failed, so there is nothing to try again."))
    row.state = Message.State.WAITING
    row.save()
    enqueue(
        "outbox.deliver",
        key=str(row.pk),
        arguments={"message": str(row.pk)},
        max_attempts=MESSAGE_ATTEMPTS,
    )
    return row
