"""Who else reads which part of a plan, and who has it open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import sharing
from careplans.errors import NotYours
from careplans.models import Plan, Presence, SharingChoice
from careplans.services.engine import reading, signature, tell
from careplans.voices import Role
from careplans.writers import Writer, as_writer, role_at
from casework.accounts.models import User
from casework.common.errors import Refusal
from casework.directory.models import Organisation

By = User | Writer
THERE_FOR = dt.timedelta(seconds=75)  # a page says every half minute that it is open
FORGOTTEN_AFTER = dt.timedelta(hours=1)


@transaction.atomic
def choose_sharing(
    *,
    plan: Plan,
    organisation: Organisation,
    by: By,
    areas: Iterable[str] = (),
    safety: bool = False,
    whole: bool = False,
) -> SharingChoice:
    """Choose which parts of a plan an organisation reads.

    Precondition: the person chooses, by themselves or together with a worker. Promise: from now on
    its people read these parts and no others; the earlier choice stays on record.
    """
    plan, writer, role = reading(plan, by)
    if role not in (Role.PERSON, Role.TOGETHER):
        raise NotYours(_("Only the person chooses who reads what."))
    if plan.team is not None and plan.team.organisation_id == organisation.pk:
        raise Refusal(_("The team that holds the plan reads all of it."))
    known = {row.area.code: row for row in plan.areas.in_order()}
    row = SharingChoice.objects.create(
        plan=plan,
        organisation=organisation,
        areas=sharing.as_data(areas, known),
        safety=safety,
        whole=whole,
        **signature(writer, role),
    )
    tell(plan, "sharing", writer=writer)
    return row


@transaction.atomic
def here(*, plan: Plan, by: By) -> None:
    """Say that somebody has the plan open now. It locks nothing and changes no words."""
    writer = as_writer(by)
    role = role_at(plan, writer)
    if role is None:
        raise NotYours(_("This plan is not open to you."))
    now = timezone.now()
    Presence.objects.update_or_create(
        plan=plan,
        who=_who(writer),
        defaults={"at": now, "user": writer.user, "carer": writer.carer},
    )
    Presence.objects.filter(plan=plan, at__lt=now - FORGOTTEN_AFTER).delete()


def _who(writer: Writer) -> str:
    if writer.user is not None:
        return f"user:{writer.user.pk}"
    return f"carer:{writer.carer}" if writer.carer else "person"


def also_here(plan: Plan, by: By) -> list[str]:
    """The names of the others who have the plan open, as a page says them."""
    writer = as_writer(by)
    rows = (
        plan.presences.filter(at__gte=timezone.now() - THERE_FOR)
        .exclude(who=_who(writer))
        .select_related("user")
        .order_by("created_at", "pk")
    )
    return [
        row.user.name if row.user is not None else row.carer or plan.person.display_name
        for row in rows
    ]
