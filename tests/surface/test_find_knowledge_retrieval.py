"""Entries found by the text of another report of the same trouble, on real reports, through the tool."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord, running

pytestmark = pytest.mark.anyio

MRR_WANTED, RECALL_WANTED = 0.59, 0.80
DEEPEST = 20
"""Places that are looked at; what is found further down adds less than .01 to the mean reciprocal rank."""


def reports(folder: Path) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """(reports, pairs of ids that tell of one thing) of the first project in the folder."""
    file = min(folder.glob("*.docs.jsonl"))
    told = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = json.loads(file.with_name(file.name.replace(".docs.jsonl", ".pairs.json")).read_text(encoding="utf-8"))
    return told, [(one, other) for one, other in pairs]


async def place_of(concord: Concord, query: str, asked: str, wanted: str) -> int:
    """Where the wanted entry stands among those found, the asked one left out; 0 = not among the first."""
    found: list[str] = []
    cursor = ""
    while len(found) < DEEPEST:
        page = await concord.call("find_knowledge", query=query[:10_000], limit=DEEPEST, cursor=cursor)
        found += [one["id"] for one in page["knowledge_entries"] if one["id"] != asked]
        cursor = page["next_cursor"]
        if not cursor or wanted in found:
            break
    return found.index(wanted) + 1 if wanted in found[:DEEPEST] else 0


async def test_the_other_report_of_one_trouble_is_found_among_thousands(tmp_path: Path) -> None:
    if "CONCORD_TEST_DATA" not in os.environ:
        pytest.skip("CONCORD_TEST_DATA is not set")
    told, pairs = reports(Path(os.environ["CONCORD_TEST_DATA"]) / "knowledge")
    entries = [
        {"id": one["id"], "type": "transferable_fix", "title": one["title"], "description": one["body"]} for one in told
    ]
    file = tmp_path / "shared_knowledge.json"
    file.write_text(json.dumps({"knowledge_entries": entries}), encoding="utf-8")
    texts = {one["id"]: f"{one['title']}\n{one['body']}" for one in told}
    async with running(f"sqlite:///{tmp_path / 'concord.db'}", tmp_path, embeddings="off") as concord:
        await concord.call("import_catalog", path=str(file))
        ways = [*pairs, *((other, one) for one, other in pairs)]
        places = [await place_of(concord, texts[asked], asked, wanted) for asked, wanted in ways]
    mean = sum(1 / place for place in places if place) / len(places)
    recall = sum(0 < place <= 10 for place in places) / len(places)
    print(f"{len(told)} entries, {len(ways)} queries: MRR {mean:.3f}, recall@10 {recall:.3f}")
    assert mean >= MRR_WANTED
    assert recall >= RECALL_WANTED
