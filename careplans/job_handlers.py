"""Jobs of plans: documents are made by the worker process."""

from careplans.documents import services
from casework.outbox.handlers import JobHandler, job_handlers

job_handlers.register(services.JOB, JobHandler(run=services.make, gave_up=services.gave_up))
