"""The figures of continuity as a table: one row per person, decimals with four places."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Protocol
from uuid import UUID

from casework.continuity import facts as continuity_facts
from casework.continuity.facts import ContinuityFacts
from casework.directory.models import Worker


class Writable(Protocol):
    """A file, or the screen of a command."""

    def write(self, text: str, /) -> object: ...


COLUMNS = (
    *("person_id",),
    *("contacts_180d", "no_staff_180d", "joint_180d", "staff_180d"),
    *("upc_180d", "coc_180d", "secon_180d", "mmci_180d"),
    *("contacts_12m", "no_staff_12m", "joint_12m", "staff_12m"),
    *("upc_12m", "coc_12m", "secon_12m", "mmci_12m"),
    *("last6_contacts", "last6_staff", "last6_named_share"),
    *("coordinators_12m", "teams_12m", "named_worker_now"),
)


def decimal(value: float | None) -> str:
    """Four places; nothing where there is no value."""
    return "" if value is None else f"{value:.4f}"


def row(facts: ContinuityFacts, worker_ids: dict[UUID, str]) -> tuple[str, ...]:
    """One line of the table. A person or worker without a local id is shown by their own id."""
    named = sorted(worker_ids.get(worker, str(worker)) for worker in facts.named_workers)
    return (
        facts.local_id or str(facts.person_id),
        str(facts.contacts_180),
        str(facts.no_staff_180),
        str(facts.joint_180),
        str(facts.staff_180),
        decimal(facts.upc_180),
        decimal(facts.coc_180),
        decimal(facts.secon_180),
        decimal(facts.mmci_180),
        str(facts.contacts_12m),
        str(facts.no_staff_12m),
        str(facts.joint_12m),
        str(facts.staff_12m),
        decimal(facts.upc_12m),
        decimal(facts.coc_12m),
        decimal(facts.secon_12m),
        decimal(facts.mmci_12m),
        str(facts.last6),
        str(facts.last6_staff),
        decimal(facts.last6_named_share),
        str(facts.coordinators_12m),
        str(facts.teams_12m),
        ";".join(named),
    )


def rows(on: dt.date, organisation_id: UUID | None = None) -> list[tuple[str, ...]]:
    """The table as of a date, for everybody or for one organisation's people, by id as text."""
    worker_ids = {
        ident: local_id
        for ident, local_id in Worker.objects.exclude(local_id=None).values_list("id", "local_id")
    }
    source = (
        continuity_facts.everybody(on)
        if organisation_id is None
        else continuity_facts.of_organisation(organisation_id, on)
    )
    return sorted(row(facts, worker_ids) for facts in source)


def write(table: list[tuple[str, ...]], file: Writable) -> None:
    """The table as CSV (lines end in a line feed), read by people's other programs."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(table)
