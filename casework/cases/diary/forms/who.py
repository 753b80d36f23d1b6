"""Who was, or will be, there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.cases.diary.company import TEAM, Company, Hints
from casework.cases.services.steps import Promise
from casework.common import forms
from casework.directory.models import Worker


class _Late:
    """Choices that are read only when they are shown, and are not read to check an answer."""

    choices: Any

    def validate(self, value: Any) -> None:
        django_forms.Field.validate(self, value)  # type: ignore[arg-type]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or "") != (data or "")


class WorkersField(_Late, forms.CheckboxesField):
    """Workers by id."""


class WorkerField(_Late, forms.SelectField):
    """One worker by id."""


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(str(value)))
        except ValueError:
            continue
    return found


class WithCompany(forms.NHSForm):
    """A form that names workers; `company` says whom."""

    WORKER_FIELDS: tuple[str, ...] = ()
    mark_optional = False  # usual answers are there already

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        self._chosen: dict[UUID, Worker] = {}
        for name in self.WORKER_FIELDS:
            self.fields[name].choices = company.owner_choices  # type: ignore[attr-defined]

    def _posted_ids(self) -> list[str]:
        return [self.cleaned_data.get(name) or "" for name in self.WORKER_FIELDS]

    def clean(self) -> dict[str, Any]:
        self._chosen = self.company.chosen(_ids(self._posted_ids()))
        for name in self.WORKER_FIELDS:
            value = self.cleaned_data.get(name)
            if value and value != TEAM and self._worker(value) is None:
                self.add_error(name, gettext("Select somebody who is in the list"))
        return self.cleaned_data

    def _worker(self, value: str) -> Worker | None:
        ids = _ids([value])
        return self._chosen.get(ids[0]) if ids else None

    def _promise(self, words: str, owner: str, due_on: dt.date) -> Promise:
        return Promise(
            words=words,
            due_on=due_on,
            worker=self._worker(owner) if owner != TEAM else None,
            team=self.company.teams[0] if self.company.teams else None,
        )


class WhoForm(WithCompany):
    """Who was, or will be, there."""

    workers = WorkersField(
        label=_("Who was there?"), missing=_("Select at least one worker"), required=False
    )
    other_worker = WorkerField(label=_("Somebody else who works with them"), required=False)
    who_else = forms.TextField(
        label=_("Who else was there?"),
        hint=_("Anybody who does not work for us, like a parent, a friend or an interpreter."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        workers: Any = self.fields["workers"]
        workers.choices = company.suggested_choices
        workers.nhs["choice_hints"] = Hints(company)
        self.fields["other_worker"].choices = company.other_choices  # type: ignore[attr-defined]
        if len(company.teams) > 1:
            self.fields["team"] = forms.SelectField(
                label=_("For which team?"),
                choices=[(str(team.pk), team.name) for team in company.teams],
                missing=_("Select a team"),
            )
            self.order_fields(self.field_order)

    def _posted_ids(self) -> list[str]:
        return [
            *super()._posted_ids(),
            *(self.cleaned_data.get("workers") or []),
            self.cleaned_data.get("other_worker") or "",
        ]

    def clean(self) -> dict[str, Any]:
        super().clean()
        posted = [*(self.cleaned_data.get("workers") or [])]
        posted.append(self.cleaned_data.get("other_worker") or "")
        who = [self._worker(value) for value in posted if value]
        found = [worker for worker in who if worker is not None]
        if len(found) < len(who):
            self.add_error("workers", gettext("Select only people who are in the list"))
        elif not found:
            self.add_error("workers", self.fields["workers"].error_messages["required"])
        mine = self.company.user.worker_id
        # a contact counts for the worker who is named first: the one who writes it, if they met
        self.cleaned_data["workers"] = sorted(found, key=lambda worker: worker.pk != mine)
        return self.cleaned_data

    @property
    def team(self) -> Any:
        """The team for which the user meets people here."""
        code = self.cleaned_data.get("team")
        teams = self.company.teams
        return next((one for one in teams if str(one.pk) == code), teams[0] if teams else None)
