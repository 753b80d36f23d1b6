"""What passes between a person and their team on the person's own pages: messages and their
answers, how the person wants to be told of news, three questions, and a diary of their own."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from casework.cases.models import CaseEvent, Person
from casework.cases.models.work import OfVisiblePeople
from casework.common.fields import EncryptedTextField
from casework.common.models import AppendOnlyModel, BaseModel
from casework.directory.models import Team


class TeamMessageQuerySet(OfVisiblePeople):
    def for_person(self, *, at_once: bool) -> Self:
        """What the person reads: not hard news that nobody has talked about with them, unless they
        asked to read everything at once or have read it."""
        if at_once:
            return self
        return self.exclude(hard=True, talked_on__isnull=True, read_at__isnull=True)

    def waiting_for_talk(self) -> Self:
        """Hard news that is kept until somebody has talked with the person."""
        return self.filter(hard=True, talked_on__isnull=True, read_at__isnull=True)


class TeamMessage(BaseModel):
    """A message between a person and their team. It is no chat: whoever writes to the team gets
    one answer, and is told by when it comes. `team` is who held the person when it was written.

    It is from the person, unless `begun_by` is the worker who wrote to them or `let_in` is what
    they let the carer do who wrote in their own name. The person answers a worker with a message
    of their own (`in_reply_to`). A worker's hard news stays hidden until they have talked.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="team_messages")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("in their own words"))
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)  # null: none is needed
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    answer_read_at = models.DateTimeField(_("answer read"), null=True, blank=True)
    in_reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    let_in = models.ForeignKey(
        "portal.CarerAccess",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    hard = models.BooleanField(_("hard news"), default=False)
    talked_on = models.DateField(_("talked about with the person"), null=True, blank=True)
    talked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for accountability
    read_at = models.DateTimeField(_("read by the person"), null=True, blank=True)
    objects = TeamMessageQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("message to the team")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="team_message_answered_together",
                violation_error_message=_("An answer has words, a day and somebody who gave it."),
            ),
            models.CheckConstraint(
                condition=Q(answer_read_at__isnull=True) | Q(answered_at__isnull=False),
                name="team_message_read_after_answer",
            ),
            models.CheckConstraint(
                condition=Q(
                    begun_by__isnull=True, hard=False, talked_on__isnull=True, read_at__isnull=True
                )
                | Q(
                    begun_by__isnull=False,
                    answer_by__isnull=True,
                    answered_at__isnull=True,
                    in_reply_to__isnull=True,
                    let_in__isnull=True,
                ),
                name="team_message_begun_or_sent",
                violation_error_message=_("Only what a worker begins is hard news, or just read."),
            ),
            models.CheckConstraint(
                condition=Q(talked_on__isnull=True, talked_by__isnull=True)
                | Q(talked_on__isnull=False, talked_by__isnull=False, hard=True),
                name="team_message_talked_together",
                violation_error_message=_("Say who talked about it with them."),
            ),
            models.CheckConstraint(
                condition=Q(in_reply_to__isnull=True) | Q(let_in__isnull=True),
                name="team_message_reply_by_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by", "person"],
                condition=Q(answered_at__isnull=True, answer_by__isnull=False),
                name="team_message_waits",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.sent_at:%d %b %Y}"

    @property
    def waits(self) -> bool:
        return self.answered_at is None and self.answer_by is not None


class MessageRead(AppendOnlyModel):
    """Somebody of the team has read a message; the person sees who and when."""

    message = models.ForeignKey(TeamMessage, on_delete=models.PROTECT, related_name="reads")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # for accountability

    class Meta:
        verbose_name = _("reading of a message")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "by"], name="message_read_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.created_at:%d %b %Y}"


