"""Which user it is whom a provider knows by an identifier."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import ProviderIdentity, User
from casework.common.errors import Refusal


def find(*, issuer: str, subject: str) -> ProviderIdentity | None:
    """Whose identifier it is, whether they may still sign in or not."""
    return (
        ProviderIdentity.objects.filter(issuer=issuer, subject=subject, ended_at__isnull=True)
        .select_related("user")
        .first()
    )


def of(user: User, issuer: str) -> ProviderIdentity | None:
    """How a user signs in with a provider now, if they do."""
    return user.provider_identities.filter(issuer=issuer, ended_at__isnull=True).first()


@transaction.atomic
def bind(*, user: User, issuer: str, subject: str, by: User | None) -> ProviderIdentity:
    """From now on, whoever the provider knows by this identifier signs in as this user.

    Precondition: `by` is an administrator who has the identifier from the provider, or the user
    themselves, who has just signed in at both ends; the user may sign in; the identifier is
    nobody else's, and the user has no other one there.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not row.is_active:
        raise Refusal(_("%(user)s cannot sign in any more.") % {"user": row})
    identity = ProviderIdentity(user=row, issuer=issuer, subject=subject, bound_by=by)
    try:
        identity.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    identity._history_user = by
    identity.save()
    return identity


@transaction.atomic
def unbind(*, identity: ProviderIdentity, by: User | None) -> None:
    """Whoever has this identifier does not come in with it any more; how they come in otherwise is
    as it was."""
    row = ProviderIdentity.objects.select_for_update(of=("self",)).get(pk=identity.pk)
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row._history_user = by
        row.save()


def unbind_all(*, user: User, by: User | None) -> None:
    """End every sign-in of a user with a provider."""
    for identity in user.provider_identities.filter(ended_at__isnull=True):
        unbind(identity=identity, by=by)
