"""Pages about the ways between teams: handovers, endings, replies by link, journeys, gaps."""
