"""Measures: packs that a site adds, and what a person answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans import measures
from careplans.errors import NotYours
from careplans.measures import TOTALS, BadPack, Pack
from careplans.models import Measurement, MeasurePack, Plan
from careplans.services.engine import reading, signature
from careplans.table import State
from careplans.voices import Role, may_rate
from careplans.writers import Writer
from casework.accounts.models import User
from casework.cases.services import touch
from casework.common.errors import Refusal

By = User | Writer


@transaction.atomic
def add_pack(*, content: Any, by: User | None = None) -> MeasurePack:
    """Add the questions of a measure from a file of the site's own; by the command, nobody is
    named.

    Promise: a newer version takes the place of the older one; answers stay with the version that
    they were given to. Nothing is added where the file has a fault, and the fault is said.
    """
    try:
        pack = measures.read_pack(content)
    except BadPack as fault:
        raise Refusal(_("This file is no measure: %(fault)s") % {"fault": fault}) from fault
    there = MeasurePack.objects.select_for_update().filter(code=pack.code)
    if any(one.edition == pack.edition for one in there):
        raise Refusal(_("This version of it is there already."))
    for one in there:
        _switch(one, False, by)
    row = MeasurePack(
        code=pack.code,
        edition=pack.edition,
        name=pack.name,
        notice=pack.notice,
        content=content,
        added_on=timezone.localdate(),
    )
    row._history_user = by
    row.save()
    return row


@transaction.atomic
def use_pack(*, pack: MeasurePack, by: User, active: bool) -> MeasurePack:
    """Use a measure, or stop using it; what was answered stays readable."""
    rows = MeasurePack.objects.select_for_update().filter(code=pack.code)
    row = next(one for one in rows if one.pk == pack.pk)
    if active:
        for other in rows:
            if other.pk != row.pk:
                _switch(other, False, by)
    _switch(row, active, by)
    return row


def _switch(row: MeasurePack, active: bool, by: User | None) -> None:
    if row.active != active:
        row.active = active
        row._history_user = by
        row.save()


def read(row: MeasurePack) -> Pack:
    """The questions of a pack that was added."""
    return measures.read_pack(row.content)


@transaction.atomic
def answer_pack(
    *,
    plan: Plan,
    pack: MeasurePack,
    by: By,
    answers: Mapping[str, int],
    wants_help: Sequence[str] = (),
    words: str = "",
) -> Measurement:
    """Write down what a person answered today; a question may be left out.

    Precondition: the answers are the person's (they, or together with them), and at least one is
    there. Promise: the scores are those that the pack's own rules give, and none is guessed.
    """
    plan, writer, role = reading(plan, by)
    if not may_rate(role, State(plan.state)):
        raise NotYours(_("Only the person answers these questions."))
    if not pack.active:
        raise Refusal(_("This measure is not in use any more."))
    asked = read(pack)
    given = _checked(asked, answers)
    helps = [one.code for one in asked.items if one.more_help and one.code in set(wants_help)]
    row = Measurement.objects.create(
        person_id=plan.person_id,
        scale=pack.code,
        pack=pack,
        answers=given,
        wants_help=helps,
        scores=measures.score(asked, given),
        words=words.strip(),
        **signature(writer, role),
    )
    touch(plan.person_id)
    return row


def _checked(pack: Pack, answers: Mapping[str, int]) -> dict[str, int]:
    known = {one.code for one in pack.items}
    given = {code: value for code, value in answers.items() if code in known}
    if not given:
        raise Refusal(_("Answer at least one of the questions."))
    if any(not pack.low <= value <= pack.high for value in given.values()):
        raise Refusal(_("Select one of the answers."))
    return given


@transaction.atomic
def record_total(
    *, plan: Plan, scale: str, total: Decimal | int, by: By, words: str = ""
) -> Measurement:
    """Write down the total of a scale that was filled in where its licence is.

    Precondition: a total within the scale's range, written down by somebody who writes plans.
    """
    plan, writer, role = reading(plan, by)
    if role not in (Role.PERSON, Role.TOGETHER, Role.WORKER):
        raise NotYours(_("You may not record this."))
    about = TOTALS.get(scale)
    if about is None:
        raise Refusal(_("Select a scale."))
    total = Decimal(total)
    if not about.low <= total <= about.high:
        raise Refusal(
            _("A total of %(scale)s lies between %(low)d and %(high)d.")
            % {"scale": about.name, "low": about.low, "high": about.high}
        )
    row = Measurement.objects.create(
        person_id=plan.person_id,
        scale=scale,
        total=total,
        words=words.strip(),
        **signature(writer, role),
    )
    touch(plan.person_id)
    return row
