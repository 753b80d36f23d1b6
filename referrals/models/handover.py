"""Passing on, and ending, with the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Person
from casework.common.models import BaseModel
from casework.directory.models import Team, Worker
from referrals.models.referral import Referral

if TYPE_CHECKING:
    from casework.accounts.models import User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> HandoverQuerySet:
        """Handovers of the people whose record this user may open."""
        return self.filter(person__in=Person.objects.visible_to(user))

    def under_way(self) -> HandoverQuerySet:
        """Neither accepted nor stopped."""
        return self.filter(accepted_on__isnull=True, stopped_on__isnull=True)


class Handover(BaseModel):
    """A planned change of worker or team: a checklist agreed with the person, accepted by a named
    worker. Until `overlap_until` both are there."""

    class Step(models.TextChoices):
        STORY = "story", _("The person's story and plan are passed on; they need not tell it again")
        MEETING = "meeting", _("A meeting of the three was offered")
        SAFETY = "safety", _("The safety plan and crisis contacts are passed on")
        WORRIES = "worries", _("What the person worries about in this change is written down")
        NEXT = "next", _("The first appointment with the new worker is arranged")
        FAMILY = "family", _("Family, friends and other agencies that matter know")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handovers")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="handovers"
    )
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    from_worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))
    steps_done = models.JSONField(default=list, blank=True)
    agreed_on = models.DateField(_("agreed with the person"), null=True, blank=True)
    person_words = models.TextField(_("what the person says about it"), blank=True)
    overlap_until = models.DateField(_("both until"), null=True, blank=True)
    introduced_on = models.DateField(_("introduced"), null=True, blank=True)
    joint_meeting_on = models.DateField(_("met together"), null=True, blank=True)
    goodbye_on = models.DateField(_("said goodbye"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    accepted_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    stop_reason = models.TextField(_("why it stopped"), blank=True, default="", db_default="")
    declined = models.BooleanField(
        _("the new worker could not take it on"), default=False, db_default=False
    )
    objects = HandoverQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_on__isnull=True, stopped_on__isnull=True),
                name="handover_open_once",
                violation_error_message=_("A handover for this person is already under way."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(accepted_by__isnull=False),
                name="handover_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_worker or self.from_team} → {self.to_worker}"


class EndingPlan(BaseModel):
    """What was agreed with the person about an ending, before it (NICE QS88 statement 5)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="ending_plans")
    agreed_on = models.DateField(_("agreed with the person on"))
    what_next = models.TextField(_("what comes next"))
    if_hard = models.TextField(
        _("what to do if things get hard"), blank=True, default="", db_default=""
    )
    who_to_ask = models.TextField(_("whom to turn to, also in a crisis"))
    coming_back = models.TextField(_("how to come back"))
    person_words = models.TextField(_("what the person says about it"), blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    history = HistoricalRecords()

    class Meta:
        ordering = ["agreed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.agreed_on}"
