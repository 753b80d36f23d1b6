"""Meetings, calls and messages: booked, attended, missed or cancelled."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models.person import Person
from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin

if TYPE_CHECKING:
    from casework.accounts.models import User

ATTENDED = ("5", "6")


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> ContactQuerySet:
        """Contacts of the people whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))

    def attended(self) -> ContactQuerySet:
        """Contacts that count: the person was seen, on time or late (MHSDS 5 and 6)."""
        return self.filter(attendance__in=ATTENDED)

    def latest_first(self) -> ContactQuerySet:
        """By date, then time (none = midnight), then id as text."""
        return self.order_by("-date", "-order_key")


class Contact(ImportedMixin, BaseModel):
    """A meeting, call or message that is booked, took place or did not.

    Local date and time are kept; UTC is derived. `attendance` is the MHSDS code as received
    (list 4.5; unknown codes count as not known and so as not attended). `worker` is the one worker
    that the contact counts for and `worker_count` how many different workers took part
    (extract format 5.2); `team` saw the person. `order_key` orders the contacts of one day.
    """

    class Attendance(models.TextChoices):
        BOOKED = "0", _("Booked")
        CANCELLED_BY_PERSON = "2", _("Cancelled by the person")
        MISSED = "3", _("Missed")
        CANCELLED_BY_SERVICE = "4", _("Cancelled by us")
        ATTENDED = "5", _("Attended")
        LATE = "6", _("Came late, and was seen")
        TOO_LATE = "7", _("Came too late to be seen")
        UNKNOWN = "", _("Not known")

    class Medium(models.TextChoices):
        FACE_TO_FACE = "01", _("Face to face")
        TELEPHONE = "02", _("Telephone")
        TALK_TYPE = "04", _("Talk type")
        EMAIL = "05", _("E-mail")
        TEXT = "09", _("Text message")
        INSTANT = "10", _("Instant messaging")
        VIDEO = "11", _("Video")
        BOARD = "12", _("Message board")
        CHAT = "13", _("Chat room")
        OTHER = "98", _("Another way")
        UNKNOWN = "", _("Not known")

    class Purpose(models.TextChoices):
        TRIAGE = "triage", _("Triage")
        ASSESSMENT = "assessment", _("Assessment")
        SUPPORT = "support", _("Support")
        THERAPY = "therapy", _("Therapy")
        REVIEW = "review", _("Review")
        CRISIS = "crisis", _("Crisis")
        OTHER = "other", _("Something else")
        UNKNOWN = "", _("Not recorded")

    class Barrier(models.TextChoices):
        TRANSPORT = "transport", _("Getting there")
        MONEY = "money", _("Money")
        FEAR = "fear", _("Feeling afraid or overwhelmed")
        TIME = "time", _("The time of day")
        WORKER = "worker", _("Who it was with")
        ROOM = "room", _("The place or the room")
        NOTICE = "notice", _("The message about it did not arrive")
        HEALTH = "health", _("Being unwell")
        OTHER = "other", _("Something else")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    local_id = KeyField(_("local id"), max_length=20, null=True, blank=True)
    team = models.ForeignKey(
        "directory.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    worker = models.ForeignKey(
        "directory.Worker",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        db_index=False,
    )
    worker_count = models.PositiveSmallIntegerField(default=0)
    date = models.DateField(_("date"))
    time = models.TimeField(_("time"), null=True, blank=True)
    order_key = KeyField(max_length=64)
    minutes = models.PositiveIntegerField(_("how long, in minutes"), null=True, blank=True)
    attendance = KeyField(_("what happened"), max_length=4, blank=True, default=Attendance.BOOKED)
    medium = KeyField(_("how"), max_length=4, blank=True)
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=Purpose.choices, blank=True, default=""
    )
    subject = KeyField(_("with the person or their proxy"), max_length=4, blank=True)
    planned = KeyField(_("planned"), max_length=4, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancel_reason = KeyField(max_length=4, blank=True)
    who_else = models.CharField(
        _("who else is there"),
        max_length=200,
        blank=True,
        help_text=_("People who do not work for us: family, a friend, an interpreter."),
    )
    place = models.CharField(_("where"), max_length=200, blank=True)
    barrier = models.CharField(
        _("what got in the way"), max_length=12, choices=Barrier.choices, blank=True
    )
    barrier_words = models.CharField(_("in their words"), max_length=300, blank=True)
    interpreter_booked = models.BooleanField(_("interpreter booked"), default=False)
    group_id = models.UUIDField(null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ContactQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-date", "-order_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "local_id"], name="contact_once_per_provider"
            )
        ]
        indexes = [
            # everything that the facts about continuity read, so that they read nothing else
            models.Index(
                fields=[
                    "person",
                    "date",
                    "order_key",
                    "worker",
                    "team",
                    "worker_count",
                    "purpose",
                    "group_id",
                    "attendance",  # SQLite reads it again although the condition implies it
                ],
                condition=Q(attendance__in=["5", "6"]),
                name="contact_facts",
            ),
            models.Index(fields=["person", "date", "order_key"], name="contact_of_person"),
            models.Index(fields=["worker", "date"], name="contact_of_worker"),
            models.Index(
                fields=["date", "person"], condition=Q(attendance="0"), name="contact_booked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.person}"

    @staticmethod
    def make_order_key(time: dt.time | None, ident: str) -> str:
        """Order within a day: time (none = midnight), then id as text."""
        return f"{(time or dt.time(0)).strftime('%H:%M:%S')}|{ident}"

    @property
    def attended(self) -> bool:
        return self.attendance in ATTENDED


class Activity(ImportedMixin, BaseModel):
    """Something done at a contact (MHS202).

    A contact recorded in the app has one only where it says more than the contact itself: that
    several workers took part, or what exactly was done.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="activities")
    local_id = KeyField(max_length=20, null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    procedure = models.CharField(_("SNOMED CT expression"), max_length=255, blank=True)

    class Meta:
        ordering = ["local_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "local_id"], name="activity_once_per_provider"
            )
        ]

    def __str__(self) -> str:
        return self.procedure or str(self.pk)


class ActivityWorker(ImportedMixin, BaseModel):
    """A worker who took part in an activity (MHS206). Several = people working together."""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="workers", db_index=False
    )
    worker = models.ForeignKey("directory.Worker", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "worker"], name="activity_worker_once")
        ]

    def __str__(self) -> str:
        return str(self.worker)
