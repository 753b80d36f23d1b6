"""What the pages show on which users are looked after. Nothing on them is about a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from casework.accounts.models import Invitation, Membership, ProviderIdentity, User
from casework.accounts.oidc.providers import Provider
from casework.accounts.roles import ROLES
from casework.accounts.sessions import SignedIn
from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.common.tables import cell, table
from casework.directory.models import Worker
from casework.outbox.models import Job

LONG_AGO = dt.timedelta(days=90)


def role_name(code: str) -> str:
    return str(ROLES[code].name) if code in ROLES else code


def place(membership: Membership) -> str:
    """Where a role applies."""
    if membership.team is not None:
        return membership.team.name
    if membership.organisation is not None:
        return membership.organisation.name
    return _("the whole network")


def role_there(membership: Membership) -> str:
    return _("%(role)s, %(place)s") % {
        "role": role_name(membership.role),
        "place": place(membership),
    }


def state_of(user: User) -> dict[str, str]:
    """A tag that says whether somebody can sign in."""
    if not user.is_active:
        return words.tag(_("Access ended"), "grey")
    if settings.STAFF_PASSWORDS and not user.has_usable_password():
        return words.tag(_("Invited"), "yellow")
    return words.tag(_("Active"), "green")


def last_signed_in(user: User, today: dt.date) -> str:
    return words.date_words(user.last_login, today) if user.last_login else _("Never")


def page_links(page: Page, path: str, **filters: str) -> words.PageLinks:
    """Links to the pages before and after this one, with its filters."""
    return words.PageLinks(
        newer=words.query_string(path, **filters, before=page.before) if page.before else "",
        older=words.query_string(path, **filters, after=page.after) if page.after else "",
        newer_text=_("Previous"),
        older_text=_("Next"),
    )


class UsersPage:
    """Everybody who can sign in, or could."""

    def __init__(self, page: Page[User], *, today: dt.date, left: bool, searched: str) -> None:
        self._page, self._today, self._left, self._searched = page, today, left, searched

    @property
    def heading(self) -> str:
        return _("Users whose access has ended") if self._left else _("Users")

    @property
    def links(self) -> words.PageLinks:
        return page_links(
            self._page,
            reverse("users:list"),
            show="left" if self._left else "",
            found="1" if self._searched else "",
        )

    @property
    def summary(self) -> str:
        return (
            _("Users found for “%(words)s”") % {"words": self._searched} if self._searched else ""
        )

    @property
    def others(self) -> list[Link]:
        path = reverse("users:list")
        other = (
            Link(_("Users who can sign in"), path)
            if self._left
            else Link(_("Users whose access has ended"), f"{path}?show=left")
        )
        everybody = [Link(_("Show all users"), path)] if self._searched else []
        return [*everybody, other, Link(_("Who has access"), reverse("users:access"))]

    @cached_property
    def table(self) -> dict[str, Any] | None:
        if not self._page.rows:
            return None
        return table(
            self.heading,
            [_("Name"), _("Roles"), _("State"), _("Last signed in")],
            [
                [
                    cell(user.name, href=reverse("users:detail", args=[user.pk]), note=user.email),
                    cell("; ".join(role_there(one) for one in user.present_memberships)),  # type: ignore[attr-defined]
                    cell("", tag=state_of(user)),
                    cell(last_signed_in(user, self._today)),
                ]
                for user in self._page.rows
            ],
        )


@dataclass(frozen=True)
class RoleLine:
    """One role that somebody has, had or will have."""

    title: str
    description: str
    dates: str
    end_href: str = ""
    end_words: str = ""


class UserPage:
    """One user: what they may do and since when, and what an administrator can change."""

    def __init__(
        self,
        user: User,
        *,
        memberships: Sequence[Membership],
        letter: Invitation | None,
        job: Job | None,
        viewer: User,
        today: dt.date,
        now: dt.datetime,
        provider: Provider | None = None,
        identity: ProviderIdentity | None = None,
        steps: Sequence[str] = (),
    ) -> None:
        self._user, self._viewer, self._today, self._now = user, viewer, today, now
        self._provider, self._identity = provider, identity
        self._memberships, self._letter, self._job = memberships, letter, job
        self._steps = steps

    @property
    def name(self) -> str:
        return self._user.name

    def _at(self, name: str) -> str:
        return reverse(f"users:{name}", args=[self._user.pk])

    @property
    def is_active(self) -> bool:
        return self._user.is_active

    @property
    def is_mine(self) -> bool:
        return self._user.pk == self._viewer.pk

    @cached_property
    def summary(self) -> list[dict[str, Any]]:
        user = self._user
        change = (self._at("edit"), _("Change"))
        worker = self._at("worker"), _("Change")
        state = state_of(user)["text"]
        return [
            words.summary_row(_("Name"), user.name, action=change),
            words.summary_row(_("Email address"), user.email),
            words.summary_row(_("State"), state),
            words.summary_row(_("Last signed in"), last_signed_in(user, self._today)),
            words.summary_row(
                _("Worker in the directory"),
                user.worker.name if user.worker else _("Not linked"),
                action=worker if user.is_active else None,
            ),
            self._second_step,
            *self._with_provider,
        ]

    @property
    def _second_step(self) -> dict[str, Any]:
        """What sign-in asks for beside the password, and a way out for whoever has lost it."""
        can = self._steps and self._user.is_active and not self.is_mine
        return words.summary_row(
            _("Second step"),
            ", ".join(self._steps) or _("Not set up"),
            action=(self._at("reset_factors"), _("Lost it")) if can else None,
        )

    @property
    def _with_provider(self) -> list[dict[str, Any]]:
        """Whether they sign in with the organisation's provider, where there is one."""
        if self._provider is None:
            return []
        name = _("Signs in with %(name)s") % {"name": self._provider.name}
        if self._identity is not None:
            return [
                words.summary_row(
                    name, self._identity.subject, action=(self._at("identity_end"), _("End"))
                )
            ]
        connect = (self._at("identity"), _("Connect")) if self._user.is_active else None
        return [words.summary_row(name, _("No"), action=connect)]

    @cached_property
    def letter(self) -> str:
        """How the invitation stands, in one sentence."""
        if self._letter is None or self._user.has_usable_password():
            return ""
        if not settings.STAFF_PASSWORDS:
            return ""
        if self._job is not None and self._job.state == Job.State.FAILED:
            return _(
                "The email with the link could not be sent. Check the address, then send it again."
            )
        if self._letter.expires_at <= self._now:
            return _("The link that was sent does not work any more. Send a new one.")
        day = words.long_date(self._letter.expires_at)
        if self._job is not None and self._job.state == Job.State.DONE:
            return _("A link to choose a password was sent. It works until %(day)s.") % {"day": day}
        return _("A link to choose a password is about to be sent. It works until %(day)s.") % {
            "day": day
        }

    @property
    def invite_href(self) -> str:
        can = self._user.is_active and not self._user.has_usable_password()
        return self._at("invite") if can and settings.STAFF_PASSWORDS else ""

    @property
    def grant_href(self) -> str:
        return self._at("role") if self._user.is_active else ""

    @property
    def deactivate_href(self) -> str:
        return self._at("deactivate") if self._user.is_active and not self.is_mine else ""

    @property
    def sign_out_href(self) -> str:
        return self._at("sign_out") if self._user.is_active and not self.is_mine else ""

    @property
    def reactivate_href(self) -> str:
        return "" if self._user.is_active else self._at("reactivate")

    @cached_property
    def present(self) -> list[RoleLine]:
        """Roles in force or to come."""
        return [self._line(one) for one in self._memberships if not self._is_over(one)]

    @cached_property
    def past(self) -> list[RoleLine]:
        return [self._line(one) for one in self._memberships if self._is_over(one)]

    def _is_over(self, membership: Membership) -> bool:
        return membership.end is not None and membership.end < self._today

    def _line(self, membership: Membership) -> RoleLine:
        start = words.short_date(membership.start)
        dates = (
            _("%(start)s to %(end)s") % {"start": start, "end": words.short_date(membership.end)}
            if membership.end
            else _("from %(start)s") % {"start": start}
        )
        title = role_there(membership)
        can_end = not self._is_over(membership)
        return RoleLine(
            title=title,
            description=str(ROLES[membership.role].description) if membership.role in ROLES else "",
            dates=dates,
            end_href=reverse("users:end", args=[membership.pk]) if can_end else "",
            end_words=_("End this role: %(role)s") % {"role": title} if can_end else "",
        )


