"""The starter list of codes that count for the four-week clock. A site replaces it with the
published SNOMED CT reference sets; what is not listed counts for nothing."""

from __future__ import annotations

from typing import Any

_DIALOG = (
    "1037651000000100",
    "1037661000000102",
    "1037671000000109",
    "1037681000000106",
    "1037691000000108",
    "1037701000000108",
    "1037711000000105",
    "1037721000000104",
    "1037731000000102",
    "1037741000000106",
    "1037751000000109",
)

STARTER: dict[str, dict[str, str]] = {
    "outcome": {
        "1091071000000100": "ReQoL-10",
        "718583008": "CORE-10",
        "720433000": "PHQ-9",
        **{code: f"DIALOG item {number}" for number, code in enumerate(_DIALOG, 1)},
    },
    "assessment": {
        "391281002": "Mental health assessment",
        "410223002": "Mental health care assessment",
        "79094001": "Initial psychiatric interview",
        "10197000": "Psychiatric interview and evaluation",
    },
    "intervention": {
        "405780009": "Dialectical behaviour therapy",
        "1111681000000103": "Mentalisation-based therapy",
        "390773006": "Cognitive analytic therapy",
        "1111691000000101": "Schema-focused therapy",
        "65153003": "Art therapy",
        "149451000000104": "Cognitive behavioural therapy (complex emotional needs)",
        "410224008": "Mental health care education",
        "182836005": "Review of medication",
    },
}


def seed(model: Any) -> None:
    """Write the starter list into an empty table."""
    if not model.objects.exists():
        model.objects.bulk_create(
            model(leg=leg, code=code, text=text)
            for leg, codes in STARTER.items()
            for code, text in codes.items()
        )
