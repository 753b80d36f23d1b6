"""What asking another team for help needs besides the referral: its need and its holder, what is
shared, what the person puts right, files; and what teams offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import Person, Step
from casework.common.fields import EncryptedTextField, KeyField
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Locality, Team, Worker
from referrals.models.referral import Referral

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


class Ask(BaseModel):
    """How a referral is being asked for: for which need, and who is to hold the person.

    `rest_step` is the promise to complete an urgent referral.
    """

    class Read(models.TextChoices):
        TOGETHER = "together", _("Read together")
        ALONE = "alone", _("They read it by themselves")
        ALOUD = "aloud", _("Read out to them")

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="asking")
    need = KeyField(_("what the help is for"), max_length=12, blank=True)
    question = models.TextField(_("the question to the other team"), blank=True)
    view_words = models.TextField(_("why they see it like that"), blank=True)
    holder = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_on = models.DateField(_("read with the person"), null=True, blank=True)
    read_how = models.CharField(max_length=10, choices=Read.choices, blank=True)
    rest_step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.referral_id)


class SharedPartQuerySet(models.QuerySet["SharedPart"]):
    """Parts of the record that go with a referral."""

    def given(self) -> SharedPartQuerySet:
        """What a team has been given."""
        return self.filter(shared_on__isnull=False)

    def agreed(self) -> SharedPartQuerySet:
        """What the person agreed to share."""
        return self.filter(decision=SharedPart.Decision.AGREED)


class SharedPart(BaseModel):
    """One part of the record that goes with a referral, or does not, and what the person says.

    `content` is what the receiving team was given on `shared_on`, whatever the record says later.
    """

    class Part(models.TextChoices):
        ABOUT = "about", _("About me")
        HELPS = "helps", _("What helps: adjustments and interpreter")
        REACH = "reach", _("How to reach me")
        EARLIER = "earlier", _("What I told other teams before")
        AROUND = "around", _("Who is with me")
        HAPPENED = "happened", _("What happened to me")

    class Decision(models.TextChoices):
        AGREED = "agreed", _("Share it: they agree")
        AGAINST = "against", _("Share it although they would rather not")
        KEPT = "kept", _("Do not share it")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="shared_parts")
    part = models.CharField(max_length=10, choices=Part.choices)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    why = models.TextField(_("why it has to be shared"), blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content = EncryptedTextField(blank=True, default="")
    shared_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    objects = SharedPartQuerySet.as_manager()

    class Meta:
        ordering = ["part", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "part"], name="shared_part_once"),
            models.CheckConstraint(
                condition=~Q(decision="against") | ~Q(why=""),
                name="shared_against_says_why",
                violation_error_message=_("Say why it has to be shared."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_part_display()


class Correction(BaseModel):
    """Something in a referral that the person says is not so, or sees differently. Their words."""

    class About(models.TextChoices):
        REASON = "reason", _("What I want help with")
        NOT_SEEN = "not_seen", _("What you may not see when meeting me")
        SHARED = "shared", _("What is shared")
        VIEW = "view", _("What I think of this referral")
        SUPPORT = "support", _("Support while waiting")
        OTHER = "other", _("Something else")

    class Told(models.TextChoices):
        SAID = "said", _("They said it, and somebody typed it")
        WROTE = "wrote", _("They wrote it")

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        CHANGED = "changed", _("It was changed")
        BESIDE = "beside", _("It stands beside what is written")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="corrections")
    about = models.CharField(max_length=10, choices=About.choices)
    words = models.TextField(_("in their words"))
    told = models.CharField(max_length=10, choices=Told.choices)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability; nobody where the person wrote it here themselves
    answer = models.CharField(
        max_length=10, choices=Answer.choices, default=Answer.OPEN, db_default="open"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # for accountability
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.words


def _place(attachment: Attachment, filename: str) -> str:
    """Nothing of the file's name or of the person is in its place."""
    return f"referrals/{attachment.secret[:2]}/{attachment.secret}"


class Attachment(BaseModel):
    """A file that goes with a referral: a letter, a photograph of something written."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attachments")
    file: FieldFile = models.FileField(upload_to=_place, max_length=120)  # type: ignore[assignment]
    secret = KeyField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    content_type = KeyField(max_length=40)
    size = models.PositiveIntegerField()
    digest = KeyField(max_length=64)
    about = models.CharField(_("what it is"), max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability
    removed_on = models.DateField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class Offer(BaseModel):
    """Something that a team offers: what it is, for whom, and how to ask. Part of the directory."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="offers")
    name = models.CharField(_("name"), max_length=120)
    words = models.TextField(_("what it is"), blank=True)
    for_whom = models.TextField(_("for whom it is"), blank=True)
    how_to_ask = models.TextField(_("how to ask"), blank=True)
    active = models.BooleanField(_("there at present"), default=True)
    self_referral = models.BooleanField(_("people can ask for it themselves"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("offer")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"],
                name="offer_once_per_team",
                violation_error_message=_("This team already has an offer of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OfferNeed(models.Model):
    """A need that an offer is for."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="needs")
    need = KeyField(max_length=12)

    class Meta:
        ordering = ["need", "pk"]
        constraints = [models.UniqueConstraint(fields=["offer", "need"], name="offer_need_once")]
        indexes = [models.Index(fields=["need"], name="offer_by_need")]

    def __str__(self) -> str:
        return self.need


class MissingOffer(AppendOnlyModel):
    """Somebody looked for help for a need in a place and there was none. It is counted."""

    need = KeyField(max_length=12)
    locality = models.ForeignKey(
        Locality, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.TextField(_("what would have helped"))
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.words
