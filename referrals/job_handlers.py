"""The referral engine's jobs."""

from casework.outbox.handlers import JobHandler, job_handlers
from referrals.notices import send_notice
from referrals.services import follow_recorded_deaths, look_at_due, reply_links

job_handlers.register("referrals.notice", JobHandler(run=send_notice))
job_handlers.register("referrals.deaths", JobHandler(run=follow_recorded_deaths))
job_handlers.register("referrals.hours", JobHandler(run=look_at_due))
job_handlers.register(reply_links.JOB, JobHandler(run=reply_links.deliver))
