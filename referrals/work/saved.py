"""Lists that a user wants to see again, under a name of their own."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.common.standing import standing
from casework.worklist.models import SavedFilter
from referrals.work.lists import BY_KEY

MOST = 30
_PREFIX = "referrals:"


@transaction.atomic
def save(*, user: User, list_key: str, filters: dict[str, str], name: str) -> SavedFilter:
    """Keep a list with its filters. A name that is there already means the new filters."""
    name = name.strip()
    if not name:
        raise Refusal(_("Enter a name for this list."))
    page = f"{_PREFIX}{BY_KEY[list_key].key}"
    rows = SavedFilter.objects.select_for_update().filter(user=user)
    found = rows.filter(page=page, name=name[:60]).first()
    if found is None and rows.filter(page__startswith=_PREFIX).count() >= MOST:
        raise Refusal(_("You have %d saved lists already. Remove one first.") % MOST)
    row = found or SavedFilter(user=user, page=page, name=name[:60])
    row.query = urlencode(filters)
    row._history_user = user  # type: ignore[attr-defined]
    row.save()
    return row


@transaction.atomic
def forget(*, row: SavedFilter) -> None:
    """Remove a saved list; nothing else goes with it."""
    row._history_user = row.user  # type: ignore[attr-defined]
    row.delete()


def saved_lists(user: User) -> list[SavedFilter]:
    """The user's saved lists of referrals, by name."""
    return _saved(user.pk)


@standing
def _saved(user: UUID) -> QuerySet[SavedFilter]:
    rows = SavedFilter.objects.filter(user=user, page__startswith=_PREFIX)
    return rows.order_by("name", "pk")


def list_key(row: SavedFilter) -> str:
    """Which list a saved filter narrows."""
    return row.page.removeprefix(_PREFIX)
