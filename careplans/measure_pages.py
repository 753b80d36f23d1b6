"""How life goes over time, as pages show it: charts with their tables, and what can be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from careplans import measures
from careplans.charts import Chart, Point, change, line_chart, number
from careplans.measures import TOTALS, Pack, Scoring
from careplans.models import GoalScore, Measurement, MeasurePack, Plan, Rating
from careplans.sharing import Part
from careplans.table import FINAL
from casework.cases.presenters import PersonHeading
from casework.common.pages import Link


@dataclass(frozen=True)
class Shown:
    """A chart with what is said about it."""

    chart: Chart
    moved: str
    note: str = ""


def moved_words(points: Sequence[Point]) -> str:
    """How far it has moved since the first time, without saying what that is worth."""
    by = change(points)
    if by is None:
        return _("Asked once so far.")
    if not by:
        return _("The same as the first time.")
    sign = "+" if by > 0 else "−"  # noqa: RUF001
    return _("%(by)s since the first time.") % {"by": f"{sign}{number(abs(by))}"}


class MeasuresPage:
    """Ratings, goals and measures of one person, the newest last."""

    def __init__(
        self,
        plan: Plan,
        *,
        heading: PersonHeading,
        ratings: Iterable[Rating],
        scores: Iterable[GoalScore],
        measurements: Iterable[Measurement],
        packs: Sequence[MeasurePack],
        part: Part,
        may_write: bool,
    ) -> None:
        self.plan, self.heading = plan, heading
        self.name = plan.person.display_name
        self._ratings, self._scores = list(ratings), list(scores)
        self._measurements, self._packs, self._part = list(measurements), packs, part
        self._may_write = may_write and plan.state not in FINAL
        self.plan_href = reverse("careplans:plan", args=[plan.pk])

    @cached_property
    def areas(self) -> list[Shown]:
        """How each area is going for the person, 1 to 7."""
        found: dict[str, list[Point]] = {}
        names = {}
        for one in self._ratings:
            if one.value is not None and self._part.area(one.area.code):
                names[one.area.code] = one.area.name
                found.setdefault(one.area.code, []).append(Point(one.on, one.value, one.words))
        return [
            Shown(line_chart(f"area-{code}", names[code], points, 1, 7), moved_words(points))
            for code, points in sorted(found.items(), key=lambda one: names[one[0]])
        ]

    @cached_property
    def goals(self) -> list[Shown]:
        """How far each goal has come, 0 to 10: each for itself, and never an average."""
        found: dict[object, list[Point]] = {}
        lines = {}
        for one in self._scores:
            code = one.line.area.code if one.line.area is not None else None
            if self._part.line(one.line.kind, code):
                lines[one.line_id] = one.line
                found.setdefault(one.line_id, []).append(Point(one.on, one.value, one.words))
        return [
            Shown(line_chart(f"goal-{key}", lines[key].words, points, 0, 10), moved_words(points))
            for key, points in found.items()
        ]

    @cached_property
    def scales(self) -> list[Shown]:
        """Totals of known scales and scores of the site's own packs."""
        if not self._part.everything:
            return []
        return [*self._totals(), *self._of_packs()]

    def _totals(self) -> Iterable[Shown]:
        for code, about in TOTALS.items():
            points = [
                Point(one.on, float(one.total), one.words)
                for one in self._measurements
                if one.scale == code and one.total is not None
            ]
            if points:
                chart = line_chart(f"scale-{code}", about.name, points, about.low, about.high)
                yield Shown(chart, moved_words(points), str(about.better))

    def _of_packs(self) -> Iterable[Shown]:
        """A score is one line as long as it is asked and counted alike: where a newer version of a
        measure counts otherwise, its figures stand for themselves."""
        read = {one.pack_id: measures.read_pack(one.pack.content) for one in self._asked}
        lines: dict[tuple[Any, ...], list[Point]] = {}
        about: dict[tuple[Any, ...], tuple[Pack, Scoring]] = {}
        for row in self._asked:
            pack = read[row.pack_id]
            for score in pack.scores:
                if score.code not in row.scores:
                    continue
                key = (pack.code, score.code, score.method, score.items, pack.low, pack.high)
                few = measures.answered(score, row.answers)
                words = " ".join(part for part in (few, row.words) if part)
                lines.setdefault(key, []).append(Point(row.on, row.scores[score.code], words))
                about[key] = pack, score
        for place, (key, points) in enumerate(lines.items()):
            pack, score = about[key]
            low, high = pack.range_of(score.code)
            name = f"{pack.name}: {score.name}"
            if sum((code, one) == key[:2] for code, one, *_rest in lines) > 1:
                name = _("%(score)s (version %(edition)s)") % {
                    "score": name,
                    "edition": pack.edition,
                }
            chart = line_chart(f"pack-{place}", name, points, low, high)
            yield Shown(chart, moved_words(points), pack.notice)

    @property
    def _asked(self) -> list[Measurement]:
        return [one for one in self._measurements if one.pack is not None]

    @property
    def wants(self) -> list[str]:
        """What the person asked for more help with, the last time they answered."""
        found: list[str] = []
        latest = {one.scale: one for one in self._measurements if one.pack is not None}
        for one in latest.values():
            if one.pack is not None and self._part.everything:
                texts = {i.code: i.text for i in measures.read_pack(one.pack.content).items}
                found += [texts[code] for code in one.wants_help if code in texts]
        return found

    @property
    def empty(self) -> bool:
        return not (self.areas or self.goals or self.scales)

    @property
    def links(self) -> list[Link]:
        if not self._may_write:
            return []
        key = self.plan.pk
        found = [
            Link(
                _("Answer together: %(name)s") % {"name": one.name},
                reverse("careplans:measure", args=[key, one.pk]),
            )
            for one in self._packs
        ]
        return [*found, Link(_("Write down a total"), reverse("careplans:total", args=[key]))]
