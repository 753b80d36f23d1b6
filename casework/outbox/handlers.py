"""What the worker process knows how to do, by the kind of job.

An app registers in its own `job_handlers.py`, which is imported when the first job is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.common.registry import Registry


@dataclass(frozen=True)
class JobHandler:
    """Does one kind of job, given the job's arguments (ids and ISO dates) by name.

    A handler may run twice for one job (its worker was killed, or outlived the lease): it must
    reach the same outcome each time. `lease` is how long one run may take before another worker
    takes the job over. `gave_up` is told when the last attempt has failed.
    """

    run: Callable[..., Any]
    lease: dt.timedelta = dt.timedelta(minutes=10)
    gave_up: Callable[..., Any] = lambda **arguments: None


job_handlers: Registry[JobHandler] = Registry("job_handlers")
