"""People who sign in to their own pages."""

from __future__ import annotations

from itertools import count
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from casework.accounts.models import User
from casework.cases.models import Person
from casework.portal import carers, services
from casework.portal.models import CarerAccess, PortalAccount, PortalInvitation
from tests.factories import accounts

_numbers = count(1)


def invitation(person: Person, *, by: User | None = None, **fields: Any) -> tuple[Any, str]:
    """An invitation and its code."""
    fields.setdefault("check_how", PortalInvitation.Check.KNOWN)
    fields.setdefault("check_words", "At her flat, on Monday")
    fields.setdefault("way", PortalInvitation.Way.IN_PERSON)
    return services.invite(person=person, by=by or accounts.member("key_worker"), **fields)


def own_account(person: Person, *, second_step: bool = True, **fields: Any) -> PortalAccount:
    """A person's own account, opened with a code; signing in asks for a second step."""
    _row, code = invitation(person, **fields)
    opened = services.open_account(
        code=code, email=f"own{next(_numbers)}@alongside.example", password=accounts.PASSWORD
    )
    if second_step:
        TOTP.activate(opened.user, "JBSWY3DPEHPK3PXP")
    return opened


def carer_of(person: Person, *scope: str, second_step: bool = True, **fields: Any) -> CarerAccess:
    """Somebody whom a person let in, who has come in with the code."""
    number = next(_numbers)
    fields.setdefault("name", f"Juno Carer{number}")
    fields.setdefault("relation", "my sister")
    fields.setdefault("end", timezone.localdate() + timezone.timedelta(days=90))
    access, code = carers.let_in(person=person, scope=scope, alone_at=timezone.now(), **fields)
    carer = carers.come_in(
        code=code, email=f"carer{number}@alongside.example", password=accounts.PASSWORD
    )
    if second_step:
        TOTP.activate(carer.user, "JBSWY3DPEHPK3PXP")
    return CarerAccess.objects.select_related("carer__user", "person").get(pk=access.pk)