class AccessPage:
    """Who has access and who joined, moved or left: for the regular look through the list."""

    SHOWS = ("now", "joined", "moved", "left", "unused", "without")

    def __init__(
        self, page: Page[Membership] | Page[User], *, show: str, today: dt.date, may_change: bool
    ) -> None:
        self._page, self._show, self._today, self._may_change = page, show, today, may_change

    @property
    def back(self) -> Link:
        """Where whoever may read the list came from."""
        if self._may_change:
            return Link(_("Users"), reverse("users:list"))
        return Link(_("Home"), reverse("home"))

    @property
    def csv_href(self) -> str:
        return words.query_string(reverse("users:access_csv"), show=self._show)

    @property
    def tabs(self) -> list[Link]:
        names = {
            "now": _("Access now"),
            "joined": _("Joined"),
            "moved": _("Moved"),
            "left": _("Left"),
            "unused": _("Not used"),
            "without": _("Ended, still active"),
        }
        path = reverse("users:access")
        return [
            Link(names[show], f"{path}?show={show}", current=show == self._show)
            for show in self.SHOWS
        ]

    @property
    def explanation(self) -> str:
        return {
            "now": _("Every role that is in force today."),
            "joined": _("First roles that began in the last 90 days."),
            "moved": _("Roles of people who had one before, begun in the last 90 days."),
            "left": _("Roles that ended in the last 90 days and left the user with none."),
            "unused": _("Roles in force of users who have not signed in for 90 days, or never."),
            "without": _("Users who can sign in although no role of theirs is in force."),
        }[self._show]

    @property
    def nothing(self) -> str:
        return _("There is nobody in this list.")

    @property
    def links(self) -> words.PageLinks:
        return page_links(self._page, reverse("users:access"), show=self._show)

    @cached_property
    def table(self) -> dict[str, Any] | None:
        if not self._page.rows:
            return None
        if self._show == "without":
            return self._users()
        rows: list[Any] = self._page.rows
        return table(
            self.explanation,
            [_("Name"), _("Role"), _("Where"), _("From"), _("Until"), _("Last signed in")],
            [
                [
                    cell(one.user.name, href=self._href(one.user)),
                    cell(role_name(one.role)),
                    cell(place(one)),
                    cell(words.short_date(one.start)),
                    cell(words.short_date(one.end) if one.end else ""),
                    cell(last_signed_in(one.user, self._today), tag=self._unused(one.user)),
                ]
                for one in rows
            ],
        )

    def _users(self) -> dict[str, Any]:
        rows: list[Any] = self._page.rows
        return table(
            self.explanation,
            [_("Name"), _("Last role ended"), _("Last signed in")],
            [
                [
                    cell(user.name, href=self._href(user)),
                    cell(words.short_date(user.last_end) if user.last_end else _("never had one")),
                    cell(last_signed_in(user, self._today)),
                ]
                for user in rows
            ],
        )

    def _href(self, user: User) -> str:
        """The user's page; for a privacy officer, how they signed in."""
        if self._may_change:
            return reverse("users:detail", args=[user.pk])
        return words.query_string(reverse("access:sign_ins"), who=str(user.pk))

    def _unused(self, user: User) -> dict[str, str] | None:
        """An account that can sign in and has not for long: it may not be needed any more."""
        if not user.is_active:
            return words.tag(_("Access ended"), "grey")
        since = user.last_login or user.created_at
        long_ago = self._today - LONG_AGO
        if self._show in {"now", "unused"} and since.date() < long_ago:
            return words.tag(_("Not for 90 days"), "orange")
        return None


