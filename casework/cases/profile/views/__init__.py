"""Pages about what is written down about a person."""
