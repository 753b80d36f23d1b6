"""What can be answered about any contact, in the order in which it is usually looked for."""

from __future__ import annotations

from casework.cases.models import Contact

Attendance = Contact.Attendance
MISSED = Attendance.MISSED.value
CAME = (Attendance.ATTENDED.value, Attendance.LATE.value)
_ORDER = (
    Attendance.ATTENDED,
    Attendance.LATE,
    Attendance.MISSED,
    Attendance.CANCELLED_BY_PERSON,
    Attendance.CANCELLED_BY_SERVICE,
    Attendance.TOO_LATE,
)
HAPPENED = [(code.value, code.label) for code in _ORDER]
HAPPENED_IN_GROUP = HAPPENED[:4]
MEDIA = [(code.value, code.label) for code in Contact.Medium if code.value]
PURPOSES = [(code.value, code.label) for code in Contact.Purpose if code.value]
BARRIERS = [("", ""), *Contact.Barrier.choices]
MINUTES = 24 * 60
