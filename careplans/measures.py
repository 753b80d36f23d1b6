"""Measures: what a pack may ask, and how answers are scored. Pure; no wording is shipped.

A pack is plain data from a file of the site's own (JSON):

    {"code": "life", "edition": "1", "name": "…", "notice": "whose words, on what terms",
     "scale": {"low": 1, "high": 7, "labels": {"1": "…", "7": "…"}},
     "items": [{"code": "1", "text": "…", "more_help": true}],
     "scores": [{"code": "life", "name": "…", "method": "mean", "items": ["1"], "needs": 8}]}

`method` is `mean`, `sum`, `percent` (of the most that is possible) or `all_highest` (1 where every
answer is the highest, else 0). `needs` says how many of its items must be answered; without it all
of them. A score that has too few is not there, and nothing is made up for what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

METHODS = ("mean", "sum", "percent", "all_highest")
MOST_ITEMS = 60
_PLACES = Decimal("0.001")


class BadPack(ValueError):
    """A file that is no pack; the message says where."""


@dataclass(frozen=True)
class Item:
    """One question."""

    code: str
    text: str
    more_help: bool = False


@dataclass(frozen=True)
class Scoring:
    """One figure that is worked out from answers."""

    code: str
    name: str
    method: str
    items: tuple[str, ...]
    needs: int


@dataclass(frozen=True)
class Pack:
    """The questions of a measure, the numbers to answer with, and its scoring."""

    code: str
    edition: str
    name: str
    notice: str
    low: int
    high: int
    labels: Mapping[int, str]
    items: tuple[Item, ...]
    scores: tuple[Scoring, ...]

    def choices(self) -> list[tuple[str, str]]:
        """What can be answered, from the lowest to the highest."""
        return [
            (str(n), f"{n}: {self.labels[n]}" if n in self.labels else str(n))
            for n in range(self.low, self.high + 1)
        ]

    def range_of(self, code: str) -> tuple[float, float]:
        """The lowest and the highest that a score can be."""
        one = next(score for score in self.scores if score.code == code)
        if one.method == "sum":
            return self.low * len(one.items), self.high * len(one.items)
        return {"percent": (0, 100), "all_highest": (0, 1)}.get(one.method, (self.low, self.high))


@dataclass(frozen=True)
class Total:
    """A licensed scale of which only the total is written down, with its range. Its questions are
    asked where the licence is."""

    code: str
    name: str
    low: int
    high: int
    better: str | Promise


_HIGHER = gettext_lazy("higher is better")
_LOWER = gettext_lazy("lower is better")
TOTALS: dict[str, Total] = {
    one.code: one
    for one in (
        Total("reqol-10", "ReQoL-10", 0, 40, _HIGHER),
        Total("reqol-20", "ReQoL-20", 0, 80, _HIGHER),
        Total("core-10", "CORE-10", 0, 40, _LOWER),
        Total("honos", "HoNOS", 0, 48, _LOWER),
    )
}


def _need(ok: bool, sentence: str) -> None:
    if not ok:
        raise BadPack(sentence)


def _text(data: Mapping[str, Any], name: str, longest: int) -> str:
    value = data.get(name)
    _need(isinstance(value, str) and bool(value.strip()), _("“%s” is missing.") % name)
    text = str(value).strip()
    _need(len(text) <= longest, _("“%s” is too long.") % name)
    return text


def _whole(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    _need(isinstance(value, int) and not isinstance(value, bool), _("“%s” is no number.") % name)
    return int(value)  # type: ignore[arg-type]


def _rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = data.get(name)
    _need(isinstance(value, list), _("“%s” is no list.") % name)
    rows = list(value or [])
    _need(all(isinstance(one, dict) for one in rows), _("“%s” is no list of objects.") % name)
    return rows


def read_pack(data: Any) -> Pack:
    """A pack from plain data; `BadPack` says what is wrong with it."""
    _need(isinstance(data, dict), _("A pack is one JSON object."))
    scale = data.get("scale")
    _need(isinstance(scale, dict), _("“%s” is missing.") % "scale")
    low, high = _whole(scale, "low"), _whole(scale, "high")
    _need(0 <= low < high <= 100, _("The scale must go from 0 or more to at most 100."))
    items = _items(_rows(data, "items"))
    return Pack(
        code=_code(data),
        edition=_text(data, "edition", 20),
        name=_text(data, "name", 120),
        notice=_text(data, "notice", 2000),
        low=low,
        high=high,
        labels=_labels(scale.get("labels") or {}, low, high),
        items=items,
        scores=_scores(_rows(data, "scores"), [one.code for one in items]),
    )


def _code(data: Mapping[str, Any]) -> str:
    code = _text(data, "code", 30)
    plain = code.replace("-", "").replace("_", "")
    _need(plain.isascii() and plain.isalnum(), _("The code has letters, digits and hyphens only."))
    _need(code not in TOTALS, _("This code belongs to a scale that is known here."))
    return code


def _labels(data: Any, low: int, high: int) -> dict[int, str]:
    _need(isinstance(data, dict), _("“%s” is no object.") % "labels")
    found = {}
    for key, words in data.items():
        _need(str(key).isdigit() and low <= int(key) <= high, _("A label lies outside the scale."))
        found[int(key)] = str(words)[:120]
    return found


def _items(rows: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    _need(0 < len(rows) <= MOST_ITEMS, _("A pack asks at least one and at most sixty questions."))
    found = tuple(
        Item(_text(row, "code", 20), _text(row, "text", 500), row.get("more_help") is True)
        for row in rows
    )
    _need(len({one.code for one in found}) == len(found), _("Two questions have the same code."))
    return found


def _scores(rows: Sequence[Mapping[str, Any]], known: Sequence[str]) -> tuple[Scoring, ...]:
    found = []
    for row in rows:
        method = _text(row, "method", 20)
        _need(method in METHODS, _("The method “%s” is not known.") % method)
        named = row.get("items", list(known))
        _need(isinstance(named, list) and bool(named), _("“%s” is no list.") % "items")
        items = tuple(str(one) for one in named)
        _need(set(items) <= set(known), _("A score counts a question that is not asked."))
        _need(len(set(items)) == len(items), _("A score counts a question twice."))
        needs = _whole(row, "needs") if "needs" in row else len(items)
        _need(1 <= needs <= len(items), _("“%s” does not fit the questions.") % "needs")
        found.append(Scoring(_text(row, "code", 20), _text(row, "name", 120), method, items, needs))
    _need(len({one.code for one in found}) == len(found), _("Two scores have the same code."))
    return tuple(found)


def score(pack: Pack, answers: Mapping[str, int]) -> dict[str, float]:
    """Every score that these answers allow, to three decimals."""
    found = {}
    for one in pack.scores:
        given = [answers[code] for code in one.items if code in answers]
        if len(given) >= one.needs:
            found[one.code] = _figure(one, given, pack)
    return found


def answered(one: Scoring, answers: Mapping[str, int]) -> str:
    """Said beside a score that rests on fewer answers than it has questions."""
    given = sum(code in answers for code in one.items)
    if given >= len(one.items):
        return ""
    return _("From %(n)d of %(all)d answers.") % {"n": given, "all": len(one.items)}


def _figure(one: Scoring, given: Sequence[int], pack: Pack) -> float:
    if one.method == "all_highest":
        return float(all(value == pack.high for value in given))
    total = Decimal(sum(given))
    if one.method == "mean":
        total /= len(given)
    elif one.method == "percent":
        total = (total - pack.low * len(given)) * 100 / Decimal((pack.high - pack.low) * len(given))
    elif len(given) < len(one.items):  # a sum of fewer answers is brought up to all of them
        total = total * len(one.items) / len(given)
    return float(total.quantize(_PLACES, ROUND_HALF_UP))
