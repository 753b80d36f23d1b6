"""People who come in with NHS login.

It opens the account of somebody whom a worker has invited and made sure of, and nothing else: no
NHS number, name, birth date or e-mail address in it says whose account it is.
"""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts import identities, strong
from casework.accounts.oidc import arriving, flow, providers, tokens
from casework.accounts.oidc.flow import Arrival, Trouble
from casework.cases.models import Person
from casework.common import nhs_number
from casework.common.errors import Refusal
from casework.portal import services
from casework.portal.access import account_of
from casework.portal.models import PortalAccount

OPEN = "open"  # with the code of a worker, which waits in the session
CODE, EMAIL = "portal_code", "portal_email"
LEVEL = "P9"  # physical comparison: anything about one's own care needs it


def receive(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Somebody whom NHS login has checked to the highest level comes back from it."""
    if arrival.claims.get("identity_proofing_level") != LEVEL or not tokens.vector_is_enough(
        arrival.claims.get("vot"), arrival.provider.vectors
    ):
        raise Trouble("level")
    if arrival.why == OPEN:
        return _open(request, arrival)
    if arrival.why == flow.CONNECT:
        return _connect(request, arrival)
    identity = identities.find(issuer=arrival.issuer, subject=arrival.subject)
    if identity is None:
        raise Trouble("unknown_person")
    if not identity.user.is_active or account_of(identity.user) is None:
        raise Trouble("ended_person")
    if arrival.why == flow.AGAIN:
        if identity.user_id != request.user.pk:
            raise Trouble("another")
        if not arrival.proved_just_now:
            raise Trouble("not_again")
        strong.record(request, identity.user, second_factor=True)
        return redirect(arrival.next)
    then = arrival.next if arrival.next != "/" else reverse("portal:home")
    return arriving.let_in(request, identity.user, arrival, second_factor=True, then=then)


def _must_fit(arrival: Arrival, person: Person) -> None:
    """An NHS number opens nothing, but another one than the record's stops everything."""
    told = str(arrival.claims.get("nhs_number") or "")
    known = person.nhs_number or ""
    if told and known and nhs_number.normalise(told) != nhs_number.normalise(known):
        raise Trouble("not_the_same")


def _open(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    code, email = request.session.get(CODE, ""), request.session.get(EMAIL, "")
    found = services.find(code) if code else None
    if found is None or not email:
        raise Trouble("code")
    _must_fit(arrival, found.person)
    try:
        with transaction.atomic():
            account = services.open_account(code=code, email=email, password=None)
            _bind(arrival, account)
    except Refusal as refusal:
        raise Trouble("taken") from refusal
    request.session.flush()
    then = reverse("portal:home")
    return arriving.let_in(request, account.user, arrival, second_factor=True, then=then)


def _bind(arrival: Arrival, account: PortalAccount) -> None:
    identities.bind(
        user=account.user, issuer=arrival.issuer, subject=arrival.subject, by=account.user
    )


def _connect(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    account = account_of(request.user)
    if account is None:
        raise Trouble("state")
    if not arrival.proved_just_now:
        raise Trouble("not_again")
    _must_fit(arrival, account.person)
    try:
        _bind(arrival, account)
    except Refusal as refusal:
        raise Trouble("taken") from refusal
    messages.success(
        request, _("From now on you can sign in with %(name)s.") % {"name": arrival.provider.name}
    )
    return redirect("portal:account")


flow.arrivals.register(providers.PEOPLE, receive)
