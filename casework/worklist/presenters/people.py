"""Lists of people: who is with them, when they were last met, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from casework.cases.models import Case
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.worklist.filters import Chosen, FilterForm, Show, Which
from casework.worklist.models import SavedFilter
from casework.worklist.people_rows import Listed, Met

PATHS = {Which.MINE: "my_people", Which.TEAM: "team_people"}


@dataclass(slots=True)
class PersonRow:
    """One person in a list."""

    name: str
    href: str
    key_worker: str
    team: str
    last: str
    following: str
    alerts: str


def met(contact: Met | None, otherwise: str) -> str:
    """A day and with whom."""
    if contact is None:
        return otherwise
    day = words.short_date(contact.on)
    return f"{day}, {contact.worker}" if contact.worker else day


def person_rows(listed: Iterable[Listed]) -> list[PersonRow]:
    """How some people stand. What is the same on every line is worked out once."""
    nobody = UUID(int=0)
    address = reverse("people:detail", args=[nobody])
    not_met, not_booked = gettext("Not met yet"), gettext("Nothing booked")
    return [
        PersonRow(
            name=one.name,
            href=address.replace(str(nobody), str(one.person_id)),
            key_worker=one.key_worker,
            team=one.team,
            last=met(one.last, not_met),
            following=met(one.following, not_booked),
            alerts=ngettext("%(n)d\u00a0alert", "%(n)d\u00a0alerts", one.alerts) % {"n": one.alerts}
            if one.alerts
            else "",
        )
        for one in listed
    ]


def saved_link(saved: SavedFilter) -> Link:
    """Where a list that was kept opens."""
    which = Which(saved.page) if saved.page in Which.values else Which.MINE
    path = reverse(PATHS[which])
    return Link(saved.name, f"{path}?{saved.query}" if saved.query else path)


class PeopleList:
    """The people of a worker or of the teams that somebody leads."""

    def __init__(
        self,
        which: Which,
        page: Page[Case],
        *,
        listed: Sequence[Listed],
        choice: Chosen,
        form: FilterForm,
        saved: Sequence[SavedFilter],
        tabs: Sequence[Link],
        several_teams: bool,
    ) -> None:
        path = reverse(PATHS[which])
        here = choice.parameters()
        self.path = path
        self.heading = str(which.label)
        self.tabs = tabs
        self.form = form
        self.rows = person_rows(listed)
        self.with_worker = which == Which.TEAM
        self.with_team = several_teams
        self.narrowed = choice.show != Show.EVERYONE or bool(choice.worker or choice.team)
        self.saved = [
            Link(link.text, link.href, one.query == choice.query)
            for one, link in ((one, saved_link(one)) for one in saved)
        ]
        self.keep_href = words.query_string(reverse("keep_list"), page=which.value, **here)
        self.manage_href = reverse("saved_lists") if saved else ""
        self.links = words.PageLinks(
            newer=words.query_string(path, before=page.before, **here) if page.before else "",
            older=words.query_string(path, after=page.after, **here) if page.after else "",
            newer_text=gettext("Previous page"),
            older_text=gettext("Next page"),
        )

    @property
    def nothing(self) -> str:
        """What is said where the list is empty."""
        if self.narrowed:
            return gettext("Nobody is in this list at the moment.")
        if self.with_worker:
            return gettext("Your teams hold nobody at the moment.")
        return gettext(
            "You are named for nobody at the moment. When you become somebody's key worker or join"
            " the people around them, they are here."
        )


class SavedLists:
    """The lists that somebody keeps under names of their own."""

    def __init__(self, saved: Sequence[SavedFilter]) -> None:
        self.lines: list[dict[str, Any]] = [
            {
                "link": saved_link(one),
                "of": str(Which(one.page).label) if one.page in Which.values else "",
                "rename": reverse("rename_list", args=[one.pk]),
                "remove": reverse("remove_list", args=[one.pk]),
            }
            for one in saved
        ]