@dataclass(frozen=True)
class WorkerChoice:
    """A worker of the directory whom an account could be linked to."""

    id: str
    name: str
    detail: str
    button: str


class WorkerPage:
    """Which worker of the directory a user is."""

    def __init__(self, user: User, *, found: Iterable[Worker], searched: str, more: bool) -> None:
        self._user, self._found, self.searched, self._more = user, list(found), searched, more

    @property
    def name(self) -> str:
        return self._user.name

    @property
    def back_href(self) -> str:
        return reverse("users:detail", args=[self._user.pk])

    @property
    def link_href(self) -> str:
        return reverse("users:link", args=[self._user.pk])

    @property
    def linked(self) -> str:
        return self._user.worker.name if self._user.worker else ""

    @property
    def summary(self) -> str:
        if not self.searched:
            return ""
        if not self._found:
            return _("No worker without an account was found for “%(words)s”.") % {
                "words": self.searched
            }
        if self._more:
            return _("The first %(n)d workers found for “%(words)s”. Enter more of the name.") % {
                "n": len(self._found),
                "words": self.searched,
            }
        return _("Workers found for “%(words)s”") % {"words": self.searched}

    @property
    def choices(self) -> list[WorkerChoice]:
        return [
            WorkerChoice(
                id=str(worker.pk),
                name=worker.name,
                detail=", ".join(
                    part
                    for part in (
                        worker.role_words,
                        worker.organisation.name if worker.organisation else "",
                        worker.local_id or "",
                    )
                    if part
                ),
                button=_("Link to %(name)s") % {"name": worker.name},
            )
            for worker in self._found
        ]


@dataclass(frozen=True)
class PlaceLine:
    """One place where the user is signed in."""

    title: str
    detail: str
    end_href: str


class SignedInPage:
    """Where the user is signed in: this place first, then by the last click."""

    def __init__(
        self,
        places: Iterable[SignedIn],
        *,
        here: str | None,
        now: dt.datetime,
        end: str = "signed_in:end",
    ) -> None:
        self._here, self._now, self._end = here, now, end
        latest = sorted(places, key=lambda one: one.seen.timestamp() if one.seen else 0)
        self._places = sorted(reversed(latest), key=lambda one: one.key != here)

    @property
    def lines(self) -> list[PlaceLine]:
        return [self._line(one) for one in self._places]

    @property
    def others(self) -> bool:
        return any(one.key != self._here for one in self._places)

    def _line(self, one: SignedIn) -> PlaceLine:
        here = one.key == self._here
        moments = []
        if one.began is not None:
            moments.append(_("Signed in %(when)s") % {"when": self._when(one.began)})
        if one.seen is not None:
            moments.append(_("last click %(when)s") % {"when": self._when(one.seen)})
        return PlaceLine(
            title=_("%(device)s (here)") % {"device": one.words} if here else one.words,
            detail=", ".join(moments),
            end_href="" if here else reverse(self._end, args=[one.handle]),
        )

    def _when(self, moment: dt.datetime) -> str:
        local = timezone.localtime(moment)
        day = words.date_words(local, timezone.localdate(self._now))
        return f"{day} {words.clock(local)}"
