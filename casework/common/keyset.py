"""Long lists by position and not by number: page 400 costs what page 1 costs.

A page's address holds the id of its first or last row and nothing else, so that no name or date
of a person's record stands in an address. The row is looked up in the very list that is being
shown: an id from somebody else's list leads to the first page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursors of the pages on both sides ("" where there is none)."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def page(
    rows: QuerySet[Row],
    *,
    order: tuple[str, ...],
    size: int = 25,
    before: str = "",
    after: str = "",
    shown: Callable[[QuerySet[Any]], QuerySet[Row]] | None = None,
) -> Page[Row]:
    """The rows next to a cursor, or the first ones.

    `order` names fields or annotations, each with "-" for descending; the last must be unique.
    `shown` is for rows with much beside them: of the ids of one page (a query) it makes the rows
    with the same fields and annotations, so that what stands beside is read for this page alone.
    """

    def read(part: QuerySet[Any], keys: tuple[str, ...]) -> list[Row]:
        part = part.order_by(*keys)[: size + 1]
        return list(part if shown is None else shown(part.values("pk")).order_by(*keys))

    cursor = _uuid(after) or _uuid(before)
    anchor = None
    if cursor is not None:
        names = [key.lstrip("-") for key in order]
        anchor = rows.order_by().filter(pk=cursor).values_list(*names).first()
    if anchor is None:
        return first(read(rows, order), size)
    backwards = not _uuid(after)
    direction = tuple(_turned(key) for key in order) if backwards else order
    found = read(rows.filter(_past(direction, anchor)), direction)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
        if not found:
            return page(rows, order=order, size=size, shown=shown)
        return Page(found, str(found[0].pk) if more else "", str(found[-1].pk))
    if not found:
        return Page([], str(cursor), "")
    return Page(found, str(found[0].pk), str(found[-1].pk) if more else "")


def first(found: list[Row], size: int) -> Page[Row]:
    """The first page, of one row more than it holds."""
    return Page(found[:size], "", str(found[size - 1].pk) if len(found) > size else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _past(order: tuple[str, ...], anchor: tuple[Any, ...]) -> Q:
    """Rows that come after the anchor in this order."""
    condition = Q()
    equal = Q()
    for key, value in zip(order, anchor, strict=True):
        name, verb = (key[1:], "lt") if key.startswith("-") else (key, "gt")
        condition |= equal & Q(**{f"{name}__{verb}": value})
        equal &= Q(**{name: value})
    first, value = order[0].lstrip("-"), anchor[0]
    # said twice, so that the index on the first key is used to start at the right place
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": value}) & condition
