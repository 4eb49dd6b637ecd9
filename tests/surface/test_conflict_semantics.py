"""The semantics facet through the surface: every row of its table, what samples show, and what lies just beside it."""

from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

FILE = "~/outputs/signals.json"
SCHEMA = {
    "type": "object",
    "required": ["price", "score", "signal", "at"],
    "properties": {"price": {"type": "number"}, "score": {}, "signal": {}, "at": {}, "note": {}},
}
DECLARED = [
    {"path": "/price", "unit": "USD", "version": "1"},
    {"path": "/score", "meaning": "Probability that the price rises."},
    {"path": "/signal", "enum_meanings": {"BUY": "Buy at the next open.", "SELL": "Sell at the next open."}},
    {"path": "/at", "timezone": "UTC"},
]


async def world(concord: Concord, *, semantics: Any = DECLARED, reads_from: Any = FILE, **contract: Any) -> None:
    """sys_w writes the file and says what it means, sys_r reads it; `contract` are members of the reader's own."""
    await concord.register(
        "sys_w",
        writes_to=[{"resource": FILE, "consumers": ["sys_r"]}],
        contracts=[
            {"contract_id": "CTR-1", "type": "PRODUCER", "resource": FILE, "schema": SCHEMA, "semantics": semantics}
        ],
    )
    own = [{"contract_id": "CTR-2", "type": "CONSUMER", "counterparty": "sys_w", "resource": FILE, **contract}]
    await concord.register("sys_r", reads_from=[reads_from], contracts=own if contract else [])


async def outcome(concord: Concord, *meanings: Any, **more: Any) -> tuple[str, list[str], dict[str, Any]]:
    """(verdict, rules, the check) of a change of meaning."""
    check = await concord.check(changes=[{"resource": FILE, "semantics": list(meanings), **more}])
    return check["verdict"], [conflict["rule"] for conflict in check["conflicts"]], check


@pytest.mark.parametrize(
    ("meaning", "before", "after"),
    [
        ({"path": "/price", "unit": "cents"}, "USD", "cents"),
        ({"path": "at", "timezone": "America/New_York"}, "UTC", "America/New_York"),
        (
            {"path": "/signal", "enum_meanings": {"BUY": "Buy at the last close."}},
            "Buy at the next open.",
            "Buy at the last close.",
        ),
    ],
    ids=["unit", "time-zone", "enumerated-value"],
)
async def test_another_unit_zone_or_value_at_a_place_that_is_read_is_critical(
    concord: Concord, meaning: Any, before: str, after: str
) -> None:
    await world(concord, reads=["/price", "/signal", "/at"])
    verdict, rules, check = await outcome(concord, meaning)
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["semantics.unit-changed"])
    (conflict,) = check["conflicts"]
    assert (conflict["type"], conflict["severity"]) == ("behavior_change", "CRITICAL")
    assert (conflict["affected_system"], conflict["affected_contract"]) == ("sys_r", "CTR-2")
    evidence = conflict["evidence"]
    assert (evidence["before"], evidence["after"], evidence["declared_by"]) == (before, after, "CTR-1")
    assert conflict["path"] == evidence["path"] == meaning["path"]
    assert conflict["proposed_resolution"]["strategy"] == "VERSIONED_OUTPUT"


async def test_another_unit_where_the_reader_can_do_without_is_high(concord: Concord) -> None:
    await world(concord, reads=[{"path": "/price", "required": False}])
    _, rules, check = await outcome(concord, {"path": "/price", "unit": "EUR"})
    assert (rules, check["conflicts"][0]["severity"]) == (["semantics.unit-changed-optional"], "HIGH")
    await world(concord, reads=["/price"], reads_from={"resource": FILE, "required": False})
    _, rules, _ = await outcome(concord, {"path": "/price", "unit": "EUR"})
    assert rules == ["semantics.unit-changed-optional"]


async def test_another_unit_is_high_for_a_reader_that_never_said_what_it_reads(concord: Concord) -> None:
    await world(concord)
    verdict, rules, check = await outcome(concord, {"path": "/price", "unit": "EUR"})
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["semantics.unit-changed-undeclared"])
    assert check["conflicts"][0]["severity"] == "HIGH"


