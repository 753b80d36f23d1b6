"""Every night: handovers move on, cover reaches everybody, and who has left is marked so."""

from __future__ import annotations

from casework.cases.services import absences, handovers, leavers
from casework.outbox.handlers import JobHandler, job_handlers

JOB = "cases.team_work"


def move_on() -> None:
    """Each part is safe to run again, and none depends on another having run."""
    handovers.run_due()
    absences.refresh()
    leavers.finish_due()


job_handlers.register(JOB, JobHandler(run=move_on))
