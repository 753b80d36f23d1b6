"""What is asked and answered on the way: questions, proposed declines, sign-offs, progress."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Team, Worker
from referrals.models.referral import Referral


class Question(BaseModel):
    """The receiving team needs one more thing, from somebody named. Never from the person alone:
    their worker helps, and nobody chases them."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    question = models.TextField(_("question"))
    asked_worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_words = models.TextField(_("agency without an account"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    given_up = models.TextField(_("what was tried"), blank=True)
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(settled_on__isnull=True),
                name="question_open_once",
            ),
            models.CheckConstraint(
                condition=Q(asked_worker__isnull=False)
                | Q(asked_team__isnull=False)
                | ~Q(asked_words=""),
                name="question_has_somebody",
                violation_error_message=_("Say who is asked."),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def who(self) -> str:
        """Who is finding out."""
        return str(self.asked_worker or self.asked_team or self.asked_words)


class DeclineProposal(BaseModel):
    """The receiving team thinks that it is not the right place, and says who is."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("The sender has not answered")
        AGREED = "agreed", _("The sender agreed")
        CHALLENGED = "challenged", _("The sender challenged it")
        REDIRECTED = "redirected", _("It went to another team")
        OVERTAKEN = "overtaken", _("Something else happened")

    class Ground(models.TextChoices):
        OTHER_NEED = "other_need", _("What would help is something that we do not offer")
        OTHER_AREA = "other_area", _("The person lives in another team's area")
        OTHER_AGE = "other_age", _("Another team works with people of this age")
        ALREADY_HELPED = "already_helped", _("The person already has this help elsewhere")
        PERSON_PREFERS = "person_prefers", _("The person would rather go somewhere else")
        DIAGNOSIS = "diagnosis", _("The diagnosis")
        SELF_HARM = "self_harm", _("Self-harm")
        NOT_SEVERE = "not_severe", _("Not severe enough")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="proposals")
    reason_code = KeyField(_("national reason"), max_length=4)
    grounds = models.JSONField(_("grounds"), default=list)
    explanation = models.TextField(_("plain explanation for the person"))
    cannot_offer = models.TextField(_("what we cannot offer"))
    instead_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    instead_words = models.TextField(_("an offer that can help"), blank=True)
    nothing_exists = models.BooleanField(_("nothing exists here"), default=False)
    live_conversation = models.TextField(_("live conversation between the teams"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    talked_on = models.DateField(_("talked about with the person"), null=True, blank=True)
    outcome = models.CharField(
        max_length=12, choices=Outcome.choices, default=Outcome.OPEN, db_default="open"
    )
    outcome_words = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField(_("how often challenged"), default=0)
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(outcome="open"), name="proposal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(instead_team__isnull=False)
                | ~Q(instead_words="")
                | Q(nothing_exists=True),
                name="decline_says_who_can_help",
                violation_error_message=_("Say who can help instead, or that nothing exists."),
            ),
            models.CheckConstraint(
                condition=Q(reason_code__in=["01", "02"]),
                name="decline_reason_national",
                violation_error_message=_("A decline is a duplicate (01) or the wrong place (02)."),
            ),
        ]

    def __str__(self) -> str:
        return self.explanation


class SignOff(BaseModel):
    """A lead is asked to sign an ending off, and does or does not."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="sign_offs")
    reason = models.TextField(_("why"))
    attempts = models.TextField(_("what was tried to find out what got in the way"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    granted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(_("the lead's words"), blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    signed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(granted__isnull=True), name="sign_off_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class StallAnswer(AppendOnlyModel):
    """Somebody said what happens next with a referral that had come to a stop, or put the
    question off with a reason."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="stall_answers")
    state = models.CharField(max_length=24)
    last_contact = models.TextField(_("last contact"), blank=True)
    what_next = models.TextField(_("what next"), blank=True)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    snooze_reason = models.TextField(_("why later"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.what_next or self.snooze_reason
