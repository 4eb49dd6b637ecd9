"""The tool of patterns: what no single system can see in what it knows of itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from server.model.wording import counted
from server.surface import Answer, Arguments, Call, Cursor, Limit, Next, Tool, argument, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from server.model.base import JsonObject
    from server.model.pattern import Pattern
    from server.services import Services

MOST_EVIDENCE = 6
"""Rows of one pattern that a list shows; its record has all."""
MOST_CONTRACTS = 20


class FindPatterns(Arguments):
    """Filters over patterns."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "system_id": ("sys", "system", "agent", "agent_id"),
        "type": ("kind",),
        "min_confidence": ("confidence",),
    }
    system_id: str = argument("System.", "", max_length=200)
    type: Literal[
        "",
        "cascade_failure",
        "correlated_degradation",
        "shared_root_cause",
        "transferable_solution",
        "resource_contention",
        "timing_dependency",
    ] = argument("Type.", "")
    severity: Literal["", "LOW", "MEDIUM", "HIGH"] = argument("Severity.", "")
    status: Literal["", "ALL", "ACTIVE", "RESOLVED", "CANDIDATE"] = argument("CANDIDATE: unproven.", "ACTIVE")
    min_confidence: float = argument("0 to 1.", 0.0, ge=0, le=1)
    limit: Limit = 10
    cursor: Cursor = ""


def find_patterns(call: "Call[Services]", args: FindPatterns) -> Answer:
    """One page of patterns, the gravest first."""
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    filters = args.model_dump(exclude={"limit", "cursor", "type"})
    found = call.services.patterns.find(kind=args.type, **filters, start=start, limit=args.limit)

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < found.total else ""

    kind = "pattern" if args.status in ("", "ALL") else f"{args.status.lower()} pattern"
    first = f", the gravest first: {_in_short(found.patterns[0])}" if found.patterns else ""
    return Answer.page(
        f"{counted(found.total, kind)}{first or '.'}",
        [_row(one) for one in found.patterns],
        name="patterns",
        total=found.total,
        next_cursor=cursor_after(len(found.patterns)),
        cursor_after=cursor_after,
        next=[Next("read_record", {"uri": f"concord://patterns/{found.patterns[0].id}"})] if found.patterns else [],
    )


def _in_short(pattern: "Pattern") -> str:
    told = pattern.description if len(pattern.description) <= 300 else f"{pattern.description[:299].rstrip()}…"
    return f"{pattern.id} ({pattern.type.value}, {pattern.severity.value}): {told.rstrip('.')}."


def _row(pattern: "Pattern") -> "JsonObject":
    """The pattern; of long lists the first, with the address of the whole."""
    from server.patterns.document import pattern_document  # not before the first call

    document = pattern_document(pattern)
    whole = len(pattern.evidence) <= MOST_EVIDENCE and len(pattern.affected_contracts) <= MOST_CONTRACTS
    document["evidence"] = document["evidence"][:MOST_EVIDENCE]
    document["affected_contracts"] = document["affected_contracts"][:MOST_CONTRACTS]
    return document if whole else {**document, "uri": f"concord://patterns/{pattern.id}"}


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="find_patterns",
        toolset="core",
        title="Find patterns",
        description="Cascades, shared causes, contention, fixes that fit others. Before a change use brief.",
        arguments=FindPatterns,
        run=find_patterns,
        example={"system_id": "sys_dashboard"},
        read_only=True,
        idempotent=True,
    ),
)
