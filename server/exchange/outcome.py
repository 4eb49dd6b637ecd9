"""What an import or an export did, as the surfaces show it."""

from collections.abc import Sequence

from server.exchange.imported import Dangling, Imported, Unmapped
from server.model.base import JsonObject, Value

SHOWN = 20
"""Entries of each list that are shown; the totals count all."""


class Counted(Value):
    """Some systems: how many, and the first of them."""

    total: int
    ids: tuple[str, ...]


class FindingLine(Value):
    """One open finding about what was imported, in short."""

    kind: str
    severity: str
    system_id: str
    subject: str


class Edges(Value):
    """Dependencies of the imported systems on others, each by the strongest of what it rests on."""

    total: int
    declared: int
    observed: int = 0
    inferred: int


class ImportOutcome(Value):
    """What an import did, or would do where it is held."""

    summary: str
    format: str
    source: str
    held: bool
    """Nothing was changed: so much is gone that a person has to confirm."""
    created: Counted
    updated: Counted
    unchanged: Counted
    missing: Counted
    """Systems that the source listed before and no longer lists."""
    archived: Counted
    merged: Counted
    """Systems of others to which the source only added."""
    edges: Edges
    unmapped_total: int
    unmapped: tuple[Unmapped, ...]
    dangling_total: int
    dangling: tuple[Dangling, ...]
    notes: tuple[str, ...]
    findings_total: int
    findings_by_kind: dict[str, int]
    findings: tuple[FindingLine, ...]
    gone: tuple[str, ...] = ()
    """Where it is held: what is gone, by the names in the source."""
    confirm: str = ""
    """Where it is held: how to go on."""


class WrittenFile(Value):
    """One file that was written."""

    path: str
    bytes: int


class ExportOutcome(Value):
    """What an export wrote."""

    summary: str
    directory: str
    files: tuple[WrittenFile, ...]


def counted(ids: list[str]) -> Counted:
    """How many these are, and the first of them in order."""
    ordered = sorted(ids)
    return Counted(total=len(ordered), ids=tuple(ordered[:SHOWN]))


def nothing_registered(imported: Imported, *, said: str, notes: Sequence[str], figures: str = "") -> ImportOutcome:
    """What an import did that touched no system: `said` is what came in, `figures` how much of it was new."""
    none = counted([])
    return ImportOutcome(
        summary=f"{said} from {imported.source}{figures}; nothing was registered.",
        format=imported.kind,
        source=imported.source,
        held=False,
        created=none,
        updated=none,
        unchanged=none,
        missing=none,
        archived=none,
        merged=none,
        edges=Edges(total=0, declared=0, inferred=0),
        unmapped_total=len(imported.unmapped),
        unmapped=imported.unmapped[:SHOWN],
        dangling_total=0,
        dangling=(),
        notes=tuple(notes),
        findings_total=0,
        findings_by_kind={},
        findings=(),
    )


def outcome_document(outcome: ImportOutcome | ExportOutcome) -> JsonObject:
    """The outcome as JSON, `gone` and `confirm` only where the import is held."""
    document = outcome.model_dump(mode="json")
    if isinstance(outcome, ImportOutcome) and not outcome.held:
        del document["gone"], document["confirm"]
    return document
