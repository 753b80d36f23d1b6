"""A person's time with the network, and who is with them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models.person import Person
from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin


class Case(ImportedMixin, BaseModel):
    """One person's time with the network.

    `team` holds the person (it answers for them) and `key_worker` is one pointer to their named
    worker; a planned handover may overlap two allocations, never two pointers. Whether the case is
    open is a fact (`casework.continuity.facts`): the person is alive and has an open referral, a
    current allocation or an attended contact within 90 days; `closed_on` records an ending that
    was agreed in the app.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    key_worker = models.ForeignKey(
        "directory.Worker",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="key_worker_cases",
    )
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("ended"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(closed_on__isnull=True),
                name="case_open_once",
                violation_error_message=_("This person already has an open case."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="case_closed_after_opened",
                violation_error_message=_("A case cannot end before it began."),
            ),
        ]
        indexes = [
            models.Index(fields=["team", "person"], name="case_of_team"),
            models.Index(fields=["key_worker", "person"], name="case_of_key_worker"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def on(self, day: dt.date) -> AllocationQuerySet:
        """Allocations in force on a day; both first and last day count."""
        return self.filter(start__lte=day).filter(Q(end__isnull=True) | Q(end__gte=day))


class Allocation(ImportedMixin, BaseModel):
    """Makes a worker someone's key worker, or another named role, from a date to a date.

    Both days are included; no last day means current. `planned_ending` is true when the change
    was agreed with the person before it happened (NICE QS88 statement 5), false when it was not,
    and empty when nobody knows (imported rows).
    """

    class Role(models.TextChoices):
        KEY_WORKER = "key_worker", _("Key worker")
        DEPUTY = "deputy", _("Deputy key worker")
        THERAPIST = "therapist", _("Therapist")
        PEER = "peer", _("Peer worker")
        DOCTOR = "doctor", _("Doctor")
        SUPPORT = "support", _("Support worker")
        OTHER = "other", _("In the care team")

    class EndReason(models.TextChoices):
        HANDOVER = "handover", _("Handed over as planned")
        WORKER_LEFT = "worker_left", _("The worker left")
        ABSENCE = "absence", _("Long absence")
        PERSON_ASKED = "person_asked", _("The person asked for another worker")
        TEAM_CHANGE = "team_change", _("Another team took over")
        ENDING = "ending", _("The work ended")
        OTHER = "other", _("Another reason")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="allocations")
    worker = models.ForeignKey(
        "directory.Worker", on_delete=models.PROTECT, related_name="allocations"
    )
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.KEY_WORKER)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    end_reason = models.CharField(
        _("why it ended"), max_length=15, choices=EndReason.choices, blank=True
    )
    planned_ending = models.BooleanField(_("agreed before it ended"), null=True, blank=True)
    team_type = KeyField(max_length=4, blank=True)
    objects = AllocationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "start", "worker"],
                name="allocation_once",
                violation_error_message=_("This worker already has this role from that day."),
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="allocation_end_after_start",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "role", "start", "end", "worker"], name="allocation_of_person"
            ),
            models.Index(fields=["worker", "end"], name="allocation_of_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} ({self.get_role_display()})"
