"""The life of a plan: begun, shared, used, looked at again, replaced, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from careplans.content import content_of
from careplans.errors import ActRefused, NotYours
from careplans.models import AreaOfLife, Line, Plan, PlanArea, Review, Revision, Version
from careplans.services import agreeing
from careplans.services.engine import (
    last_version,
    move,
    reading,
    require_words,
    revise,
    signature,
    tell,
)
from careplans.table import Facts, State, refusals
from careplans.voices import Role
from careplans.writers import Writer, as_writer, role_at, who_at
from casework.accounts.models import Membership, User
from casework.accounts.roles import ROLES, Permission
from casework.cases.models import Case, Person
from casework.common.errors import Refusal
from casework.directory.models import Team
from casework.outbox import services as outbox

By = User | Writer
LONGEST = dt.timedelta(days=183)  # six months: the latest that a plan is looked at again


def holding_team(person: Person) -> Team | None:
    """The team that holds a person now."""
    case = (
        Case.objects.filter(person=person, closed_on__isnull=True, team__isnull=False)
        .select_related("team")
        .order_by("pk")
        .first()
    )
    return case.team if case is not None else None


@transaction.atomic
def start(*, person: Person, by: By) -> Plan:
    """Begin a plan: every area of life of where the person lives is there, none before another, and
    nothing is written.

    Precondition: the person is alive and has no plan that is still going on.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    writer = as_writer(by)
    plan = _new(person, writer)
    role = role_at(plan, writer)
    if role not in (Role.PERSON, Role.TOGETHER, Role.WORKER):
        raise NotYours(_("You may not begin a plan here."))
    if person.death_date is not None:
        raise Refusal(_("The person has died. Nothing more can be planned."))
    return _begin(plan, writer)


def _new(person: Person, writer: Writer, follows: Plan | None = None) -> Plan:
    today = timezone.localdate()
    return Plan(
        person=person,
        team=holding_team(person),
        state_on=today,
        started_on=today,
        started_by=writer.user,
        follows=follows,
    )


def _begin(plan: Plan, writer: Writer) -> Plan:
    plan._history_user = writer.user
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Refusal(_("This person has a plan already. Open it and go on there.")) from error
    PlanArea.objects.bulk_create(
        PlanArea(plan=plan, area=area)
        for area in AreaOfLife.objects.of_new_plans(plan.person.locality_id)
    )
    tell(plan, "begun", writer=writer)
    return plan


def facts_of(plan: Plan, **entered: Any) -> Facts:
    """What the table looks at, as it is now."""
    version = last_version(plan)
    said = agreeing.agreement_of(version)
    last = plan.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    before = plan.state_before_review
    return Facts(
        has_words=plan.lines.filter(removed=False).exists() or plan.ratings.exists(),
        has_version=version is not None,
        changed=version is None or last > version.last_revision,
        person_agrees=said.person,
        team_agrees=said.team,
        leads=len(leads_of(plan)),
        before_review=State(before) if before else None,
        alive=plan.person.death_date is None,
        entered=entered,
    )


@transaction.atomic
def share(
    *,
    plan: Plan,
    by: By,
    why: str = "",
    review_due: dt.date | None = None,
    team_agrees: bool = False,
) -> Version:
    """Make what the plan says now a version that everybody can read, answer and keep.

    Precondition: something is written, and it is not the same as last time; it is looked at again
    within six months. `team_agrees`: whoever shares it answers for their team at the same time.
    Promise: the version never changes. Nobody has agreed to it until they have said so.
    """
    plan, writer, role = reading(plan, by)
    today = timezone.localdate()
    due = review_due or today + LONGEST
    if not today < due <= today + LONGEST:
        raise Refusal(_("A plan is looked at again after today and within six months."))
    facts = facts_of(plan)
    open_review = plan.reviews.select_for_update(of=("self",)).filter(held_on=None).first()
    plan.review_due = due
    plan.state_before_review = ""
    last = last_version(plan)
    number = last.number + 1 if last is not None else 1
    move(plan, "share", writer=writer, facts=facts, data={"version": number})
    version = Version.objects.create(
        plan=plan,
        number=number,
        content=content_of(plan),
        why=why.strip(),
        review_due=due,
        last_revision=plan.revisions.order_by("-number").values_list("number", flat=True).first()
        or 0,
        **signature(writer, role),
    )
    if open_review is not None and role in (Role.TOGETHER, Role.WORKER):
        _held(open_review, writer, why.strip() or _("We wrote a new version."))
    if team_agrees:
        agreeing.answer_for_team(version=version, by=writer, answer="agree")
    return version


def leads_of(plan: Plan) -> list[User]:
    """Whoever answers for the plan's team (signs off there), or for the network."""
    today = timezone.localdate()
    members = Membership.objects.on(today).filter(user__is_active=True)
    signing = [code for code, role in ROLES.items() if Permission.SIGN_OFF in role.permissions]
    found = members.filter(team_id=plan.team_id, role__in=signing) if plan.team_id else None
    if found is None or not found.exists():
        found = members.filter(role="network_lead")
    return list(User.objects.filter(memberships__in=found).distinct().order_by("name", "pk"))


