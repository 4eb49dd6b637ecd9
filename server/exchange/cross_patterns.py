"""`cross_patterns.json` as a source: the patterns that it lists come in under their ids, and nothing is registered (PAT-10)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from server.exchange.imported import Imported, Remarks, source_key
from server.exchange.outcome import SHOWN, ImportOutcome, nothing_registered
from server.exchange.source import Nearby, Request, SourceFile, first_in, listing_in
from server.model.pattern import Pattern
from server.model.wording import counted as so_many
from server.patterns.document import FILE_NAME, read_pattern

if TYPE_CHECKING:
    from server.patterns.arrival import Arrived

KIND = "cross_patterns"
FILE_NAMES = (FILE_NAME,)
MOST_PATTERNS = 10_000


def recognises(path: str, text: str) -> bool:
    """Whether this looks like the patterns' file: its name, or a JSON object with the members that no other file has."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    named = path.rpartition("/")[2] == FILE_NAME
    return head[:1] == "{" and (named or '"cross_system_health"' in head or '"systems_involved"' in head)


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a patterns' file by its members, whatever its texts quote."""
    return isinstance(document.get("patterns"), list) and (
        "analysis_date" in document or "cross_system_health" in document
    )


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The patterns' file of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_cross_patterns(request: Request) -> Imported:
    """Every pattern that the files list; what is none is reported with its place.

    Raises InvalidArgument where a file is no JSON, or lists nothing as `patterns`.
    """
    remarks = Remarks()
    found: list[Pattern] = []
    for file in request.files:
        document = listing_in(file, "patterns")
        day = document.get("analysis_date")
        for number, entry in enumerate(document["patterns"]):
            place = f"{file.path}#/patterns/{number}" if file.path else f"/patterns/{number}"
            if len(found) >= MOST_PATTERNS:
                remarks.unmapped(place, f"no more than {MOST_PATTERNS:,} patterns are taken in at once")
                break
            try:
                found.append(read_pattern(entry, analysis_date=day if isinstance(day, str) else ""))
            except ValueError as error:
                remarks.unmapped(place, str(error).splitlines()[0][:200])
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        unmapped=remarks.all_unmapped(),
        patterns=tuple(found),
    )


def outcome_of(imported: Imported, arrived: "Arrived") -> ImportOutcome:
    """What the import did: patterns took their place, and no system was touched."""
    figures = [
        f"{len(ids)} {word}"
        for word, ids in (("new", arrived.added), ("changed", arrived.changed), ("known", arrived.unchanged))
        if ids
    ]
    said = f" ({', '.join(figures)})" if figures else ""
    return nothing_registered(
        imported,
        said=so_many(len(imported.patterns), "pattern"),
        figures=said,
        notes=_notes(arrived),
    )


def _notes(arrived: "Arrived") -> Sequence[str]:
    notes = [
        f"{before} is another pattern here: the file's came in as {here}."
        if before
        else f"A pattern without an id of the form XPAT-001 came in as {here}."
        for before, here in arrived.renamed[:SHOWN]
    ]
    more = len(arrived.renamed) - SHOWN
    return [*notes, f"So did {more} more."] if more > 0 else notes
