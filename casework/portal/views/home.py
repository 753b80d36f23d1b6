"""Home: what is next, who is with me, what changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.common.http import http_methods
from casework.portal import services
from casework.portal.access import own_page_with_help
from casework.portal.models import PortalAccount
from casework.portal.pages import home_sections, show


@own_page_with_help
@http_methods(read=["GET"])
def home(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """What is next, my people, what changed, my plan, my referrals."""
    return show(
        request,
        "portal/home.jinja",
        name=me.person.display_name,
        sections=home_sections(me, timezone.localdate()),
    )


@own_page_with_help
@http_methods(write=["POST"])
def seen(request: HttpRequest, me: PortalAccount) -> HttpResponse:
    """I have read what changed."""
    if me.helper is None:  # only they say for themselves that they have read it
        services.mark_seen(account=me)
        messages.success(request, _("We will show you what changes from now on."))
    return redirect("portal:home")
