"""Checking and loading as jobs, so that no page waits for them."""

import datetime as dt

from casework.extract import requests
from casework.outbox.handlers import JobHandler, job_handlers

_LEASE = dt.timedelta(hours=2)

job_handlers.register(
    "extract.check", JobHandler(run=requests.check, gave_up=requests.gave_up, lease=_LEASE)
)
job_handlers.register(
    "extract.load", JobHandler(run=requests.load, gave_up=requests.gave_up, lease=_LEASE)
)
