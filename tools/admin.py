"""Tools for whoever runs the registry: findings, archiving, imports and exports."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from server.model.wording import counted
from server.surface import Answer, Arguments, Call, Cursor, Limit, Next, Tool, argument, decode_cursor, encode_cursor
from server.surface.bounds import Bounds

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
    call.services.proposals.ask_due(call.now, read_only=call.read_only)
    found = call.services.findings.find(**filters, reader=call.caller, start=start, limit=args.limit)

    def cursor_after(count: int) -> str:
        end = start + count
        return encode_cursor(end, args.filters()) if end < found.total else ""

    return Answer.page(
        f"{counted(found.total, 'finding' if args.status == 'ALL' else f'{args.status.lower()} finding')}.",
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
    orphaned = f"; {counted(len(dependents), 'live dependent')} left" if dependents else ""
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


class ImportCatalog(Arguments):
    """A file on the server's machine, or its text."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "path": ("file", "source", "paths"),
        "content": ("text", "data"),
        "format": ("type", "kind"),
    }
    format: str = argument("Recognised where left out.", "", max_length=100)
    path: str = argument("File or folder on the server's machine.", "", max_length=4_000)
    content: str = argument("Or the text of the file.", "")
    confirm: bool = argument("Although much of what the source listed is gone.", False)
    profiles: tuple[str, ...] = argument("Of docker compose; `*` = all.", ())


def import_catalog(call: "Call[Services]", args: ImportCatalog) -> Answer:
    """What the source lists stands registered."""
    done = call.services.exchange.import_source(
        now=call.now,
        paths=[args.path] if args.path else [],
        content=args.content,
        format=args.format,
        profiles=args.profiles,
        confirm=args.confirm,
        caller=call.caller,
    )
    following = (
        [Next("import_catalog", {**args.model_dump(exclude_defaults=True), "confirm": True})] if done.held else []
    )
    return Answer(summary=done.summary, data=done.model_dump(mode="json", exclude={"summary"}), next=following)


class ExportFiles(Arguments):
    """Where to."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "directory": ("dir", "path", "folder"),
        "formats": ("format", "kinds"),
    }
    directory: str = argument(
        "Folder on the server's machine; made where it is missing.", min_length=1, max_length=4_000
    )
    formats: tuple[str, ...] = argument("Such as backstage, odcs or openlineage, instead of the source documents.", ())


def export_files(call: "Call[Services]", args: ExportFiles) -> Answer:
    """The source's documents stand in the folder."""
    done = call.services.exchange.export_files(args.directory, now=call.now, formats=args.formats, caller=call.caller)
    return Answer(summary=done.summary, data=done.model_dump(mode="json", exclude={"summary"}))


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
    Tool(
        name="import_catalog",
        toolset="admin",
        title="Import a catalogue",
        description=(
            "Brings in a registry file, compose, Kubernetes, Backstage, OpenLineage, dbt or ODCS files, agent cards. "
            "Nothing is deleted: what a source no longer lists is reported as missing, and where much is gone the import "
            "waits for confirm."
        ),
        arguments=ImportCatalog,
        run=import_catalog,
        example={"path": "~/shop/compose.yaml"},
        idempotent=True,
        open_world=True,
        bounds=Bounds(call_bytes=64_000_000, string_bytes=64_000_000),
    ),
    Tool(
        name="export_files",
        toolset="admin",
        title="Export the files",
        description="Writes the source documents, such as system_registry.json, into a folder on the server's machine.",
        arguments=ExportFiles,
        run=export_files,
        example={"directory": "~/scaling"},
        idempotent=True,
        open_world=True,
    ),
)
