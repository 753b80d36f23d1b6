"""Who may see what, and how we would know: seals on the access log, overrides, sealed notes."""
