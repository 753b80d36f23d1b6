"""Staff who come in from their own organisation's provider, or CIS2."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from casework.accounts import identities, strong, watch
from casework.accounts.models import User
from casework.accounts.oidc import arriving, flow, providers
from casework.accounts.oidc.flow import Arrival, Trouble
from casework.accounts.outsiders import is_outsider
from casework.common.errors import Refusal


def receive(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Nobody gets an account this way, and no name and no e-mail address says whose it is."""
    if arrival.why == flow.CONNECT:
        return _connect(request, arrival)
    identity = identities.find(issuer=arrival.issuer, subject=arrival.subject)
    if identity is None or is_outsider(identity.user):
        raise Trouble("unknown")
    if not identity.user.is_active:
        raise Trouble("ended")
    if arrival.why == flow.AGAIN:
        if identity.user_id != request.user.pk:
            raise Trouble("another")
        if not arrival.proved_just_now:
            raise Trouble("not_again")
        strong.record(request, identity.user)
        return redirect(arrival.next)
    return arriving.let_in(
        request, identity.user, arrival, second_factor=_is_strong(arrival), then=arrival.next
    )


def _is_strong(arrival: Arrival) -> bool:
    """Did the provider itself ask for a second factor, in words that the settings name?"""
    methods = arrival.claims.get("amr")
    said = {arrival.claims.get("acr"), *(methods if isinstance(methods, list) else [methods])}
    return bool(said & set(arrival.provider.strong))


def _connect(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or is_outsider(user):
        raise Trouble("state")
    if not arrival.proved_just_now:
        raise Trouble("not_again")
    try:
        identities.bind(user=user, issuer=arrival.issuer, subject=arrival.subject, by=user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        watch.tell(request, watch.WAY, by=user, why="provider_connected", about=user)
        messages.success(
            request,
            _("From now on you can sign in with %(name)s.") % {"name": arrival.provider.name},
        )
    return redirect("mfa_index")


flow.arrivals.register(providers.STAFF, receive)
