"""The second step of sign-in, for whoever looks after users."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts import services
from casework.accounts.models import User
from casework.accounts.outsiders import is_outsider
from casework.common.errors import Refusal
from casework.outbox import services as outbox

CHECKS = [
    ("met", gettext_lazy("I met them, and know them or saw their staff card")),
    ("called", gettext_lazy("I rang them on the number in our own directory")),
    ("manager", gettext_lazy("Their manager, whom I met or rang, says that it is them")),
]
_NAMES = {
    Authenticator.Type.TOTP: gettext_lazy("Authenticator app"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("Security key or passkey"),
}


def of(user: User) -> list[str]:
    """What a user has set up, in words. Codes for emergencies are none of their own."""
    rows = Authenticator.objects.filter(user=user, type__in=_NAMES)
    kinds = rows.order_by("type").values_list("type", flat=True).distinct()
    return [str(_NAMES[Authenticator.Type(kind)]) for kind in kinds]


@transaction.atomic
def reset(*, user: User, by: User, checked: str, reason: str) -> None:
    """Take away what sign-in asks a member of staff for beside the password.

    Precondition: `by` is somebody else and has made sure who asks, in the way that `checked`
    names; the user may sign in and has a second step.
    Promise: apps, keys and recovery codes do not work any more, every session is over, and an
    email tells the user. The password stays; at the next sign-in a new second step is set up
    before anything else. How it was checked and why stands in the account's history.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if row.pk == by.pk:
        raise Refusal(_("You cannot take away your own second step. Ask another administrator."))
    if not row.is_active:
        raise Refusal(_("%(user)s cannot sign in any more.") % {"user": row})
    if is_outsider(row):
        raise Refusal(_("This is somebody's own account. A worker gives them a new code."))
    if checked not in dict(CHECKS):
        raise Refusal(_("Select how you made sure that it is them."))
    if not Authenticator.objects.filter(user=row).delete()[0]:
        raise Refusal(_("%(user)s has no second step.") % {"user": row})
    services.end_sessions(user=row)
    row._history_user = by
    row._change_reason = f"second step taken away ({checked}): {reason.strip()}"
    row.save()
    outbox.send(
        channel="email",
        to=row.email,
        subject=_("Your sign-in at %(service)s") % {"service": settings.SERVICE_NAME},
        body=_(
            "Hello,\n\n"
            "The second step of your sign-in at %(service)s was taken away, because an"
            " administrator was told that you have lost it. You were signed out everywhere."
            " When you sign in again with your password, you set up a new second step.\n\n"
            "If you did not ask for this, tell an administrator at once.\n"
        )
        % {"service": settings.SERVICE_NAME},
        about="accounts.second_step",
    )
