"""The declared table as words and as a diagram."""

from __future__ import annotations

from referrals.table import ALL, ROWS, STATES, TERMINAL, State, moves


def markdown() -> str:
    """States and transitions as two Markdown tables."""
    lines = [
        "| State | Meaning | Who acts next | FHIR Task | Business status | Limit |",
        "|---|---|---|---|---|---|",
    ]
    for info in STATES.values():
        limit = f"{info.limit} {info.unit}" if info.limit else "off"
        hours = f"; urgent: {info.urgent_hours} hours" if info.urgent_hours else ""
        lines.append(
            f"| `{info.state.value}` | {info.meaning} | {info.next_actor} | {info.fhir_status} |"
            f" {info.fhir_business_status} | {limit}{hours} |"
        )
    lines += [
        "",
        "| Event | From | To | Who | Kinds | Otherwise the answer is |",
        "|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        target = f"`{row.target.value}`" if row.target is not None else "stays"
        kinds = "all" if row.kinds == ALL else ", ".join(kind.value for kind in row.kinds)
        guards = "<br>".join(str(guard.sentence) for guard in row.guards) or "-"
        sources = ", ".join(f"`{state.value}`" for state in row.sources)
        lines.append(
            f"| `{row.event}` | {sources} | {target} |"
            f" {', '.join(str(role.label) for role in row.who)} | {kinds} | {guards} |"
        )
    return "\n".join(lines) + "\n"


def mermaid() -> str:
    """The states and what leads from one to another, as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT.value}"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for row, source, target in moves():
        if row.event in ("mark_in_error", "end_early"):
            continue
        arrows.setdefault((source.value, target.value), []).append(row.event)
    for (source, target), events in arrows.items():
        lines.append(f"    {source} --> {target}: {' / '.join(dict.fromkeys(events))}")
    lines += [f"    {state.value} --> [*]" for state in TERMINAL]
    lines.append("    note right of closed: end_early leads here from every open state")
    lines.append("    note right of entered_in_error: mark_in_error leads here from every state")
    return "\n".join(lines)
