"""What a schema says of values without holding them to it: no proof of safety where a reader counts on it."""

from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

FILE = "/out/days.json"


def days(**day: Any) -> dict[str, Any]:
    """An object whose `day` and `note` are texts, the day as said."""
    texts = {"day": {"type": "string", **day}, "note": {"type": "string", "format": "email"}}
    return {"type": "object", "required": ["day"], "properties": texts}


async def registered(concord: Concord, schema: dict[str, Any], **reader: Any) -> None:
    """A writer of days, and a reader that says what it reads in this way."""
    await concord.register(
        "sys_w",
        writes_to=[{"resource": FILE, "consumers": ["sys_r"]}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": FILE, "schema": schema}],
    )
    contract = {"contract_id": "CTR-2", "type": "CONSUMER", "resource": FILE, "counterparty": "sys_w", **reader}
    await concord.register("sys_r", reads_from=[FILE], contracts=[contract])


@pytest.mark.parametrize("reader", [{"reads": ["/day"]}, {"reader_schema": days(format="date")}, {}])
@pytest.mark.parametrize("after", [{"format": "date-time"}, {}, {"contentEncoding": "base64"}])
async def test_con_10_a_format_that_changes_where_it_is_read_goes_to_a_person(
    concord: Concord, reader: dict[str, Any], after: dict[str, Any]
) -> None:
    await registered(concord, days(format="date"), **reader)
    check = await concord.check(resource=FILE, new_schema=days(**after))
    assert (check["verdict"], check["conflicts"]) == ("REVIEW_REQUIRED", [])
    (item,) = check["undecided"]
    assert item["affected_system"] == "sys_r"
    assert "'date' at /day" in item["reason"]


async def test_con_13_a_format_that_changes_where_nobody_reads_is_clear(concord: Concord) -> None:
    await registered(concord, days(format="date"), reads=[{"path": "/note", "required": False}])
    assert (await concord.check(resource=FILE, new_schema=days(format="time")))["verdict"] == "CLEAR"


async def test_con_10_a_format_that_is_said_in_another_way_is_the_same(concord: Concord) -> None:
    await registered(concord, days(format="date"), reads=["/day"])
    named = {**days(), "$defs": {"date": {"type": "string", "format": "date"}}}
    named["properties"] = {**named["properties"], "day": {"$ref": "#/$defs/date"}}
    check = await concord.check(resource=FILE, new_schema=named)
    assert (check["verdict"], check["undecided"]) == ("CLEAR", [])


async def test_con_10_a_format_that_the_writer_never_promised_is_not_lost(concord: Concord) -> None:
    await registered(concord, days(), reader_schema=days(format="date"))
    after = {**days(), "title": "Days"}
    assert (await concord.check(resource=FILE, new_schema=after))["verdict"] == "CLEAR"


async def test_con_10_an_encoding_that_is_new_goes_to_a_person(concord: Concord) -> None:
    await registered(concord, days(), reads=["/day"])
    check = await concord.check(resource=FILE, merge_patch={"properties": {"day": {"contentEncoding": "base64"}}})
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert "now contentEncoding 'base64' at /day" in check["undecided"][0]["reason"]
    check = await concord.check(resource=FILE, merge_patch={"properties": {"note": {"contentEncoding": "base64"}}})
    assert check["verdict"] == "CLEAR", "nobody reads the note"
