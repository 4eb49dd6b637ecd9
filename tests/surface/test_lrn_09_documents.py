"""The three documents of shared knowledge: in, out, and the same again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rules.exchange.test_shared_knowledge import DIGEST, METRICS
from tests.rules.exchange.test_shared_knowledge import FULL as ENTRY
from tests.surface.shared_entries import FILE, STALE, shared
from tests.surface.test_record_schemas import complaints
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio
FILES = "concord://files/"
SHARED, NEWEST, WEEKS = (
    f"{FILES}{name}.json" for name in ("shared_knowledge", "learning_digest", "organizational_metrics")
)


async def document(concord: Concord, uri: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await concord.read(uri))
    return found


async def test_lrn_09_the_sources_shared_knowledge_comes_in_and_goes_out_key_for_key(
    concord: Concord, tmp_path: Path
) -> None:
    assert await document(concord, SHARED) == {"last_updated": "2026-04-05", "knowledge_entries": []}
    answer = await shared(concord, STALE, ENTRY)
    assert (answer["format"], answer["unmapped"]) == ("shared_knowledge", [])
    assert answer["summary"].endswith("(2 new); nothing was registered.")
    written = await document(concord, SHARED)
    assert list(written) == ["last_updated", "knowledge_entries"]
    by_id = {one["id"]: one for one in written["knowledge_entries"]}
    keys = [name for name in STALE if name not in ("error_category", "e_value")]
    for sent in (STALE, ENTRY):
        entry = by_id[sent["id"]]
        assert list(entry)[:13] == keys
        assert {name: entry[name] for name in keys} == {name: sent[name] for name in keys}
        assert set(entry) - {"reported_by"} == set(sent), "extension keys only where they are set"
        assert await complaints(concord, "knowledge_entry", entry) == []
    assert (await shared(concord, STALE, ENTRY))["summary"].endswith("(2 known); nothing was registered.")
    await concord.call("export_files", directory=str(tmp_path / "out"))
    file = tmp_path / "out" / "shared_knowledge.json"
    assert json.loads(file.read_text(encoding="utf-8")) == written
    again = await concord.call("import_catalog", path=str(file))
    assert again["summary"].endswith("(2 known); nothing was registered.")
    assert await document(concord, SHARED) == written


async def test_lrn_09_what_has_expired_is_not_in_the_file_and_what_is_superseded_says_so(concord: Concord) -> None:
    await shared(concord)
    listed = {one["id"]: one["status"] for one in (await document(concord, SHARED))["knowledge_entries"]}
    assert "SK-004" not in listed
    assert listed == {one["id"]: one["status"] for one in FILE["knowledge_entries"] if one["id"] != "SK-004"}


async def test_lrn_09_bad_entries_are_named_one_by_one_and_days_that_are_missing_are_those_of_the_import(
    concord: Concord,
) -> None:
    answer = await shared(
        concord,
        {"id": "HADOOP-77", "type": "best_practice", "title": "Close the file"},
        {"id": "x"},
        {**STALE, "mood": "good"},
    )
    assert [one["item"] for one in answer["unmapped"]] == ["/knowledge_entries/1", "/knowledge_entries/2/mood"]
    entries = {one["id"]: one for one in (await document(concord, SHARED))["knowledge_entries"]}
    assert set(entries) == {"HADOOP-77", "SK-003"}
    assert (entries["HADOOP-77"]["created"], entries["HADOOP-77"]["expires"]) == ("2026-04-05", "2026-07-04")


async def test_lrn_09_digest_and_metrics_come_in_and_go_out_key_for_key(concord: Concord, tmp_path: Path) -> None:
    assert await document(concord, "concord://digests/latest") == {}
    assert await document(concord, NEWEST) == {}
    for sent in (DIGEST, METRICS):
        for said in ("1 new", "1 known"):
            answer = await concord.call("import_catalog", content=json.dumps(sent))
            assert said in answer["summary"]
    assert await document(concord, "concord://digests/latest") == DIGEST
    assert await document(concord, "concord://digests/2026-04-05") == DIGEST
    digest, metrics = await document(concord, NEWEST), await document(concord, WEEKS)
    assert digest == {name: value for name, value in DIGEST.items() if name != "left_out"}
    assert list(digest) == ["week_ending", "digest"]
    assert list(digest["digest"]) == list(DIGEST["digest"])
    assert list(metrics) == ["last_updated", "weeks", "trends"]
    assert metrics["weeks"] == METRICS["weeks"]
    assert list(metrics["weeks"][0]) == list(METRICS["weeks"][0])
    await concord.call("export_files", directory=str(tmp_path / "out"))
    for name, whole in (("learning_digest", digest), ("organizational_metrics", metrics)):
        assert json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8")) == whole