async def test_con_10_other_words_for_a_meaning_are_never_clear(concord: Concord) -> None:
    await world(concord, reads=["/score"])
    verdict, rules, check = await outcome(concord, {"path": "/score", "meaning": "Rank among all tickers."})
    assert (verdict, rules) == ("REVIEW_REQUIRED", ["semantics.meaning-changed"])
    assert check["conflicts"][0]["severity"] == "MEDIUM"


async def test_con_10_another_version_of_the_meaning_is_never_clear(concord: Concord) -> None:
    await world(concord, reads=["/price"])
    verdict, rules, _ = await outcome(concord, {"path": "/price", "version": "2"})
    assert (verdict, rules) == ("REVIEW_REQUIRED", ["semantics.version-changed"])
    verdict, rules, _ = await outcome(concord, {"path": "/price", "version": "2", "unit": "EUR"})
    assert rules == ["semantics.unit-changed"]


@pytest.mark.parametrize(
    "meaning",
    [
        {"path": "/price", "unit": "usd"},
        {"path": "price", "unit": "US dollars", "version": "1"},
        {"path": "/score", "meaning": "probability that the price  rises"},
        {"path": "/at", "timezone": "Etc/UTC"},
        {"path": "/signal", "enum_meanings": {"SELL": "sell at the next open"}},
        {"path": "/*/price", "unit": "USD"},
    ],
)
async def test_con_02_what_is_declared_already_is_no_conflict_however_it_is_spelt(
    concord: Concord, meaning: Any
) -> None:
    await world(concord, reads=["/price", "/score", "/signal", "/at"])
    verdict, rules, check = await outcome(concord, meaning)
    assert (verdict, rules) == ("CLEAR", [])
    assert "stays as declared" in check["non_breaking_notes"]


@pytest.mark.parametrize(
    "contract",
    [
        {"reads": ["/score"]},
        {"reader_schema": {"type": "object", "required": ["score"], "properties": {"score": {}}}},
        {"schema": {"required_fields": ["score", "at"]}},
        {"schema": {"$ref": "#/$defs/s", "$defs": {"s": {"properties": {"score": {}}}}}},
    ],
    ids=["paths", "reader-schema", "short-form", "full-schema"],
)
async def test_a_meaning_that_changes_where_the_reader_does_not_look_is_a_note(concord: Concord, contract: Any) -> None:
    await world(concord, **contract)
    verdict, rules, check = await outcome(concord, {"path": "/price", "unit": "EUR", "note": "Asked for by sales."})
    assert (verdict, rules) == ("CLEAR", [])
    assert "does not read /price" in check["non_breaking_notes"]


@pytest.mark.parametrize(
    ("contract", "path"),
    [
        ({"reads": ["/quote"]}, "/quote/price"),
        ({"reads": ["/quote/price/amount"]}, "/quote/price"),
        ({"reads": ["/*/price"]}, "/price"),
        ({"reader_schema": {"type": "array", "items": {"required": ["price"]}}}, "/price"),
        ({"schema": {"required_fields": ["price"], "format": "JSON array"}}, "/*/price"),
    ],
    ids=["a-folder-of-it", "a-part-of-it", "in-items", "in-items-of-a-schema", "in-the-short-form"],
)
async def test_a_place_is_read_with_what_holds_it_and_what_it_holds(concord: Concord, contract: Any, path: str) -> None:
    await world(concord, semantics=[{"path": path, "unit": "USD"}], **contract)
    verdict, rules, _ = await outcome(concord, {"path": path, "unit": "EUR"})
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["semantics.unit-changed"])


async def test_what_the_reader_expects_counts_before_what_the_writer_declared(concord: Concord) -> None:
    await world(concord, semantics=[], reads=["/price"])
    expects = {"reads": ["/price"], "semantics": [{"path": "/price", "unit": "USD"}]}
    own = {"contract_id": "CTR-2", "type": "CONSUMER", "counterparty": "sys_w", "resource": FILE, **expects}
    await concord.register("sys_r", reads_from=[FILE], contracts=[own])
    verdict, _, _ = await outcome(concord, {"path": "/price", "unit": "usd"})
    assert verdict == "CLEAR"
    verdict, rules, check = await outcome(concord, {"path": "/price", "unit": "cents"})
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["semantics.unit-changed"])
    assert check["conflicts"][0]["evidence"]["declared_by"] == "CTR-2"


