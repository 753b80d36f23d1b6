"""What the pages of the directory show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.tables import Cell, cell, table
from casework.directory import hours
from casework.directory.models import Locality, Organisation, Team, Worker


def _teams(n: int) -> str:
    return ngettext("%(n)d team", "%(n)d teams", n) % {"n": n}


def _edited(row: Any) -> str:
    """Whether an imported row says something else here than in the extract."""
    return gettext("changed here") if row.local_edits else ""


def _name(row: Any, noun: str, note: str = "") -> Cell:
    return cell(row.name, href=reverse(f"directory:{noun}_edit", args=[row.pk]), note=note)


def organisation_cells(row: Any) -> list[Cell]:
    status = (
        words.tag(gettext("Works with Alongside"), "green")
        if row.live
        else words.tag(gettext("From extracts"), "grey")
    )
    as_of = (
        gettext("as of %(day)s") % {"day": words.short_date(row.as_of)}
        if row.as_of and not row.live
        else ""
    )
    return [
        _name(row, "organisation"),
        cell(row.code),
        cell(row.get_kind_display()),
        cell(_teams(row.team_count)),
        cell("", tag=status, note=as_of),
    ]


def team_cells(row: Team) -> list[Cell]:
    status = (
        words.tag(gettext("Open"), "green") if row.active else words.tag(gettext("Closed"), "grey")
    )
    return [
        _name(row, "team", _edited(row)),
        cell(row.organisation.name),
        cell(row.get_kind_display()),
        cell(", ".join(locality.name for locality in row.localities.all())),
        cell(row.phone, note=row.hours),
        cell("", tag=status),
    ]


def locality_cells(row: Any) -> list[Cell]:
    return [_name(row, "locality"), cell(_teams(row.team_count))]


def worker_cells(row: Worker) -> list[Cell]:
    status = (
        words.tag(gettext("Works here"), "green")
        if row.active
        else words.tag(gettext("Has left"), "grey")
    )
    account = gettext("has an account") if hasattr(row, "user") else ""
    note = ", ".join(part for part in (_edited(row), account) if part)
    return [
        _name(row, "worker", note),
        cell(row.role_words),
        cell(row.organisation.name if row.organisation else ""),
        cell(row.local_id),
        cell("", tag=status),
    ]


@dataclass(frozen=True)
class Noun:
    """One of the four kinds of rows, in the words of its pages."""

    slug: str
    plural: str
    model: type[Any]
    title: Any
    add: Any
    edit: Any
    head: tuple[Any, ...]
    cells: Callable[[Any], list[Cell]]


NOUNS = {
    noun.slug: noun
    for noun in (
        Noun(
            "team",
            "teams",
            Team,
            _("Teams"),
            _("Add a team"),
            _("Change a team"),
            (_("Name"), _("Organisation"), _("Kind"), _("Localities"), _("Telephone"), _("State")),
            team_cells,
        ),
        Noun(
            "worker",
            "workers",
            Worker,
            _("Workers"),
            _("Add a worker"),
            _("Change a worker"),
            (_("Name"), _("What they do"), _("Organisation"), _("Local id"), _("State")),
            worker_cells,
        ),
        Noun(
            "organisation",
            "organisations",
            Organisation,
            _("Organisations"),
            _("Add an organisation"),
            _("Change an organisation"),
            (_("Name"), _("Code"), _("Kind"), _("Teams"), _("State")),
            organisation_cells,
        ),
        Noun(
            "locality",
            "localities",
            Locality,
            _("Localities"),
            _("Add a locality"),
            _("Change a locality"),
            (_("Name"), _("Teams")),
            locality_cells,
        ),
    )
}


class DirectoryPage:
    """The rows of one kind, by name."""

    def __init__(self, noun: Noun, page: Page[Any], *, searched: str) -> None:
        self._noun, self._page, self._searched = noun, page, searched

    @property
    def heading(self) -> str:
        return gettext("Directory: %(what)s") % {"what": str(self._noun.title).lower()}

    @property
    def path(self) -> str:
        return reverse(f"directory:{self._noun.plural}")

    @property
    def kinds(self) -> list[Link]:
        return [
            Link(
                str(noun.title),
                reverse(f"directory:{noun.plural}"),
                current=noun.slug == self._noun.slug,
            )
            for noun in NOUNS.values()
        ]

    @property
    def add(self) -> Link:
        return Link(str(self._noun.add), reverse(f"directory:{self._noun.slug}_add"))

    @property
    def summary(self) -> str:
        if not self._searched:
            return ""
        return gettext("Found for “%(words)s”") % {"words": self._searched}

    @cached_property
    def table(self) -> dict[str, Any] | None:
        if not self._page.rows:
            return None
        return table(
            self._noun.title, self._noun.head, [self._noun.cells(row) for row in self._page.rows]
        )

    @property
    def links(self) -> words.PageLinks:
        found = "1" if self._searched else ""
        page = self._page
        return words.PageLinks(
            newer=words.query_string(self.path, found=found, before=page.before)
            if page.before
            else "",
            older=words.query_string(self.path, found=found, after=page.after)
            if page.after
            else "",
            newer_text=gettext("Previous"),
            older_text=gettext("Next"),
        )


def same_name_warning(row: Any, noun: Noun) -> str:
    """What to do where another row is called the same."""
    where = getattr(row, "organisation", None)
    if where is not None:
        return gettext(
            "There is already “%(name)s” in %(where)s. Change that one, or tick the box if this is"
            " another"
        ) % {"name": row.name, "where": where.name}
    return gettext(
        "There is already “%(name)s”. Change that one, or tick the box if this is another"
    ) % {"name": row.name}


def details_note(row: Any) -> tuple[str, ...]:
    """Since when nobody has checked how to reach a team, and how its hours are read."""
    if not isinstance(row, Team) or not row.phone:
        return ()
    checked = row.details_checked_on
    found = [
        gettext("Telephone and hours were last checked on %(day)s.")
        % {"day": words.short_date(checked)}
        if checked
        else gettext("Nobody has written down yet that the telephone and the hours were checked.")
    ]
    if row.hours and hours.read(row.hours) is None:
        found.append(
            gettext(
                "The opening hours are shown as they are written, and no page says whether"
                " somebody is there: write them like the example."
            )
        )
    return tuple(found)


def extract_note(row: Any) -> tuple[str, ...]:
    """What to know before changing a row that comes from an extract."""
    if getattr(row, "provider_id", None) is None:
        return ()
    return (
        gettext(
            "This comes from an extract. What you change here is kept when the next extract is"
            " read."
        ),
    )
