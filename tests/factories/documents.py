"""A plan with something in every part of it, for paper: full, empty, or with hostile words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from careplans import services
from careplans.documents import services as documents
from careplans.documents.kinds import Approval, DocumentKind
from careplans.documents.prefill import NETWORK, SAFETY
from careplans.kinds import SAFETY_STEPS, Kind
from careplans.models import Document, Plan
from tests.factories.careplans import Two

HOSTILE = (
    "W" * 300 + " <b>bold</b> & <script>alert(1)</script>"
    " <img src='http://other.example/x.png'> <link rel=attachment href='file:///etc/hostname'>"
    " <style>@import url(http://other.example/a.css)</style> سلام يا صديقي שלום 😀🏡 漢字"
    " \u202eturned\u202c {{ 7 * 7 }} {% raise %} \x0b end."
)


def full_plan(two: Two, words: str = "") -> Plan:
    """Something of every kind; with `words`, all of it says the same."""
    plan = two.plan()
    two.write(plan, Kind.MATTERS, words or "A door that I can close. Nobody comes in.")
    two.write(plan, Kind.SHARED_VIEW, words or "The damp keeps Marigold awake.")
    two.write(plan, Kind.TEAM_VIEW, words or "We worry about the flat.", by=two.alone)
    two.write(plan, Kind.DIFFERENTLY, words or "It is the first place that is mine.")
    goal = two.write(plan, Kind.GOAL, words or "To sleep through")
    services.score(line=goal, value=2, words=words, by=two.together)
    services.score(line=goal, value=6, by=two.together)
    action: dict[str, Any] = {"owner_kind": "person", "due_on": timezone.localdate()}
    two.write(plan, Kind.ACTION, words or "Ring the landlord", **action)
    two.write(plan, Kind.OPTION, words or "Move", in_favour="Dry", against="Far", choice="no")
    two.write(plan, Kind.TRIED, words or "A fan", helped="bit", keep="no")
    rating = {"value": 3, "wants_help": "yes", "words": words or "The wall is wet."}
    services.rate(plan=plan, area=two.area, by=two.together, **rating)
    owner = {"owner_kind": "agency", "owner_words": "Harbour Housing"}
    for kind in (Kind.HOPE, Kind.LEARNING):
        two.write(plan, kind, words or f"Words about {kind}", area=None)
    for kind in (Kind.CHECK_IN, Kind.NETWORK):
        two.write(plan, kind, words or f"Words about {kind}", area=None, **owner)
    for kind in (*SAFETY_STEPS, Kind.SAFETY_KEPT):
        two.write(plan, kind, words or f"Mine about {kind}", area=None)
    return plan


PARTS = ("housing", "money", NETWORK, SAFETY)


def begun(two: Two, plan: Plan, kind: DocumentKind, **fields: Any) -> Document:
    """A text of which there is a first wording."""
    options: dict[str, Any] = {"recipient": "Mr Landlord", "parts": PARTS, **fields}
    return documents.begin_text(plan=plan, kind=kind, by=two.together, **options)


def with_request(document: Document, words: str = "Please mend the wall.") -> dict[str, Any]:
    """The latest wording, with what is asked of the reader."""
    fields = documents.last_text(document).fields
    sections = [
        {**one, "words": words} if one["key"] == "ask" else one for one in fields["sections"]
    ]
    return {**fields, "sections": sections}


def approved(two: Two, plan: Plan, kind: DocumentKind, **fields: Any) -> Document:
    """A text that the person corrected and said yes to."""
    document = begun(two, plan, kind, **fields)
    text = documents.correct(
        document=document, fields=with_request(document), seen=1, by=two.together
    )
    return documents.approve(document=document, seen=text.number, how=Approval.READ, by=two.alone)


def asked_for(two: Two, plan: Plan, kind: DocumentKind, shared: bool = False) -> Document:
    """A document that the worker process has yet to make."""
    if kind in documents.TEXT_KINDS:
        return approved(two, plan, kind)
    version = plan.versions.first() if shared else None
    return documents.ask_for(plan=plan, kind=kind, version=version, by=two.alone)
