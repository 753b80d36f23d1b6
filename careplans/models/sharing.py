"""Who else reads which part of a plan, and who has it open at this moment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.models.lines import AppendOnlyOfVisiblePlans
from careplans.models.plan import Plan, Signed
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Organisation


class SharingChoice(Signed, AppendOnlyModel):
    """Which parts of a plan one partner organisation reads, from a day on.

    The latest choice about an organisation counts; the earlier ones stay, so that everybody can
    see what was open to whom and when. `areas` are codes of areas of life.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sharing_choices")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    areas = models.JSONField(_("areas of life"), default=list)
    safety = models.BooleanField(_("the safety plan"), default=False)
    whole = models.BooleanField(_("hopes, check-ins and who does what"), default=False)
    objects = AppendOnlyOfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("choice about sharing a plan")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["plan", "organisation", "created_at"], name="sharing_of_plan")
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Presence(BaseModel):
    """That somebody had a plan open a moment ago. It locks nothing and is soon forgotten."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )  # nobody: the person themselves, or a carer by name
    carer = models.CharField(_("name of the carer"), max_length=120, blank=True)
    who = models.CharField(max_length=140)  # the same three in one, so that each is there once
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "who"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.who}"
