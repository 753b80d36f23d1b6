"""A bare Django site over the same tables: what the pages of Alongside are compared with."""
