"""Imports an MHSDS-shaped folder, and settles what an import could not."""

from __future__ import annotations

import datetime as dt
import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.common.ids import uuid7
from casework.directory.models import Organisation
from casework.extract.check import NAMES, CheckResult, check
from casework.extract.checking.report import Cause, causes, write_report
from casework.extract.loading import names as overlay
from casework.extract.loading.engines import engine
from casework.extract.loading.load import FEEDS, STAGING, Load, Progress, TableLoad
from casework.extract.models import ImportConflict, ImportRun

State = ImportRun.State


@dataclass
class ImportOutcome:
    """What an import did. `refusal` says why nothing was loaded, where that is not in `causes`."""

    result: CheckResult
    causes: list[Cause] = field(default_factory=list)
    run: ImportRun | None = None
    refusal: str = ""
    dry_run: bool = False
    finished: list[ImportRun] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Nothing was loaded, and not because only a check was asked for."""
        return self.run is None and not self.dry_run

    @property
    def exit_code(self) -> int:
        """0: all accepted, 1: some rows rejected, 2: the folder is refused."""
        return 2 if self.refusal else self.result.exit_code

    @property
    def tables(self) -> dict[str, TableLoad]:
        """What became of the rows, by table; of a folder that was not loaded, what was found."""
        if self.run is not None:
            return table_loads(self.run)
        return {
            name: TableLoad(rows=found.rows, rejected=found.rejected, warned=found.warned)
            for name, found in self.result.counts.items()
        }

    @property
    def nothing_changed(self) -> bool:
        """Loaded, and everything was there already."""
        return (
            self.run is not None
            and not self.run.counts["other"]
            and not any(table.new or table.changed for table in self.tables.values())
        )


def table_loads(run: ImportRun) -> dict[str, TableLoad]:
    """What became of the rows of a run, by table."""
    return {name: TableLoad(**counts) for name, counts in run.counts.get("tables", {}).items()}


def import_folder(
    *,
    folder: Path,
    by: User | None = None,
    as_of: dt.date | None = None,
    provider: str = "",
    strict: bool = False,
    dry_run: bool = False,
    names: Path | None = None,
    report: Path | None = None,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Check a folder and load what is accepted.

    Precondition: none; whatever is wrong with the folder is in the outcome. `as_of` and `provider`
    stand in where the folder does not say them; `names` is an overlay of display names, otherwise
    `names.csv` of the folder.
    Promise: either everything that was accepted is in the database, or nothing has changed. What a
    killed import left undone is finished first. A folder that is refused, and one that is only
    checked, leave no trace.
    """
    _sweep_up()
    finished = [] if dry_run else finish_pending(progress=progress)
    with _place() as place:
        staging = place.path / STAGING
        result = check(folder, staging, as_of=as_of, strict=strict, progress=_checking(progress))
        outcome = ImportOutcome(result, dry_run=dry_run, finished=finished)
        code = result.provider or provider
        if not result.fatal:
            beside = folder / NAMES
            overlay.read(names or (beside if beside.is_file() else None), staging, code)
        outcome.causes = causes(staging)
        if report is not None:
            write_report(staging, report)
        if not result.loadable:
            return outcome
        try:
            _must_be_newer(code, result.as_of)
            if not dry_run:
                outcome.run = _load(place, folder, result, code, by, progress)
        except Refusal as refusal:
            outcome.refusal = refusal.sentence
        return outcome


def _load(
    place: _Place,
    folder: Path,
    result: CheckResult,
    code: str,
    by: User | None,
    progress: Progress | None,
) -> ImportRun:
    run = ImportRun(
        folder=folder.name[:255],
        digest=result.digest,
        as_of=result.as_of,
        by=by,
        staging=str(place.path.relative_to(settings.VAR_DIR)),
    )
    run.provider = Organisation(code=code, name=code, kind=Organisation.Kind.TRUST)
    load = Load(run, place.path, progress)
    load.make_feeds()
    found = engine(place.path / FEEDS)
    with found.open():
        _begin(run, code)
        place.needed = found.stretch > 0
        load.provider = run.provider
        load.write(found)
        place.needed = False
    return run


@transaction.atomic
def _begin(run: ImportRun, code: str) -> None:
    """The run exists from here on, and no other of the same provider until it is done."""
    provider, _created = Organisation.objects.get_or_create(
        code=code, defaults={"name": code, "kind": Organisation.Kind.TRUST}
    )
    provider = Organisation.objects.select_for_update().get(pk=provider.pk)
    _must_be_newer(code, run.as_of)
    if ImportRun.objects.filter(provider=provider, state=State.LOADING).exists():
        raise Refusal(_("Another import of this provider is under way. Wait until it is done."))
    run.provider = provider
    run.state = State.LOADING
    run.first_import = not ImportRun.objects.filter(provider=provider, state=State.DONE).exists()
    run.save()


