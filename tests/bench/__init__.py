"""The figures of the service against their bars: `python -m tests.bench` (`make bench`).

Each module here with a function `run(config)` measures one thing and returns its results; what it
is compared with runs in the same call, in turns, so that a busy machine slows both.
"""
