"""conflict_check.json: the source's members always, ours only where they say something; and exported with the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.proposing import BREAKING, SAFE, SUBMITTED, UNCLEAR, WRITER
from tests.surface.world import Concord, register_example

pytestmark = pytest.mark.anyio
CHECK = {
    "check_id",
    "proposal_id",
    "source_system",
    "check_timestamp",
    "verdict",
    "conflicts",
    "non_breaking_notes",
    "recommendation",
}
CONFLICT = {"type", "affected_contract", "affected_system", "description", "severity", "proposed_resolution"}
RESOLUTION = {
    "strategy",
    "description",
    "steps",
    "estimated_duration_days",
    "requires_changes_in",
    "rollback_plan",
}
FILE = "concord://files/conflict_check.json"


def assert_extensions_say_something(document: dict[str, Any], always: set[str]) -> None:
    """The source's members stand, and of the others only those that are set."""
    assert set(document) >= always
    assert [name for name in document if name not in always and not document[name]] == []


@pytest.mark.parametrize("change", [BREAKING, SAFE, UNCLEAR], ids=["conflict", "clear", "review"])
async def test_the_file_has_the_sources_members_and_of_others_only_those_that_are_set(
    concord: Concord, change: dict[str, Any]
) -> None:
    await register_example(concord)
    answer = await concord.check(changes=change["changes"], source_system=WRITER)
    document = json.loads(await concord.read(FILE))
    assert_extensions_say_something(document, CHECK)
    assert document["proposal_id"] == "", "a dry run is of no proposal, and the file says so"
    for conflict in document["conflicts"]:
        assert_extensions_say_something(conflict, CONFLICT | {"witness"})
        assert_extensions_say_something(conflict["proposed_resolution"], RESOLUTION)
    kept = json.loads(await concord.read(f"concord://checks/{answer['check_id']}"))
    for name, value in document.items():
        if name != "conflicts":
            assert kept[name] == value, name
    empty = {"patterns", "knowledge", "would_block_in"}
    assert empty <= set(kept), "the record has every member"
    assert empty <= set(answer), "and so has the answer"
    assert not empty & set(document)


async def test_the_newest_check_is_exported_with_the_other_files_once_there_is_one(
    concord: Concord, tmp_path: Path
) -> None:
    await register_example(concord)
    folder = tmp_path / "out"
    done = await concord.call("export_files", directory=str(folder))
    always = ["system_registry.json", "conflict_log.json", "discovery_scan.json", "cross_patterns.json"]
    always += ["shared_knowledge.json", "organizational_metrics.json"]
    assert [Path(one["path"]).name for one in done["files"]] == always
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    second = await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    done = await concord.call("export_files", directory=str(folder))
    assert "conflict_check.json" in done["summary"]
    assert len(done["files"]) == len(always) + 1
    text = (folder / "conflict_check.json").read_text(encoding="utf-8")
    assert text == await concord.read(FILE)
    assert json.loads(text)["check_id"] == second["check"]["check_id"]
    assert json.loads(text)["proposal_id"] == second["proposal_id"]
