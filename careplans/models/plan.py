"""A plan that a person and those who work with them write together."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from careplans import table
from careplans.table import State
from careplans.transitions import Transitions
from careplans.voices import Role
from casework.cases.models import Person
from casework.common.models import BaseModel
from casework.common.state import StateField, StatefulModel
from casework.directory.models import Locality, Team

if TYPE_CHECKING:
    from casework.accounts.models import User


class AreaQuerySet(models.QuerySet["AreaOfLife"]):
    def as_used_in(self, locality_id: UUID | None) -> AreaQuerySet:
        """In the order of a locality, with whether new plans there have each (`used`)."""
        here = LocalArea.objects.filter(locality=locality_id, area=OuterRef("pk"))
        return self.annotate(
            used=Coalesce(Subquery(here.values("active")[:1]), F("active")),
            place=Coalesce(Subquery(here.values("order")[:1]), F("order")),
        ).order_by("place", "order", "code")

    def of_new_plans(self, locality_id: UUID | None) -> AreaQuerySet:
        """What a plan that begins now is about, where the person lives."""
        return self.as_used_in(locality_id).filter(used=True)


class AreaOfLife(BaseModel):
    """A part of life that a plan can be about. All are equal; the order is only for the eye."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(_("what belongs here"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("used in new plans"), default=True)
    objects = AreaQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("area of life")
        verbose_name_plural = _("areas of life")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class LocalArea(BaseModel):
    """How one locality uses an area of life: where it stands in its list, and whether new plans
    there have it. What a locality has not said about an area is as everywhere."""

    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(AreaOfLife, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(_("order"))
    active = models.BooleanField(_("used in new plans"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("area of life in a locality")
        verbose_name_plural = _("areas of life in a locality")
        ordering = ["locality", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["locality", "area"], name="local_area_once")]

    def __str__(self) -> str:
        return f"{self.locality_id}: {self.area_id}"


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> PlanQuerySet:
        """Plans of the people whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))

    def live(self) -> PlanQuerySet:
        """Neither replaced nor ended."""
        return self.filter(state__in=table.LIVE)


class Plan(Transitions, StatefulModel, BaseModel):
    """One person's plan, shared by everybody around them: at most one that is still going on.

    What it says now is in its lines; what was shared and agreed is in its versions, which never
    change. `state` moves only as `careplans.table` declares, through `careplans.services`.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plans")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="plans"
    )
    state = StateField(
        _("state"), max_length=15, choices=State.choices, default=State.DRAFT, db_default="draft"
    )
    state_on = models.DateField(_("in this state since"))
    state_before_review = models.CharField(max_length=15, blank=True)
    started_on = models.DateField(_("begun"))
    started_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    version = models.PositiveIntegerField(default=0, editable=False)
    ranked_version = models.PositiveIntegerField(default=0, editable=False)
    review_due = models.DateField(_("to be looked at again by"), null=True, blank=True)
    differs_words = models.TextField(_("why it is used without agreement"), blank=True)
    leads_told = models.CharField(_("who was told"), max_length=300, blank=True)
    leads_told_at = models.DateTimeField(null=True, blank=True)
    ended_words = models.TextField(_("why it ended"), blank=True)
    next_words = models.TextField(_("what comes next"), blank=True)
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    objects = PlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("care plan")
        ordering = ["-started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=table.LIVE),
                name="plan_live_once",
                violation_error_message=_("This person already has a plan."),
            ),
            models.CheckConstraint(
                condition=~Q(state="in_use")
                | (~Q(differs_words="") & ~Q(leads_told="") & Q(leads_told_at__isnull=False)),
                name="plan_in_use_has_reason_and_lead",
                violation_error_message=_("Say why, and tell the team's lead."),
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(ended_words=""),
                name="plan_ended_has_reason",
                violation_error_message=_("Say why the plan ended."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_due"],
                condition=Q(state__in=table.LIVE, review_due__isnull=False),
                name="plan_review_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_live(self) -> bool:
        return self.state in table.LIVE


class PlanAreaQuerySet(models.QuerySet["PlanArea"]):
    def in_order(self) -> PlanAreaQuerySet:
        """With their areas, in the order of where the person lives."""
        here = LocalArea.objects.filter(
            locality=OuterRef("plan__person__locality"), area=OuterRef("area")
        )
        return (
            self.select_related("area")
            .annotate(place=Coalesce(Subquery(here.values("order")[:1]), F("area__order")))
            .order_by("place", "area__order", "area__code")
        )


class PlanArea(BaseModel):
    """One area of life in one plan: what the person says comes first, or not now."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="areas")
    area = models.ForeignKey(AreaOfLife, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("what comes first"), null=True, blank=True)
    not_now = models.BooleanField(_("not now"), default=False)
    objects = PlanAreaQuerySet.as_manager()

    class Meta:
        ordering = ["area__order", "area__code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "area"], name="plan_area_once"),
            models.UniqueConstraint(fields=["plan", "rank"], name="plan_rank_once"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(not_now=False),
                name="plan_area_ranked_or_not_now",
            ),
        ]

    def __str__(self) -> str:
        return str(self.area)


class Signed(models.Model):
    """Who wrote something: the person, a worker, both together, or a carer by name."""

    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    role = models.CharField(_("written as"), max_length=10, choices=Role.choices)
    carer = models.CharField(_("name of the carer"), max_length=120, blank=True)
    on = models.DateField(_("date"))

    class Meta:
        abstract = True


class Look(BaseModel):
    """How far somebody has read a plan's changes; they said so themselves."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "user"], name="look_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.number}"