def _must_be_newer(code: str, as_of: dt.date | None) -> None:
    if not code:
        raise Refusal(
            _(
                "The folder does not say which provider it is from. Add MHS000Header.csv, fill"
                " OrgIDLocalPatientID, or give the provider to the import."
            )
        )
    if len(code) > 8:
        raise Refusal(_("An organisation code has at most 8 characters."))
    known = Organisation.objects.filter(code=code).values_list("as_of", flat=True).first()
    if known is not None and as_of is not None and as_of < known:
        raise Refusal(
            _(
                "This extract is as of %(day)s, and one as of %(known)s is loaded. An older extract"
                " would overwrite newer facts. Import the latest one."
            )
            % {"day": as_of.isoformat(), "known": known.isoformat()}
        )


def finish_pending(*, progress: Progress | None = None) -> list[ImportRun]:
    """Finish what killed imports left undone.

    Promise: what was loading and is not being loaded by somebody else is done, or, where its
    file is gone, marked as failed: its folder has then to be imported again.
    """
    finished = []
    for run in ImportRun.objects.filter(state=State.LOADING).order_by("created_at", "pk"):
        place = settings.VAR_DIR / run.staging
        with _locked(place) as mine:
            if not mine:
                raise Refusal(
                    _("Another import of this provider is under way. Wait until it is done.")
                )
            if (place / STAGING).is_file():
                load = Load(run, place, progress)
                load.make_feeds()
                found = engine(place / FEEDS)
                with found.open():
                    load.write(found)
                finished.append(run)
            else:
                run.state = State.FAILED
                run.error = "staging-missing"
                run.save()
        shutil.rmtree(place, ignore_errors=True)
    return finished


@transaction.atomic
def decide(*, conflict: ImportConflict, take: str, by: User) -> ImportConflict:
    """Settle a contradiction between an edit made here and a later extract.

    Precondition: nobody has decided it, and `take` is `ours` or `theirs`.
    Promise: with `ours` the edit stands until the extract says something else again; with `theirs`
    the row follows the extract from now on.
    """
    conflict = ImportConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if conflict.decided:
        raise Refusal(_("Somebody has decided this already."))
    if take not in {"ours", "theirs"}:
        raise Refusal(_("Select which of the two stands."))
    model = apps.get_model(conflict.model)
    row = model._base_manager.select_for_update(of=("self",)).get(pk=conflict.record)
    column = model._meta.get_field(conflict.field)
    edits = dict(row.local_edits or {})
    said = column.to_python(conflict.theirs) if conflict.theirs else None
    if said is None and not column.null:
        said = ""
    if take == "ours":
        edits[conflict.field] = None if said is None else conflict.theirs
    else:
        edits.pop(conflict.field, None)
        setattr(row, column.attname, said)
    row.local_edits = edits or None
    row._history_user = by
    row.save()
    conflict.decided, conflict.decided_by = take, by
    conflict._history_user = by
    conflict.save()
    return conflict


# files ------------------------------------------------------------------------------------------


def _imports() -> Path:
    return Path(settings.VAR_DIR) / "imports"


@dataclass
class _Place:
    """A directory of an import's own. It holds personal data and is gone afterwards, unless it is
    `needed`: the import was interrupted where the next one can finish it."""

    path: Path
    needed: bool = False


@contextmanager
def _place() -> Iterator[_Place]:
    place = _Place(_imports() / uuid7().hex)
    place.path.mkdir(parents=True, mode=0o700)
    try:
        with _locked(place.path):
            yield place
    finally:
        if not place.needed:
            shutil.rmtree(place.path, ignore_errors=True)


@contextmanager
def _locked(place: Path) -> Iterator[bool]:
    """Whether nobody else is using the directory; held until the end, or until the process ends."""
    if not place.is_dir():
        yield True
        return
    with (place / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _sweep_up() -> None:
    """Remove what killed imports left behind and nobody will need any more."""
    if not _imports().is_dir():
        return
    pending = set(ImportRun.objects.filter(state=State.LOADING).values_list("staging", flat=True))
    for place in _imports().iterdir():
        if str(place.relative_to(settings.VAR_DIR)) in pending or not place.is_dir():
            continue
        with _locked(place) as mine:
            if mine:
                shutil.rmtree(place, ignore_errors=True)


def _checking(progress: Progress | None) -> Callable[[str, int, int], None] | None:
    if progress is None:
        return None
    return lambda _file, done, total: progress("check", done, total)
