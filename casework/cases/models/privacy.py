"""What guards a record beyond live reasons: seals on the access log, overrides, sealed notes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models.person import Person
from casework.common.fields import EncryptedTextField, KeyField
from casework.common.models import AppendOnlyModel, BaseModel

if TYPE_CHECKING:
    from casework.accounts.models import User


class AccessSeal(AppendOnlyModel):
    """Seals one row of the access log, so that a row that is changed or removed later is found.

    `content` signs the row as it was; `mac` signs this seal together with the one before it, so
    that the seals form a chain. `entry` is an id and not a key: a row may be gone, and that is
    what the seal then shows.
    """

    number = models.PositiveBigIntegerField(unique=True)
    entry = models.UUIDField(unique=True)
    key = KeyField(max_length=12)
    content = KeyField(max_length=64)
    mac = KeyField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class SealHead(AppendOnlyModel):
    """How far the chain of seals had come when a day (UTC) was over: exported each day, and kept
    where nobody who can change this database can change it."""

    day = models.DateField(unique=True)
    number = models.PositiveBigIntegerField()
    key = KeyField(max_length=12)
    mac = KeyField(max_length=64)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)


class SealedNoteQuerySet(models.QuerySet["SealedNote"]):
    def visible_to(self, user: User) -> SealedNoteQuerySet:
        """Sealed notes that this user may read now."""
        from casework.cases.access import policy

        return policy.readable_notes(self, user)


class SealedNote(BaseModel):
    """Something about a person that only a few may read: encrypted, its history too.

    Others may be told that it is there; opening it needs a ground and is looked at by a second
    person afterwards. A safeguarding concern is never told of to whom it is not granted, and may
    keep some areas from the person's portal and from carers while it is open, without a word.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Sealed note")
        SAFEGUARDING = "safeguarding", _("Safeguarding concern")

    class Area(models.TextChoices):
        PLAN = "plan", _("The care plan")
        NOTES = "notes", _("Notes of contacts")
        DIARY = "diary", _("Meetings and who comes")
        PEOPLE = "people", _("Family, friends and carers")
        LOG = "log", _("Who has looked at the record")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sealed_notes")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.NOTE)
    words = EncryptedTextField(_("words"))
    why = EncryptedTextField(_("why it is sealed"))
    suspends = models.JSONField(_("kept back meanwhile"), default=list, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    objects = SealedNoteQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sealed note")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class SealedGrant(BaseModel):
    """One of the few who may read a sealed note, until it is taken back."""

    note = models.ForeignKey(SealedNote, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "user"],
                condition=Q(ended_at__isnull=True),
                name="sealed_grant_once",
                violation_error_message=_("They may read this note already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class OverrideQuerySet(models.QuerySet["Override"]):
    def visible_to(self, user: User) -> OverrideQuerySet:
        """Overrides that this user answers for: a privacy officer's organisation."""
        from casework.cases.access import policy

        return policy.reviewable(self, user)

    def active(self, now: dt.datetime | None = None) -> OverrideQuerySet:
        """Those that open something at this moment."""
        return self.filter(opened_at__isnull=False, ends_at__gt=now or timezone.now())


class Override(BaseModel):
    """Somebody opened a record, or a sealed note, that they had no reason of their own to open.

    Written before anything is looked up. `person` is empty where the identifier led to nobody.
    It opens for an hour, is told to the person unless a reason of safety was given and agreed to,
    and waits for a privacy officer's outcome.
    """

    class Category(models.TextChoices):
        DANGER = "danger", _("Somebody is in danger now")
        CRISIS = "crisis", _("The person is in crisis and is with me, or on the telephone")
        SAFEGUARDING = "safeguarding", _("To protect a child or an adult at risk")
        ASKED = "asked", _("The person asked me to")
        OTHER = "other", _("Something else")

    class Ground(models.TextChoices):
        CONSENT = "consent", _("The person agrees")
        LAW = "law", _("The law requires it")
        PUBLIC_INTEREST = "public_interest", _("The public interest outweighs confidentiality")

    class Outcome(models.TextChoices):
        IN_ORDER = "in_order", _("In order")
        LEARN = "learn", _("In order, and something to learn for the service")
        NOT_IN_ORDER = "not_in_order", _("Not in order: followed up with their manager")
        BREACH = "breach", _("A breach: reported")

    class Telling(models.TextChoices):
        TOLD = "told", _("The person has been sent a message")
        PORTAL = "portal", _("No safe way to write: it stands in their list of who looked")
        WAITS = "waits", _("Waits for a second person to agree that they are not told")
        WITHHELD = "withheld", _("Not told: a second person agreed")
        NOBODY = "nobody", _("Nothing was opened")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, related_name="+"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="overrides"
    )
    note = models.ForeignKey(
        SealedNote, on_delete=models.PROTECT, null=True, blank=True, related_name="openings"
    )
    category = models.CharField(
        _("why now"), max_length=15, choices=[*Category.choices, *Ground.choices]
    )
    reason = models.CharField(_("reason"), max_length=300)
    safety_reason = models.CharField(_("why the person is not told"), max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    telling = models.CharField(max_length=8, choices=Telling.choices, default=Telling.NOBODY)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    outcome_words = models.CharField(_("in a few words"), max_length=500, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    reviewed_at = models.DateTimeField(null=True, blank=True)
    objects = OverrideQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("override")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, ends_at__isnull=True)
                | Q(opened_at__isnull=False, ends_at__gte=F("opened_at")),
                name="override_ends_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (
                    ~Q(outcome="")
                    & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                    & ~Q(reviewed_by=F("user"))
                ),
                name="override_reviewed_by_another",
                violation_error_message=_("Somebody else must look at this."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "created_at"], name="override_of_user"),
            models.Index(fields=["team", "created_at"], name="override_of_team"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
