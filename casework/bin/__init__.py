"""Small programs behind the Makefile; nothing in the service imports them."""
