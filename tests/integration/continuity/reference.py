"""The facts again, in plain Python and from the definitions alone: no SQL, no shared code.

One person's log goes in, a dictionary of numbers comes out. It is slow and meant to be obvious.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Met:
    day: dt.date
    time: dt.time | None
    ident: str
    worker: str | None
    worker_count: int
    team: str | None
    crisis: bool
    attendance: str
    grouped: bool = False


@dataclass(frozen=True)
class Named:
    worker: str
    role: str
    start: dt.date
    end: dt.date | None
    planned: bool | None = None
    end_reason: str = ""

    def on(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Spell:
    start: dt.date
    end: dt.date | None

    def on(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Log:
    contacts: list[Met] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    referrals: list[Spell] = field(default_factory=list)
    case: Spell | None = None
    died: dt.date | None = None


def _window(contacts: list[Met], first: dt.date, suffix: str) -> dict[str, object]:
    inside = [c for c in contacts if c.day >= first]
    seen = [c for c in inside if c.worker is not None]
    n, per = len(seen), Counter(c.worker for c in seen)
    same = sum(a.worker == b.worker for a, b in pairwise(seen))
    m = len(per)
    enough = n >= 2
    return {
        f"all{suffix}": len(inside),
        f"no_staff{suffix}": len(inside) - n,
        f"crisis{suffix}": sum(c.crisis for c in inside),
        f"contacts{suffix}": n,
        f"joint{suffix}": sum(c.worker_count > 1 for c in seen),
        f"staff{suffix}": m,
        f"upc{suffix}": max(per.values()) / n if enough else None,
        f"coc{suffix}": (
            (sum(v * v for v in per.values()) - n) / (n * (n - 1)) if enough else None
        ),
        f"secon{suffix}": same / (n - 1) if enough else None,
        f"mmci{suffix}": (1 - m / (n + 0.1)) / (1 - 1 / (n + 0.1)) if enough else None,
        f"hi{suffix}": sum((v / n) ** 2 for v in per.values()) if n else None,
    }


def _year_before(on: dt.date) -> dt.date:
    if (on.month, on.day) == (2, 29):
        return dt.date(on.year - 1, 2, 28)
    return dt.date(on.year - 1, on.month, on.day)


def _began(named: Named) -> dt.date:
    return named.start


def facts(log: Log, on: dt.date) -> dict[str, object]:
    """Everything that the facts say about one person on a date."""
    first_180, first_12m = on - 179 * DAY, _year_before(on) + DAY
    counted = sorted(
        (c for c in log.contacts if c.attendance in ("5", "6") and c.day <= on),
        key=lambda c: (c.day, c.time or dt.time(0), c.ident),
    )
    seen = [c for c in counted if c.worker is not None]
    last = seen[-6:]
    key = [a for a in log.named if a.role == "key_worker" and a.start <= on]
    others = [a for a in log.named if a.role != "key_worker" and a.start <= on]

    def was_named(contact: Met) -> bool:
        return any(a.worker == contact.worker and a.on(contact.day) for a in key)

    def was_planned(contact: Met) -> bool:
        return any(a.worker == contact.worker and a.on(contact.day) for a in others)

    familiar = {c.worker for c in last if was_named(c)} | {
        worker for worker, times in Counter(c.worker for c in seen).items() if times >= 4
    }
    known = [c.day for c in seen if c.worker in familiar]

    now = {a.worker for a in key if a.on(on)}
    ends: dict[str, dt.date] = {}
    for a in key:
        ends[a.worker] = max(ends.get(a.worker, a.start), min(a.end or on, on))
    changed = []
    for worker, end in ends.items():
        if first_12m <= end < on:
            latest = max((a for a in key if a.worker == worker and a.end == end), key=_began)
            if latest.end_reason != "ending":
                changed.append(latest)
    planned = [a for a in changed if a.planned is True]
    unplanned = [a for a in changed if a.planned is False]
    unplanned_ends = [a.end for a in unplanned if a.end]
    past_ends = [a.end for a in key if a.end is not None and a.end < on]

    begun = [r for r in log.referrals if r.start <= on]
    case = log.case if log.case and log.case.start <= on else None
    since: dt.date | None = None
    reached: dt.date | None = None
    for referral in sorted(begun, key=lambda r: r.start):
        if reached is None or (referral.start - reached).days > 90:
            since = referral.start
        end = referral.end or on
        reached = end if reached is None else max(reached, end)
    began = since or (case.start if case else None)
    open_since = began or (counted[0].day if counted else None)
    pdc_first = max(first_12m, began) if began else first_12m
    days = [pdc_first + i * DAY for i in range((on - pdc_first).days + 1)]

    alive = log.died is None or log.died > on
    agreed_end = case.end if case and case.end is not None and case.end <= on else None
    recent = bool(
        counted
        and (on - counted[-1].day).days < 90
        and (agreed_end is None or counted[-1].day > agreed_end)
    )
    without = [(on - max(past_ends)).days] if past_ends else []
    if open_since:
        without.append((on - open_since).days + 1)
    return {
        **_window(counted, first_180, "_180"),
        **_window(counted, first_12m, "_12m"),
        "teams_12m": len({c.team for c in counted if c.day >= first_12m and c.team}),
        "days_since_contact": (on - counted[-1].day).days if counted else None,
        "days_since_known": (on - max(known)).days if known else None,
        "last6": len(last),
        "last6_staff": len({c.worker for c in last}),
        "last6_staff_unplanned": len({c.worker for c in last if not was_planned(c)}),
        "last6_named": sum(map(was_named, last)),
        "last6_named_share": sum(map(was_named, last)) / len(last) if last else None,
        "last6_group": sum(c.grouped for c in last),
        "last6_joint": sum(c.worker_count > 1 for c in last),
        "last6_crisis": sum(c.crisis for c in last),
        "last6_same": sum(a.worker == b.worker for a, b in pairwise(last)),
        "coordinators_12m": len({a.worker for a in key if (a.end or on) >= first_12m}),
        "named": now,
        "changes_12m": len(changed),
        "changes_planned_12m": len(planned),
        "changes_unplanned_12m": len(unplanned),
        "unplanned_days": (on - max(unplanned_ends)).days if unplanned_ends else None,
        "days_without_named": 0 if now else min(without, default=0),
        "pdc_12m": sum(any(a.on(day) for a in key) for day in days) / len(days),
        "alive": alive,
        "open": alive
        and (any(r.on(on) for r in begun) or any(a.on(on) for a in key + others) or recent),
    }
