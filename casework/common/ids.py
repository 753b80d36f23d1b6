"""Time-ordered identifiers."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A version 7 UUID: rows made later sort later, so indexes grow at one end (RFC 9562)."""
    return _uuid7()
