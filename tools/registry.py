"""Tools of the registry: look before you work, find, show, trace, register."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from server.model.system import System
from server.model.wording import counted
from server.surface import (
    Answer,
    Arguments,
    Call,
    Cursor,
    ExpectedVersion,
    IdempotencyKey,
    Lift,
    Limit,
    Members,
    Next,
    Shape,
    Tool,
    argument,
    array,
    decode_cursor,
    encode_cursor,
    string,
)

if TYPE_CHECKING:
    from server.model.pattern import Pattern
    from server.services import Services

_ID_NAMES = ("sys", "id", "name", "system", "agent", "agent_id")
MOST_PATTERNS = 10
"""Of those that concern one thing."""


class Brief(Arguments):
    """What to brief on."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "system_id": ("sys", "id", "name", "system", "agent"),
        "path": ("resource", "file", "target", "uri"),
    }
    path: str = argument("File, folder, table or URI you are about to change.", "", max_length=2_000)
    system_id: str = argument("Or the system you are about to change.", "", max_length=200)


def brief(call: "Call[Services]", args: Brief) -> Answer:
    """Who reads it, what was agreed on, what is open."""
    from server.patterns.concerning import in_brief  # not before the first call

    told = call.services.registry.brief(path=args.path, system_id=args.system_id, caller=call.caller, now=call.now)
    following = [Next("check_change", {"resource": args.path})] if args.path else []
    if told.data.get("lessons") and told.data["about"]["kind"] == "system":
        following.append(Next("find_knowledge", {"system_id": told.data["about"]["id"]}))
    patterns = _patterns(call, told.data)
    data = {
        **told.data,
        "patterns": [in_brief(one) for one in patterns[:MOST_PATTERNS]],
        "patterns_total": len(patterns),
    }
    summary = f"{told.summary.rstrip('.')}; {counted(len(patterns), 'active pattern')}." if patterns else told.summary
    return Answer(summary=summary, data=data, next=following)


def _patterns(call: "Call[Services]", told: Mapping[str, Any]) -> "list[Pattern]":
    """The active patterns that concern what the briefing is about, the gravest first."""
    from server.patterns.concerning import about_resource, gravest_first

    about = told["about"]
    if about["kind"] == "system":
        return gravest_first(call.services.patterns.of_systems([about["id"]]))
    concerned = [*told["writers"], *(reader["system_id"] for reader in told["readers"])]
    known = call.services.patterns.of_systems(concerned)
    return gravest_first(about_resource(known, about["canonical"], writers=told["writers"], concerned=concerned))


class FindSystems(Arguments):
    """Filters over systems."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "query": ("q", "text", "search", "name"),
        "resource": ("path", "file", "uri"),
    }
    query: str = argument("Words to find; all must occur (as beginnings of words).", "", max_length=1_000)
    tier: Literal["", "MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"] = argument("Tier.", "")
    status: Literal["", "ALL", "HEALTHY", "DEGRADED", "DOWN", "UNKNOWN"] = argument("Health.", "")
    resource: str = argument("Path or URI they read or write.", "", max_length=2_000)
    archived: bool = argument("Archived systems instead of live ones.", False)
    limit: Limit = 10
    cursor: Cursor = ""


def find_systems(call: "Call[Services]", args: FindSystems) -> Answer:
    """One page of systems."""
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    filters = args.model_dump(exclude={"limit", "cursor"})
    found = call.services.registry.find(**filters, start=start, limit=args.limit)

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < found.total else ""

    kind = "archived systems" if args.archived else "systems"
    return Answer.page(
        f"{found.total} {kind} found." if any(filters.values()) else f"{found.total} {kind} registered.",
        found.rows,
        name="systems",
        total=found.total,
        next_cursor=cursor_after(len(found.rows)),
        cursor_after=cursor_after,
        next=[Next("get_system", {"system_id": found.rows[0]["id"]})] if found.rows else [],
    )


class GetSystem(Arguments):
    """Which system."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"system_id": _ID_NAMES}
    system_id: str = argument("Its id or name.", min_length=1, max_length=200)


def get_system(call: "Call[Services]", args: GetSystem) -> Answer:
    """The whole system object."""
    call.services.proposals.ask_due(call.now, read_only=call.read_only)
    view = call.services.registry.get(args.system_id)
    document = view.document
    state = "archived" if view.archived else f"{document['tier']}, {document['status']}"
    data = {
        **document,
        "version": view.version,
        "archived": view.archived,
        "health": view.health.document(),
        "findings": [finding.model_dump(mode="json") for finding in view.findings],
    }
    if view.archived:
        data |= {"archived_at": view.archived_at, "archive_reason": view.archive_reason}
    return Answer(
        summary=(
            f"{document['id']} ({state}): {counted(len(document['dependencies']), 'dependency', 'dependencies')}, "
            f"{counted(len(document['dependents']), 'dependent')}, {counted(len(view.findings), 'open finding')}."
        ),
        data=data,
        next=[Next("trace_impact", {"target": document["id"]})],
        uri=f"concord://systems/{document['id']}",
    )


