"""What an extract records beside a referral: further teams, sending on, contacts, measures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Contact
from casework.common.fields import KeyField
from casework.common.models import BaseModel, ImportedMixin
from casework.directory.models import Team, Worker
from referrals.models.referral import Referral


class FurtherTeam(ImportedMixin, BaseModel):
    """A further team on a referral (MHS102), with its own closing or decline."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="further_teams")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_time = models.TimeField(null=True, blank=True)
    rejected_on = models.DateField(null=True, blank=True)
    rejected_time = models.TimeField(null=True, blank=True)
    close_reason = KeyField(max_length=4, blank=True)
    reject_reason = KeyField(max_length=4, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "team"], name="further_team_once")
        ]

    def __str__(self) -> str:
        return str(self.team)


class OnwardReferral(ImportedMixin, BaseModel):
    """A referral was sent on to another organisation (MHS105)."""

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="onward", db_index=False
    )
    decided_on = models.DateField(null=True, blank=True)
    decided_time = models.TimeField(null=True, blank=True)
    sent_on = models.DateField()
    sent_time = models.TimeField(null=True, blank=True)
    reason = KeyField(max_length=4, blank=True)
    receiving_org = KeyField(max_length=8, blank=True)

    class Meta:
        ordering = ["sent_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "sent_on", "reason", "receiving_org"], name="onward_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sent_on} {self.receiving_org}"


class ReferralContact(ImportedMixin, BaseModel):
    """Which referral a contact belongs to. A contact in the app may belong to none.

    `follows_team`: the extract names no team for the contact, so it has that of its referral,
    also when a later extract gives the referral to another team.
    """

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="referral_link")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="contact_links")
    follows_team = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.referral_id)


class ReferralMeasure(ImportedMixin, BaseModel):
    """An outcome measure: between contacts (MHS606) or at one (MHS607). `taken_on` is the date of
    the timestamp or of the contact. Scores stay text: not every tool gives a number."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="measures")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="measures"
    )
    worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_key = KeyField(max_length=300)
    tool = KeyField(_("SNOMED CT code"), max_length=255)
    score = models.CharField(max_length=255)
    taken_on = models.DateField()
    taken_at = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["taken_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "source_key"], name="measure_once")
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.taken_on}"
