"""Letters that let a new user choose a password, once.

The secret of a letter is stored nowhere: it is made from the letter's id and the service's own key
each time the e-mail is sent, and the table holds a digest of it. A copy of the database opens no
account.
"""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from casework.accounts import services
from casework.accounts.models import Invitation, User
from casework.common.errors import Refusal
from casework.common.presenters import long_date
from casework.directory.models import Worker
from casework.outbox import services as outbox

LASTS = dt.timedelta(days=7)
ATTEMPTS = 8


class KeyChanged(RuntimeError):
    """The service's key is another one than when the letter was written: write a new letter."""


def secret_of(invitation_id: UUID) -> str:
    """The secret of a letter, for its link."""
    mac = salted_hmac("casework.accounts.invitations", str(invitation_id), algorithm="sha256")
    return urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def add_user(*, email: str, name: str, by: User, worker: Worker | None = None) -> User:
    """Make an account and send its owner the letter, where staff sign in with passwords."""
    user = services.create_user(email=email, name=name, worker=worker, by=by)
    if settings.STAFF_PASSWORDS:
        invite(user=user, by=by)
    return user


@transaction.atomic
def invite(*, user: User, by: User) -> Invitation:
    """Send a user the link with which they choose a password.

    Precondition: staff sign in with passwords; the user may sign in and has not chosen one yet.
    Promise: an e-mail that names nobody leaves after the commit; its link works once, for seven
    days; links of earlier letters do not work any more.
    """
    if not settings.STAFF_PASSWORDS:
        raise Refusal(_("Staff do not sign in with a password here. Connect their account there."))
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not row.is_active:
        raise Refusal(_("%(user)s cannot sign in any more.") % {"user": row})
    if row.has_usable_password():
        raise Refusal(
            _("%(user)s has chosen a password already and can ask for a new one when signing in.")
            % {"user": row}
        )
    now = timezone.now()
    for earlier in row.invitations.filter(used_at=None, expires_at__gt=now):
        earlier.expires_at = now
        earlier._history_user = by
        earlier.save()
    letter = Invitation(user=row, sent_by=by, expires_at=now + LASTS)
    letter.digest = digest_of(secret_of(letter.pk))
    letter._history_user = by
    letter.save()
    outbox.enqueue(
        "accounts.invite",
        key=str(letter.pk),
        arguments={"invitation": str(letter.pk)},
        max_attempts=ATTEMPTS,
    )
    return letter


def deliver(*, invitation: str) -> None:
    """Handler of `accounts.invite`: sends the e-mail. Sent twice, it is the same link."""
    letter = Invitation.objects.select_related("user").get(pk=UUID(invitation))
    if letter.used_at is not None or letter.expires_at <= timezone.now():
        return
    secret = secret_of(letter.pk)
    if digest_of(secret) != letter.digest:
        raise KeyChanged
    link = settings.SITE_URL.rstrip("/") + reverse("invitations:open", args=[secret])
    body = _(
        "Hello,\n\n"
        "An account has been made for you at %(service)s. To choose a password, open this link:\n\n"
        "%(link)s\n\n"
        "It works once, until %(day)s. If you did not expect this, you need do nothing.\n"
    ) % {"service": settings.SERVICE_NAME, "link": link, "day": long_date(letter.expires_at)}
    subject = _("Your account at %(service)s") % {"service": settings.SERVICE_NAME}
    EmailMessage(subject=subject, body=body, to=[letter.user.email]).send()


def find(secret: str) -> Invitation | None:
    """The letter that a link belongs to, if it still works."""
    letter = Invitation.objects.select_related("user").filter(digest=digest_of(secret)).first()
    return letter if letter is not None and _works(letter) else None


def _works(letter: Invitation) -> bool:
    if not settings.STAFF_PASSWORDS:
        return False
    return letter.used_at is None and letter.expires_at > timezone.now() and letter.user.is_active


@transaction.atomic
def accept(*, secret: str, password: str) -> User:
    """Choose the first password, with a letter's link.

    Precondition: the link works and the service accepts the password.
    Promise: the user can sign in with it, and the link never works again.
    """
    letter = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(digest=digest_of(secret))
        .first()
    )
    if letter is None or not _works(letter):
        raise Refusal(_("This link does not work any more. Ask for a new one."))
    user = letter.user
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    user.set_password(password)
    user._history_user = user
    user.save()
    letter.used_at = timezone.now()
    letter._history_user = user
    letter.save()
    return user