@pytest.mark.parametrize(
    "meaning",
    [
        {"path": "/volume", "unit": "shares"},
        {"path": "/price", "note": "Now after fees."},
        {"path": "/price", "unit": "USD", "note": "Now after fees."},
        {"path": "/signal", "enum_meanings": {"HOLD": "Do nothing."}},
        {"path": "/power", "unit": "MW"},
        {"path": "/price"},
    ],
    ids=["first-declared", "note-alone", "note-beside", "new-value", "case-of-a-symbol", "nothing-said"],
)
async def test_con_10_a_meaning_that_can_not_be_compared_is_left_to_a_person(concord: Concord, meaning: Any) -> None:
    paths = ["/price", "/volume", "/signal", "/power"]
    await world(concord, semantics=[*DECLARED, {"path": "/power", "unit": "mW"}], reads=paths)
    verdict, rules, check = await outcome(concord, meaning)
    assert (verdict, rules) == ("REVIEW_REQUIRED", [])
    (item,) = check["undecided"]
    assert (item["facet"], item["affected_system"], item["path"]) == ("semantics", "sys_r", meaning["path"])


async def test_con_10_readers_that_nobody_knows_keep_another_meaning_from_being_clear(concord: Concord) -> None:
    contract = {"contract_id": "CTR-1", "type": "PRODUCER", "resource": FILE, "semantics": DECLARED}
    await concord.register("sys_w", writes_to=[FILE], contracts=[contract])
    assert (await outcome(concord, {"path": "/price", "unit": "EUR"}))[0] == "REVIEW_REQUIRED"
    assert (await outcome(concord, {"path": "/price", "unit": "usd"}))[0] == "CLEAR"


def prices(factor: float, count: int = 8) -> list[dict[str, Any]]:
    """Documents with prices around ten times the factor."""
    return [{"price": (10 + step) * factor, "score": 0.5, "signal": "BUY", "at": "t"} for step in range(count)]


async def test_con_10_samples_whose_scale_shifts_as_units_do_go_to_a_person(concord: Concord) -> None:
    await world(concord, reads=["/price"])
    shown = {"resource": FILE, "new_schema": SCHEMA, "samples_before": prices(1)}
    check = await concord.check(changes=[{**shown, "samples_after": prices(100)}])
    assert (check["verdict"], check["conflicts"]) == ("REVIEW_REQUIRED", [])
    (item,) = check["undecided"]
    assert (item["facet"], item["path"], item["affected_system"]) == ("semantics", "/price", "sys_r")
    assert "13.5 (of 8) to 1350 (of 8), a ratio near 10^2" in item["reason"]
    for calm in (prices(1.1), prices(100, count=4)):
        check = await concord.check(changes=[{**shown, "samples_after": calm}])
        assert check["verdict"] == "CLEAR"


async def test_a_shift_where_the_reader_does_not_look_concerns_nobody(concord: Concord) -> None:
    await world(concord, reads=["/score"])
    shown = {"resource": FILE, "new_schema": SCHEMA, "samples_before": prices(1), "samples_after": prices(1000)}
    assert (await concord.check(changes=[shown]))["verdict"] == "CLEAR"


async def test_con_10_samples_in_which_values_go_missing_go_to_a_person(concord: Concord) -> None:
    optional = {**SCHEMA, "required": ["price"]}
    await world(concord, reads=[{"path": "/score", "required": False}])
    shown = {"resource": FILE, "new_schema": SCHEMA | {"required": ["price"]}, "samples_before": prices(1)}
    without = [{"price": document["price"]} for document in prices(1)]
    check = await concord.check(changes=[{**shown, "new_schema": optional, "samples_after": without}])
    assert check["verdict"] == "REVIEW_REQUIRED"
    assert "null or absent in 100% of 8, and was in 0% of 8" in check["undecided"][0]["reason"]
