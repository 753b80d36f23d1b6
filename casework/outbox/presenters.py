"""What the pages about jobs and messages show: what waits, what failed and how often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.common import presenters as words
from casework.common.keyset import Page
from casework.common.pages import Link
from casework.outbox.models import Heartbeat, Job, Message

SILENT_AFTER = dt.timedelta(minutes=3)
_WORK = {
    "accounts.invite": gettext_lazy("Send an invitation"),
    "accounts.tidy": gettext_lazy("Tidy drafts"),
    "alerts.digest": gettext_lazy("Tell users how much waits for them"),
    "alerts.ladder": gettext_lazy("Take up what nobody answered"),
    "alerts.sweep": gettext_lazy("Look for breaches of continuity"),
    "careplans.document": gettext_lazy("Make a document of a plan"),
    "cases.remind": gettext_lazy("Remind somebody of a meeting"),
    "cases.seal": gettext_lazy("Sign the access log"),
    "cases.team_work": gettext_lazy("Move changes of worker and cover on by their days"),
    "extract.check": gettext_lazy("Check an extract"),
    "extract.load": gettext_lazy("Load an extract"),
    "outbox.deliver": gettext_lazy("Deliver a message"),
    "outbox.tidy": gettext_lazy("Tidy jobs that were done"),
    "portal.copy": gettext_lazy("Make somebody's copy of what they can read"),
    "portal.notices": gettext_lazy("Tell people that something is new"),
    "portal.tidy_copies": gettext_lazy("Throw copies away whose time is over"),
    "referrals.deaths": gettext_lazy("End referrals of people who have died"),
    "referrals.hours": gettext_lazy("Look at limits that run by the hour"),
    "referrals.notice": gettext_lazy("Tell a team about a referral"),
    "referrals.reply_link": gettext_lazy("Send a reply link to a partner"),
}
_ABOUT = {
    "accounts.second_step": gettext_lazy("A second step of signing in"),
    "plan.code": gettext_lazy("A code for a plan"),
    "plan.use": gettext_lazy("A plan in use without agreement"),
    "portal.page": gettext_lazy("Somebody's own pages"),
    "portal.sign_in": gettext_lazy("How somebody signs in to their own pages"),
    "referral": gettext_lazy("A referral"),
}
_COLOURS: dict[str, str] = {
    Job.State.WAITING: "blue",
    Job.State.RUNNING: "purple",
    Job.State.DONE: "green",
    Job.State.FAILED: "red",
    Message.State.SENT: "green",
}


def work_of(kind: str) -> str:
    """What a kind of job does; its code where nobody has put it into words."""
    return str(_WORK.get(kind, kind))


def about_of(code: str) -> str:
    """What a message is about; the words themselves where it was written with words."""
    return str(_ABOUT.get(code) or _ABOUT.get(code.partition(".")[0]) or code)


def shortened(address: str) -> str:
    """Enough of an address to recognise it by: `ro…@example.org`, `…123` of a number."""
    name, at, host = address.partition("@")
    return f"{name[:2]}…@{host}" if at else f"…{address[-3:]}"


def moment(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    return f"{words.short_date(at)}, {words.clock(at)}"


@dataclass(frozen=True)
class WorkLine:
    """One job or message."""

    title: str
    tag: dict[str, str]
    facts: tuple[str, ...]
    error: str
    retry_href: str
    retry_words: str


def job_line(job: Job) -> WorkLine:
    attempts = _("%(n)d of %(most)d attempts") % {"n": job.attempts, "most": job.max_attempts}
    when = {
        Job.State.WAITING: _("due %(when)s") % {"when": moment(job.due_at)},
        Job.State.RUNNING: _("started %(when)s") % {"when": moment(job.started_at)},
    }.get(Job.State(job.state), _("ended %(when)s") % {"when": moment(job.finished_at)})
    failed = job.state == Job.State.FAILED
    title = work_of(job.kind)
    return WorkLine(
        title=title,
        tag=words.tag(job.get_state_display(), _COLOURS[job.state]),
        facts=(_("asked for %(when)s") % {"when": moment(job.created_at)}, when, attempts),
        error=job.error,
        retry_href=reverse("jobs:retry", args=[job.pk]) if failed else "",
        retry_words=_("Try again: %(what)s, asked for %(when)s")
        % {"what": title, "when": moment(job.created_at)},
    )


def message_line(message: Message) -> WorkLine:
    failed = message.state == Message.State.FAILED
    title = _("%(channel)s to %(address)s") % {
        "channel": message.get_channel_display(),
        "address": shortened(message.to),
    }
    when = (
        _("sent %(when)s") % {"when": moment(message.sent_at)}
        if message.sent_at
        else _("not before %(when)s") % {"when": moment(message.send_after)}
    )
    return WorkLine(
        title=title,
        tag=words.tag(message.get_state_display(), _COLOURS[message.state]),
        facts=tuple(
            fact
            for fact in (
                about_of(message.about),
                _("written %(when)s") % {"when": moment(message.created_at)},
                when,
                ngettext("%(n)d attempt", "%(n)d attempts", message.attempts)
                % {"n": message.attempts},
            )
            if fact
        ),
        error=message.error,
        retry_href=reverse("jobs:send_again", args=[message.pk]) if failed else "",
        retry_words=_("Try again: %(what)s, written %(when)s")
        % {"what": title, "when": moment(message.created_at)},
    )


class WorkPage:
    """Jobs or messages in one state, with the worker's pulse above them."""

    def __init__(
        self,
        *,
        page: Page[Any],
        lines: Sequence[WorkLine],
        state: str,
        of_messages: bool,
        job_counts: Mapping[str, int],
        message_counts: Mapping[str, int],
        heartbeats: Sequence[Heartbeat],
        now: dt.datetime,
    ) -> None:
        self._page, self.lines, self._state, self._of_messages = page, lines, state, of_messages
        self._job_counts, self._message_counts = job_counts, message_counts
        self._heartbeats, self._now = heartbeats, now

    @property
    def heading(self) -> str:
        return _("Messages") if self._of_messages else _("Jobs")

    @property
    def _path(self) -> str:
        return reverse("jobs:messages" if self._of_messages else "jobs:list")

    @property
    def worker(self) -> dict[str, str]:
        """Whether the worker process is alive."""
        return words.tag(_("Running"), "green") if self._alive else words.tag(_("Silent"), "red")

    @property
    def _beat(self) -> dt.datetime | None:
        return next((one.at for one in self._heartbeats if one.name == "worker"), None)

    @property
    def _alive(self) -> bool:
        return self._beat is not None and self._now - self._beat <= SILENT_AFTER

    @property
    def worker_words(self) -> str:
        if self._beat is None:
            return _("The worker has never reported. Start it: jobs wait until it runs.")
        when = moment(self._beat)
        if self._alive:
            return _("The worker last reported on %(when)s.") % {"when": when}
        return _(
            "The worker last reported on %(when)s. Start it again: jobs wait until it runs."
        ) % {"when": when}

    @property
    def periodic(self) -> list[str]:
        """When each periodic job was last asked for."""
        return [
            _("%(work)s: last on %(when)s")
            % {"work": work_of(one.name.removeprefix("slot:")), "when": moment(one.at)}
            for one in self._heartbeats
            if one.name.startswith("slot:")
        ]

    @property
    def kinds(self) -> list[Link]:
        return [
            Link(_("Jobs"), reverse("jobs:list"), current=not self._of_messages),
            Link(_("Messages"), reverse("jobs:messages"), current=self._of_messages),
        ]

    @property
    def states(self) -> list[Link]:
        counts = self._message_counts if self._of_messages else self._job_counts
        states: Any = Message.State if self._of_messages else Job.State
        finished = {Job.State.DONE, Message.State.SENT}
        return [
            Link(
                str(state.label)
                if state in finished
                else f"{state.label} ({counts.get(state.value, 0)})",
                words.query_string(self._path, state=state.value),
                current=state.value == self._state,
            )
            for state in states
        ]

    @property
    def nothing(self) -> str:
        return _("There is nothing in this list.")

    @property
    def links(self) -> words.PageLinks:
        page = self._page
        return words.PageLinks(
            newer=words.query_string(self._path, state=self._state, before=page.before)
            if page.before
            else "",
            older=words.query_string(self._path, state=self._state, after=page.after)
            if page.after
            else "",
        )
