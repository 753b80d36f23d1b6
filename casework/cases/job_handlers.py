"""Jobs: the reminder of the day before a meeting, the seals on the access log."""

from casework.cases.access import seals
from casework.cases.services import reminders
from casework.outbox.handlers import JobHandler, job_handlers

job_handlers.register(reminders.JOB, JobHandler(run=reminders.remind))
job_handlers.register("cases.seal", JobHandler(run=seals.seal))
