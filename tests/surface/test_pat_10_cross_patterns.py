"""cross_patterns.json through the surface: in, out, and the same again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, register_example

pytestmark = pytest.mark.anyio
URI = "concord://files/cross_patterns.json"
CASCADE: dict[str, Any] = {
    "id": "XPAT-003",
    "type": "cascade_failure",
    "description": "Parse errors follow the weekly refresh within 20 minutes.",
    "systems_involved": ["sys_data_pipeline", "sys_dashboard"],
    "evidence": [
        {"system": "sys_dashboard", "data_point": "Parse errors: 8 of 12 on Wednesday", "source": "error_catalog.json"},
        {"system": "sys_data_pipeline", "data_point": "Refresh Wednesday at 02:55", "source": "run_state.json"},
    ],
    "severity": "HIGH",
    "confidence": 0.92,
    "first_detected": "2026-03-28",
    "occurrences": 8,
    "recommendation": "Write to a temporary file, then rename it.",
    "affected_contracts": ["CTR-001", "CTR-003"],
}
CONTENTION: dict[str, Any] = {
    **CASCADE,
    "id": "XPAT-001",
    "type": "resource_contention",
    "systems_involved": ["sys_dashboard", "sys_signal_generator"],
    "severity": "LOW",
    "confidence": 0.6,
    "first_detected": "2026-04-02",
    "occurrences": 3,
}
FILE: dict[str, Any] = {
    "analysis_date": "2026-04-05",
    "patterns": [CASCADE, CONTENTION],
    "cross_system_health": {
        "total_cross_patterns": 2,
        "high_severity": 1,
        "resolved_last_30d": 0,
        "new_last_7d": 1,
        "systems_with_most_cross_issues": "sys_dashboard",
    },
}


async def bring_in(concord: Concord, document: dict[str, Any]) -> dict[str, Any]:
    """The answer to the import of that file's text."""
    return await concord.call("import_catalog", content=json.dumps(document))


async def test_pat_10_the_sources_file_comes_in_and_goes_out_with_its_members_ids_and_totals(concord: Concord) -> None:
    answer = await bring_in(concord, FILE)
    assert answer["format"] == "cross_patterns"
    assert answer["summary"].endswith("(2 new); nothing was registered.")
    document = json.loads(await concord.read(URI))
    assert list(document) == list(FILE)
    by_id = {one["id"]: one for one in document["patterns"]}
    for sent in (CASCADE, CONTENTION):
        entry = by_id[sent["id"]]
        assert list(entry)[: len(sent)] == list(sent)
        assert {name: entry[name] for name in sent} == sent
    assert document["cross_system_health"] == FILE["cross_system_health"]
    assert document["analysis_date"] == "2026-04-05"


async def test_pat_10_importing_twice_or_what_was_exported_changes_nothing(concord: Concord, tmp_path: Path) -> None:
    await bring_in(concord, FILE)
    before = await concord.read(URI)
    assert "(2 known)" in (await bring_in(concord, FILE))["summary"]
    assert await concord.read(URI) == before
    await concord.call("export_files", directory=str(tmp_path / "out"))
    written = tmp_path / "out" / "cross_patterns.json"
    assert written.read_text(encoding="utf-8") == before
    assert "(2 known)" in (await concord.call("import_catalog", path=str(written)))["summary"]
    assert await concord.read(URI) == before


async def test_pat_10_an_id_that_another_pattern_has_is_told_and_nothing_is_lost(concord: Concord) -> None:
    await bring_in(concord, FILE)
    other = {**CASCADE, "systems_involved": ["sys_a", "sys_b"]}
    answer = await bring_in(concord, {**FILE, "patterns": [other]})
    assert answer["notes"][0] == "XPAT-003 is another pattern here: the file's came in as XPAT-004."
    found = await concord.call("find_patterns")
    assert {one["id"]: one["systems_involved"] for one in found["patterns"]} == {
        "XPAT-003": CASCADE["systems_involved"],
        "XPAT-001": CONTENTION["systems_involved"],
        "XPAT-004": ["sys_a", "sys_b"],
    }
    assert "(1 known)" in (await bring_in(concord, {**FILE, "patterns": [other]}))["summary"]


async def test_pat_10_what_is_no_pattern_is_reported_with_its_place_and_the_rest_comes_in(concord: Concord) -> None:
    few = {**CASCADE, "occurrences": 2}
    answer = await bring_in(concord, {**FILE, "patterns": [few, CONTENTION, "x"]})
    assert [(one["item"], one["reason"]) for one in answer["unmapped"]] == [
        ("/patterns/0", "a pattern has 3 occurrences or more"),
        ("/patterns/2", "an entry is a JSON object"),
    ]
    assert [one["id"] for one in (await concord.call("find_patterns"))["patterns"]] == ["XPAT-001"]


async def test_pat_10_before_the_first_detection_the_file_is_there_and_empty(concord: Concord) -> None:
    await register_example(concord)
    document = json.loads(await concord.read(URI))
    assert document["patterns"] == []
    assert document["cross_system_health"]["systems_with_most_cross_issues"] == ""
