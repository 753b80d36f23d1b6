"""A worker and a person at one screen: the person's own pages, marked in all that is written.

For people without a device of their own. It lasts an hour, opens only what the worker may open
anyway, and never a page on which the person agrees, signs in or lets others in.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.cases import access_log
from casework.cases.access_log import Action
from casework.cases.models import Person
from casework.portal.models import PortalAccount

LASTS = 60 * 60  # seconds
_PLACE = "portal_together"  # its place in the session


def begin(request: HttpRequest, person: Person) -> None:
    """The person sits beside the worker, who has asked them."""
    request.session[_PLACE] = {"person": str(person.pk), "until": int(time.time()) + LASTS}


def end(request: HttpRequest) -> UUID | None:
    """The person has left; whose pages they were."""
    kept = request.session.pop(_PLACE, None)
    return UUID(kept["person"]) if kept else None


def account(request: HttpRequest) -> PortalAccount | None:
    """The person's own pages, for the worker who sits with them now. Fails closed: asked again at
    each page, as the worker's reason to open the record may have ended."""
    kept = request.session.get(_PLACE)
    user = request.user
    if not kept or kept["until"] < time.time() or not isinstance(user, User):
        return None
    if not accounts.may(user, Permission.RECORD_CONTACTS):
        return None
    person = (
        Person.objects.visible_to(user)
        .select_related("locality", "portal_account")
        .filter(pk=kept["person"])
        .first()
    )
    if person is None or person.death_date is not None:
        return None
    found = getattr(person, "portal_account", None) or PortalAccount(person=person)
    found.helper = user
    return found


def note(request: HttpRequest, beside: PortalAccount) -> None:
    """It stands in the access log like any other look of a worker."""
    action = Action.CHANGE if request.method == "POST" else Action.VIEW
    access_log.note(request, action, person=beside.person_id)


def words(name: str, helper: User | None) -> str:
    """Who wrote something, where a worker sat beside the person; nothing where they wrote alone."""
    if helper is None:
        return ""
    return _("Written by %(worker)s with %(person)s") % {"worker": helper.name, "person": name}
