"""Jobs of the accounts: invitations leave by e-mail, marks of saved drafts go."""

from casework.accounts import drafts, invitations
from casework.outbox.handlers import JobHandler, job_handlers

job_handlers.register("accounts.invite", JobHandler(run=invitations.deliver))
job_handlers.register("accounts.tidy", JobHandler(run=drafts.tidy))