@transaction.atomic
def use_without_agreement(*, plan: Plan, by: By, reason: str) -> Plan:
    """The team goes by the plan although the person sees it differently.

    Precondition: a reason, and somebody who leads the team is told. Promise: the plan says "we
    see this differently" with the reason; no list shows it, and no help depends on it.
    """
    plan, writer, _role = reading(plan, by)
    facts = facts_of(plan, reason=reason)
    leads = leads_of(plan)
    plan.differs_words = reason.strip()
    plan.leads_told = ", ".join(str(one) for one in leads)[:300]
    plan.leads_told_at = timezone.now()
    move(plan, "use", writer=writer, facts=facts, reason=reason.strip())
    with translation.override(settings.LANGUAGE_CODE):
        for lead in leads:
            outbox.send(
                channel="email",
                to=lead.email,
                subject=_("Something for you to know in Alongside"),
                body=_("A plan of your team is in use without agreement. Sign in to read why: %s")
                % settings.SITE_URL,
                about="plan.use",
            )
    return plan


# Looking at it again ------------------------------------------------------------------------------


@transaction.atomic
def ask_for_review(*, plan: Plan, by: By, why: str = "", formal: bool = True) -> Review:
    """Somebody would like to look at the plan again, sooner than it is due.

    The person needs no reason. An informal look leaves the plan as it stands; for a formal one
    the plan is under review until a new version is shared or it is kept.
    """
    plan, writer, role = reading(plan, by)
    if role not in (Role.PERSON, Role.TOGETHER, Role.WORKER):
        raise NotYours(_("You may not ask for this. Say it in a comment."))
    if plan.reviews.filter(held_on__isnull=True).exists():
        raise Refusal(_("A review has been asked for already."))
    review = Review.objects.create(
        plan=plan,
        kind=Review.Kind.FORMAL if formal else Review.Kind.INFORMAL,
        asked_words=why.strip(),
        **signature(writer, role),
    )
    if formal and plan.state in (State.SHARED, State.AGREED, State.IN_USE):
        facts = facts_of(plan)
        plan.state_before_review = plan.state
        move(plan, "review", writer=writer, facts=facts, data={"kind": review.kind})
    else:
        tell(plan, "review_asked", writer=writer, data={"kind": review.kind, "role": role})
    return review


@transaction.atomic
def keep_after_review(*, plan: Plan, by: By, words: str, review_due: dt.date | None = None) -> Plan:
    """You looked at the plan together and it stays as it is.

    Precondition: what was looked at is written down. Promise: it is looked at again within six
    months, and stands as it stood before.
    """
    plan, writer, role = reading(plan, by)
    words = require_words(words, _("Write down what you looked at together."))
    today = timezone.localdate()
    due = review_due or today + LONGEST
    if not today < due <= today + LONGEST:
        raise Refusal(_("A plan is looked at again after today and within six months."))
    review = plan.reviews.select_for_update(of=("self",)).filter(held_on=None).first()
    if review is None:
        review = Review(plan=plan, kind=Review.Kind.INFORMAL, **signature(writer, role))
    plan.review_due = due
    if plan.state == State.UNDER_REVIEW:
        facts = facts_of(plan, words=words)
        plan.state_before_review = ""
        move(plan, "keep", writer=writer, facts=facts)
    else:
        if role not in (Role.PERSON, Role.TOGETHER, Role.WORKER):
            raise NotYours(_("You may not decide this. Say it in a comment."))
        plan.version += 1
        plan._history_user = writer.user
        plan._change_reason = "reviewed"
        plan.save()
        tell(plan, "reviewed", writer=writer, data={"kind": review.kind, "role": role})
    _held(review, writer, words)
    return plan


def _held(review: Review, writer: Writer, words: str) -> None:
    review.held_on = timezone.localdate()
    review.held_by = writer.user
    review.words = words
    review.save()


# Endings ------------------------------------------------------------------------------------------


@transaction.atomic
def begin_again(*, plan: Plan, by: By, reason: str) -> Plan:
    """Begin a new plan from what this one says. The old one stays as it was shared and agreed."""
    old, writer, role = reading(plan, by)
    facts = facts_of(old, reason=reason)
    refused = refusals("supersede", State(old.state), who_at(old, writer), facts)
    if refused:
        raise ActRefused(refused)
    old.ended_words = reason.strip()
    move(old, "supersede", writer=writer, facts=facts, reason=reason.strip())
    new = _begin(_new(old.person, writer, follows=old), writer)
    for row in old.lines.filter(removed=False).order_by("created_at", "pk"):
        values = row.values()
        copy = Line(
            plan=new,
            area=row.area,
            kind=row.kind,
            version=1,
            progress=row.progress,
            progress_on=row.progress_on,
            what_happened=row.what_happened,
            by=row.by,
            role=row.role,
            carer=row.carer,
            on=row.on,
        )
        copy.set_values(values)
        copy.save()
        # who wrote the words stays on the line; who carried them over is in the change
        revise(new, Revision.What.WRITTEN, writer=writer, role=role, line=copy, after=copy.values())
    here = set(new.areas.values_list("area_id", flat=True))
    for old_area in old.areas.all():
        if (
            old_area.area_id not in here
        ):  # no longer in the list, and something may be written there
            PlanArea.objects.create(plan=new, area_id=old_area.area_id)
        new.areas.filter(area=old_area.area_id).update(rank=old_area.rank, not_now=old_area.not_now)
    return new


@transaction.atomic
def end(*, plan: Plan, by: By, reason: str, what_next: str) -> Plan:
    """End a plan, with the reason and what comes next for the person."""
    plan, writer, _role = reading(plan, by)
    facts = facts_of(plan, reason=reason, what_next=what_next)
    plan.ended_words, plan.next_words = reason.strip(), what_next.strip()
    return move(plan, "end", writer=writer, facts=facts, reason=reason.strip())


@transaction.atomic
def mark_read(*, plan: Plan, user: User, number: int) -> None:
    """The user has read every change up to this one."""
    row, _made = plan.looks.get_or_create(user=user, defaults={"number": number})
    if row.number < number:
        row.number = number
        row.save()
