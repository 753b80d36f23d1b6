"""What somebody may see and do at a plan's pages. Every answer fails closed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from careplans.models import (
    Agreement,
    AreaOfLife,
    LegalAuthority,
    Line,
    LocalArea,
    MeasurePack,
    Plan,
)
from careplans.writers import may_decide, may_write
from casework.cases.models import Allocation, Person
from casework.directory.models import Locality, Worker

__all__ = [
    "authorities",
    "every_area",
    "every_pack",
    "last_place",
    "local_areas",
    "localities",
    "may_decide",
    "may_write",
    "packs",
    "plan_of",
    "signed",
    "workers_around",
]


def plan_of(user: Any, person: Person) -> Plan | None:
    """The plan that is going on, or else the latest one that the user may read."""
    rows = Plan.objects.visible_to(user).filter(person=person).select_related("person", "team")
    return rows.live().first() or rows.order_by("-started_on", "-pk").first()


def workers_around(plan: Plan, user: Any) -> QuerySet[Worker]:
    """Who could see to something: whoever is named for the person, whoever already sees to
    something in the plan, and whoever writes."""
    named = Allocation.objects.on(timezone.localdate()).filter(person=plan.person_id)
    owning = Line.objects.filter(plan=plan, owner_worker__isnull=False)
    found = {
        *named.values_list("worker_id", flat=True),
        *owning.values_list("owner_worker_id", flat=True),
    }
    if getattr(user, "worker_id", None):
        found.add(user.worker_id)
    return Worker.objects.filter(pk__in=found).order_by("name", "pk")


def authorities(plan: Plan) -> QuerySet[LegalAuthority]:
    """Whoever may by law decide for the person today."""
    today = timezone.localdate()
    rows = LegalAuthority.objects.filter(person=plan.person_id, start__lte=today)
    return rows.exclude(end__lt=today).order_by("holder", "pk")


def signed(user: Any) -> QuerySet[Agreement]:
    """Answers with a signed page, of the people whose record this user may open."""
    return Agreement.objects.visible_to(user).exclude(scan="")


def area_of(plan: Plan, code: str) -> AreaOfLife | None:
    """An area of life, if the plan has it."""
    row = plan.areas.select_related("area").filter(area__code=code).first()
    return row.area if row is not None else None


def packs() -> QuerySet[MeasurePack]:
    """The measures in use. They are questions, and about nobody."""
    return MeasurePack.objects.filter(active=True)


def every_pack() -> QuerySet[MeasurePack]:
    """The measures in use and those of before."""
    return MeasurePack.objects.all()


def every_area() -> QuerySet[AreaOfLife]:
    """The list of areas of life, in its order."""
    return AreaOfLife.objects.all()


def local_areas(locality: Locality) -> QuerySet[AreaOfLife]:
    """Every area of life as a locality uses it, in its order."""
    return AreaOfLife.objects.as_used_in(locality.pk)


def localities() -> QuerySet[Locality]:
    """The parts of the area that the network serves, with whether each has a list of its own."""
    own = LocalArea.objects.filter(locality=OuterRef("pk"))
    return Locality.objects.annotate(own_areas=Exists(own)).order_by("name", "pk")


def last_place() -> int:
    """Where the list of areas ends."""
    return AreaOfLife.objects.aggregate(last=Max("order"))["last"] or 0
