"""What teams offer, and what nobody offers: part of the directory."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.decorators import requires
from casework.accounts.roles import Permission
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.directory.models import Team
from referrals.asking import gaps, policy, services
from referrals.asking.forms import OfferForm
from referrals.asking.presenters import OffersPage
from referrals.models import Offer

PAGE = 20


@requires(Permission.REFER, Permission.MANAGE_DIRECTORY, Permission.SEE_NETWORK)
@http_methods(read=["GET"])
def offer_list(request: HttpRequest) -> HttpResponse:
    """Every team with what it offers, and how often nothing was found."""
    found = keyset.page(
        policy.open_teams(),
        order=("name", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    page = OffersPage(found, request.user, gaps.counted())
    return render(request, "asking/offers.jinja", {"page": page})


@requires(Permission.SIGN_OFF, Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def add(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Something more that a team offers."""
    team = get_object_or_404(policy.described_teams(request.user), pk=team_id)
    form = OfferForm(request.POST or None)
    return _ask(request, form, team, None)


@requires(Permission.SIGN_OFF, Permission.MANAGE_DIRECTORY)
@http_methods(read=["GET"], write=["POST"])
def change(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Say it differently, or that it is not there at present."""
    offer = get_object_or_404(policy.offers(request.user), pk=offer_id)
    form = OfferForm(request.POST or None, offer=offer)
    return _ask(request, form, offer.team, offer)


def _ask(request: HttpRequest, form: OfferForm, team: Team, offer: Offer | None) -> HttpResponse:
    back = Link(_("What teams offer"), reverse("asking:offers"))
    if request.method == "POST" and form.is_valid():
        try:
            if offer is None:
                services.offer(team=team, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            else:
                services.edit_offer(offer=offer, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The directory is up to date."))
            return redirect(back.href)
    page = FormPage(heading=_("What %(team)s offers") % {"team": team}, submit=_("Save"), back=back)
    return render(request, "administration/form.jinja", {"form": form, "page": page})
