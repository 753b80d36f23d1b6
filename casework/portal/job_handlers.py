"""Notices to people as a job, so that two workers send each once; copies that they ask for."""

import datetime as dt

from casework.outbox.handlers import JobHandler, job_handlers
from casework.portal import copies
from casework.portal.talk import news

job_handlers.register(news.JOB, JobHandler(run=news.tell_all, lease=dt.timedelta(minutes=30)))
job_handlers.register(copies.JOB, JobHandler(run=copies.make, gave_up=copies.gave_up))
job_handlers.register(copies.TIDY, JobHandler(run=copies.tidy))
