"""Tools for whoever runs the registry: findings, archiving, imports and exports."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from server.surface import Answer, Arguments, Call, Cursor, Limit, Next, Tool, argument, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from server.services import Services

_ID_NAMES = ("sys", "id", "name", "system", "agent")


class FindFindings(Arguments):
    """Filters over findings."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"system_id": _ID_NAMES, "kind": ("type",)}
    kind: str = argument("Such as consumers_unknown or dependency_cycle.", "", max_length=100)
    severity: Literal["", "LOW", "MEDIUM", "HIGH", "CRITICAL"] = argument("Severity.", "")
    system_id: str = argument("Only about this system.", "", max_length=200)
    status: Literal["OPEN", "CLOSED", "ALL"] = argument("Open ones unless said otherwise.", "OPEN")
    limit: Limit = 10
    cursor: Cursor = ""


def find_findings(call: "Call[Services]", args: FindFindings) -> Answer:
    """One page of findings."""
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    filters = args.model_dump(exclude={"limit", "cursor"})
    found = call.services.findings.find(**filters, start=start, limit=args.limit)

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < found.total else ""

    return Answer.page(
        f"{found.total} {'' if args.status == 'ALL' else args.status.lower() + ' '}findings.",
        [finding.model_dump(mode="json") for finding in found.findings],
        name="findings",
        total=found.total,
        next_cursor=cursor_after(len(found.findings)),
        cursor_after=cursor_after,
    )


class ArchiveSystem(Arguments):
    """Which system, and why."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"system_id": _ID_NAMES, "reason": ("why", "comment")}
    system_id: str = argument("Its id or name.", min_length=1, max_length=200)
    reason: str = argument("Why it goes; kept with it.", min_length=1, max_length=2_000)
    force: bool = argument("Although live systems depend on it.", False)


def archive_system(call: "Call[Services]", args: ArchiveSystem) -> Answer:
    """The system no longer counts."""
    system_id, dependents = call.services.registry.archive(
        args.system_id, reason=args.reason, force=args.force, caller=call.caller, now=call.now
    )
    orphaned = f"; {len(dependents)} live systems still depend on it" if dependents else ""
    return Answer(
        summary=f"{system_id} is archived{orphaned}. Its contracts stay readable.",
        data={"system_id": system_id, "archived": True, "dependents": dependents},
        next=[Next("restore_system", {"system_id": system_id})],
    )


class RestoreSystem(Arguments):
    """Which system."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"system_id": _ID_NAMES}
    system_id: str = argument("Its id or name.", min_length=1, max_length=200)
    reason: str = argument("Why it comes back.", "", max_length=2_000)


def restore_system(call: "Call[Services]", args: RestoreSystem) -> Answer:
    """The system counts again."""
    system_id = call.services.registry.restore(args.system_id, caller=call.caller, now=call.now)
    view = call.services.registry.get(system_id)
    return Answer(
        summary=f"{system_id} counts again.",
        data={"system_id": system_id, "archived": False, "dependents": view.document["dependents"]},
    )


class ConfirmContract(Arguments):
    """Which contract, and on what grounds."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contract_id": ("id", "contract"),
        "reason": ("why", "comment"),
    }
    contract_id: str = argument("CTR-…", min_length=1, max_length=200)
    reason: str = argument("Who confirms it, and why.", min_length=1, max_length=2_000)


def confirm_contract(call: "Call[Services]", args: ConfirmContract) -> Answer:
    """The inferred contract is a declared one."""
    holders = call.services.registry.confirm_contract(
        args.contract_id, reason=args.reason, caller=call.caller, now=call.now
    )
    return Answer(
        summary=f"{args.contract_id} is confirmed: checks rest on it as on a declared one.",
        data={"contract_id": args.contract_id, "basis": "declared", "systems": holders},
    )


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="find_findings",
        toolset="admin",
        title="Find findings",
        description="Lists what needs a person's look: gaps, contradictions, circles, the worst first.",
        arguments=FindFindings,
        run=find_findings,
        example={"severity": "HIGH"},
        read_only=True,
        idempotent=True,
    ),
    Tool(
        name="archive_system",
        toolset="admin",
        title="Archive a system",
        description=(
            "Takes a decommissioned system out of all judgements; it stays readable with its contracts, and can be restored. "
            "Refused while live systems depend on it, unless forced."
        ),
        arguments=ArchiveSystem,
        run=archive_system,
        example={"system_id": "sys_old_mailer", "reason": "Replaced by sys_mailer in March."},
        destructive=True,
        idempotent=True,
    ),
    Tool(
        name="restore_system",
        toolset="admin",
        title="Restore a system",
        description="Brings an archived system back as it was.",
        arguments=RestoreSystem,
        run=restore_system,
        example={"system_id": "sys_old_mailer"},
        idempotent=True,
    ),
    Tool(
        name="confirm_contract",
        toolset="admin",
        title="Confirm a contract",
        description="Turns an inferred or observed contract into a declared one, after a person has looked at it.",
        arguments=ConfirmContract,
        run=confirm_contract,
        example={"contract_id": "CTR-001", "reason": "Read the dashboard's source with its owner."},
        idempotent=True,
    ),
)
