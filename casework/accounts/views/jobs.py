"""Jobs and messages: what waits, what failed, and trying again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.outbox import listing, presenters, services
from casework.outbox.models import Job, Message

PAGE = 25


@requires(Permission.SEE_JOBS)
@http_methods(read=["GET"])
def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs by state; those that failed first."""
    return _work(request, listing.jobs, presenters.job_line, list(Job.State), of_messages=False)


@requires(Permission.SEE_JOBS)
@http_methods(read=["GET"])
def messages(request: HttpRequest) -> HttpResponse:
    """Messages by state, without their words."""
    line = presenters.message_line
    return _work(request, listing.messages, line, list(Message.State), of_messages=True)


def _work(
    request: HttpRequest,
    rows: Callable[[str], Any],
    line: Callable[[Any], presenters.WorkLine],
    states: list[Any],
    *,
    of_messages: bool,
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in states else "failed"
    page = keyset.page(
        rows(state),
        order=("-created_at", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = presenters.WorkPage(
        page=page,
        lines=[line(row) for row in page.rows],
        state=state,
        of_messages=of_messages,
        job_counts=listing.job_counts(),
        message_counts=listing.message_counts(),
        heartbeats=listing.heartbeats(),
        now=timezone.now(),
    )
    return render(request, "jobs/list.jinja", {"page": presenter})


@requires(Permission.SEE_JOBS)
@http_methods(write=["POST"])
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Try a failed job again."""
    job = get_object_or_404(listing.jobs(Job.State.FAILED), pk=job_id)
    return _again(request, lambda: services.retry(job=job), "jobs:list")


@requires(Permission.SEE_JOBS)
@http_methods(write=["POST"])
def send_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try a message again that could not be delivered."""
    message = get_object_or_404(listing.messages(Message.State.FAILED), pk=message_id)
    return _again(request, lambda: services.send_again(message=message), "jobs:messages")


def _again(request: HttpRequest, change: Callable[[], Any], back: str) -> HttpResponse:
    try:
        change()
    except Refusal as refusal:
        banners.error(request, refusal.sentence)
    else:
        banners.success(request, _("It is tried again within a minute."))
    return redirect(back)
