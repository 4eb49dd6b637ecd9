"""`organizational_metrics.json` as a source: weeks that nobody counted here are filled in, and nothing is registered."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.exchange.imported import Imported, Remarks, source_key
from server.exchange.outcome import ImportOutcome, nothing_registered
from server.exchange.source import Nearby, Request, SourceFile, first_in, listing_in
from server.exchange.weeks import count, figure, sunday_of
from server.model.base import JsonObject
from server.model.wording import counted as so_many

KIND = "organizational_metrics"
FILE_NAME = "organizational_metrics.json"
FILE_NAMES = (FILE_NAME,)
COUNTS = ("errors", "promotions", "rejections", "knowledge_transfers_completed", "conflicts")
RATES = ("error_rate", "knowledge_transfer_success_rate", "adoption_lag_days")
MOST_WEEKS = 1_000


def recognises(path: str, text: str) -> bool:
    """Whether this looks like the metrics' file: its name, or a JSON object with the members that no other file has."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    named = path.rpartition("/")[2] == FILE_NAME
    return head[:1] == "{" and (named or ('"weeks"' in head and '"week_ending"' in head))


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is the metrics' file by its members, whatever its texts quote."""
    return isinstance(document.get("weeks"), list) and ("trends" in document or "last_updated" in document)


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The metrics' file of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_organizational_metrics(request: Request) -> Imported:
    """Every week that the files list, each once; what is none is reported with its place.

    Raises InvalidArgument where a file is no JSON, or lists nothing as `weeks`.
    """
    remarks = Remarks()
    found: dict[str, JsonObject] = {}
    for file in request.files:
        for number, entry in enumerate(listing_in(file, "weeks")["weeks"]):
            place = f"{file.path}#/weeks/{number}" if file.path else f"/weeks/{number}"
            try:
                week = read_week(entry)
            except ValueError as error:
                remarks.unmapped(place, str(error)[:200])
                continue
            if week["week_ending"] in found:
                remarks.unmapped(
                    place, f"the week to {week['week_ending']} stands in the list twice; the first one counts"
                )
            elif len(found) < MOST_WEEKS:
                found[week["week_ending"]] = week
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        unmapped=remarks.all_unmapped(),
        weeks=tuple(found[week] for week in sorted(found)),
    )


def read_week(entry: Any) -> JsonObject:
    """A week as the document writes it; what it doesn't tell is 0. Raises ValueError with what is wrong with it."""
    if not isinstance(entry, Mapping):
        raise ValueError("a week is a JSON object")
    counts = {name: count(entry.get(name, 0)) for name in COUNTS}
    rates = {name: figure(entry.get(name) or 0) for name in RATES}
    wrong = sorted(name for name, value in {**counts, **rates}.items() if value is None)
    if wrong:
        raise ValueError(f"{wrong[0]} is no number that counts something")
    return {
        "week_ending": sunday_of(entry.get("week_ending")),
        "errors": counts["errors"],
        "error_rate": rates["error_rate"],
        "promotions": counts["promotions"],
        "rejections": counts["rejections"],
        "knowledge_transfers_completed": counts["knowledge_transfers_completed"],
        "knowledge_transfer_success_rate": rates["knowledge_transfer_success_rate"],
        "adoption_lag_days": rates["adoption_lag_days"],
        "conflicts": counts["conflicts"],
    }


def outcome_of(imported: Imported, filled: Sequence[str]) -> ImportOutcome:
    """What the import did; `filled` are the weeks that have their figures from it."""
    counted_here = len(imported.weeks) - len(filled)
    notes = [f"{so_many(counted_here, 'week')} of them counted here or known already: those figures stay."]
    return nothing_registered(
        imported,
        said=so_many(len(imported.weeks), "week"),
        figures=f" ({len(filled)} new, {counted_here} known)" if imported.weeks else "",
        notes=notes if counted_here else (),
    )
