"""What was made from a plan, who said yes to it, and who got it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from careplans.documents.kinds import TEXT_KINDS, Approval, DocumentKind, How, Party
from careplans.models.agreeing import Version
from careplans.models.lines import OfVisiblePlans
from careplans.models.plan import Plan, Signed
from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel, BaseModel


def _place(document: Document, filename: str) -> str:
    """Nothing of the person, the plan or the document is in its place."""
    secret = secrets.token_hex(32)
    return f"documents/{secret[:2]}/{secret}"


class Document(BaseModel):
    """One document made from a plan: a plan on paper, a card for the wallet, a letter.

    `content` is all that is printed, fixed when it was asked for (a text: when it was approved), so
    that making it again makes the same. A text about somebody is made only after they said yes.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("Being written")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        DROPPED = "dropped", _("Thrown away")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="documents")
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=15, choices=DocumentKind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAKING)
    content = models.JSONField(default=dict)
    recipient = models.CharField(_("who it is for"), max_length=120, blank=True)
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability; nobody: the person themselves
    made_on = models.DateField(_("asked for"))
    approved_how = models.CharField(max_length=10, choices=Approval.choices, blank=True)
    approved_words = models.TextField(_("what they said"), blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approved_text = models.PositiveIntegerField(default=0)
    approval_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability: who recorded it; nobody where the person did it themselves
    file: FieldFile = models.FileField(  # type: ignore[assignment]
        upload_to=_place, max_length=120, blank=True
    )
    size = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    digest = KeyField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=20, blank=True)
    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("document")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in TEXT_KINDS])
                | Q(state__in=["writing", "dropped"])
                | (~Q(approved_how="") & Q(approved_on__isnull=False, approved_text__gt=0)),
                name="document_text_is_approved",
                violation_error_message=_("The person says yes to it first."),
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(ready_at__isnull=False)),
                name="document_ready_has_file",
            ),
        ]
        indexes = [models.Index(fields=["plan", "created_at"], name="document_of_plan")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT_KINDS

    @property
    def about_version(self) -> str:
        """Which version of the plan it was made from."""
        if self.version is None:
            return str(_("the plan as it was on that day, not shared"))
        return str(_("version %(n)d")) % {"n": self.version.number}


class DocumentText(Signed, AppendOnlyModel):
    """One wording of a letter or summary, and whose it is. The latest one counts; none is lost."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    fields = models.JSONField()

    class Meta:
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_text_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class DocumentGiven(AppendOnlyModel):
    """Somebody got a document, in some way, on a day."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="given")
    party = models.CharField(_("who got it"), max_length=10, choices=Party.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    on = models.DateField(_("date"))
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )  # for accountability

    class Meta:
        ordering = ["on", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(party="person") | ~Q(name=""),
                name="document_given_to_somebody",
                violation_error_message=_("Say who got it."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_party_display())
