"""What the pages about thresholds show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from casework.alerts.models import ThresholdChange
from casework.alerts.thresholds import Effect, InForce, Scope
from casework.common.presenters import TimelineEntry, query_string, short_date
from casework.common.rules import Threshold
from casework.common.tables import cell, table
from casework.continuity.policy_values import declared


class ThresholdsPage:
    """Every threshold in force for a scope, and what was changed for it."""

    def __init__(
        self, rows: Sequence[InForce], changed: Sequence[ThresholdChange], scope: Scope
    ) -> None:
        self._rows, self._changed, self._scope = rows, changed, scope
        self.heading = gettext("Thresholds")

    @property
    def whom(self) -> str:
        return gettext("In force for: %(whom)s") % {"whom": self._scope.name}

    @property
    def table(self) -> dict[str, Any]:
        return table(
            self.whom,
            [gettext("What"), gettext("Value"), gettext("Where it comes from")],
            [
                [
                    cell(
                        one.threshold.text,
                        href=query_string(
                            reverse("alerts:threshold", args=[one.code]), of=self._scope.code
                        ),
                        note=origin(one),
                    ),
                    cell(value_words(one.value, one.threshold)),
                    cell(one.source),
                ]
                for one in self._rows
            ],
        )

    @property
    def history(self) -> list[TimelineEntry]:
        texts = {code: str(threshold.text) for code, threshold in declared().items()}
        return [change_entry(one, texts.get(one.code, one.code)) for one in self._changed]


class ThresholdPage:
    """One threshold, what another value would come to, and its history."""

    def __init__(
        self,
        one: InForce,
        scope: Scope,
        effects: Sequence[Effect] | None,
        changed: Sequence[ThresholdChange],
    ) -> None:
        self._one, self._scope = one, scope
        self._effects, self._changed = effects, changed
        self.heading = str(one.threshold.text)
        self.back = query_string(reverse("alerts:thresholds"), of=scope.code)

    @property
    def intro(self) -> list[str]:
        one = self._one
        return [
            gettext("For: %(whom)s") % {"whom": self._scope.name},
            gettext("Now: %(value)s, %(source)s.")
            % {"value": value_words(one.value, one.threshold), "source": one.source},
            origin(one),
        ]

    @property
    def put_back_href(self) -> str:
        if self._one.set_here is None:
            return ""
        return query_string(
            reverse("alerts:threshold_back", args=[self._one.code]), of=self._scope.code
        )

    @property
    def effects(self) -> dict[str, Any] | None:
        """How many people would be flagged; None where nobody has asked."""
        if not self._effects:
            return None
        return table(
            gettext("People flagged"),
            [gettext("What"), gettext("Now"), gettext("With the new value")],
            [[cell(one.title), cell(one.now), cell(one.then)] for one in self._effects],
        )

    @property
    def no_effect(self) -> str:
        """What is said where no rule looks at anybody in this scope."""
        if self._effects is None or self._effects:
            return ""
        return gettext("Nobody in this scope is looked at with this threshold at present.")

    @property
    def history(self) -> list[TimelineEntry]:
        return [change_entry(one, "") for one in self._changed]


def value_words(value: float | None, threshold: Threshold | None) -> str:
    """A value with its unit; a code that no longer exists has none."""
    unit = threshold.unit if threshold else ""
    if value is None:
        return gettext("not set")
    if not value and threshold and threshold.off_at_zero:
        return gettext("off")
    if unit == "%":
        return f"{value:g}%"
    if unit == "index":
        return f"{value:g}"
    return f"{value:g} {unit.removesuffix('s') if value == 1 else unit}".strip()


def origin(one: InForce) -> str:
    """The declared default, and where that is from."""
    threshold = one.threshold
    default = gettext("Default: %(value)s.") % {
        "value": value_words(float(threshold.default), threshold)
    }
    source = str(threshold.source) or (
        "" if threshold.national else gettext("Local default, not a national standard.")
    )
    return f"{default} {source}".strip()


def change_entry(one: ThresholdChange, text: str) -> TimelineEntry:
    """One change, as the history tells it."""
    threshold = declared().get(one.code)
    said = gettext("%(before)s to %(after)s") % {
        "before": value_words(one.before, threshold),
        "after": value_words(one.after, threshold),
    }
    when = timezone.localtime(one.created_at)
    return TimelineEntry(
        title=f"{text}: {said}" if text else said,
        when=short_date(when),
        by=str(one.by),
        text=one.reason,
        datetime=when.isoformat(),
    )
