"""Who may open a record, and who did."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.cases.models.person import Person
from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel, BaseModel


class LiveReasonQuerySet(models.QuerySet["LiveReason"]):
    def on(self, day: dt.date, now: dt.datetime | None = None) -> LiveReasonQuerySet:
        """Reasons in force on a day; one that lasts an hour is over when its hour is."""
        return (
            self.filter(start__lte=day)
            .filter(Q(end__isnull=True) | Q(end__gte=day))
            .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now or timezone.now()))
        )


class LiveReason(BaseModel):
    """Why a worker or a team may open a person's record, from a date to a date.

    The only thing that access reads. Services write it when somebody is allocated, a referral is
    sent, a contact is booked, duty is covered or a call is logged, and end it with what ends it.
    `source_key` names that something.
    """

    class Kind(models.TextChoices):
        ALLOCATION = "allocation", _("Named in the person's care team")
        CASE_TEAM = "case_team", _("The team that holds the person")
        REFERRAL = "referral", _("An open referral to or from the team")
        CONTACT = "contact", _("Booked or recent contact")
        DUTY = "duty", _("Covering duty")
        CALL = "call", _("A call from or about the person")
        HANDOVER = "handover", _("A handover under way")
        SHARING = "sharing", _("The person chose to share")
        OVERRIDE = "override", _("A recorded override")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="live_reasons", db_index=False
    )
    worker = models.ForeignKey(
        "directory.Worker",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    team = models.ForeignKey(
        "directory.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source_key = KeyField(max_length=120)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)  # an override's hour
    run_id = models.UUIDField(null=True, blank=True)
    objects = LiveReasonQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(worker__isnull=True, team__isnull=False)
                | Q(worker__isnull=False, team__isnull=True),
                name="reason_worker_or_team",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="reason_end_after_start",
            ),
            models.UniqueConstraint(
                fields=["person", "source_key"],
                name="reason_once_per_source",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "person", "start", "end"], name="reason_of_team"),
            models.Index(fields=["worker", "person", "start", "end"], name="reason_of_worker"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AccessEntry(AppendOnlyModel):
    """Somebody looked at, listed, exported or printed a record, and why they could; or signed in.

    Written by middleware after the view has run. The person can read the entries about them.
    Those about signing in are about no person: `user` is whose account it was, or who changed the
    account that `record` names, and nobody where no account has the address that was typed.
    """

    class Action(models.TextChoices):
        VIEW = "view", _("Opened")
        LIST = "list", _("Seen in a list")
        CHANGE = "change", _("Changed")
        EXPORT = "export", _("Exported")
        PRINT = "print", _("Printed")
        OVERRIDE = "override", _("Opened by override")
        REFUSED = "refused", _("Refused")
        SIGNED_IN = "signed_in", _("Signed in")
        SIGNED_OUT = "signed_out", _("Signed out")
        NOT_LET_IN = "not_let_in", _("Not let in")
        SIGN_WAY = "sign_way", _("Changed how somebody signs in")

    SIGNING = (Action.SIGNED_IN, Action.SIGNED_OUT, Action.NOT_LET_IN, Action.SIGN_WAY)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=30, blank=True)
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="access_entries", db_index=False
    )
    listed = models.JSONField(default=list, blank=True)
    page = models.CharField(max_length=80)
    record = models.UUIDField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    reason_words = models.CharField(max_length=300, blank=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(fields=["person", "created_at"], name="access_of_person"),
            models.Index(fields=["user", "created_at"], name="access_of_user"),
            # few among very many, and read for themselves
            models.Index(
                fields=["created_at"],
                condition=Q(action__in=["signed_in", "signed_out", "not_let_in", "sign_way"]),
                name="access_of_signing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.page}"
