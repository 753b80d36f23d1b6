"""The privacy officer's queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from casework.accounts import policy
from casework.accounts.decorators import requires
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.accounts.strong import confirmed
from casework.cases import access_log
from casework.cases.access import overrides
from casework.cases.access import patterns as signs
from casework.cases.access.forms import ReviewForm
from casework.cases.access.policy import reviewable_sign_ins
from casework.cases.access.presenters import PatternsPage, QueuePage, ReviewPage, SignInsPage
from casework.cases.access_log import Action
from casework.cases.models import Override
from casework.common import fence, keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods

PAGE = 25
_of_an_officer = fence.beyond("overrides of the organisations that the officer answers for")


@requires(Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
@_of_an_officer
def queue(request: HttpRequest) -> HttpResponse:
    """Overrides that nobody has looked at yet, oldest first."""
    return _list(request, "access:review_list", done=False)


@requires(Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
@_of_an_officer
def done(request: HttpRequest) -> HttpResponse:
    """Overrides that have their outcome, latest first."""
    return _list(request, "access:reviewed_list", done=True)


def _list(request: HttpRequest, name: str, *, done: bool) -> HttpResponse:
    rows = Override.objects.visible_to(request.user)  # type: ignore[arg-type]
    rows = rows.exclude(outcome="") if done else rows.filter(outcome="")
    page = keyset.page(
        signs.with_signs(rows.select_related("user", "team", "person")),
        order=("-reviewed_at", "pk") if done else ("created_at", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    people = sorted({row.person_id for row in page.rows if row.person_id})
    if people:
        access_log.note(request, Action.LIST, people=people, reason="review")
    return render(request, "access/queue.jinja", {"page": QueuePage(page, name=name)})


@requires(Permission.REVIEW_ACCESS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
@_of_an_officer
def review(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """One override: who, whose record, why, what is unusual; and how it was."""
    user: Any = request.user
    rows = signs.with_signs(Override.objects.visible_to(user))
    found = get_object_or_404(
        rows.select_related("user", "team", "person", "reviewed_by"), pk=override_id
    )
    access_log.note(
        request,
        Action.VIEW,
        people=[found.person_id] if found.person_id else [],
        record=found,
        reason="review",
    )
    form = ReviewForm(request.POST or None, waits=found.telling == Override.Telling.WAITS)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            overrides.review(
                override=found,
                outcome=data["outcome"],
                words=data["words"],
                not_told=data.get("not_told") == "yes",
                by=user,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The outcome is recorded."))
            return redirect("access:review_list")
    page = ReviewPage(found, may_answer=not found.outcome and found.user_id != user.pk)
    return render(request, "access/review.jinja", {"page": page, "form": form})


@requires(Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
@_of_an_officer
def patterns(request: HttpRequest) -> HttpResponse:
    """What to look at twice, of the last 30 days."""
    user: Any = request.user
    own, colleagues = signs.own_names(user), signs.colleagues(user)
    nobody = signs.nobody_met(Override.objects.visible_to(user))
    page = PatternsPage(
        own=own, colleagues=colleagues, nobody=nobody, many=signs.many_records(user)
    )
    people = sorted({one.person_id for one in [*own, *colleagues, *nobody]})
    if people:
        access_log.note(request, Action.LIST, people=people, reason="review")
    return render(request, "access/patterns.jinja", {"page": page})


@requires(Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who signed in and out, who was not let in, and who changed how they sign in; latest first."""
    asked = request.GET.get("show", "")
    show = asked if asked in SignInsPage.SHOWS else ""
    rows = reviewable_sign_ins(request.user)
    whose = _whose(request)
    if whose is not None:
        rows = rows.filter(Q(user=whose) | Q(record=whose.pk))
    if show:
        rows = rows.filter(action__in=SignInsPage.SHOWS[show])
    page = keyset.page(
        rows.select_related("user"),
        order=("-created_at", "-pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    others = policy.reviewable_users(request.user).filter(
        pk__in=[row.record for row in page.rows if row.record]
    )
    names = dict(others.values_list("pk", "name"))
    shown = SignInsPage(page, show=show, names=names, whose=whose)
    return render(request, "access/sign_ins.jinja", {"page": shown})


def _whose(request: HttpRequest) -> User | None:
    """The one user whose sign-ins are asked for, if it is one only."""
    asked = request.GET.get("who", "")
    if not asked:
        return None
    try:
        return get_object_or_404(policy.reviewable_users(request.user), pk=UUID(asked))
    except ValueError as error:
        raise Http404 from error
