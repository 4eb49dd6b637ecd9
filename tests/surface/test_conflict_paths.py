"""Paths that readers give, however the writer's schema is written: for the document, or for each item of a list."""

from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

FILE = "/out/prices.json"
ITEM = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}, "note": {"type": "string"}},
}
LIST = {"type": "array", "items": ITEM}
SHORT = {"required_fields": ["ticker", "score"], "format": "JSON array"}
LIST_RENAME = [{"op": "move", "from": "/items/properties/score", "path": "/items/properties/rating"}]
SHORT_RENAME = [{"op": "replace", "path": "/required_fields", "value": ["ticker", "rating"]}]
LIST_HARMLESS = [{"op": "add", "path": "/items/properties/mood", "value": {"type": "string"}}]
SHORT_HARMLESS = [{"op": "add", "path": "/required_fields/-", "value": "mood"}]


async def registered(concord: Concord, schema: dict[str, Any], reads: list[str]) -> None:
    """A writer of prices, and a reader of these places."""
    producer = {"contract_id": "CTR-1", "type": "PRODUCER", "counterparty": "sys_r", "resource": FILE, "schema": schema}
    await concord.register("sys_w", writes_to=[{"resource": FILE, "consumers": ["sys_r"]}], contracts=[producer])
    consumer = {"contract_id": "CTR-2", "type": "CONSUMER", "counterparty": "sys_w", "resource": FILE, "reads": reads}
    await concord.register("sys_r", reads_from=[FILE], contracts=[consumer])


@pytest.mark.parametrize("reads", [["/ticker", "/score"], ["/*/ticker", "/*/score"]], ids=["item", "document"])
@pytest.mark.parametrize(
    ("schema", "rename", "harmless"),
    [(LIST, LIST_RENAME, LIST_HARMLESS), (SHORT, SHORT_RENAME, SHORT_HARMLESS)],
    ids=["list", "short"],
)
async def test_con_13_a_path_is_found_from_the_list_and_from_its_item(
    concord: Concord, schema: dict[str, Any], rename: Any, harmless: Any, reads: list[str]
) -> None:
    await registered(concord, schema, reads)
    broken = await concord.check(resource=FILE, patch=rename)
    assert broken["verdict"] == "CONFLICT_DETECTED"
    (conflict,) = broken["conflicts"]
    assert "score" not in str(conflict["witness"])
    for change in ({"patch": harmless}, {"new_schema": schema}):
        check = await concord.check(resource=FILE, **change)
        assert (check["verdict"], check["conflicts"], check["undecided"]) == ("CLEAR", [], [])


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "object", "properties": {"rows": LIST}}, "/rows/ticker/symbol"),
        ({"type": "string"}, "/score"),
        ({**ITEM, "additionalProperties": False}, "/rating"),
    ],
)
async def test_con_10_what_no_document_can_have_is_proved_of_nobody(
    concord: Concord, schema: dict[str, Any], path: str
) -> None:
    contract = {"path": path, "required": False}
    await registered(concord, schema, [contract])  # type: ignore[list-item]  # a read in its long form
    check = await concord.check(resource=FILE, new_schema={**schema, "title": "Prices"})
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert path in check["undecided"][0]["reason"]


async def test_con_13_a_name_below_a_list_inside_the_document_is_that_of_its_items(concord: Concord) -> None:
    rows = {"type": "object", "required": ["rows"], "properties": {"rows": LIST}}
    await registered(concord, rows, ["/rows/score"])
    gone = [{"op": "remove", "path": "/properties/rows/items/properties/score"}]
    assert (await concord.check(resource=FILE, patch=gone))["verdict"] == "CONFLICT_DETECTED"
    other = [{"op": "remove", "path": "/properties/rows/items/properties/note"}]
    assert (await concord.check(resource=FILE, patch=other))["verdict"] == "CLEAR"
