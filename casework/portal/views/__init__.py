"""Pages that somebody reads about themselves, and the pages with which staff let them in."""
