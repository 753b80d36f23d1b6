"""PostgreSQL's backend with the fence's marks on each connection."""
