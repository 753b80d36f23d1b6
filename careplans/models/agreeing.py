"""What was shared, who agreed to it and how, and who may speak for somebody."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from careplans.models.lines import AppendOnlyOfVisiblePlans, OfVisiblePlans
from careplans.models.plan import Plan, Signed
from casework.cases.models import Person
from casework.cases.models.work import OfVisiblePeople
from casework.common.fields import KeyField
from casework.common.ids import uuid7
from casework.common.models import AppendOnlyModel, AppendOnlyQuerySet, BaseModel


class Version(Signed, AppendOnlyModel):
    """A plan as it was shared. It never changes: not by us, not by an administrator, not by SQL.

    `content` is everything that it said, with whose words they are and who wrote them.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField()
    why = models.TextField(_("what is new"), blank=True)
    review_due = models.DateField(_("to be looked at again by"))
    last_revision = models.PositiveIntegerField(default=0)
    objects = AppendOnlyOfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("version of a plan")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class LegalAuthority(BaseModel):
    """Somebody who may by law decide for a person about some things, from a date to a date."""

    class Kind(models.TextChoices):
        DEPUTY = "deputy", _("Deputy of the Court of Protection")
        ATTORNEY = "attorney", _("Lasting power of attorney for health and welfare")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_authorities")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    holder = models.CharField(_("name"), max_length=120)
    scope = models.TextField(_("what it covers"))
    reference = models.CharField(_("registration or court reference"), max_length=60)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    seen_on = models.DateField(_("document seen on"))
    seen_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("legal authority")
        verbose_name_plural = _("legal authorities")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="authority_end_after_start",
                violation_error_message=_("The last day must not be before the first day."),
            )
        ]

    def __str__(self) -> str:
        return self.holder

    def in_force(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class CapacityRecord(AppendOnlyModel):
    """Whether a person could make one decision on one day, and what was done to help them make it.

    Always about a decision, never about a person: the next decision is asked about again.
    """

    class Outcome(models.TextChoices):
        CAN = "can", _("They can make this decision")
        CANNOT_NOW = "cannot_now", _("They cannot make this decision at present")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="capacity_records")
    decision = models.TextField(_("which decision"))
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="capacity_records"
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    help_given = models.TextField(_("what was done to help them decide"))
    why = models.TextField(_("what this rests on"))
    on = models.DateField(_("date"))
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability

    class Meta:
        verbose_name = _("capacity for one decision")
        ordering = ["-on", "pk"]

    def __str__(self) -> str:
        return self.decision[:60]


def scan_path(agreement: Agreement, filename: str) -> str:
    """A name that says nothing about anybody."""
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else "bin"
    return f"plans/signed/{uuid7()}.{ending[:4]}"


class AgreementQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: object) -> AgreementQuerySet:
        """Answers to plans of the people whose record this user may open."""
        people = Person.objects.visible_to(user)  # type: ignore[arg-type]
        return self.filter(version__plan__person__in=people)


class Agreement(AppendOnlyModel):
    """What one party says to one version, on a day and in their own words (MHS009).

    A later answer of the same party stands beside the earlier one and does not replace it.
    """

    class Party(models.TextChoices):
        PERSON = "10", _("The person")
        CARER = "11", _("Family member or carer")
        ADVOCATE = "12", _("Advocate")
        TEAM = "13", _("The team")
        LOCAL = "14", _("Local support team")
        COMMISSIONER = "15", _("Commissioner")

    class Answer(models.TextChoices):
        AGREE = "agree", _("I agree")
        PARTLY = "partly", _("I agree with part of it")
        DISAGREE = "disagree", _("I do not agree")
        NEED_TIME = "need_time", _("I need time")
        NOT_NOW = "not_now", _("I am not able to say now")

    class Means(models.TextChoices):
        PORTAL = "portal", _("Signed in themselves")
        CODE = "code", _("With the code that was sent to them")
        SIGNATURE = "signature", _("Signed on paper")
        TOLD = "told", _("Told a worker")
        AUTHORITY = "authority", _("Somebody with legal authority answered for them")
        OWN = "own", _("The worker's own answer for their team")

    class Copy(models.TextChoices):
        PAPER = "paper", _("On paper, in person")
        POST = "post", _("By post")
        PORTAL = "portal", _("They can read it when they sign in")
        EMAIL = "email", _("By e-mail, as they asked")
        NONE = "none", _("They did not want a copy")
        NOT_YET = "not_yet", _("Not yet")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="agreements")
    party = KeyField(_("who"), max_length=2, choices=Party.choices)
    name = models.CharField(_("name"), max_length=120)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    words = models.TextField(_("in their own words"), blank=True)
    on = models.DateField(_("date"))
    means = models.CharField(_("how they said so"), max_length=10, choices=Means.choices)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    scan = models.FileField(_("signed page"), upload_to=scan_path, max_length=120, blank=True)
    authority = models.ForeignKey(
        LegalAuthority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    capacity = models.ForeignKey(
        CapacityRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    copy = models.CharField(
        _("how they got a copy"), max_length=10, choices=Copy.choices, default=Copy.NOT_YET
    )
    copy_on = models.DateField(null=True, blank=True)
    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a version")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(party="10")
                | ~Q(answer__in=["agree", "partly"])
                | Q(means__in=["portal", "code", "authority"])
                | (Q(means="signature") & ~Q(scan="")),
                name="agreement_person_agrees_themselves",
                violation_error_message=_("Only the person agrees for the person."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        means="authority",
                        authority__isnull=False,
                        capacity__isnull=False,
                        party="10",
                    )
                    | (~Q(means="authority") & Q(authority__isnull=True, capacity__isnull=True))
                ),
                name="agreement_authority_is_recorded",
            ),
        ]
        indexes = [models.Index(fields=["version", "created_at"], name="agreement_of_version")]

    def __str__(self) -> str:
        return f"{self.party} {self.answer}"

    @property
    def agrees(self) -> bool:
        return self.answer == self.Answer.AGREE


class ConfirmationCode(BaseModel):
    """A code that was sent to the person, so that they can agree without signing in themselves.

    Only a digest of it is kept; a worker never sees it unless the person reads it to them.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    sent_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return str(self.version_id)


class Review(Signed, BaseModel):
    """A look at the plan together: asked for by somebody, formal or not, and held or not yet."""

    class Kind(models.TextChoices):
        FORMAL = "formal", _("A review meeting")
        INFORMAL = "informal", _("An informal look")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    asked_words = models.TextField(_("why now"), blank=True)
    held_on = models.DateField(_("held"), null=True, blank=True)
    held_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    words = models.TextField(_("what we looked at"), blank=True)
    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("review")
        ordering = ["-on", "-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(held_on__isnull=True),
                name="review_open_once",
                violation_error_message=_("A review has been asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | ~Q(words=""),
                name="review_held_has_words",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
