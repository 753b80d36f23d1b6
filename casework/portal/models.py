"""Whose account it is, how they came to it, and what they asked for or said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.access.sealed import suspended_areas
from casework.cases.models import Contact, Person
from casework.cases.models.work import OfVisiblePeople
from casework.common.models import BaseModel
from casework.portal.copy_models import OwnCopy
from casework.portal.talk_models import (
    DiaryEntry,
    HeardAnswer,
    MessageRead,
    NewsMark,
    NoticeChoice,
    TeamMessage,
)

__all__ = [
    "ChangeRequest",
    "DiaryEntry",
    "HeardAnswer",
    "MessageRead",
    "NewsMark",
    "NoticeChoice",
    "OwnCopy",
    "PortalAccount",
    "PortalInvitation",
    "Remark",
    "TeamMessage",
]

if TYPE_CHECKING:
    from casework.accounts.models import User


class ShownAs(models.Model):
    """How somebody's own pages look to them: the language, bigger letters, stronger contrast."""

    language = models.CharField(_("language"), max_length=10, blank=True)
    large_print = models.BooleanField(_("bigger letters"), default=False)
    high_contrast = models.BooleanField(_("stronger contrast"), default=False)

    class Meta:
        abstract = True


class PortalAccount(ShownAs, BaseModel):
    """The account of one person, who sees and writes what is about themselves and nothing else.

    It is never an account for work: a nurse who uses the services has two.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="portal_account"
    )
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="portal_account")
    since = models.DateField(_("since"))
    ended_on = models.DateField(_("closed"), null=True, blank=True)
    ended_why = models.CharField(_("why"), max_length=200, blank=True)
    read_at_once = models.BooleanField(_("hard news at once, without waiting"), default=False)
    seen_at = models.DateTimeField(_("has read everything until"), null=True, blank=True)
    unsafe_at = models.DateTimeField(_("not safe for them since"), null=True, blank=True)
    unsafe_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability; their own account where they said so themselves
    safe_how = models.CharField(
        _("how somebody made sure that it is safe again"), max_length=200, blank=True
    )
    helper: User | None = None  # a worker who sits beside them and writes with them, never stored
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("own account")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unsafe_at__isnull=True, unsafe_by__isnull=True)
                | Q(unsafe_at__isnull=False, unsafe_by__isnull=False),
                name="account_unsafe_said_by_somebody",
                violation_error_message=_("Say who said that it is not safe."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    @cached_property
    def kept_back(self) -> frozenset[str]:
        """Parts of the record that an open safeguarding concern keeps from these pages: they look
        ordinary and say nothing of it. None is kept back while a worker sits beside the person,
        who decides what to show."""
        return frozenset() if self.helper is not None else suspended_areas(self.person)


class PortalInvitation(BaseModel):
    """A code with which a person opens their own account, once, or gets back into it.

    A worker gives it to them after making sure who they are, and says how. Only a digest of the
    code is kept.
    """

    class Check(models.TextChoices):
        KNOWN = "known", _("I know them and met them face to face")
        DOCUMENT = "document", _("I saw a document with their name and picture")
        VOUCHED = "vouched", _("A colleague who knows them was there")

    class Way(models.TextChoices):
        IN_PERSON = "in_person", _("I give them the code on paper, in person")
        LETTER = "letter", _("By letter, to an address that is safe")
        EMAIL = "email", _("By telephone, and the address of the page by e-mail")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="portal_invitations")
    check_how = models.CharField(_("how you know"), max_length=10, choices=Check.choices)
    check_words = models.CharField(_("when and where"), max_length=200)
    way = models.CharField(_("how they get the code"), max_length=10, choices=Way.choices)
    digest = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords(excluded_fields=["digest"])

    class Meta:
        verbose_name = _("invitation to one's own account")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return str(self.person)


class ChangeRequest(BaseModel):
    """Somebody asks for something to be different: another worker, time, place or way to meet, or
    says that this does not help. No reason is needed. It has an answer, by a day.
    """

    class About(models.TextChoices):
        WORKER = "worker", _("I would like another worker")
        TIME = "time", _("I would like another time")
        PLACE = "place", _("I would like another place")
        WAY = "way", _("I would like to meet in another way")
        MORE = "more", _("I need more support for a while")
        NOT_HELPING = "not_helping", _("This is not helping me")
        TURNED_AWAY = "turned_away", _("I was turned away")
        REFERRAL = "referral", _("I want to know about a referral")
        OTHER = "other", _("Something else")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="change_requests")
    about = models.CharField(_("what"), max_length=12, choices=About.choices)
    subject = models.CharField(_("which service"), max_length=160, blank=True)
    words = models.TextField(_("in their own words"), blank=True)
    written_with = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability: who sat beside them and wrote; nobody where they wrote alone
    asked_on = models.DateField(_("asked"))
    answer_by = models.DateField(_("answer by"))
    withdrawn_on = models.DateField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("what the person asked for")
        ordering = ["-asked_on", "-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="change_request_answered_together",
                violation_error_message=_("An answer has words, a day and somebody who gave it."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by", "person"],
                condition=Q(answered_on__isnull=True, withdrawn_on__isnull=True),
                name="change_request_waits",
            )
        ]

    def __str__(self) -> str:
        return self.get_about_display()

    @property
    def waits(self) -> bool:
        return self.answered_on is None and self.withdrawn_on is None


class Remark(BaseModel):
    """What the person says about an entry on a contact: their words stay beside it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="remarks")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="remarks")
    words = models.TextField(_("in their own words"))
    written_with = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability: who sat beside them and wrote
    on = models.DateField(_("date"))
    objects = OfVisiblePeople.as_manager()

    class Meta:
        verbose_name = _("what the person says about an entry")
        ordering = ["on", "created_at", "pk"]

    def __str__(self) -> str:
        return self.words[:60]


# Those whom the person lets in, in a module of their own; Django looks for them here.
from casework.portal.carer_models import Carer, CarerAccess  # noqa: E402

__all__ = [
    "Carer",
    "CarerAccess",
    "ChangeRequest",
    "PortalAccount",
    "PortalInvitation",
    "Remark",
    "ShownAs",
]
