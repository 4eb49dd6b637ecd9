"""`discovery_scan.json` as a source: its candidates come in as candidates, and nothing is registered (REG-13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.exchange.imported import Imported, Remarks, source_key
from server.exchange.outcome import SHOWN, ImportOutcome, nothing_registered
from server.exchange.source import Nearby, Request, SourceFile, first_in, listing_in
from server.model.candidate import Candidate
from server.model.wording import counted as so_many
from server.registry.discovery.document import FILE_NAME, read_candidate

KIND = "discovery_scan"
FILE_NAMES = (FILE_NAME,)
MOST_CANDIDATES = 20_000


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a scan's file: its name, or a JSON object with `unregistered`."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    return head[:1] == "{" and (path.rpartition("/")[2] == FILE_NAME or '"unregistered"' in head)


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a scan's by its members, whatever its texts quote."""
    return isinstance(document.get("unregistered"), list)


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The scan's file of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_scan(request: Request) -> Imported:
    """Every candidate that the files list; what is none is reported with its place.

    Raises InvalidArgument where a file is no JSON, or lists nothing as `unregistered`.
    """
    remarks = Remarks()
    found: dict[tuple[str, str, str], Candidate] = {}
    for file in request.files:
        for number, entry in enumerate(listing_in(file, "unregistered")["unregistered"]):
            place = f"{file.path}#/unregistered/{number}" if file.path else f"/unregistered/{number}"
            try:
                candidate = read_candidate(entry)
            except ValueError as error:
                remarks.unmapped(place, str(error).splitlines()[0][:200])
                continue
            if len(found) >= MOST_CANDIDATES:
                remarks.unmapped(place, f"no more than {MOST_CANDIDATES:,} candidates are taken in at once")
                break
            found[(candidate.kind, candidate.location, candidate.name)] = candidate
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        unmapped=remarks.all_unmapped(),
        candidates=tuple(found.values()),
    )


def outcome_of(imported: Imported, ids: Sequence[str]) -> ImportOutcome:
    """What the import did: candidates took their place, and no system was touched."""
    listed = f": {', '.join(ids[:SHOWN])}{' and more' if len(ids) > SHOWN else ''}" if ids else ""
    return nothing_registered(
        imported,
        said=so_many(len(ids), "candidate"),
        notes=[f"Candidates here{listed}. Those that belong to a registered system are not listed."],
    )
