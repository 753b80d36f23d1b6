"""Looking after users: who can sign in, in which roles, from when until when."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts import (
    factors,
    identities,
    invitations,
    listing,
    policy,
    presenters,
    services,
    watch,
)
from casework.accounts.decorators import requires
from casework.accounts.models import User
from casework.accounts.oidc import providers
from casework.accounts.roles import ROLES, Permission
from casework.accounts.strong import confirmed
from casework.accounts.user_forms import (
    EndForm,
    GrantForm,
    IdentityForm,
    ReasonForm,
    ResetFactorsForm,
    RoleForm,
    SearchUsersForm,
    SearchWorkersForm,
    UserForm,
)
from casework.common import keyset
from casework.common.errors import Refusal
from casework.common.forms import NHSForm
from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.common.tables import safe_cell
from casework.outbox import listing as outbox

PAGE = 25
WORKERS_SHOWN = 20
SEARCHED = "users_searched"  # in the session, so that no name stands in an address
WORKER_SEARCHED = "workers_searched"


def _user(request: HttpRequest, user_id: UUID) -> User:
    rows = policy.manageable_users(request.user).select_related("worker")
    return get_object_or_404(rows, pk=user_id)


def _back(user: User) -> Link:
    return Link(user.name, reverse("users:detail", args=[user.pk]))


def _ask(request: HttpRequest, form: Any, page: FormPage) -> HttpResponse:
    return render(request, "administration/form.jinja", {"form": form, "page": page})


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
def users(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in, by name; a search is posted and remembered."""
    path = reverse("users:list")
    if request.method == "POST":
        form = SearchUsersForm(request.POST)
        if form.is_valid():
            request.session[SEARCHED] = form.cleaned_data["words"]
            return redirect(f"{path}?found=1")
    searched = request.session.get(SEARCHED, "") if "found" in request.GET else ""
    if request.method != "POST":
        form = SearchUsersForm(initial={"words": searched} if searched else None)
    left = request.GET.get("show") == "left"
    today = timezone.localdate()
    rows = policy.manageable_users(request.user)
    rows = listing.users_found(rows, searched) if searched else rows.filter(is_active=not left)
    page = keyset.page(
        listing.with_present_memberships(rows, today),
        order=("name", "pk"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    presenter = presenters.UsersPage(page, today=today, left=left, searched=searched)
    return render(request, "users/list.jinja", {"page": presenter, "form": form})


def _shown(request: HttpRequest) -> str:
    shows = presenters.AccessPage.SHOWS
    show = request.GET.get("show", "")
    return show if show in shows else shows[0]


@requires(Permission.MANAGE_USERS, Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
def access(request: HttpRequest) -> HttpResponse:
    """Who has access by which role, who joined, moved or left, and what nobody seems to need."""
    show, today = _shown(request), timezone.localdate()
    if show == "without":
        rows: Any = listing.without_role(policy.reviewable_users(request.user), today)
        order: tuple[str, ...] = ("name", "pk")
    else:
        rows = listing.access(policy.reviewable_memberships(request.user), show, today)
        order = ("-end", "-pk") if show == "left" else ("-start", "-pk")
    page = keyset.page(
        rows,
        order=order,
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    may_change = policy.may(request.user, Permission.MANAGE_USERS)
    presenter = presenters.AccessPage(page, show=show, today=today, may_change=may_change)
    return render(request, "users/access.jinja", {"page": presenter})


@requires(Permission.MANAGE_USERS, Permission.REVIEW_ACCESS)
@http_methods(read=["GET"])
@confirmed
def access_csv(request: HttpRequest) -> HttpResponse:
    """One of these lists, whole, for a spreadsheet."""
    show = _shown(request)
    file = io.StringIO()
    writer = csv.writer(file)
    rows = listing.access_rows(
        policy.reviewable_memberships(request.user),
        policy.reviewable_users(request.user),
        show,
        timezone.localdate(),
    )
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-{show}.csv"'
    return response


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def add(request: HttpRequest) -> HttpResponse:
    """A new user, who is sent a link to choose a password."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.add_user(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request,
                _("%(name)s was added. Now give them a role: until then they can do nothing.")
                % {"name": user.name},
            )
            return redirect("users:detail", user.pk)
    page = FormPage(
        heading=_("Add a user"),
        intro=(
            _("They get an email with a link to choose a password. It works once, for 7 days.")
            if settings.STAFF_PASSWORDS
            else _("They get no email. Connect their account with your organisation's next."),
        ),
        submit=_("Add and send the link") if settings.STAFF_PASSWORDS else _("Add"),
        back=Link(_("Users"), reverse("users:list")),
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"])
def detail(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One user and their roles."""
    user = _user(request, user_id)
    letter = user.invitations.first()
    provider = providers.find(providers.STAFF)
    presenter = presenters.UserPage(
        user,
        provider=provider,
        identity=identities.of(user, provider.issuer) if provider else None,
        steps=factors.of(user),
        memberships=list(
            user.memberships.select_related("team", "organisation").order_by("-start", "-pk")
        ),
        letter=letter,
        job=outbox.latest_job("accounts.invite", key=str(letter.pk)) if letter else None,
        viewer=request.user,  # type: ignore[arg-type]
        today=timezone.localdate(),
        now=timezone.now(),
    )
    return render(request, "users/detail.jinja", {"page": presenter})


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def edit(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """What a user is called and where their e-mail goes."""
    user = _user(request, user_id)
    form = UserForm(request.POST or None, initial={"name": user.name, "email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(user=user, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The change was saved."))
            return redirect("users:detail", user.pk)
    page = FormPage(heading=_("Change name or email address"), submit=_("Save"), back=_back(user))
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
def role(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """First question of giving a role: which."""
    user = _user(request, user_id)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("users:grant", user.pk, form.cleaned_data["role"])
    page = FormPage(
        heading=_("Give %(name)s a role") % {"name": user.name},
        submit=_("Continue"),
        back=_back(user),
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def grant(request: HttpRequest, user_id: UUID, role: str) -> HttpResponse:
    """Second question of giving a role: where, and from when until when."""
    user = _user(request, user_id)
    if role not in ROLES:
        raise Http404
    form = GrantForm(ROLES[role], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.grant(user=user, role=role, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request,
                _("%(name)s has the role %(role)s.")
                % {"name": user.name, "role": presenters.role_name(role)},
            )
            return redirect("users:detail", user.pk)
    page = FormPage(
        heading=_("%(role)s: where and when") % {"role": ROLES[role].name},
        intro=(str(ROLES[role].description),),
        submit=_("Give this role"),
        back=Link(_("Other roles"), reverse("users:role", args=[user.pk])),
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
def end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """The last day of a role."""
    rows = policy.manageable_memberships(request.user)
    membership = get_object_or_404(
        rows.select_related("user", "team", "organisation"), pk=membership_id
    )
    form = EndForm(membership, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_membership(
                membership=membership,
                by=request.user,  # type: ignore[arg-type]
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The last day of the role was saved."))
            return redirect("users:detail", membership.user_id)
    page = FormPage(
        heading=_("End a role of %(name)s") % {"name": membership.user.name},
        intro=(presenters.role_there(membership),),
        submit=_("End this role"),
        back=_back(membership.user),
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def worker(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Look for the worker of the directory who a user is."""
    user = _user(request, user_id)
    if request.method == "POST":
        form = SearchWorkersForm(request.POST)
        if form.is_valid():
            request.session[WORKER_SEARCHED] = form.cleaned_data["words"]
            return redirect(f"{request.path}?found=1")
    searched = request.session.get(WORKER_SEARCHED, "") if "found" in request.GET else ""
    if request.method != "POST":
        form = SearchWorkersForm(initial={"words": searched or user.name})
    found = list(listing.workers_found(searched)[: WORKERS_SHOWN + 1]) if searched else []
    presenter = presenters.WorkerPage(
        user, found=found[:WORKERS_SHOWN], searched=searched, more=len(found) > WORKERS_SHOWN
    )
    return render(request, "users/worker.jinja", {"page": presenter, "form": form})


@requires(Permission.MANAGE_USERS)
@http_methods(write=["POST"])
@confirmed
def link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Link a user to a worker, or (no worker posted) to none."""
    user = _user(request, user_id)
    chosen = None
    if request.POST.get("worker"):
        chosen = get_object_or_404(listing.workers_found(""), pk=_uuid(request.POST["worker"]))
    try:
        services.link_worker(user=user, worker=chosen, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The change was saved."))
    return redirect("users:detail", user.pk)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@requires(Permission.MANAGE_USERS)
@http_methods(write=["POST"])
@confirmed
def invite(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Send the link to choose a password once more."""
    user = _user(request, user_id)
    try:
        invitations.invite(user=user, by=request.user)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("A new link is on its way. Earlier ones do not work any more."))
    return redirect("users:detail", user.pk)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def identity(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Say by which identifier the organisation's provider knows a user."""
    user = _user(request, user_id)
    provider = providers.find(providers.STAFF)
    if provider is None:
        raise Http404
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identities.bind(
                user=user,
                issuer=provider.issuer,
                subject=form.cleaned_data["subject"],
                by=request.user,  # type: ignore[arg-type]
            )
        except Refusal as refusal:
            form.add_error("subject", refusal.sentence)
        else:
            watch.tell(request, watch.WAY, by=request.user, why="provider_connected", about=user)
            messages.success(request, _("The change was saved."))
            return redirect("users:detail", user.pk)
    page = FormPage(
        heading=_("Sign in with %(name)s") % {"name": provider.name},
        intro=(
            _(
                "Whoever %(name)s knows by this identifier will sign in as %(user)s. Copy it from"
                " there. A name or an email address is not enough."
            )
            % {"name": provider.name, "user": user.name},
        ),
        submit=_("Connect"),
        back=_back(user),
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
def identity_end(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A user does not sign in with the provider any more."""
    user = _user(request, user_id)
    provider = providers.find(providers.STAFF)
    found = identities.of(user, provider.issuer) if provider else None
    if found is None or provider is None:
        raise Http404
    if request.method == "POST":
        identities.unbind(identity=found, by=request.user)  # type: ignore[arg-type]
        watch.tell(request, watch.WAY, by=request.user, why="provider_ended", about=user)
        messages.success(request, _("The change was saved."))
        return redirect("users:detail", user.pk)
    page = FormPage(
        heading=_("End signing in with %(name)s") % {"name": provider.name},
        intro=(
            _("They can still sign in with their password. To end all access, end that.")
            if settings.STAFF_PASSWORDS
            else _("Then they cannot sign in until you connect it again."),
        ),
        submit=_("End it"),
        back=_back(user),
        is_warning=True,
    )
    return _ask(request, NHSForm(), page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def reset_factors(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Somebody has lost the telephone or the key of their second step."""
    user = _user(request, user_id)
    form = ResetFactorsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factors.reset(user=user, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            watch.tell(request, watch.WAY, by=request.user, why="factors_reset", about=user)
            messages.success(
                request,
                _("%(name)s can sign in with their password now, and sets up a new second step.")
                % {"name": user.name},
            )
            return redirect("users:detail", user.pk)
    page = FormPage(
        heading=_("Take away the second step of %(name)s") % {"name": user.name},
        intro=(
            _(
                "For somebody who has lost their telephone or security key. They are signed out"
                " everywhere, and an email tells them. When they sign in again, they set up a new"
                " second step before anything else."
            ),
            _("First make sure that it is them: whoever has learnt their password will ask too."),
        ),
        submit=_("Take it away"),
        back=_back(user),
        is_warning=True,
    )
    return _ask(request, form, page)


@requires(Permission.MANAGE_USERS)
@http_methods(write=["POST"])
def sign_out(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Sign somebody out everywhere (a lost telephone, an open desk). They can sign in again."""
    user = _user(request, user_id)
    places = services.end_sessions(user=user)
    watch.tell(request, watch.WAY, by=request.user, why="sessions_ended", about=user)
    messages.success(
        request,
        ngettext(
            "%(name)s was signed out in one place.",
            "%(name)s was signed out in %(n)d places.",
            places,
        )
        % {"name": user.name, "n": places},
    )
    return redirect("users:detail", user.pk)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
def deactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """End somebody's access, at once."""
    page = FormPage(
        heading=_("End the access of a user"),
        intro=(
            _(
                "They are signed out everywhere and all their roles end now. Nothing that they"
                " wrote is lost. If people still have them as key worker, plan the change first."
            ),
        ),
        submit=_("End access now"),
        back=_back(_user(request, user_id)),
        is_warning=True,
    )
    return _with_reason(request, user_id, services.deactivate, page)


@requires(Permission.MANAGE_USERS)
@http_methods(read=["GET"], write=["POST"])
@confirmed
def reactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Let somebody sign in again."""
    page = FormPage(
        heading=_("Let a user sign in again"),
        intro=(_("They can sign in, and have no role until you give them one."),),
        submit=_("Let them sign in"),
        back=_back(_user(request, user_id)),
    )
    return _with_reason(request, user_id, services.reactivate, page)


def _with_reason(request: HttpRequest, user_id: UUID, change: Any, page: FormPage) -> HttpResponse:
    user = _user(request, user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change(user=user, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The change was saved."))
            return redirect("users:detail", user.pk)
    return _ask(request, form, page)
