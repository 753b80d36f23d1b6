"""Pages about who is with whom."""
