"""The list of words to think about, as data, and what writers answered to the advice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.common.fields import KeyField
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Organisation
from casework.wording import checking
from casework.wording.starter import listed


class WordingTerm(BaseModel):
    """Words to think about, for everybody or, with an `organisation`, in place of everybody's.

    People with lived experience review the list; a site changes it here. One that is not `active`
    is silent (for its organisation).
    """

    class Group(models.TextChoices):
        LABEL = "label", _("Labels for people")
        JUDGEMENT = "judgement", _("Judgements of behaviour")
        BLAME = "blame", _("Blame for what did not help")
        POWER = "power", _("Power over people")
        DOUBT = "doubt", _("Doubt")
        CRISIS = "crisis", _("Suicide and self-harm")
        SYSTEM = "system", _("How services speak")

    code = KeyField(max_length=40)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    group = models.CharField(_("kind"), max_length=12, choices=Group.choices)
    phrases = models.TextField(_("words"))
    unless = models.TextField(_("not beside"), blank=True)
    suggestion = models.TextField(_("what could be written"))
    reason = models.TextField(_("why"))
    behaviour = models.BooleanField(_("asks what was happening"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["group", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(organisation__isnull=True),
                name="wording_term_once",
            ),
            models.UniqueConstraint(
                fields=["code", "organisation"], name="wording_term_once_per_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def term(self) -> checking.Term:
        """As the checker wants it."""
        return checking.Term(
            self.code,
            listed(self.phrases),
            listed(self.unless),
            self.suggestion,
            self.reason,
            self.behaviour,
        )


class WordingAnswer(AppendOnlyModel):
    """What somebody did with one piece of advice. It holds the term and nothing of the text, of
    who wrote, or of whom: no list of writers can be made of it."""

    class Answer(models.TextChoices):
        CHANGED = "changed", _("Changed the words")
        KEPT = "kept", _("Kept the words")
        WRONG = "wrong", _("Advice did not fit here")

    code = KeyField(max_length=40)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    on = models.DateField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["on", "code"], name="wording_answer_on")]

    def __str__(self) -> str:
        return f"{self.code} {self.answer}"
