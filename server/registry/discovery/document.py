"""`discovery_scan.json`: what is unregistered, in and out (REG-13)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from server.model.base import JsonObject
from server.model.candidate import Candidate, CandidateStatus, Evidence, LastScan
from server.model.redaction import without_secrets

FILE_NAME = "discovery_scan.json"
_LISTS = 500
"""Entries of one list that are taken from a file."""


def scan_document(candidates: Iterable[Candidate], scan: LastScan | None, *, last_updated: str) -> JsonObject:
    """The file: candidates as they stand, with what the newest scan went through and left out."""
    document = {
        "last_updated": last_updated,
        "scanned": list(scan.scanned) if scan else [],
        "unregistered": [_entry(candidate) for candidate in candidates],
        "notes": list(scan.notes) if scan else [],
    }
    cleaned: JsonObject = without_secrets(document)
    return cleaned


def scan_text(document: JsonObject) -> str:
    """The file's text."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_candidate(entry: Any) -> Candidate:
    """The candidate that an entry of `unregistered` describes. Raises ValueError with what is wrong with it.

    An entry of another's making may lack everything but a name and a place. Its texts are made fit to be shown.
    """
    if not isinstance(entry, Mapping):
        raise ValueError("an entry is a JSON object")
    clean: Mapping[str, Any] = without_secrets({name: entry[name] for name in entry if name in Candidate.model_fields})
    location = _text(clean.get("location") or entry.get("path") or clean.get("name"))
    name = _text(clean.get("name")) or location.rstrip("/").rpartition("/")[2]
    if not name:
        raise ValueError("it has neither a name nor a location")
    confidence = clean.get("confidence")
    sure = float(confidence) if isinstance(confidence, int | float) and 0 <= confidence <= 1 else 0.5
    draft = clean.get("suggested_registration")
    return Candidate(
        candidate_id=_text(clean.get("candidate_id"))[:40],
        name=name[:200],
        kind=_text(clean.get("kind"))[:60] or "imported",
        location=location[:1_000],
        schedule=_text(clean.get("schedule"))[:200],
        timezone=_text(clean.get("timezone"))[:60],
        reads=_texts(clean.get("reads")),
        writes=_texts(clean.get("writes")),
        confidence=sure,
        why=_text(clean.get("why"))[:400] or "a scan's file lists it",
        evidence=tuple(_evidence(clean.get("evidence"))),
        first_seen=_text(clean.get("first_seen"))[:40],
        last_seen=_text(clean.get("last_seen"))[:40],
        suggested_registration=dict(draft) if isinstance(draft, Mapping) else {},
    )


def _entry(candidate: Candidate) -> JsonObject:
    document = candidate.model_dump(mode="json")
    return {**document, "status": CandidateStatus.UNREGISTERED.value}


def _evidence(given: Any) -> Iterable[Evidence]:
    for entry in given[:_LISTS] if isinstance(given, list) else []:
        if isinstance(entry, Mapping):
            line = entry.get("line")
            yield Evidence(
                file=_text(entry.get("file"))[:1_000],
                line=line if isinstance(line, int) and 0 <= line < 10**9 else 0,
                text=_text(entry.get("text"))[:200],
                what=_text(entry.get("what"))[:240],
            )


def _texts(given: Any) -> tuple[str, ...]:
    entries = given if isinstance(given, list) else []
    found = (_text(entry.get("resource") if isinstance(entry, Mapping) else entry) for entry in entries[:_LISTS])
    return tuple(text[:1_000] for text in found if text)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
