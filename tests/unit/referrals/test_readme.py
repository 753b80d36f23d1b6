"""The diagram in the README is what the table says today."""

from pathlib import Path

from referrals.documentation import mermaid

README = Path(__file__).resolve().parents[3] / "README.md"


def test_the_readme_shows_the_table():
    text = README.read_text(encoding="utf-8")
    shown = text.split("<!-- referral_states -->\n", 1)[1].split("<!-- /referral_states -->", 1)[0]
    assert shown == f"```mermaid\n{mermaid()}\n```\n", (
        "run manage.py referral_states --format mermaid, and put its output between the marks"
    )
