"""A person's own pages are not safe for them now, and later they are again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.portal.models import PortalAccount, PortalInvitation
from casework.portal.services import tell


@transaction.atomic
def not_safe(*, account: PortalAccount, by: User) -> PortalAccount:
    """From now on the pages look ordinary and hold nothing, and carers see nothing either.

    The person says so, or a worker who heard of it. Promise: nothing is lost, and nothing on the
    pages shows that anything was changed; it comes back only when somebody has met the person.
    """
    row = PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if row.unsafe_at is None:
        row.unsafe_at, row.unsafe_by, row.safe_how = timezone.now(), by, ""
        row._history_user = by
        row.save()
        tell(
            row.person,
            "unsafe",
            by=None if by.pk == row.user_id else by,
            about=row.pk,
        )
    return row


@transaction.atomic
def safe_again(
    *, account: PortalAccount, by: User, check_how: str, check_words: str
) -> PortalAccount:
    """The pages show everything again.

    Precondition: a worker met the person, alone, and says how they knew them and where that was.
    """
    row = PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if row.unsafe_at is None:
        raise Refusal(_("Their pages show everything already."))
    if by.pk == row.user_id:
        raise Refusal(_("A worker does this, when they have met you."))
    checks = dict(PortalInvitation.Check.choices)
    if check_how not in checks or not check_words.strip():
        raise Refusal(_("Say how you made sure who they are, and that they are safe."))
    row.unsafe_at, row.unsafe_by = None, None
    row.safe_how = f"{checks[check_how]}: {check_words.strip()}"[:200]
    row._history_user = by
    row.save()
    tell(row.person, "safe", by=by, about=row.pk)
    return row
