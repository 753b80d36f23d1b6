"""What the home page lists as due. Apps beside the worklist register by `casework.cases.due`."""

from casework.cases.due import (
    AHEAD,
    MOST,
    Due,
    Waiting,
    WorklistLines,
    WorklistSection,
    due_for,
    worklist_sections,
)

__all__ = [
    "AHEAD",
    "MOST",
    "Due",
    "Waiting",
    "WorklistLines",
    "WorklistSection",
    "due_for",
    "worklist_sections",
]