class TraceImpact(Arguments):
    """Where to start, and which way."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "target": ("system_id", "resource", "path", "contract_id", "sys", "id", "name"),
        "depth": ("max_depth", "levels"),
    }
    target: str = argument("A system, resource, contract or path.", min_length=1, max_length=2_000)
    direction: Literal["downstream", "upstream"] = argument("downstream = who is affected.", "downstream")
    depth: int = argument("How many steps; 0 = all.", 0, ge=0, le=1_000)
    limit: Limit = 10
    cursor: Cursor = ""


def trace_impact(call: "Call[Services]", args: TraceImpact) -> Answer:
    """Everyone on the way, nearest first."""
    upstream = args.direction == "upstream"
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    impact = call.services.registry.trace(args.target, upstream=upstream, depth=args.depth)
    total = len(impact.reached)
    page = impact.reached[start : start + args.limit]
    health = call.services.registry.health_of([stored.id for stored, _ in page], call.now)
    rows = [
        {
            "system_id": stored.id,
            "tier": stored.system.tier.value,
            "status": health[stored.id].status.value,
            "distance": reached.distance,
            "path": list(reached.path),
        }
        for stored, reached in page
    ]

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < total else ""

    direct = sum(reached.distance == 1 for _, reached in impact.reached)
    critical = sum(stored.system.tier.value == "MISSION_CRITICAL" for stored, _ in impact.reached)
    verb = "depends on" if upstream else "affects"
    return Answer.page(
        f"{args.target} {verb} {counted(total, 'system')}, {direct} directly; {critical} of them MISSION_CRITICAL.",
        rows,
        name="affected",
        total=total,
        next_cursor=cursor_after(len(rows)),
        cursor_after=cursor_after,
    )


class RegisterSystem(Arguments):
    """The registration."""

    lift: ClassVar[Lift | None] = Lift("system", rest=True)
    system: Annotated[
        dict[str, Any],
        Members(
            id=string("sys_…"),
            tier=string("Required.", "MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"),
            reads_from=array("{resource, type, format, schema_version, required}."),
            writes_to=array("{resource, type, format, schema_version, consumers[]}."),
            contracts=array("{type, counterparty, resource, schema, reads, strict}."),
        ),
        Shape(System, {"id": ("system_id", "sys_id", "sys", "agent_id"), "name": ("system_name",)}),
    ] = argument("Also name, owner, description, timing, root …: concord://schemas/system.")
    expected_version: ExpectedVersion = 0
    idempotency_key: IdempotencyKey = ""


def register_system(call: "Call[Services]", args: RegisterSystem) -> Answer:
    """The system stands registered as given."""
    done = call.services.registry.register(
        args.system,
        caller=call.caller,
        now=call.now,
        expected_version=args.expected_version,
        idempotency_key=args.idempotency_key,
    )
    verb = "is registered" if done.created else "stands as given"
    return Answer(
        summary=f"{done.system_id} {verb} (version {done.version}); {counted(len(done.findings), 'open finding')}.",
        data={
            "system_id": done.system_id,
            "version": done.version,
            "created": done.created,
            "findings": [finding.model_dump(mode="json") for finding in done.findings],
        },
        next=[Next("brief", {"system_id": done.system_id})],
        notes=done.notes,
    )


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="brief",
        toolset="core",
        title="Brief me before I change something",
        description=(
            "Call before you change a file, table, prompt or system: who reads it, contracts, proposals, patterns, lessons of "
            "others. Not for judging a concrete change: that is check_change."
        ),
        arguments=Brief,
        run=brief,
        example={"path": "~/outputs/signals.json"},
        read_only=True,
        idempotent=True,
        always_loaded=True,
    ),
    Tool(
        name="find_systems",
        toolset="core",
        title="Find systems",
        description="Lists systems by words, tier, health or resource. For one whole system use get_system.",
        arguments=FindSystems,
        run=find_systems,
        example={"query": "dashboard", "tier": "PRODUCTION"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="get_system",
        toolset="core",
        title="Show a system",
        description="One system whole: accesses, contracts, dependencies, version, findings. Read it before you register a change to it.",
        arguments=GetSystem,
        run=get_system,
        example={"system_id": "sys_dashboard"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="trace_impact",
        toolset="core",
        title="Trace impact",
        description=(
            "Everyone whom a system, resource or contract reaches, with the path to each. "
            "Says who is concerned, not whether a change breaks them: that is check_change."
        ),
        arguments=TraceImpact,
        run=trace_impact,
        example={"target": "~/outputs/signals.json"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="register_system",
        toolset="core",
        title="Register a system",
        description=(
            "Registers a system, or replaces its whole registration: send everything, not just what changed. "
            "A tier is required. Findings tell what is missing or contradictory."
        ),
        arguments=RegisterSystem,
        run=register_system,
        example={
            "system": {
                "id": "sys_dashboard",
                "tier": "PRODUCTION",
                "reads_from": [{"resource": "~/outputs/signals.json"}],
                "contracts": [{"type": "CONSUMER", "resource": "~/outputs/signals.json", "reads": ["/ticker"]}],
            }
        },
        idempotent=True,
    ),
)