class NoticeChoice(BaseModel):
    """How a person wants to be told that something new is on their pages: by which way, about
    what, how often and at what times. Nothing is sent until they choose a way.
    """

    class Rhythm(models.TextChoices):
        SOON = "soon", _("Soon after it happens")
        DAILY = "daily", _("Once a day")

    account = models.OneToOneField(
        "portal.PortalAccount", on_delete=models.PROTECT, related_name="notice_choice"
    )
    by_text = models.BooleanField(_("by text message"), default=False)
    by_email = models.BooleanField(_("by e-mail"), default=False)
    about_answers = models.BooleanField(_("answers to me"), default=True)
    about_meetings = models.BooleanField(_("my meetings and my people"), default=True)
    about_plan = models.BooleanField(_("my plan"), default=True)
    about_referrals = models.BooleanField(_("my referrals"), default=True)
    rhythm = models.CharField(
        _("how often"), max_length=5, choices=Rhythm.choices, default=Rhythm.DAILY
    )
    daily_at = models.TimeField(_("at what time"), default=dt.time(10))
    quiet_from = models.TimeField(_("nothing from"), default=dt.time(20))
    quiet_until = models.TimeField(_("nothing until"), default=dt.time(9))
    asks = models.BooleanField(_("ask me three short questions"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("how somebody is told of news")

    def __str__(self) -> str:
        return str(self.account)


class NewsMark(AppendOnlyModel):
    """The person has read a piece of news, or was told that there is some."""

    class Kind(models.TextChoices):
        READ = "read", _("Read")
        TOLD = "told", _("Told")

    account = models.ForeignKey(
        "portal.PortalAccount", on_delete=models.PROTECT, related_name="news_marks"
    )
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)

    class Meta:
        verbose_name = _("mark on a piece of news")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "account", "kind"], name="news_marked_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class HeardAnswer(BaseModel):
    """What a person answered to three short questions after meetings, at most once a month.

    `audience` is theirs to choose and to change. No worker stands on the row: it is about the
    service, and is counted by team and never by worker.
    """

    class Reply(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("In part")
        NO = "no", _("No")

    class Audience(models.TextChoices):
        ONLY_ME = "only_me", _("Only me")
        KEY_WORKER = "key_worker", _("Me and my key worker")
        TEAM = "team", _("My team, and counted in the numbers")
        NUMBERS = "numbers", _("Nobody reads them: only counted in the numbers")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="heard_answers")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    on = models.DateField(_("date"))
    heard = models.CharField(max_length=6, choices=Reply.choices, blank=True)
    mattered = models.CharField(max_length=6, choices=Reply.choices, blank=True)
    decided = models.CharField(max_length=6, choices=Reply.choices, blank=True)
    words = EncryptedTextField(_("in their own words"), blank=True, default="")
    audience = models.CharField(
        _("who reads this"), max_length=10, choices=Audience.choices, default=Audience.ONLY_ME
    )
    skipped = models.BooleanField(_("not now"), default=False)
    objects = OfVisiblePeople.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("answers to the three questions")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(skipped=True, heard="", mattered="", decided="")
                | Q(skipped=False) & (~Q(heard="") | ~Q(mattered="") | ~Q(decided="")),
                name="heard_answer_or_not_now",
                violation_error_message=_("Answer at least one of the questions."),
            )
        ]
        indexes = [models.Index(fields=["on", "team"], name="heard_answer_by_day")]

    def __str__(self) -> str:
        return f"{self.person}: {self.on}"


class DiaryEntry(BaseModel):
    """How the person was when nobody of the service saw them, in their own words.

    Private until they share it. A private entry that they take away is gone, as they are told.
    """

    class Feeling(models.TextChoices):
        GOOD = "good", _("A good day")
        ALL_RIGHT = "all_right", _("An all right day")
        MIXED = "mixed", _("Up and down")
        HARD = "hard", _("A hard day")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="diary_entries")
    on = models.DateField(_("which day"))
    feeling = models.CharField(_("the day"), max_length=9, choices=Feeling.choices, blank=True)
    words = EncryptedTextField(_("in their own words"))
    shared = models.BooleanField(_("shared with the team"), default=False)
    shared_on = models.DateField(_("shared since"), null=True, blank=True)
    objects = OfVisiblePeople.as_manager()

    class Meta:
        verbose_name = _("diary entry")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shared=True, shared_on__isnull=False)
                | Q(shared=False, shared_on__isnull=True),
                name="diary_shared_on_a_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["person", "on"], condition=Q(shared=True), name="diary_shared_of_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.on}"
