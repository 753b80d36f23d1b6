"""Something that should not stay unnoticed, and what was done about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Person
from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel, AppendOnlyQuerySet, BaseModel
from casework.directory.models import Organisation, Team, Worker

if TYPE_CHECKING:
    from casework.accounts.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> AlertQuerySet:
        """Still in breach and not resolved."""
        return self.filter(resolved_on__isnull=True)

    def showing(self, on: dt.date) -> AlertQuerySet:
        """Not put off, and not done, on a day: what waits for somebody."""
        return self.filter(Q(hidden_until__isnull=True) | Q(hidden_until__lte=on))

    def visible_to(self, user: User) -> AlertQuerySet:
        """The alerts that this user may read: their own, and their team's where they lead it."""
        from casework.alerts import policy

        return policy.visible_alerts(self, user)


class Alert(BaseModel):
    """A rule in breach for one subject, from the day it opened to the day it was resolved.

    `subject_key` is text (`person:UUID`, `referral:UUID`), so that one unique constraint keeps one
    open alert per rule and subject, however many sweeps run at once. `worker` is who can act next
    (the named holder), `team` the holding team. `backlog` marks what was already in breach at the
    first import: a list to work through, not a flood. Sentences speak about the service and are
    not for appraisal.

    The sweep opens and resolves it; people say that they have seen it, answer its question, put it
    off or are done with it, and each of that is an `AlertAction`. While it is put off or done it is
    hidden until `hidden_until`, when it comes back if still in breach. `level` is how far up it has
    gone, and `timer_on` the day from which the next step up is counted (the day it was opened,
    where nobody has done anything yet).
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        SEEN = "seen", _("Seen")
        SNOOZED = "snoozed", _("Put off")
        DONE = "done", _("Done for now")

    class Level(models.IntegerChoices):
        HOLDER = 0, _("named worker")
        LEAD = 1, _("team lead")
        NETWORK = 2, _("network lead")

    rule = models.CharField(max_length=40)
    subject_key = KeyField(max_length=80)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="alerts", null=True, blank=True
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="alerts", null=True, blank=True
    )
    worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, related_name="alerts", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    sentence = models.TextField()
    cause = models.TextField(blank=True)
    cause_kind = models.CharField(max_length=20, blank=True)
    next_step = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    backlog = models.BooleanField(_("already so at the first import"), default=False)
    opened_on = models.DateField()
    updated_on = models.DateField()
    resolved_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    hidden_until = models.DateField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.HOLDER)
    timer_on = models.DateField(null=True, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )  # for accountability
    version = models.PositiveIntegerField(default=0)
    objects = AlertQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_key"],
                condition=Q(resolved_on__isnull=True),
                name="alert_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["snoozed", "done"], hidden_until__isnull=False)
                | Q(status__in=["open", "seen"], hidden_until__isnull=True),
                name="alert_hidden_until_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "person"],
                condition=Q(resolved_on__isnull=True),
                name="alert_open_of_team",
            ),
            models.Index(
                fields=["worker", "person"],
                condition=Q(resolved_on__isnull=True),
                name="alert_open_of_worker",
            ),
            models.Index(
                fields=["hidden_until"],
                condition=Q(resolved_on__isnull=True, hidden_until__isnull=False),
                name="alert_hidden",
            ),
            models.Index(
                fields=["level", "rule"],
                condition=Q(resolved_on__isnull=True, backlog=False),
                name="alert_on_the_ladder",
            ),
            models.Index(fields=["opened_on", "team"], name="alert_by_month"),
        ]

    def __str__(self) -> str:
        return self.sentence

    def hidden(self, on: dt.date) -> bool:
        """Put off or done, and its day has not come."""
        return self.hidden_until is not None and self.hidden_until > on

    def state(self, on: dt.date) -> str:
        """How it stands on a day: resolved, or one of `Status`. What was hidden until a day waits
        again from that day on, whether or not the nightly job has written so."""
        if self.resolved_on is not None:
            return "resolved"
        if self.hidden_until is not None and not self.hidden(on):
            return self.Status.OPEN
        return self.status


class AlertAction(AppendOnlyModel):
    """What somebody did about an alert, or what followed by itself: who, what, when, in which
    words, until when. The alert's history, as people read it."""

    class Kind(models.TextChoices):
        SEEN = "seen", _("Seen")
        ANSWERED = "answered", _("Answered")
        SNOOZED = "snoozed", _("Put off")
        DONE = "done", _("Done for now")
        BROUGHT_BACK = "brought_back", _("Brought back")
        RETURNED = "returned", _("Came back by itself")
        RAISED = "raised", _("Went up")

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability; nobody, where it followed by itself
    choice = models.CharField(max_length=40, blank=True)
    words = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(choices=Alert.Level.choices, null=True, blank=True)
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class ThresholdChange(AppendOnlyModel):
    """Somebody set a threshold, or put it back: for everybody, a kind of team or one team; from
    what to what (empty: what is set more widely, or the default), and why."""

    code = models.CharField(max_length=60)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team_kind = models.CharField(max_length=15, blank=True)
    before = models.FloatField(null=True, blank=True)
    after = models.FloatField(null=True, blank=True)
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["code", "created_at"], name="threshold_change_of_code")]

    def __str__(self) -> str:
        return f"{self.code}: {self.before} → {self.after}"


class SweepMark(models.Model):
    """How far the sweep has come for one organisation: the date of its last full look."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True)
    full_on = models.DateField()
    policy_digest = models.CharField(max_length=64)
    run_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.organisation} {self.full_on}"
