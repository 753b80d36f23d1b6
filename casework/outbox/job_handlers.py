"""The outbox's own jobs."""

from casework.outbox import services
from casework.outbox.handlers import JobHandler, job_handlers

job_handlers.register(
    "outbox.deliver", JobHandler(run=services.deliver, gave_up=services.could_not_deliver)
)
job_handlers.register("outbox.tidy", JobHandler(run=services.tidy))
