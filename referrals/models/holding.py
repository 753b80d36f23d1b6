"""Who answers for a person: exactly one holding team and one named holder."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Person
from casework.common.models import AppendOnlyModel
from casework.directory.models import Team, Worker


class Responsibility(models.Model):
    """Who holds a person at this moment. The person is the key, so there cannot be two.

    An open referral refers to this row (`Referral.held`), so that there cannot be none either.
    The team is always known; the named holder too, except on rows that come from an extract
    (`imported`), which then are in breach of `nobody_holding`. Every change is a `HoldingChange`.
    """

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, primary_key=True, related_name="responsibility"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    imported = models.BooleanField(default=False)
    since = models.DateField(_("since"))
    run_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("responsibility")
        constraints = [
            models.CheckConstraint(
                condition=Q(worker__isnull=False) | Q(imported=True),
                name="holder_is_named",
                violation_error_message=_("Name who holds the person."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker}, {self.team}" if self.worker else str(self.team)


class HoldingChange(AppendOnlyModel):
    """The responsibility for a person passed on: from whom, to whom, how and why.

    No team means that nobody needs to hold the person any more (they died).
    """

    class How(models.TextChoices):
        CASE = "case", _("Named when they came to the team")
        STARTED = "started", _("Named when the referral was sent")
        DUTY = "duty", _("The duty team took over at once")
        NAMED = "named", _("The holding team named somebody")
        FIRST_CONTACT = "first_contact", _("First contact held")
        UNDONE = "undone", _("The first contact was taken back")
        HANDOVER = "handover", _("Handover accepted")
        OVERRIDE = "override", _("Recorded override")
        COVER = "cover", _("Cover for an absence")
        IMPORTED = "imported", _("As the extract says")
        ENDED = "ended", _("Nobody needs to hold any more")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="holding_changes", db_index=False
    )
    on = models.DateField()
    how = models.CharField(max_length=15, choices=How.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="+")
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    from_worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="+")
    referral = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, null=True, related_name="holding_changes"
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    run_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["person", "created_at"], name="holding_of_person")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_how_display()}"


class TeamDuty(models.Model):
    """Who relieves a sender who cannot hold, for referrals to one team.

    Without a row the team itself does. `can_hold` is false for a team that sends but cannot hold
    a person: an emergency department, an agency outside the network.
    """

    team = models.OneToOneField(
        Team, on_delete=models.PROTECT, primary_key=True, related_name="duty"
    )
    duty_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    duty_worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    can_hold = models.BooleanField(_("can hold a person"), default=True)

    class Meta:
        verbose_name = _("duty of a team")

    def __str__(self) -> str:
        return str(self.duty_worker or self.duty_team or self.team)
