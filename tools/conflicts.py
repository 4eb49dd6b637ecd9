"""Tools for whoever runs the conflict check: its log, and whether each tier's verdicts block."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from server.clock import parse_moment, to_wire
from server.errors import ConfigurationError, InvalidArgument
from server.model.check import Mode
from server.model.tier import Tier
from server.model.wording import counted
from server.surface import Answer, Arguments, Call, Cursor, Limit, Next, Tool, argument, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from server.services import Services

_FRAGILE_SHOWN = 10


class FindConflicts(Arguments):
    """Filters over the conflict log."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contract_id": ("contract", "id"),
        "system_id": ("sys", "system", "agent"),
        "since": ("from", "after"),
    }
    contract_id: str = argument("CTR-…", "", max_length=200)
    system_id: str = argument("Proposer or affected.", "", max_length=200)
    severity: Literal["", "LOW", "MEDIUM", "HIGH", "CRITICAL"] = argument("Severity.", "")
    since: str = argument("ISO 8601.", "", max_length=40)
    limit: Limit = 10
    cursor: Cursor = ""


def find_conflicts(call: "Call[Services]", args: FindConflicts) -> Answer:
    """One page of the log, and the contracts that are fragile now."""
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    filters = {**args.model_dump(exclude={"limit", "cursor"}), "since": _moment(args.since)}
    found = call.services.conflicts.log.find(now=call.now, **filters, start=start, limit=args.limit)
    fragile = [one.model_dump(mode="json") for one in found.fragile]

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < found.total else ""

    said = f" Fragile: {', '.join(one.contract_id for one in found.fragile[:5])}." if fragile else ""
    whole = "concord://files/conflict_log.json"
    return Answer.page(
        f"{counted(found.total, 'logged conflict')}.{said}",
        [one.model_dump(mode="json") for one in found.conflicts],
        name="conflicts",
        total=found.total,
        next_cursor=cursor_after(len(found.conflicts)),
        cursor_after=cursor_after,
        more={"fragile_contracts": fragile[:_FRAGILE_SHOWN]},
        notes=[f"{len(fragile)} contracts are fragile; all of them: {whole}."] if len(fragile) > _FRAGILE_SHOWN else [],
        next=[Next("read_record", {"uri": f"concord://checks/{found.conflicts[0].check_id}"})]
        if found.conflicts
        else [],
    )


def _moment(text: str) -> str:
    if not text:
        return ""
    try:
        return to_wire(parse_moment(text))
    except ConfigurationError as error:
        raise InvalidArgument(error.message, path="/since", hint=error.hint) from error


class SetConflictMode(Arguments):
    """Which tier, and what its verdicts do from now on."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"reason": ("why", "comment")}
    tier: Literal["MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"] = argument("Of the stricter side of a conflict.")
    mode: Literal["blocking", "advisory"] = argument("Advisory: same verdict, nothing is held.")
    reason: str = argument("Why; kept with it.", "", max_length=2_000)


def set_conflict_mode(call: "Call[Services]", args: SetConflictMode) -> Answer:
    """The tier's verdicts hold changes back, or only warn."""
    modes = call.services.conflicts.set_mode(
        Tier(args.tier), Mode(args.mode), reason=args.reason, caller=call.caller, now=call.now
    )
    effect = "hold changes back" if args.mode == "blocking" else "are told and logged, and hold nothing back"
    return Answer(
        summary=f"Conflicts at {args.tier} {effect} from now on.",
        data={"modes": {tier.value: mode.value for tier, mode in modes.items()}},
    )


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="find_conflicts",
        toolset="admin",
        title="Find conflicts",
        description=(
            "Lists the conflicts that checks of proposals found, newest first, and the contracts that are fragile: in conflict "
            "three times or more within 30 days."
        ),
        arguments=FindConflicts,
        run=find_conflicts,
        example={"contract_id": "CTR-001"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="set_conflict_mode",
        toolset="admin",
        title="Set a tier's conflict mode",
        description=(
            "Decides whether the verdicts of a tier hold proposals back (blocking, as all tiers start) or are only told and "
            "logged (advisory). `concord status` shows what blocking would have stopped."
        ),
        arguments=SetConflictMode,
        run=set_conflict_mode,
        example={"tier": "PRODUCTION", "mode": "advisory"},
        idempotent=True,
    ),
)
