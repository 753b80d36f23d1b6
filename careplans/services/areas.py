"""The list of areas of life, looked after in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from careplans.errors import NotYours
from careplans.models import AreaOfLife, LocalArea, Plan, PlanArea
from casework.accounts import policy as accounts
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.common.errors import Refusal
from casework.directory.models import Locality

CHUNK = 1_000


def _look_after(by: User) -> None:
    if not accounts.may(by, Permission.MANAGE_DIRECTORY):
        raise NotYours(_("The list of areas is looked after by an administrator."))


def _clear(name: str) -> str:
    name = name.strip()
    if not name:
        raise Refusal(_("Enter a name."))
    return name


@transaction.atomic
def add_area(
    *, by: User, name: str, hint: str = "", order: int = 0, locality: Locality | None = None
) -> AreaOfLife:
    """Add an area of life. Every plan that is going on gets it, with nothing written in it; with
    `locality`, every plan of the people who live there.

    Promise: no plan's words, order or version change; what was shared stays as it was.
    """
    _look_after(by)
    name = _clear(name)
    if AreaOfLife.objects.filter(name__iexact=name).exists():
        raise Refusal(_("There is an area with this name already."))
    area = AreaOfLife(
        code=_code(name), name=name, hint=hint.strip(), order=order, active=locality is None
    )
    area._history_user = by
    area.save()
    if locality is not None:
        _say(locality, area, order, True, by)
    _reach(area, locality)
    return area


def _say(locality: Locality, area: AreaOfLife, order: int, active: bool, by: User) -> bool:
    """What a locality says about an area; whether it did not use it before and does now."""
    row = LocalArea.objects.filter(locality=locality, area=area).first()
    used = row.active if row is not None else area.active
    if row is None:
        row = LocalArea(locality=locality, area=area)
    elif (row.order, row.active) == (order, active):
        return False
    row.order, row.active = order, active
    row._history_user = by
    row.save()
    return active and not used


def _code(name: str) -> str:
    base = slugify(name)[:24] or "area"
    taken = set(AreaOfLife.objects.filter(code__startswith=base).values_list("code", flat=True))
    number = 1
    code = base
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


@transaction.atomic
def edit_area(
    *, area: AreaOfLife, by: User, name: str, hint: str = "", order: int = 0, active: bool = True
) -> AreaOfLife:
    """Change how an area is called, where it stands, and whether new plans have it.

    Promise: plans that have it keep it; versions that were shared keep the name of then.
    """
    _look_after(by)
    name = _clear(name)
    area = AreaOfLife.objects.select_for_update().get(pk=area.pk)
    if AreaOfLife.objects.filter(name__iexact=name).exclude(pk=area.pk).exists():
        raise Refusal(_("There is an area with this name already."))
    returns = active and not area.active
    area.name, area.hint, area.order, area.active = name, hint.strip(), order, active
    area._history_user = by
    area.save()
    if returns:
        _reach(area)
    return area


@transaction.atomic
def arrange(*, locality: Locality, by: User, used: Sequence[AreaOfLife]) -> None:
    """Say which areas of life new plans of a locality have, and in which order they stand there.

    Precondition: at least one. Promise: those that are left out stay in the plans that have them,
    at the end of the list; those that are taken in reach every plan of the locality that is going
    on; nobody's words or ranks change.
    """
    _look_after(by)
    chosen = [one.pk for one in used]
    if not chosen or len(set(chosen)) != len(chosen):
        raise Refusal(_("Choose at least one area, each of them once."))
    Locality.objects.select_for_update().get(pk=locality.pk)
    rest = AreaOfLife.objects.as_used_in(locality.pk).exclude(pk__in=chosen)
    for place, area in enumerate([*used, *rest], start=1):
        if _say(locality, area, place * 10, area.pk in chosen, by):
            _reach(area, locality)


@transaction.atomic
def as_everywhere(*, locality: Locality, by: User) -> None:
    """A locality uses the list of everybody again. Plans keep the areas that they have."""
    _look_after(by)
    for row in LocalArea.objects.select_for_update(of=("self",)).filter(locality=locality):
        row._history_user = by
        row.delete()
    for area in AreaOfLife.objects.filter(active=True):
        _reach(area, locality)


def _reach(area: AreaOfLife, locality: Locality | None = None) -> None:
    """Give an area to every plan that is going on and has it not (of those who live there)."""
    plans = Plan.objects.live().exclude(areas__area=area).order_by("pk")  # unscoped: a new area
    if locality is not None:
        plans = plans.filter(person__locality=locality)
    else:  # where people have left it out, it stays out
        out = LocalArea.objects.filter(area=area, active=False)
        plans = plans.exclude(person__locality__in=out.values("locality"))
    rows = [PlanArea(plan_id=pk, area=area) for pk in plans.values_list("pk", flat=True)]
    try:
        PlanArea.objects.bulk_create(rows, batch_size=CHUNK)
    except IntegrityError as error:
        raise Refusal(_("Plans were begun at this moment. Save it once more.")) from error
