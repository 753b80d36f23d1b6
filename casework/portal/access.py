"""Whose account is signed in, and the wall between people's own pages and the pages of staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from casework.accounts import policy
from casework.accounts.models import User
from casework.accounts.strong import KNOWN
from casework.portal import look, together
from casework.portal.models import Carer, PortalAccount

IDLE = 15 * 60  # seconds without a click, on what may be a shared telephone

# Beside their own pages: signing in and out, and keeping words.
ALSO_OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "mfa_authenticate",
        "drafts:save",
        "drafts:discard",
        "signed_in:left",
        "oidc:start",
        "oidc:again",
        "oidc:back",
    }
)
_KEPT = "_portal_account"
_KEPT_CARER = "_portal_carer"


def account_of(user: Any) -> PortalAccount | None:
    """The own account that a user signs in with; None for staff. Read once per request."""
    if not isinstance(user, User) or policy.memberships(user):
        return None
    if _KEPT not in user.__dict__:
        user.__dict__[_KEPT] = (
            PortalAccount.objects.select_related("person__locality")
            .filter(user_id=user.pk, ended_on__isnull=True)
            .first()
        )
    return user.__dict__[_KEPT]


def carer_of(user: Any) -> Carer | None:
    """The account with which somebody signs in whom people let in. Read once per request."""
    if not isinstance(user, User) or policy.memberships(user):
        return None
    if _KEPT_CARER not in user.__dict__:
        user.__dict__[_KEPT_CARER] = Carer.objects.filter(user_id=user.pk).first()
    return user.__dict__[_KEPT_CARER]


def outsider_of(user: Any) -> PortalAccount | Carer | None:
    """The account of somebody who is not staff: their own, or a carer's."""
    return account_of(user) or carer_of(user)


class KeepApart:
    """Middleware: an own account opens its own pages and nothing else.

    What is open is said on each view, so that a page which nobody has thought of stays shut.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look.speak(request, outsider_of(request.user))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        account = account_of(request.user)
        if account is None and carer_of(request.user) is None:
            return None
        if getattr(view, "own_page" if account is not None else "carer_page", False):
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in ALSO_OPEN:
            return None
        if name == "home":
            return redirect("portal:home" if account is not None else "portal:carer_home")
        raise Http404


def own_page(view: Callable) -> Callable:
    """A page for whoever has an own account, about themselves: the view is given the account.

    Staff are sent to their own home. Without a second step at sign-in, that comes first. While
    somebody's pages are not safe for them, each of them looks ordinary and holds nothing.
    """
    return _own(view, second_step=True)


def own_page_with_help(view: Callable) -> Callable:
    """Such a page that a worker may also open with the person beside them; what they write there
    says so. Never a page on which somebody agrees, signs in or lets others in."""
    return _own(view, second_step=True, helped=True)


def before_second_step(view: Callable) -> Callable:
    """The page on which the second step is set up, and others that stay open whatever else."""
    return _own(view, second_step=False)


def _own(view: Callable, *, second_step: bool, helped: bool = False) -> Callable:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = account_of(request.user)
        if account is None:
            beside = together.account(request) if helped else None
            if beside is None:
                return redirect("home")
            together.note(request, beside)
            return view(request, beside, *args, **kwargs)
        if account.person.death_date is not None:
            raise Http404
        if second_step and not settings.DEMO and not _took_second_step(request, account):
            return redirect("portal:second_step")
        if second_step and account.unsafe_at is not None:
            return look.nothing(request)
        return view(request, account, *args, **kwargs)

    wrapper.required_permissions = frozenset()  # type: ignore[attr-defined]
    wrapper.own_page = True  # type: ignore[attr-defined]
    wrapper.with_help = helped  # type: ignore[attr-defined]
    return wrapper


def carer_page(view: Callable) -> Callable:
    """A page for whoever has a carer's account: the view is given the account, and asks for each
    person what they chose to show."""
    return _carer(view, second_step=True)


def carer_before_second_step(view: Callable) -> Callable:
    """The page on which a carer sets the second step up, and leaving."""
    return _carer(view, second_step=False)


def _carer(view: Callable, *, second_step: bool) -> Callable:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        carer = carer_of(request.user)
        if carer is None:
            return redirect("home")
        if second_step and not settings.DEMO and not has_second_step(carer):
            return redirect("portal:carer_second_step")
        return view(request, carer, *args, **kwargs)

    wrapper.required_permissions = frozenset()  # type: ignore[attr-defined]
    wrapper.carer_page = True  # type: ignore[attr-defined]
    return wrapper


def second_steps(account: PortalAccount | Carer) -> list[Authenticator]:
    """What signing in asks for beside the password: an app, passkeys."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    rows = Authenticator.objects.filter(user_id=account.user_id, type__in=kinds)
    return list(rows.order_by("created_at", "pk"))


def has_second_step(account: PortalAccount | Carer) -> bool:
    """Does signing in ask for more than the password?"""
    return bool(second_steps(account))


def _took_second_step(request: HttpRequest, account: PortalAccount) -> bool:
    """Whoever came from a provider has taken it there."""
    return bool(request.session.get(KNOWN)) or has_second_step(account)
