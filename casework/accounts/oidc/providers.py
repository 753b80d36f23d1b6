"""The providers with which one may sign in here, as the environment names them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

STAFF, PEOPLE = "staff", "people"


@dataclass(frozen=True)
class Provider:
    """One provider, what we are to it, and what must be true of whoever comes from there."""

    slug: str
    issuer: str
    client_id: str
    name: str
    scope: str
    secret: str = ""
    key: str = ""
    key_id: str = ""
    strong: tuple[str, ...] = ()
    acr: str = ""
    vectors: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Provider {self.slug}>"  # never its secret or key, wherever it is printed


def find(slug: str) -> Provider | None:
    """The provider for staff or for people, if there is one."""
    made = settings.OIDC.get(slug)
    if made is None:
        return None
    several = {"strong": tuple(made["strong"]), "vectors": tuple(made["vectors"])}
    return Provider(slug=slug, **{**made, **several})
