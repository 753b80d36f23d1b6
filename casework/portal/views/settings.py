"""How the pages look, kept with the account; and saying that they are not safe."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.common.http import http_methods
from casework.common.pages import FormPage, Link
from casework.portal import keeping_safe, look
from casework.portal.access import own_page
from casework.portal.carer_forms import LookForm
from casework.portal.models import PortalAccount
from casework.portal.pages import show


@own_page
@http_methods(read=["GET"], write=["POST"])
def shown(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """Language, bigger letters, stronger contrast."""
    form = LookForm(request.POST or None, initial=look.chosen(me))
    if request.method == "POST" and form.is_valid():
        look.choose_look(shown=me, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("portal:account")
    page = FormPage(
        _("How my pages look"), _("Save"), Link(_("My account"), reverse("portal:account"))
    )
    return show(request, "portal/carer_form.jinja", form=form, page=page)


@own_page
@http_methods(read=["GET"], write=["POST"])
def not_safe(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """It is not safe for me to have this here now."""
    if request.method == "POST":
        user: Any = request.user
        keeping_safe.not_safe(account=me, by=user)
        return redirect("portal:home")
    return show(
        request, "portal/not_safe.jinja", back=Link(_("My account"), reverse("portal:account"))
    )
