"""What the import pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.common import presenters as words
from casework.extract.models import ImportRequest, ImportRun

State = ImportRequest.State
_COLOURS: dict[str, str] = {
    State.CHECKING: "purple",
    State.CHECKED: "yellow",
    State.LOADING: "purple",
    State.DONE: "green",
    State.REFUSED: "red",
    State.FAILED: "red",
    State.DROPPED: "grey",
}
_COLUMNS = ("rows", "new", "changed", "unchanged", "rejected", "warned")


@dataclass(frozen=True)
class RequestLine:
    """One import in the list."""

    title: str
    href: str
    tag: dict[str, str]
    detail: str


def request_line(request: ImportRequest) -> RequestLine:
    return RequestLine(
        title=request.name,
        href=reverse("imports:detail", args=[request.pk]),
        tag=state_tag(request),
        detail=_("%(who)s, %(when)s")
        % {"who": request.by, "when": words.short_date(request.created_at)},
    )


def state_tag(request: ImportRequest) -> dict[str, str]:
    return words.tag(request.get_state_display(), _COLOURS[request.state])


class RequestPage:
    """One import: where it stands, what the check found, what was loaded."""

    def __init__(self, request: ImportRequest) -> None:
        self._request = request
        self._outcome: dict[str, Any] = request.outcome or {}
        self.heading = request.name
        self.tag = state_tag(request)
        self.waits_for_yes = request.state == State.CHECKED
        self.under_way = request.state in {State.CHECKING, State.LOADING}
        self.percent = request.percent
        self.href = reverse("imports:detail", args=[request.pk])
        self.confirm_href = reverse("imports:confirm", args=[request.pk])
        self.drop_href = reverse("imports:drop", args=[request.pk])

    @property
    def progress(self) -> str:
        return _("%(percent)d percent of this step is done.") % {"percent": self.percent}

    @cached_property
    def verdict(self) -> str:
        """Where things stand, in a sentence or two."""
        if self._outcome.get("refusal"):
            return str(self._outcome["refusal"])
        rejected = int(self._outcome.get("rejected", 0))
        state = self._request.state
        some = ngettext(
            "%(n)d row would not be loaded.", "%(n)d rows would not be loaded.", rejected
        ) % {"n": rejected}
        if state == State.CHECKED:
            return (
                f"{some} {_('Everything else can be loaded.')}"
                if rejected
                else _("Everything can be loaded. Nothing has been loaded yet.")
            )
        if state == State.REFUSED:
            return _("Nothing was loaded. The reasons are below.")
        if state == State.DROPPED:
            return _("Nothing was loaded.")
        if state == State.DONE:
            return self._loaded(rejected)
        return ""

    def _loaded(self, rejected: int) -> str:
        if self._outcome.get("nothing_changed"):
            said = _("Nothing has changed: everything was there already.")
            if rejected:
                said += " " + ngettext(
                    "%(n)d row was not loaded.", "%(n)d rows were not loaded.", rejected
                ) % {"n": rejected}
        elif rejected:
            said = ngettext(
                "Loaded, apart from %(n)d row.", "Loaded, apart from %(n)d rows.", rejected
            ) % {"n": rejected}
        else:
            said = _("Loaded.")
        conflicts = int(self._outcome.get("conflicts", 0))
        if conflicts:
            said += " " + ngettext(
                "%(n)d value that was edited here differs from the extract.",
                "%(n)d values that were edited here differ from the extract.",
                conflicts,
            ) % {"n": conflicts}
        return said

    @property
    def conflicts(self) -> str:
        """Who decides after the load; whoever imports reads no record."""
        loaded = self._request.state == State.DONE and self._outcome.get("conflicts")
        return _("A records administrator decides which values stand.") if loaded else ""

    @property
    def facts(self) -> list[dict[str, Any]]:
        rows = [
            words.summary_row(_("Asked by"), str(self._request.by)),
            words.summary_row(_("Asked on"), words.short_date(self._request.created_at)),
        ]
        if self._outcome.get("provider"):
            rows.append(words.summary_row(_("Provider"), self._outcome["provider"]))
        if self._outcome.get("as_of"):
            day = dt.date.fromisoformat(self._outcome["as_of"])
            rows.append(words.summary_row(_("Date of the extract"), words.long_date(day)))
        return rows

    @cached_property
    def table(self) -> dict[str, Any] | None:
        """Counts by table; before the load only what the check can know."""
        columns = _COLUMNS if self._request.state == State.DONE else ("rows", "rejected", "warned")
        return counts_table(self._outcome.get("tables") or {}, columns)

    @cached_property
    def causes(self) -> list[dict[str, str]]:
        """Each kind of finding once, with where it first stands."""
        colours = {"fatal": "red", "reject": "red", "warn": "yellow", "notice": "grey"}
        labels = {
            "fatal": _("Refused"),
            "reject": _("Not loaded"),
            "warn": _("Warning"),
            "notice": _("Note"),
        }
        lines = []
        for cause in self._outcome.get("causes", []):
            place = " ".join(part for part in (cause["file"], cause["column"]) if part)
            where = ""
            if cause["first_line"]:
                where = ngettext(
                    "%(n)s row, on line %(line)s",
                    "%(n)s rows, the first on line %(line)s",
                    cause["findings"],
                ) % {"n": f"{cause['findings']:,}", "line": cause["first_line"]}
            lines.append(
                {
                    "tag": words.tag(labels[cause["action"]], colours[cause["action"]]),
                    "place": place,
                    "where": where,
                    "message": cause["message"],
                    "code": cause["code"],
                }
            )
        return lines

    @property
    def more_causes(self) -> str:
        more = int(self._outcome.get("more_causes", 0))
        return _("and %(n)d more kinds of finding") % {"n": more} if more else ""


def counts_table(
    tables: Mapping[str, Mapping[str, int]], columns: Sequence[str] = _COLUMNS
) -> dict[str, Any] | None:
    """How many rows of each table became what; None where nothing was counted."""
    if not tables:
        return None
    labels = {
        "rows": _("Rows"),
        "new": _("New"),
        "changed": _("Changed"),
        "unchanged": _("As before"),
        "rejected": _("Not loaded"),
        "warned": _("With a warning"),
    }
    return {
        "caption": _("Rows by table"),
        "responsive": True,
        "head": [{"text": _("Table")}]
        + [{"text": labels[name], "format": "numeric"} for name in columns],
        "rows": [
            [{"header": _("Table"), "text": table}]
            + [
                {"header": labels[c], "text": f"{counts.get(c, 0):,}", "format": "numeric"}
                for c in columns
            ]
            for table, counts in tables.items()
        ],
    }


# Loaded by command -------------------------------------------------------------------------------

_RUN_COLOURS: dict[str, str] = {
    ImportRun.State.LOADING: "purple",
    ImportRun.State.DONE: "green",
    ImportRun.State.FAILED: "red",
}


def run_line(run: ImportRun) -> RequestLine:
    """One load by command in the list."""
    return RequestLine(
        title=_("%(folder)s, loaded %(when)s")
        % {"folder": run.folder, "when": _moment(run.created_at)},
        href=reverse("imports:run", args=[run.pk]),
        tag=_run_tag(run),
        detail=_("%(provider)s, as of %(day)s")
        % {
            "provider": run.provider or _("No provider"),
            "day": words.short_date(run.as_of) if run.as_of else _("no day"),
        },
    )


def _run_tag(run: ImportRun) -> dict[str, str]:
    return words.tag(run.get_state_display(), _RUN_COLOURS.get(run.state, "grey"))


def _moment(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{words.short_date(local)}, {words.clock(local)}"


class RunPage:
    """One load by command: when, from where, and what became of the rows."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self.heading = run.folder
        self.tag = _run_tag(run)

    @property
    def verdict(self) -> str:
        """What became of it, in a sentence or two."""
        state = self._run.state
        if state == ImportRun.State.LOADING:
            return _(
                "It is being loaded, or it was interrupted: the next import finishes it first."
            )
        if state == ImportRun.State.FAILED:
            return _("It was interrupted and cannot be finished. Import the folder again.")
        rejected = sum(table.get("rejected", 0) for table in self._tables.values())
        if rejected:
            said = ngettext(
                "Loaded, apart from %(n)d row.", "Loaded, apart from %(n)d rows.", rejected
            ) % {"n": rejected}
            return f"{said} {_('Which ones, and why, is in the report of the command.')}"
        return _("Everything in the folder was loaded.")

    @property
    def _tables(self) -> dict[str, dict[str, int]]:
        return self._run.counts.get("tables", {})

    @property
    def facts(self) -> list[dict[str, Any]]:
        run = self._run
        rows = [words.summary_row(_("Loaded"), _("by command, %(when)s") % {"when": self._when})]
        if run.provider is not None:
            rows.append(words.summary_row(_("Provider"), f"{run.provider} ({run.provider.code})"))
        if run.as_of:
            rows.append(words.summary_row(_("Date of the extract"), words.long_date(run.as_of)))
        return rows

    @property
    def _when(self) -> str:
        return _moment(self._run.created_at)

    @property
    def table(self) -> dict[str, Any] | None:
        return counts_table(self._tables)
