"""Somebody asks a team to help a person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Contact, Person
from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin
from casework.common.state import StateField, StatefulModel
from casework.directory.models import Team, Worker
from referrals import table
from referrals.models.holding import Responsibility
from referrals.table import Kind, State
from referrals.transitions import Transitions

if TYPE_CHECKING:
    from uuid import UUID

    from casework.accounts.models import User


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> ReferralQuerySet:
        """Referrals of the people whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))

    def open(self) -> ReferralQuerySet:
        """Sent and not ended."""
        return self.filter(state__in=table.OPEN)


class Referral(Transitions, StatefulModel, ImportedMixin, BaseModel):
    """Somebody asked a team to help a person (MHS101). Codes are kept as received.

    `state` moves only as `referrals.table` declares, through `referrals.services`. Dates and times
    are local. `received_on` is when the receiving side first had it and starts the national
    clock; `asked_on` is when the person first asked. A referral of an extract has the state that
    its data prove (`from_data`) until somebody acts on it here.
    """

    class Sender(models.TextChoices):
        TEAM = "team", _("A team")
        PERSON = "person", _("The person themselves")
        OUTSIDE = "outside", _("Somebody outside the network")

    class View(models.TextChoices):
        WANTS = "wants", _("Wants it")
        UNSURE = "unsure", _("Is unsure")
        DOES_NOT_WANT = "does_not_want", _("Does not want it")

    class Intensity(models.TextChoices):
        INTENSIVE = "intensive", _("Intensive")
        STEADY = "steady", _("Steady")
        LIGHT_TOUCH = "light_touch", _("Light touch")

    # what an extract says too
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="referrals")
    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    received_on = models.DateField(_("received"))
    received_time = models.TimeField(null=True, blank=True)
    source = KeyField(_("source"), max_length=4, blank=True)
    referring_org = KeyField(max_length=8, blank=True)
    commissioner = KeyField(max_length=8, blank=True)
    priority = KeyField(_("priority"), max_length=4, blank=True)
    primary_reason = KeyField(max_length=4, blank=True)
    discharged_on = models.DateField(_("ended"), null=True, blank=True)
    discharged_time = models.TimeField(null=True, blank=True)
    rejected_on = models.DateField(_("declined"), null=True, blank=True)
    rejected_time = models.TimeField(null=True, blank=True)
    reject_reason = KeyField(max_length=4, blank=True)
    close_reason = KeyField(max_length=4, blank=True)

    # where it stands
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.TRANSFER, db_default="transfer"
    )
    state = StateField(
        _("state"),
        max_length=24,
        choices=State.choices,
        default=State.DRAFT,
        db_default="received",
    )
    state_on = models.DateField(_("in this state since"), null=True, blank=True)
    state_time = models.TimeField(null=True, blank=True)
    from_data = models.BooleanField(
        _("state as the extract proves it"), default=False, db_default=True
    )
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    timer_on = models.DateField(_("last answer about progress"), null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(_("limit in hours"), null=True, blank=True)

    # who asks, and the story
    root = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="journey_referrals"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    sender = models.CharField(
        _("who sends it"),
        max_length=8,
        choices=Sender.choices,
        default="team",
        db_default="outside",
    )
    sender_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="sent_referrals"
    )
    sender_words = models.TextField(_("who asked"), blank=True, db_default="")
    sent_on = models.DateField(_("sent"), null=True, blank=True)
    asked_on = models.DateField(_("first asked for help"), null=True, blank=True)
    reason_words = models.TextField(_("in the person's own words"), blank=True, db_default="")
    reason_why_not = models.TextField(_("why not in their own words"), blank=True, db_default="")
    may_not_see = models.TextField(
        _("what you may not see when meeting me"), blank=True, db_default=""
    )
    shared_words = models.TextField(_("what will be shared with whom"), blank=True, db_default="")
    person_view = models.CharField(
        _("the person's view"), max_length=15, choices=View.choices, blank=True, db_default=""
    )
    reach_words = models.TextField(_("how to reach the person"), blank=True, db_default="")
    rest_by = models.DateTimeField(_("the rest is asked by"), null=True, blank=True)

    # who holds, and who is named
    held = models.ForeignKey(
        Responsibility, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    meanwhile_support = models.TextField(_("support while waiting"), blank=True, db_default="")
    named_worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="named_on_referrals"
    )
    accepted_on = models.DateField(null=True, blank=True)
    redirects = models.PositiveSmallIntegerField(default=0, db_default=0)
    redirected_on = models.DateField(null=True, blank=True)
    meeting_words = models.TextField(_("meeting offered"), blank=True, db_default="")
    met_contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_contact_on = models.DateField(null=True, blank=True)

    # the work and its ending
    intensity = models.CharField(
        _("intensity"), max_length=12, choices=Intensity.choices, blank=True, db_default=""
    )
    extra_words = models.TextField(_("extra help"), blank=True, db_default="")
    extra_owner = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extra_until = models.DateField(null=True, blank=True)
    advice = models.TextField(_("advice given"), blank=True, db_default="")
    outcome_words = models.TextField(_("outcome"), blank=True, db_default="")
    ended_cause = models.CharField(max_length=15, blank=True, db_default="")
    come_back_until = models.DateField(
        _("can come back without a new referral until"), null=True, blank=True
    )

    objects = ReferralQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("referral")
        ordering = ["-received_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "local_id"], name="referral_once_per_provider"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=table.OPEN)
                | Q(from_data=True)
                | Q(held__isnull=False, held=F("person")),
                name="open_referral_is_held",
                violation_error_message=_("Somebody must hold the person while this is open."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=table.NAMED) | Q(from_data=True) | ~Q(named_worker=None),
                name="allocated_has_worker",
                violation_error_message=_("Name a worker."),
            ),
            models.CheckConstraint(
                condition=Q(extra_words="")
                | (Q(extra_owner__isnull=False) & Q(extra_until__isnull=False)),
                name="extra_help_has_owner_and_end",
                violation_error_message=_("Extra help needs somebody to see to it and an end."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "person"],
                condition=Q(discharged_on__isnull=True, rejected_on__isnull=True),
                name="referral_open_of_team",
            ),
            models.Index(
                fields=["team", "state", "received_on", "id"],
                condition=Q(state__in=table.OPEN),
                name="referral_waiting_at_team",
            ),
            models.Index(
                fields=["sender_team", "state", "received_on", "id"],
                condition=Q(state__in=table.OPEN),
                name="referral_sent_by_team",
            ),
            models.Index(
                fields=["team", "first_contact_on"],
                condition=Q(first_contact_on__isnull=False),
                name="referral_met_by_team",
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="referral_due"),
            models.Index(
                fields=["rest_by"], condition=Q(rest_by__isnull=False), name="referral_rest_due"
            ),
            models.Index(fields=["received_on"], name="referral_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.received_on}"

    @property
    def journey_id(self) -> UUID:
        """All referrals for one need share it; it is the id of the first of them."""
        return self.root_id or self.pk

    @property
    def is_open(self) -> bool:
        return self.state in table.OPEN

    @property
    def urgent(self) -> bool:
        return self.priority in table.URGENT

    def within_come_back(self, on: dt.date) -> bool:
        """May the person come back on this day without a new referral?"""
        return self.come_back_until is not None and on <= self.come_back_until
