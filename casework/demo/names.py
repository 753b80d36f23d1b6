"""Plainly invented names, NHS numbers, addresses and telephone numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator

from casework.cases.models import Person

# Given names by the pronouns that the stories use for whoever bears them.
GIVEN = {
    "she": (
        "Abena Aisling Alma Amira Anneke Beatrix Bronagh Camille Chidinma Clementine Delphine Eira"
        " Esperanza Farida Fenella Gita Hyacinth Imogen Ines Jarmila Jessamy Kalinda Kezia Lalage"
        " Leocadia Mabli Magda Marisol Nerys Nilufer Odalys Paloma Petra Rhiannon Roshni Safiya"
        " Sunniva Temperance Thandeka Ursula Vashti Wilhelmina Xanthe Yewande Zuzanna"
    ).split(),
    "he": (
        "Alasdair Anselm Aziz Barnaby Bertrand Caspian Chukwudi Corwin Dafydd Dimitar Emeka Eamon"
        " Fitzgerald Gethin Hamza Hector Idris Ignatius Ioan Jasper Jerome Kwabena Lachlan Lorcan"
        " Lubomir Matthias Milo Mustafa Nikhil Obadiah Orlando Peregrine Quentin Rafael Rufus"
        " Sanjay Seamus Thaddeus Tomos Umberto Vikram Wendell Yannick Zebedee"
    ).split(),
    "they": (
        "Arden Ash Briar Cai Ellis Fennel Gale Harper Indigo Juniper Kit Linden Marlow Moss Nova"
        " Oakley Perry Quill Reed River Rowan Sage Sorrel Tansy Vale Wren"
    ).split(),
}
_BEFORE = (
    "Apple Ash Bell Birch Bramble Brook Butter Candle Cinder Clover Cob Corn Cowslip Damson Dapple"
    " Ember Fallow Feather Fern Fiddle Finch Fox Gable Gold Goose Harrow Haven Hazel Honey Ivy Lark"
    " Lantern Linnet Marl Meadow Merry Mill Moon Moth Nettle Oak Otter Partridge Pebble Pepper"
    " Quill Rook Rush Saffron Silver Sorrel Sparrow Starling Tangle Thimble Thistle Willow Winter"
    " Wren"
).split()
_AFTER = (
    "beck berry bloom bottom bright brook combe croft dale down feather field ford garth glade"
    " grove hatch hollow hurst lark leaf light lock mead mere moor more nook pool ridge row shaw"
    " stone thorn ton twig ville water way weald well wick wind wing wood worth"
).split()
STREETS = (
    "Larkspur Row|Candlemaker Lane|Old Quay|Mill Race|Bobbin Street|Heron Walk|Thimble Yard"
    "|Damson Close|Skylark Rise|Weavers Green|Tollgate Road|Orchard Steps"
).split("|")
AWKWARD = {  # what two halves make that is no name, or too much like a thing
    "Butterwind",
    "Goosewing",
    "Hazelwood",
    "Larkspur",
    "Larklark",
    "Featherfeather",
    "Brookbrook",
}


class Names:
    """Draws names that nobody in this demonstration has yet."""

    def __init__(self, draw: random.Random, taken: set[str]) -> None:
        self._draw = draw
        self._taken = taken
        self._surnames = [
            before + after
            for before in _BEFORE
            for after in _AFTER
            if before + after not in AWKWARD and before[-1].lower() != after[0]
        ]
        draw.shuffle(self._surnames)
        self._next = 0

    def name(self, pronouns: str) -> str:
        """A given and a family name; no family name comes twice before all have come."""
        while True:
            family = self._surnames[self._next % len(self._surnames)]
            self._next += 1
            name = f"{self._draw.choice(GIVEN[pronouns])} {family}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def address(self, locality: str) -> str:
        return f"{self._draw.randrange(1, 90)} {self._draw.choice(STREETS)}\n{locality}"


def check_digit(nine: str) -> int | None:
    """The tenth digit of an NHS number; None where there is no number with these nine."""
    rest = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    digit = (11 - rest % 11) % 11
    return digit if digit < 10 else None


def nhs_numbers() -> Iterator[str]:
    """Valid numbers from 999 000 0000 upward, which are given to nobody and to nobody here yet."""
    there = set(Person.objects.filter(nhs_number__startswith="999").values_list("nhs_number"))
    taken = {number for (number,) in there}
    for serial in range(1_000_000):
        nine = f"999{serial:06d}"
        digit = check_digit(nine)
        if digit is not None and f"{nine}{digit}" not in taken:
            yield f"{nine}{digit}"


def mobile_numbers() -> Iterator[str]:
    """Mobile numbers that are reserved for drama."""
    serial = 0
    while True:
        yield f"07700 900{serial % 1000:03d}"
        serial += 1


def office_numbers() -> Iterator[str]:
    """Leeds numbers that are reserved for drama."""
    serial = 0
    while True:
        yield f"0113 496 0{serial % 1000:03d}"
        serial += 1
