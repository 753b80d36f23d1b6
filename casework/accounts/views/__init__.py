"""Pages of the accounts: administration, invitations, drafts."""
