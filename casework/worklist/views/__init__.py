"""Where a working day begins, and the lists that it is worked from."""
