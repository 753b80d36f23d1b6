"""The forms of the pages about referrals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.cases.team_work.policy import workers_in
from casework.common import forms
from casework.common.forms.errors import upper_first
from casework.common.forms.params import fields_to_place
from casework.directory.models import Worker
from casework.extract.codes import PRIMARY_REASON
from referrals.actors import actor
from referrals.asking import needs
from referrals.errors import EventRefused
from referrals.models import Referral
from referrals.situation import Situation
from referrals.table import Kind
from referrals.work.acts import Act
from referrals.work.fields import FIELDS, Asking, WorkerField


class ActForm(forms.NHSForm):
    """The questions of one act about one referral, with the version that was shown."""

    version = django_forms.IntegerField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, act: Act, asking: Asking, files: Any = None) -> None:
        super().__init__(data, initial={"version": asking.referral.version})
        self.act = act
        for name in act.fields:
            made = FIELDS[name](asking)
            if made is not None:
                self.fields[name] = made
        self.conditionals: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # type: ignore[misc]
            name: reveals for name, reveals in act.conditionals.items() if name in self.fields
        }
        self._referral = asking.referral

    @property
    def asks(self) -> bool:
        """Is there a question at all, or only a button?"""
        return bool(self.visible_fields())

    @property
    def placed(self) -> list[Any]:
        """The questions in their order, without those that an answer reveals."""
        return fields_to_place(self)

    def details(self) -> dict[str, Any]:
        """What was entered, as the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "whom" in data:
            data["sender_team"] = self._referral.sender_team
        return self.act.prepare(data)

    def refuse(self, refusal: EventRefused, referral: Referral, by: User) -> None:
        """Show each sentence of a refusal at the question that it is about."""
        left = list(refusal.reasons)
        situation = Situation(referral, actor(by), self.details())
        row = situation.row(self.act.event)
        for guard in row.guards if row is not None else ():
            if guard.met(situation):
                continue
            sentence = guard.say(situation)
            if sentence in left:
                left.remove(sentence)
                self.add_error(self._question_of(guard.code), sentence)
        for sentence in left:
            self.add_error(None, sentence)

    def _question_of(self, code: str) -> str | None:
        names = [self.act.at.get(code, ""), *code.split("_or_")]
        return next((name for name in names if name in self.fields), None)

    def written(self) -> list[tuple[str, str]]:
        """What was entered, to be read where it can no longer be sent."""
        lines = []
        for field in self.visible_fields():
            value = self.cleaned_data.get(field.name) if self.is_bound else None
            if value not in (None, "", [], False):
                lines.append((str(field.label), _as_words(field, value)))
        return lines


def _as_words(field: Any, value: Any) -> str:
    if value is True:
        return str(_("Yes"))
    labels = {str(key): str(label) for key, label in _flat(getattr(field.field, "choices", ()))}
    if isinstance(value, list):
        return "; ".join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, label in choices:
        found += label if isinstance(label, list) else [(key, label)]
    return found


class FilterForm(forms.NHSForm):
    """Which of a list are shown."""

    mark_optional = False

    kind = forms.SelectField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Kind.choices]
    )
    urgency = forms.SelectField(
        label=_("How soon"),
        required=False,
        choices=[
            ("", _("All")),
            ("urgent", _("Urgent and sooner")),
            ("routine", _("Routine")),
        ],
    )
    need = forms.SelectField(label=_("Need"), required=False, choices=[])
    team = forms.SelectField(label=_("Team"), required=False, choices=[])
    own = forms.CheckboxField(label=_("Only mine"), required=False)

    def __init__(self, filters: Mapping[str, str], *, teams: Mapping[UUID, Any]) -> None:
        super().__init__(initial=dict(filters))
        self.fields["need"].choices = [  # type: ignore[attr-defined]
            ("", _("All needs")),
            *(
                (code, needs.label(code) or upper_first(words))
                for code, words in PRIMARY_REASON.items()
            ),
        ]
        self.fields["team"].choices = [  # type: ignore[attr-defined]
            ("", _("All my teams")),
            *((str(pk), team.name) for pk, team in teams.items()),
        ]
        if len(teams) < 2:
            del self.fields["team"]


class SaveListForm(forms.NHSForm):
    """A name for a list with its filters."""

    name = forms.TextField(
        label=_("Name of this list"),
        missing=_("Enter a name for this list"),
        max_length=60,
        autocomplete="off",
    )


class BulkForm(forms.NHSForm):
    """Several referrals, and for naming a worker also who it is."""

    chosen = forms.CheckboxesField(label=_("For whom"), missing=_("Select at least one"))
    worker = WorkerField(
        label=_("Who"), missing=_("Choose a worker."), choices=[], workers=Worker.objects.none()
    )

    def __init__(
        self,
        data: Any,
        *,
        rows: Sequence[tuple[str, str]],
        hints: Mapping[str, str],
        asking: Asking | None,
    ) -> None:
        super().__init__(data)
        chosen: Any = self.fields["chosen"]
        chosen.choices = list(rows)
        chosen.nhs = {**chosen.nhs, "choice_hints": dict(hints)}
        if asking is None:
            del self.fields["worker"]
            return
        worker: Any = self.fields["worker"]
        worker.workers = workers_in({asking.referral.team_id} - {None})
        worker.choices = lambda: [("", ""), *asking.everybody]
