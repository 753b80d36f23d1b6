"""What a reply link is made of. Nothing of it is stored as it stands.

The token in the address is signed and names the link, what it is for and when it ends. The code is
made from the link's id and the service's key; the row keeps a keyed digest of it. The browser's key
is a random one; the row keeps its digest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "referrals.reply_link"
_CODE_SALT = "referrals.reply_link.code"
_DIGEST_SALT = "referrals.reply_link.digest"
CODE_DIGITS = 8


@dataclass(frozen=True)
class Token:
    """What a link's address says."""

    link_id: UUID
    purpose: str
    expires: int

    def __str__(self) -> str:
        signed = Signer(salt=_SALT).sign_object([self.link_id.hex, self.purpose, self.expires])
        return str(signed)


def token_for(link_id: UUID, purpose: str, expires_at: dt.datetime) -> Token:
    return Token(link_id, purpose, int(expires_at.timestamp()))


def read(text: str) -> Token | None:
    """The token of an address, or None for one that we did not make exactly like this."""
    try:
        link_id, purpose, expires = Signer(salt=_SALT).unsign_object(text)
        token = Token(UUID(hex=link_id), purpose, expires)
    except (BadSignature, ValueError, TypeError, AttributeError, UnicodeError):
        return None
    return token if constant_time_compare(str(token), text) else None


def code_of(link_id: UUID) -> str:
    """The code of a link: eight digits, said by phone."""
    mac = salted_hmac(_CODE_SALT, link_id.hex, algorithm="sha256").digest()
    return f"{int.from_bytes(mac, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def spoken(code: str) -> str:
    """The code in two groups, as it is read out."""
    return f"{code[: CODE_DIGITS // 2]} {code[CODE_DIGITS // 2 :]}"


def digest_of_code(link_id: UUID, code: str) -> str:
    """What the row keeps of a code: useless without the service's key."""
    digits = "".join(character for character in code if character.isdigit())
    return salted_hmac(_DIGEST_SALT, f"{link_id.hex}:{digits}", algorithm="sha256").hexdigest()


def code_fits(link_id: UUID, code: str, digest: str) -> bool:
    return constant_time_compare(digest_of_code(link_id, code), digest)


def new_browser_key() -> str:
    return token_urlsafe(32)


def digest_of_browser(key: str) -> str:
    return sha256(key.encode()).hexdigest()
