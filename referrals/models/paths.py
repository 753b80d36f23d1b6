"""How others are reached and bounces are talked about: links for partners, joint meetings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Person
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Team
from referrals.models.asking import Question
from referrals.models.referral import Referral

if TYPE_CHECKING:
    from casework.accounts.models import User


class PartnerAddress(BaseModel):
    """An e-mail address of a team without accounts, and how somebody made sure that it is theirs.

    A link goes to a verified address only.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="partner_addresses")
    email = models.EmailField(_("e-mail address"))
    verified_how = models.CharField(_("how it was checked"), max_length=200)
    verified_on = models.DateField(_("checked on"))
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    ended_on = models.DateField(_("not used since"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("address of a partner")
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=Q(ended_on__isnull=True),
                name="partner_address_once",
                violation_error_message=_("This address is known already."),
            ),
            models.CheckConstraint(
                condition=~Q(verified_how=""),
                name="partner_address_verified",
                violation_error_message=_("Say how the address was checked."),
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ReplyLinkQuerySet(models.QuerySet["ReplyLink"]):
    def visible_to(self, user: User) -> ReplyLinkQuerySet:
        """Links to referrals of the people whose record this user may open."""
        return self.filter(referral__in=Referral.objects.visible_to(user))

    def standing(self, now: dt.datetime) -> ReplyLinkQuerySet:
        """Neither used, withdrawn, locked nor expired."""
        return self.filter(
            used_at__isnull=True,
            revoked_at__isnull=True,
            locked_at__isnull=True,
            expires_at__gt=now,
        )


class ReplyLink(BaseModel):
    """Lets a partner without an account do one thing about one referral.

    The link itself is stored nowhere: it is made from this row's id and the service's key each time
    the e-mail is sent. Of the code, which is said by phone, there is a keyed digest. The first
    browser that enters the code is the only one that the link works in (`browser_digest`).
    """

    class Purpose(models.TextChoices):
        DECIDE = "decide", _("Say that they have it, and accept it or propose to decline")
        ANSWER = "answer", _("Answer the question")
        FIRST_CONTACT = "first_contact", _("Confirm the first meeting")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reply_links")
    address = models.ForeignKey(PartnerAddress, on_delete=models.PROTECT, related_name="links")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(_("what for"), max_length=15, choices=Purpose.choices)
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, blank=True, related_name="reply_links"
    )
    told_words = models.CharField(_("what the person knows about it"), max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    expires_at = models.DateTimeField(_("works until"))
    code_digest = models.CharField(max_length=64, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    browser_digest = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    used_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    objects = ReplyLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply link")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="answer") | Q(question__isnull=False),
                name="reply_link_answers_question",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, browser_digest="")
                | (Q(opened_at__isnull=False) & ~Q(browser_digest="")),
                name="reply_link_opened_in_browser",
            ),
        ]
        indexes = [models.Index(fields=["referral", "created_at"], name="reply_link_of_referral")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.address}"


class LinkUse(AppendOnlyModel):
    """Something happened with a reply link: opened, looked at, a code entered, an act."""

    class What(models.TextChoices):
        OPENED = "opened", _("Link followed")
        CODE_WRONG = "code_wrong", _("Wrong code")
        LOCKED = "locked", _("Locked after too many wrong codes")
        CODE_RIGHT = "code_right", _("Code entered")
        VIEWED = "viewed", _("Looked at the referral")
        ACTED = "acted", _("Answered")
        REFUSED = "refused", _("Turned away")

    link = models.ForeignKey(ReplyLink, on_delete=models.PROTECT, related_name="uses")
    what = models.CharField(max_length=12, choices=What.choices)
    event = models.CharField(max_length=24, blank=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.get_what_display()


class BounceMeetingQuerySet(models.QuerySet["BounceMeeting"]):
    def visible_to(self, user: User) -> BounceMeetingQuerySet:
        """Meetings about the people whose record this user may open."""
        return self.filter(person__in=Person.objects.visible_to(user))


class BounceMeeting(BaseModel):
    """The short joint meeting after a second bounce: both teams and the person agree what happens
    next, instead of sending the person on once more."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bounce_meetings")
    journey = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="bounce_meetings"
    )  # the first referral of the journey
    planned_on = models.DateField(_("planned for"))
    who = models.TextField(_("who is asked to come"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    held_on = models.DateField(_("took place"), null=True, blank=True)
    person_there = models.BooleanField(_("the person was there"), null=True, blank=True)
    agreed_words = models.TextField(_("what was agreed"), blank=True)
    not_held_words = models.TextField(_("why it did not take place"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    objects = BounceMeetingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("joint meeting")
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["journey"],
                condition=Q(held_on__isnull=True, not_held_words=""),
                name="bounce_meeting_planned_once",
                violation_error_message=_("A meeting is planned already."),
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True)
                | (~Q(agreed_words="") & Q(person_there__isnull=False)),
                name="bounce_meeting_says_what_was_agreed",
                violation_error_message=_("Write what was agreed."),
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | Q(not_held_words=""),
                name="bounce_meeting_held_or_not",
            ),
        ]

    def __str__(self) -> str:
        return str(self.planned_on)
