"""Who plays the parts: names, numbers and addresses for everybody."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from casework.demo.names import Names, mobile_numbers, nhs_numbers
from casework.demo.network import STAFF, Network
from casework.demo.scene import Identity
from casework.demo.stories import PARTS

SEED = 8791764  # the same people come out of it every time


@dataclass
class Cast:
    """Gives each person of the demonstration who they are. Nobody comes twice."""

    today: dt.date
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    _numbers: Iterator[str] = field(default_factory=nhs_numbers)
    _phones: Iterator[str] = field(default_factory=mobile_numbers)
    _count: int = 0

    def __post_init__(self) -> None:
        taken = {colleague.name for colleague in STAFF} | {part.name for part in PARTS}
        self.names = Names(self.draw, taken)

    def identity(
        self, network: Network, locality: int, *, name: str = "", pronouns: str = "", age: int = 0
    ) -> Identity:
        """Somebody of this place; who they are is drawn where it is not said."""
        self._count += 1
        pronouns = pronouns or self.draw.choices(("she", "he", "they"), (60, 32, 8))[0]
        years = age or self.draw.randrange(19, 68)
        born = self.today - dt.timedelta(days=int(years * 365.25) + self.draw.randrange(10, 350))
        return Identity(
            name=name or self.names.name(pronouns),
            pronouns=pronouns,
            nhs_number=next(self._numbers),
            birth_date=born,
            phone=next(self._phones),
            address=self.names.address(network.localities[locality].name),
            local_id=f"D{self._count:05d}",
        )
