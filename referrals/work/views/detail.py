"""The page of one referral."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common.http import http_methods
from referrals.work.facts import referral_page
from referrals.work.lists import Place
from referrals.work.scope import FOR_THE_PAGE, opened


@requires(Permission.SEE_PEOPLE, Permission.CORRECT_RECORDS)
@http_methods(read=["GET"])
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where it stands, whose turn it is, the story, and what this user may do now."""
    user: Any = request.user
    found = opened(user, pk, FOR_THE_PAGE)
    access_log.note(request, Action.VIEW, person=found.referral.person, record=found.referral)
    page = referral_page(
        found, user=user, today=timezone.localdate(), place=Place.read(request.GET)
    )
    return render(request, "referrals/detail.jinja", {"page": page})
