"""Views of the pages about the ways between teams."""
