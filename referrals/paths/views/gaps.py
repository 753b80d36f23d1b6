"""Figures by locality: declines, waits, and what does not exist here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.common import fence
from casework.common.http import http_methods
from referrals import turned_away
from referrals.models import Referral
from referrals.paths import missing_offers
from referrals.paths.presenters import FiguresPage


@requires(Permission.SEE_NETWORK, Permission.SEE_TEAM_ALERTS, Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"])
@fence.beyond("figures of the network with small numbers hidden")
def figures(request: HttpRequest) -> HttpResponse:
    """Counts over the network with small numbers hidden; in words only what the user's own teams
    were told does not exist."""
    visible = Referral.objects.visible_to(request.user)
    today = timezone.localdate()
    turned = turned_away.of_my_people(request.user, today)
    if turned:
        access_log.note(request, Action.LIST, people=[row.person_id for row in turned])
    page = FiguresPage(today, missing_offers.named(visible), turned)
    return render(request, "paths/figures.jinja", {"page": page})
