"""`learning_digest.json` as a source: the digest of a week that nobody counted here is kept, and nothing is registered."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.exchange.halves import without_halves
from server.exchange.imported import Imported, Remarks, source_key
from server.exchange.outcome import ImportOutcome, nothing_registered
from server.exchange.source import Nearby, Request, SourceFile, first_in, object_in
from server.exchange.weeks import count, named, rows, sunday_of, trend, words
from server.model.base import JsonObject
from server.model.wording import counted as so_many

KIND = "learning_digest"
FILE_NAME = "learning_digest.json"
FILE_NAMES = (FILE_NAME,)
COUNTS = (
    "total_promotions_across_systems",
    "total_rejections_across_systems",
    "new_shared_knowledge_entries",
    "knowledge_transfers_completed",
    "cross_system_conflicts_resolved",
)


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a digest: its name, or a JSON object with the members that no other file has."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    named = path.rpartition("/")[2] == FILE_NAME
    return head[:1] == "{" and (named or ('"week_ending"' in head and '"digest"' in head))


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a digest by its members, whatever its texts quote."""
    return isinstance(document.get("digest"), dict) and "week_ending" in document


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The digest of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_learning_digest(request: Request) -> Imported:
    """The digests of the files, by their weeks. Raises InvalidArgument where a file is no JSON object."""
    remarks = Remarks()
    found: list[JsonObject] = []
    for file in request.files:
        document = without_halves(object_in(file), file.text)
        try:
            found.append(read_digest(document))
        except ValueError as error:
            remarks.unmapped(f"{file.path}#" if file.path else "/", str(error)[:200])
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        unmapped=remarks.all_unmapped(),
        digests=tuple(found),
    )


def read_digest(document: Mapping[str, Any]) -> JsonObject:
    """The digest as the source writes it, with the members that ours has besides; its texts as others may read them.

    Raises ValueError where it states no week.
    """
    told = document.get("digest")
    if not isinstance(told, Mapping):
        raise ValueError("there is no object `digest`")
    return {
        "week_ending": sunday_of(document.get("week_ending")),
        "digest": {
            **{name: count(told.get(name)) or 0 for name in COUNTS},
            "organizational_health": trend(told.get("organizational_health")),
            "top_insight": words(told.get("top_insight")),
            "systems_needing_attention": [
                {"system": system, "reason": words(row.get("reason"))}
                for row in rows(told.get("systems_needing_attention"))
                if (system := named(row.get("system")))
            ],
        },
        "left_out": [
            {"rank": count(row.get("rank")) or 0, "title": words(row.get("title")), "reason": words(row.get("reason"))}
            for row in rows(document.get("left_out"))
        ],
    }


def outcome_of(imported: Imported, kept: Sequence[str]) -> ImportOutcome:
    """What the import did; `kept` are the weeks that have their digest from it."""
    before = [str(one["week_ending"]) for one in imported.digests if one["week_ending"] not in kept]
    return nothing_registered(
        imported,
        said=so_many(len(imported.digests), "digest"),
        figures=f" ({len(kept)} new, {len(before)} known)" if imported.digests else "",
        notes=[f"The week to {week} has its digest here already; it stays." for week in before],
    )
