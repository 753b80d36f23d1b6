"""How people prove once more who they are: on a page of their own, in its frame."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.adapter import confirmation_ways
from casework.portal.access import account_of


def ways(user: Any) -> list[dict[str, Any]] | None:
    if account_of(user) is None:
        return None
    return [
        {"id": "portal", "description": _("Use your password"), "url": reverse("portal:confirm")}
    ]


confirmation_ways.register("portal", ways)
