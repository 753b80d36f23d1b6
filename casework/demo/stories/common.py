"""What many stories begin with."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from casework.demo.life import When, day
from casework.demo.scene import ASSESSMENT, PHONE, TEACHING, Scene

Part = Generator[When, None, None]


def comes(
    scene: Scene,
    days_ago: int,
    *,
    gp: str,
    why: str,
    meanwhile: str,
    worker: str,
    first: str,
    second: str,
    to: str = "cmht",
    time: str = "10:00",
    score: int = 14,
    **person: str,
) -> Part:
    """A GP asks a team for help, and the same worker meets the person twice: from the second
    meeting on the team is with them."""
    lead = {"cmht": "tamsin", "hillside": "hanneke", "primary": "ruth"}[to]
    yield day(days_ago, "16:40")
    scene.arrives(scene.network.team_key_of(gp), gp, **person)
    scene.registered_at(scene.network.team_key_of(gp))
    scene.is_referred(to, gp, why=why, meanwhile=meanwhile)
    yield day(days_ago - 2, "09:20")
    scene.is_received(lead)
    yield day(days_ago - 6, "09:40")
    scene.is_accepted(lead, worker)
    yield day(days_ago - 13, time)
    scene.meets(worker, note=first, purpose="assessment", minutes=75, did=ASSESSMENT)
    yield day(days_ago - 20, time)
    scene.meets(worker, note=second, did=TEACHING)
    scene.measures(score)


def goes_on(
    scene: Scene,
    worker: str,
    notes: Sequence[str],
    *,
    since: int,
    until: int,
    every: int,
    time: str = "10:00",
    calls: bool = False,
) -> Part:
    """The same worker meets the person again and again; every third time by telephone (`calls`).

    A time without a note is one of those at which everybody is silent about: only some have words.
    """
    days_ago, count = since, 0
    while days_ago >= until:
        yield day(days_ago, time)
        by_phone = calls and count % 3 == 2
        scene.meets(
            worker,
            note=notes[count] if count < len(notes) else "",
            **({"medium": PHONE, "minutes": 20} if by_phone else {}),
        )
        days_ago -= every
        count += 1
