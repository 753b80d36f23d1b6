"""Lists that are kept under a name."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.cases.services.records import save
from casework.common.errors import Refusal
from casework.worklist.filters import Chosen, Which
from casework.worklist.models import SavedFilter

MOST = 20  # lists that somebody keeps of one page: more than this nobody finds again


def keep_list(*, user: Any, which: Which, name: str, chosen: Chosen) -> SavedFilter:
    """Keep a list with its filters under a name.

    Precondition: the user has no other list of this name, and not too many.
    """
    own = SavedFilter.objects.visible_to(user).filter(page=which.value)
    if own.count() >= MOST:
        raise Refusal(
            _("You keep %(n)d lists already. Remove one that you no longer use.") % {"n": MOST}
        )
    return _named(SavedFilter(user=user, page=which.value, query=chosen.query), name, by=user)


def rename_list(*, saved: SavedFilter, name: str, by: Any) -> SavedFilter:
    """Give a list another name.

    Precondition: the user has no other list of this name.
    """
    return _named(saved, name, by=by)


@transaction.atomic
def remove_list(*, saved: SavedFilter, by: Any) -> None:
    """Forget a list. The people in it are not touched."""
    saved._history_user = by  # type: ignore[attr-defined]
    saved.delete()


def _named(saved: SavedFilter, name: str, *, by: Any) -> SavedFilter:
    saved.name = " ".join(name.split())
    try:
        with transaction.atomic():
            return save(saved, by=by)
    except IntegrityError as error:
        raise Refusal(_("You already have a list with this name.")) from error
