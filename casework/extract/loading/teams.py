"""What a team is called and what kind it is, as long as nobody has said so here."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from casework.directory.models import Team
from casework.extract import codes

_Kind = Team.Kind

KINDS: Mapping[str, str] = {
    code: kind.value
    for kind, listed in {
        _Kind.PRIMARY: "A05",
        _Kind.CMHT: "A06 A07 A08 A09 A10 A14",
        _Kind.CRISIS: "A02 A19 A20 A21 A22 A23 A25",
        _Kind.SPECIALIST: "A12 A13 A15 A16 A17 B01 B02 C01 C02 C04 C05 C06 C08 C10 E04",
        _Kind.SINGLE_POINT: "A18",
        _Kind.INPATIENT: "A01 A24",
    }.items()
    for code in listed.split()
}
#: Of these, one that another organisation than the provider runs is taken to be a charity's.
OTHER_SERVICES = ("Z01", "Z02")

#: The national name of this type is not shown to anybody; neither is "other".
_WORDS = {"A16": "specialist service", "Z01": "team", "Z02": "team", "F07": "team"}


def prepare(connection: sqlite3.Connection) -> None:
    """A table of team types for the feeds."""
    connection.execute("CREATE TABLE team_type (code TEXT PRIMARY KEY, words TEXT, kind TEXT)")
    connection.executemany(
        "INSERT INTO team_type VALUES (?, ?, ?)",
        [
            (code, _initial(_WORDS.get(code, label)), KINDS.get(code, _Kind.OTHER.value))
            for code, label in codes.TEAM_TYPE.items()
        ],
    )


def _initial(words: str) -> str:
    return words[:1].upper() + words[1:]
