"""Imports asked for in the browser: files in, check, a person's yes, load."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.common.ids import uuid7
from casework.extract import services
from casework.extract.models import ImportRequest, ImportRun
from casework.extract.uploads import unpack
from casework.outbox.services import enqueue

State = ImportRequest.State
MOST_CAUSES = 200


def folders() -> list[str]:
    """Names of the folders on the server that may be chosen, newest last in name order."""
    root = Path(settings.IMPORT_DIR)
    if not root.is_dir():
        return []
    return sorted(one.name for one in root.iterdir() if one.is_dir() and one.name[0] != ".")


def every() -> QuerySet[ImportRequest]:
    """All requests: they name files and counts, and nobody."""
    return ImportRequest.objects.select_related("by")


def by_command() -> QuerySet[ImportRun]:
    """All loads that nobody asked for here: `manage.py import_extract`, and the first start.

    They name a folder and counts, and nobody.
    """
    return ImportRun.objects.filter(by__isnull=True, requests__isnull=True).select_related(
        "provider"
    )


def ask(
    *,
    by: User,
    upload: IO[bytes] | None = None,
    upload_name: str = "",
    folder: str = "",
    as_of: dt.date | None = None,
    strict: bool = False,
) -> ImportRequest:
    """Take the files and have them checked.

    Precondition: an uploaded zip, or the name of one of `folders()`.
    Promise: the request exists and its check is under way; or Refusal, and nothing is kept.
    """
    ident = uuid7()
    if upload is not None:
        place = _uploads() / ident.hex
        place.mkdir(parents=True, mode=0o700)
        try:
            unpack(upload, place)
        except Refusal:
            shutil.rmtree(place, ignore_errors=True)
            raise
    else:
        if folder not in folders():
            raise Refusal(_("Choose one of the folders of the list."))
        place = Path(settings.IMPORT_DIR) / folder
    with transaction.atomic():
        request = ImportRequest.objects.create(
            id=ident,
            name=(upload_name or folder)[:200],
            place=str(place),
            uploaded=upload is not None,
            given_as_of=as_of,
            strict=strict,
            by=by,
        )
        enqueue("extract.check", key=str(ident), arguments={"request": str(ident)}, max_attempts=2)
    return request


@transaction.atomic
def confirm(*, request: ImportRequest, by: User) -> ImportRequest:
    """Load what was checked.

    Precondition: the check is done and nobody has decided yet. Promise: the load is under way.
    """
    request = _decidable(request)
    request.state, request.by, request.percent, request.stage = State.LOADING, by, 0, ""
    request.save()
    enqueue(
        "extract.load", key=str(request.pk), arguments={"request": str(request.pk)}, max_attempts=5
    )
    return request


@transaction.atomic
def drop(*, request: ImportRequest, by: User) -> ImportRequest:
    """Do not load what was checked; an uploaded copy is removed."""
    request = _decidable(request)
    request.state, request.by = State.DROPPED, by
    request.save()
    transaction.on_commit(lambda: _remove(request))
    return request


def _decidable(request: ImportRequest) -> ImportRequest:
    request = ImportRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state != State.CHECKED:
        raise Refusal(_("This import does not wait for a decision any more."))
    return request


def check(*, request: str) -> None:
    """Job: check the files of a request and keep what the check says for the page."""
    found = ImportRequest.objects.get(pk=UUID(request))
    if found.state != State.CHECKING:
        return
    outcome = _import(found, dry_run=True)
    if outcome is None:
        return
    refused = bool(outcome.refusal) or not outcome.result.loadable
    found.outcome = _told(outcome)
    found.state = State.REFUSED if refused else State.CHECKED
    found.save()
    if refused:
        _remove(found)


def load(*, request: str) -> None:
    """Job: load the files of a request. A second run after a crash finishes what is left."""
    found = ImportRequest.objects.get(pk=UUID(request))
    if found.state != State.LOADING:
        return
    outcome = _import(found, dry_run=False)
    if outcome is None:
        return
    found.outcome = _told(outcome)
    found.run = outcome.run
    found.state = State.REFUSED if outcome.refused else State.DONE
    found.percent = 100
    found.save()
    _remove(found)
    if outcome.run is not None:
        with transaction.atomic():
            enqueue("alerts.sweep", key="after-import")


def gave_up(*, request: str) -> None:
    """Job: every attempt failed."""
    found = ImportRequest.objects.filter(pk=UUID(request)).first()
    if found is not None and found.state in {State.CHECKING, State.LOADING}:
        _fail(found, _("The import stopped with an error. Nothing is half loaded: try it again."))


def _import(found: ImportRequest, *, dry_run: bool) -> services.ImportOutcome | None:
    place = Path(found.place)
    if not place.is_dir():
        _fail(found, _("The files are not there any more. Start the import again."))
        return None
    try:
        return services.import_folder(
            folder=place,
            by=found.by,
            as_of=found.given_as_of,
            strict=found.strict,
            dry_run=dry_run,
            progress=_progress(found),
        )
    except Refusal as refusal:
        _fail(found, refusal.sentence)
        return None


def _fail(found: ImportRequest, sentence: str) -> None:
    found.state = State.FAILED
    found.outcome = {"refusal": sentence, "tables": {}, "causes": []}
    found.save()
    _remove(found)


def _progress(found: ImportRequest) -> Callable[[str, int, int], None]:
    said: list[tuple[str, int]] = [("", -1)]

    def progress(stage: str, done: int, total: int) -> None:
        now = (stage[:40], min(99, done * 100 // total) if total else 0)
        if now != said[0] and (now[0] != said[0][0] or now[1] - said[0][1] >= 5):
            said[0] = now
            ImportRequest.objects.filter(pk=found.pk).update(stage=now[0], percent=now[1])

    return progress


def _told(outcome: services.ImportOutcome) -> dict[str, Any]:
    """What the page shows: counts, each cause once, never a whole row."""
    return {
        "provider": outcome.result.provider or "",
        "as_of": outcome.result.as_of.isoformat() if outcome.result.as_of else "",
        "refusal": outcome.refusal,
        "rejected": outcome.result.rejected,
        "conflicts": outcome.run.counts.get("conflicts", 0) if outcome.run else 0,
        "nothing_changed": outcome.nothing_changed,
        "tables": {name: asdict(table) for name, table in outcome.tables.items()},
        "causes": [
            {
                "file": cause.file,
                "column": cause.column,
                "action": cause.action,
                "code": cause.code,
                "message": cause.message,
                "findings": cause.findings,
                "first_line": cause.first_line,
            }
            for cause in outcome.causes[:MOST_CAUSES]
        ],
        "more_causes": max(0, len(outcome.causes) - MOST_CAUSES),
    }


def _uploads() -> Path:
    return Path(settings.VAR_DIR) / "uploads"


def _remove(found: ImportRequest) -> None:
    """An uploaded copy holds personal data and goes when it is not needed any more."""
    if found.uploaded:
        shutil.rmtree(found.place, ignore_errors=True)
