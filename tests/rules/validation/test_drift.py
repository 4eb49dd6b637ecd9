"""What differs between records and what was promised of them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as some

from server.registry.validation.drift import drift

SCHEMA = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}, "size": {"type": "integer"}},
}
PROMISED = {"ticker": frozenset({"string"}), "score": frozenset({"number"}), "size": frozenset({"integer"})}


def test_reg_13_records_as_promised_differ_in_nothing() -> None:
    members: Counter[tuple[str, ...]] = Counter({("ticker", "score"): 3, ("ticker", "score", "size"): 1})
    seen = {"ticker": {"string"}, "score": {"integer", "number"}, "size": {"integer"}}
    assert not drift(SCHEMA, PROMISED, members, seen, lists_all=True)


def test_reg_13_a_member_that_one_record_still_has_is_not_gone() -> None:
    members: Counter[tuple[str, ...]] = Counter({("ticker",): 9, ("ticker", "score"): 1})
    assert not drift(SCHEMA, PROMISED, members, {"ticker": {"string"}, "score": {"number"}}, lists_all=True)


def test_reg_13_a_renamed_member_is_found_by_likeness_and_only_of_its_own_type() -> None:
    members: Counter[tuple[str, ...]] = Counter({("symbol_ticker", "score_text"): 5})
    found = drift(SCHEMA, PROMISED, members, {"symbol_ticker": {"string"}, "score_text": {"string"}}, lists_all=True)
    assert found.renamed == (("ticker", "symbol_ticker"),)
    assert found.gone == ("score",)
    assert found.new == ("score_text",)
    assert found.breaks


def test_reg_13_the_short_form_lists_what_is_needed_and_not_what_there_is() -> None:
    short = {"type": "object", "required": ["ticker"], "properties": {"ticker": {}}}
    members: Counter[tuple[str, ...]] = Counter({("ticker", "other"): 1})
    assert not drift(short, {"ticker": frozenset()}, members, {}, lists_all=False)


def test_reg_13_members_that_the_schema_has_room_for_are_not_new() -> None:
    open_schema = {**SCHEMA, "additionalProperties": {"type": "number"}}
    members: Counter[tuple[str, ...]] = Counter({("ticker", "score", "extra"): 1})
    assert not drift(open_schema, PROMISED, members, {"extra": {"number"}}, lists_all=True)


@given(some.lists(some.sets(some.sampled_from(["ticker", "score", "size", "tickers", "x"])), max_size=5))
def test_reg_13_every_member_is_told_once_at_most_and_none_that_is_there_is_gone(records: list[set[str]]) -> None:
    members = Counter(tuple(sorted(record)) for record in records)
    seen = {name: {"string"} for record in records for name in record}
    found = drift(SCHEMA, PROMISED, members, seen, lists_all=True)
    told = [*found.gone, *found.new, *(name for pair in found.renamed for name in pair)]
    assert len(told) == len(set(told))
    there = {name for record in records for name in record}
    assert there.isdisjoint(found.gone)
    assert there >= set(found.new)
