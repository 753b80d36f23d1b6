"""Which people a list shows and in which order: what somebody chose, as it stands in an address.

An address holds codes and ids. What does not belong there is dropped, so that an old address or an
old saved list shows more than it meant to and never fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.common import forms


class Which(TextChoices):
    """The lists of people that can be kept under a name."""

    MINE = "mine", _("My people")
    TEAM = "team", _("My team's people")


class Show(TextChoices):
    """Who of a list is shown."""

    EVERYONE = "", _("Everybody")
    NOBODY_NAMED = "unallocated", _("Nobody named yet")
    QUIET = "quiet", _("No contact for four weeks")
    NOTHING_BOOKED = "unbooked", _("Nothing booked")
    ALERTS = "alerts", _("With open alerts")


class Sort(TextChoices):
    """What comes first."""

    LONGEST = "", _("Longest since a contact")
    ALERTS = "alerts", _("Most open alerts")
    NAME = "name", _("Name")


@dataclass(frozen=True)
class Chosen:
    """A valid choice."""

    show: Show = Show.EVERYONE
    sort: Sort = Sort.LONGEST
    worker: UUID | None = None
    team: UUID | None = None

    def parameters(self) -> dict[str, str]:
        """For an address, without what is usual."""
        every = {
            "show": self.show.value,
            "worker": str(self.worker or ""),
            "team": str(self.team or ""),
            "sort": self.sort.value,
        }
        return {name: value for name, value in every.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.parameters())


class FilterForm(forms.NHSForm):
    """Which people, in which order. Teams and workers are offered where there are several."""

    mark_optional = False
    show = forms.SelectField(label=_("Show"), choices=Show.choices, required=False)
    worker = forms.SelectField(label=_("Key worker"), required=False)
    team = forms.SelectField(label=_("Team"), required=False)
    sort = forms.SelectField(label=_("Sort by"), choices=Sort.choices, required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        workers: Iterable[tuple[UUID, str]] = (),
        teams: Iterable[tuple[UUID, str]] = (),
        of_team: bool = False,
    ) -> None:
        super().__init__(data, auto_id="filter-%s")
        offered = {
            "worker": [(str(key), name) for key, name in workers],
            "team": [(str(key), name) for key, name in teams],
        }
        for name, choices in offered.items():
            if len(choices) > 1:
                self.fields[name].choices = [("", gettext("Any")), *choices]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
        if not of_team:  # for my own people I am named
            self.fields["show"].choices = [  # type: ignore[attr-defined]
                one for one in Show.choices if one[0] != Show.NOBODY_NAMED
            ]

    def chosen(self) -> Chosen:
        """What of it is valid."""
        self.is_valid()
        return from_codes(self.cleaned_data)


def from_codes(codes: Mapping[str, Any]) -> Chosen:
    """A choice from codes; what is not one of ours counts as not chosen."""
    show, sort = str(codes.get("show") or ""), str(codes.get("sort") or "")
    return Chosen(
        show=Show(show) if show in Show.values else Show.EVERYONE,
        sort=Sort(sort) if sort in Sort.values else Sort.LONGEST,
        worker=_uuid(codes.get("worker")),
        team=_uuid(codes.get("team")),
    )


def from_query(query: str) -> Chosen:
    """A choice from an address's query string, however it was made."""
    return from_codes(QueryDict(query[:500]))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
