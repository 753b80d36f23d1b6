"""What a plan says: lines in three voices, and everything that was ever changed in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from careplans import kinds
from careplans.kinds import KINDS, Kind, LineKind, Owner, Progress, Voice
from careplans.models.plan import AreaOfLife, Plan, Signed
from casework.cases.models import Person
from casework.common.models import AppendOnlyModel, AppendOnlyQuerySet, BaseModel
from casework.directory.models import Worker

if TYPE_CHECKING:
    from casework.accounts.models import User

_KINDS = [(one.kind.value, one.name) for one in KINDS.values()]
_SINGLE_IN_AREA = [one.kind.value for one in KINDS.values() if one.single and one.in_area]
_SINGLE_ON_PLAN = [one.kind.value for one in KINDS.values() if one.single and not one.in_area]


class OfVisiblePlans(models.QuerySet):
    """Rows of a plan: scoped by whose record the user may open."""

    def visible_to(self, user: User) -> OfVisiblePlans:
        return self.filter(plan__person__in=Person.objects.visible_to(user))


class AppendOnlyOfVisiblePlans(AppendOnlyQuerySet, OfVisiblePlans):
    """The same, where rows are only added."""


class Line(Signed, BaseModel):
    """One thing that a plan says now, in one voice. What its kind does not ask stays empty.

    `version` counts its changes; each of them is a `Revision`, so that no word is ever lost.
    `by`, `role` and `on` say who wrote it last.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="lines")
    area = models.ForeignKey(
        AreaOfLife, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=_KINDS)
    words = models.TextField(_("words"), blank=True)
    in_favour = models.TextField(_("for"), blank=True)
    against = models.TextField(_("against"), blank=True)
    choice = models.CharField(max_length=10, choices=kinds.Choice.choices, blank=True)
    helped = models.CharField(max_length=10, choices=kinds.Helped.choices, blank=True)
    keep = models.CharField(max_length=10, choices=kinds.Keep.choices, blank=True)
    likely = models.CharField(max_length=10, choices=kinds.Likely.choices, blank=True)
    owner_kind = models.CharField(
        _("who sees to it"), max_length=10, choices=kinds.Owner.choices, blank=True
    )
    owner_worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner_words = models.CharField(_("name of the agency or helper"), max_length=120, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    progress = models.CharField(max_length=10, choices=Progress.choices, blank=True)
    progress_on = models.DateField(null=True, blank=True)
    what_happened = models.TextField(_("what happened"), blank=True)
    removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("line of a plan")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "area", "kind"],
                condition=Q(kind__in=_SINGLE_IN_AREA),
                name="line_once_in_area",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=Q(kind__in=_SINGLE_ON_PLAN),
                name="line_once_on_plan",
            ),
            models.CheckConstraint(
                condition=Q(owner_worker__isnull=True) | Q(owner_kind="worker"),
                name="line_worker_owns",
                violation_error_message=_("A worker is named only where a worker sees to it."),
            ),
            models.CheckConstraint(
                condition=Q(kind="action", progress__in=Progress.values)
                | (~Q(kind="action") & Q(progress="")),
                name="line_progress_of_actions",
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "created_at", "id"], name="line_of_plan"),
            models.Index(
                fields=["due_on"],
                condition=Q(kind="action", removed=False, progress__in=["to_do", "under_way"]),
                name="line_action_due",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def about(self) -> LineKind:
        return KINDS[Kind(self.kind)]

    @property
    def voice(self) -> Voice:
        return self.about.voice

    def values(self) -> dict[str, str]:
        """What its kind asks, as text."""
        return {name: as_text(self._meta.get_field(name), self) for name in self.about.fields}

    def set_values(self, values: dict[str, str]) -> None:
        """Take over what its kind asks, from text."""
        for name in self.about.fields:
            if name not in values:
                continue
            text = values[name]
            if name == "owner_worker":
                self.owner_worker_id = UUID(text) if text else None
            elif name == "due_on":
                self.due_on = dt.date.fromisoformat(text) if text else None
            else:
                setattr(self, name, text)
        if self.owner_kind != kinds.Owner.WORKER:
            self.owner_worker_id = None


def as_text(field: Any, row: models.Model) -> str:
    """A field of a line, as it is kept in revisions and versions."""
    value = getattr(row, field.attname)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


class Revision(Signed, AppendOnlyModel):
    """One change to a plan: what it was, what it said before and afterwards, and who made it.

    `line_version` is the line's version that this change made. `number` counts a plan's changes.
    """

    class What(models.TextChoices):
        WRITTEN = "written", _("written")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("taken away")
        REPORTED = "reported", _("progress")
        RATED = "rated", _("rated")
        SCORED = "scored", _("looked at")
        RANKED = "ranked", _("put in order")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    area = models.ForeignKey(
        AreaOfLife, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    line_version = models.PositiveIntegerField(default=0)
    what = models.CharField(max_length=10, choices=What.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    proposal = models.ForeignKey(
        "careplans.Proposal", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    objects = AppendOnlyOfVisiblePlans.as_manager()

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="revision_number_once")
        ]
        indexes = [
            models.Index(fields=["line", "line_version"], name="revision_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.what}"


class Proposal(Signed, BaseModel):
    """What somebody would like to write where the words are not theirs alone.

    It changes nothing until whoever's words they are accepts it; `answer` says why not, if not.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        TALKING = "talking", _("To be talked about")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Not accepted")
        WITHDRAWN = "withdrawn", _("Taken back")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="proposals")
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    area = models.ForeignKey(
        AreaOfLife, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=_KINDS)
    values = models.JSONField(_("what it would say"))
    removes = models.BooleanField(_("would take the line away"), default=False)
    line_version = models.PositiveIntegerField(default=0)
    why = models.TextField(_("why"), blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    answered_as = models.CharField(max_length=10, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("proposal")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome__in=["declined", "talking"]) | ~Q(answer=""),
                name="proposal_answer_has_words",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", answered_on__isnull=True)
                | (~Q(outcome="open") & Q(answered_on__isnull=False)),
                name="proposal_answered_together",
            ),
        ]
        indexes = [models.Index(fields=["plan", "outcome"], name="proposal_of_plan")]

    def __str__(self) -> str:
        return self.kind

    @property
    def about(self) -> LineKind:
        return KINDS[Kind(self.kind)]

    @property
    def waits(self) -> bool:
        return self.outcome in (self.Outcome.OPEN, self.Outcome.TALKING)

    @property
    def asks_team(self) -> bool:
        """Would a yes speak for the team, or give it something to do? It does not where somebody
        else would do something, or where it is one more thing that could be tried."""
        if self.removes or self.line_id is not None:
            return True
        if self.kind == Kind.ACTION:
            return self.values.get("owner_kind") not in (Owner.PERSON, Owner.CARER)
        return self.kind != Kind.OPTION


class ProposalAnswer(Signed, AppendOnlyModel):
    """What somebody said to a proposal on a day. A later answer stands beside the earlier one: what
    there was to talk about stays readable after the yes or no."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="said")
    outcome = models.CharField(max_length=10, choices=Proposal.Outcome.choices)
    words = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("answer to a proposal")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.outcome


class Comment(Signed, BaseModel):
    """Something said beside a line or an area. Not a conversation: it is dealt with, or stays."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="comments")
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    area = models.ForeignKey(
        AreaOfLife, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.TextField(_("comment"))
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("comment")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["plan", "line"], name="comment_of_plan")]

    def __str__(self) -> str:
        return self.words[:60]


class Rating(Signed, AppendOnlyModel):
    """How one area of life is going for a person, on a day: 1 to 7, in words, and whether they
    want help with it. Nothing here is added up or compared between people."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="ratings")
    area = models.ForeignKey(AreaOfLife, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(_("how it is going"), null=True, blank=True)
    words = models.TextField(_("in my own words"), blank=True)
    wants_help = models.CharField(
        _("do you want help with this?"),
        max_length=8,
        choices=[("yes", _("Yes")), ("no", _("No")), ("not_now", _("Not now"))],
        blank=True,
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=1, value__lte=7),
                name="rating_one_to_seven",
            )
        ]
        indexes = [models.Index(fields=["plan", "area"], name="rating_of_plan")]

    def __str__(self) -> str:
        return str(self.value or "")


class GoalScore(Signed, AppendOnlyModel):
    """How far a goal has come for the person on a day: 0 (not met) to 10 (fully met)."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("how far the goal has come"))
    words = models.TextField(_("in my own words"), blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(value__lte=10), name="goal_score_nought_to_ten")
        ]
        indexes = [models.Index(fields=["line", "created_at"], name="goal_score_of_line")]

    def __str__(self) -> str:
        return str(self.value)
