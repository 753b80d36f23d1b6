"""What is known about documents besides their words: whose they are, and who took one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils import timezone

from careplans.models import Document
from casework.cases.models import AccessEntry, Person
from casework.portal.models import PortalAccount

_TAKEN = (AccessEntry.Action.PRINT, AccessEntry.Action.EXPORT)


def own_documents(person: Person) -> QuerySet[Document]:
    """Everything that was made of a person's plans, or is being written about them, for themselves.
    What was thrown away is not there."""
    rows = Document.objects.filter(plan__person=person).exclude(state=Document.State.DROPPED)
    return rows.select_related(
        "plan__person", "plan__team__organisation", "version", "made_by", "approval_by"
    )


def taken_on(documents: Iterable[Document]) -> dict[UUID, dt.date]:
    """On which day the person last saved each document on their own pages; from the access log."""
    wanted = list(documents)
    if not wanted:
        return {}
    person = wanted[0].plan.person_id
    rows = (
        AccessEntry.objects.filter(
            person=person,
            record__in=[one.pk for one in wanted],
            action__in=_TAKEN,
            user__in=PortalAccount.objects.filter(person=person).values("user"),
        )
        .order_by()
        .values_list("record")
        .annotate(last=Max("created_at"))
    )
    return {key: timezone.localtime(last).date() for key, last in rows}
