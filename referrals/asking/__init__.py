"""Asking another team for help: the story told once, who could help and how long they take."""
