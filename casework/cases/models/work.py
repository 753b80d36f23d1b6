"""What the people around a person write down and agree to do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models.case import Allocation
from casework.cases.models.contact import Contact
from casework.cases.models.person import Person
from casework.common.models import BaseModel
from casework.directory.models import Team, Worker

if TYPE_CHECKING:
    from casework.accounts.models import User


class OfVisiblePeople(models.QuerySet):
    """Rows about a person: scoped by whose record the user may open."""

    def visible_to(self, user: User) -> Self:
        """Rows of the people whose record this user has a live reason to open."""
        return self.filter(person__in=Person.objects.visible_to(user))


class Note(BaseModel):
    """What was said and agreed at a contact.

    Shared with the person unless the writer says why not. What somebody else told us, or what is
    about somebody else, is kept apart in `third_party_words` and withheld from the person until
    it was reviewed.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="notes", null=True, blank=True
    )
    words = models.TextField(_("note"))
    third_party_words = models.TextField(_("from or about somebody else"), blank=True)
    shared = models.BooleanField(_("shared with the person"), default=True)
    not_shared_reason = models.CharField(_("why not"), max_length=200, blank=True)
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    version = models.PositiveIntegerField(default=0, editable=False)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("note")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shared=True) | ~Q(not_shared_reason=""),
                name="note_unshared_has_reason",
                violation_error_message=_("Say why this note is not shared with the person."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class Step(BaseModel):
    """Something that somebody will do for or with a person by a day: the smallest promise.

    One that the service did not keep is the service's, never shown as the person's failure.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="steps")
    words = models.CharField(_("what"), max_length=300)
    worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )
    due_on = models.DateField(_("by"))
    from_contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    done_on = models.DateField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    what_happened = models.CharField(_("what happened"), max_length=300, blank=True)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("step")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(worker__isnull=False) | Q(team__isnull=False),
                name="step_has_owner",
                violation_error_message=_("Choose who will do this."),
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="step_done_together",
            ),
        ]
        indexes = [
            models.Index(
                fields=["worker", "due_on"], condition=Q(done_on__isnull=True), name="step_due"
            ),
            models.Index(
                fields=["team", "due_on"],
                condition=Q(done_on__isnull=True),
                name="step_due_of_team",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class CheckIn(BaseModel):
    """Light-touch contact while things go well, agreed with the person, instead of a discharge."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="check_ins")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="check_ins")
    medium = models.CharField(_("how"), max_length=4, choices=Contact.Medium.choices)
    every_weeks = models.PositiveSmallIntegerField(_("every how many weeks"))
    next_on = models.DateField(_("next"))
    agreed_on = models.DateField(_("agreed with the person on"))
    words = models.CharField(_("what we agreed"), max_length=300, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("check-in")
        ordering = ["next_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "worker"],
                condition=Q(ended_on__isnull=True),
                name="check_in_once",
                violation_error_message=_("There are already check-ins with this worker."),
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=26),
                name="check_in_weeks",
                violation_error_message=_("Choose from 1 to 26 weeks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.next_on}"


class WorkerHandover(BaseModel):
    """A planned change from one named worker to another, in steps that the person can follow:
    introduced, a joint meeting, a goodbye, and an overlap with an end."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="worker_handovers")
    role = models.CharField(_("role"), max_length=12, choices=Allocation.Role.choices)
    from_worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    to_worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=300)
    agreed_with_person_on = models.DateField(
        _("talked about with the person"), null=True, blank=True
    )
    person_says = models.CharField(_("what the person said"), max_length=300, blank=True)
    introduced_on = models.DateField(_("introduced"), null=True, blank=True)
    joint_meeting_on = models.DateField(_("met together"), null=True, blank=True)
    goodbye_on = models.DateField(_("said goodbye"), null=True, blank=True)
    starts_on = models.DateField(_("new worker from"))
    overlap_until = models.DateField(_("both until"))
    completed_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("handover")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_worker=F("to_worker")),
                name="handover_two_workers",
                violation_error_message=_("Choose two different workers."),
            ),
            models.CheckConstraint(
                condition=Q(overlap_until__gte=F("starts_on")),
                name="handover_overlap_after_start",
                violation_error_message=_("The overlap cannot end before the new worker starts."),
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(completed_on__isnull=True, cancelled_on__isnull=True),
                name="handover_one_at_a_time",
                violation_error_message=_("A handover is already under way for this role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.from_worker} → {self.to_worker}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: dt.date | None = None) -> AbsenceQuerySet:
        """Absences in force on a day (today if not said)."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day).filter(Q(end__isnull=True) | Q(end__gte=day))


class Absence(BaseModel):
    """A worker is away, and who covers everything at once: one named worker or the duty team."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="absences")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    cover_worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="covering"
    )
    cover_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    leaving = models.BooleanField(_("leaving for good"), default=False)
    note = models.CharField(_("what people are told"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    objects = AbsenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("absence")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cover_worker__isnull=False) | Q(cover_team__isnull=False),
                name="absence_is_covered",
                violation_error_message=_("Choose who covers: a worker or the duty team."),
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="absence_end_after_start",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(cover_worker__isnull=True) | ~Q(cover_worker=F("worker")),
                name="absence_covered_by_another",
                violation_error_message=_("Somebody else must cover."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker}: {self.start}"


class MergeSuspect(BaseModel):
    """Two records that may be one person. Never merged by themselves: somebody decides."""

    class Decision(models.TextChoices):
        OPEN = "", _("To decide")
        DIFFERENT = "different", _("Two different people")
        SAME = "same", _("The same person")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merge_suspects")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=200)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    decided_on = models.DateField(null=True, blank=True)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="merge_suspect_once"),
            models.CheckConstraint(
                condition=~Q(person=F("other")), name="merge_suspect_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.other}"
