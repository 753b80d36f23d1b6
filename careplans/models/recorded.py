"""Care plans as an extract records them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Person
from casework.cases.models.person import NEVER
from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin

if TYPE_CHECKING:
    from casework.accounts.models import User


class RecordedPlanQuerySet(models.QuerySet["RecordedPlan"]):
    def visible_to(self, user: User) -> RecordedPlanQuerySet:
        """Plans of the people whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))


class RecordedPlan(ImportedMixin, BaseModel):
    """A plan that another system recorded (MHS008): its kind and dates, never its words."""

    class Kind(models.TextChoices):
        CARE = "10", _("Care plan")
        URGENT = "11", _("Urgent and emergency plan")
        CRISIS = "12", _("Crisis plan")
        BEHAVIOUR = "13", _("Positive behaviour support plan")
        TRANSITION = "14", _("Transition plan")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recorded_plans")
    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    kind = KeyField(_("kind"), max_length=4)
    created_day = models.DateField(_("created"))
    created_time = models.TimeField(null=True, blank=True)
    updated_day = models.DateField(_("last updated"), null=True, blank=True)
    updated_time = models.TimeField(null=True, blank=True)
    in_use_from = models.DateField(null=True, blank=True)
    objects = RecordedPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "local_id"], name="plan_once_per_provider")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_day}"


class RecordedAgreement(ImportedMixin, BaseModel):
    """Who agreed to a recorded plan, and when (MHS009; 10 is the person or their proxy)."""

    plan = models.ForeignKey(RecordedPlan, on_delete=models.PROTECT, related_name="agreements")
    agreed_by = KeyField(_("agreed by"), max_length=4)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_time = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["agreed_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("plan"),
                F("agreed_by"),
                Coalesce(F("agreed_on"), models.Value(NEVER, output_field=models.DateField())),
                name="agreement_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreed_by} {self.agreed_on or ''}".strip()
