"""What contracts say, as schemas: the short form, opening, weakening, projecting, patching."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from server.conflicts.agreements import aligned
from server.conflicts.changes import schema_after
from server.conflicts.projection import project
from server.conflicts.schemas import Schema, closed, merged, only_required, opened, read_terms
from server.errors import InvalidArgument, Refused
from server.model.change import Change
from server.model.contract import ReadPath, schema_hash

SIGNAL: Schema = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"$ref": "#/$defs/n"}, "note": {"type": "string"}},
    "additionalProperties": False,
    "$defs": {"n": {"type": "number"}},
}


def accepts(schema: Schema, document: object) -> bool:
    return Draft202012Validator(schema).is_valid(document)


def test_the_short_form_is_an_open_object_whose_fields_are_required() -> None:
    stated = read_terms({"required_fields": ["ticker"], "format": "JSON array"})
    assert stated is not None
    assert stated.of_items
    assert stated.fields == ("ticker",)
    assert accepts(stated.schema, {"ticker": 1, "more": 2})
    assert not accepts(stated.schema, {"more": 2})


def test_what_is_neither_form_is_refused_with_both_shown() -> None:
    with pytest.raises(InvalidArgument) as refused:
        read_terms({"ticker": "string"})
    assert "required_fields" in refused.value.allowed


def test_a_format_alone_is_the_short_form_and_states_no_schema() -> None:
    assert read_terms({"format": "JSON array"}) is None
    full = read_terms({"type": "string", "format": "date"})
    assert full is not None
    assert full.fields is None


def test_opening_lets_unknown_fields_pass_and_closing_refuses_them() -> None:
    document = {"ticker": "A", "score": 1, "more": True}
    assert not accepts(SIGNAL, document)
    assert accepts(opened(SIGNAL), document)
    assert not accepts(closed(opened(SIGNAL)), document)


def test_only_what_is_required_is_still_asked_for() -> None:
    weaker = only_required(opened(SIGNAL))
    assert accepts(weaker, {"ticker": "A", "score": 1, "note": 5})
    assert not accepts(weaker, {"ticker": "A", "score": "1", "note": 5})


def test_a_projection_keeps_types_of_what_is_read_and_nothing_else() -> None:
    reads = [ReadPath(path="/score"), ReadPath(path="/note", required=False)]
    reader = project(opened(SIGNAL), reads)
    assert accepts(reader, {"score": 1, "ticker": 5})
    assert accepts(reader, {"score": 1})
    assert not accepts(reader, {"ticker": "A"})
    assert not accepts(reader, {"score": "1"})
    assert not accepts(reader, {"score": 1, "note": 5})


def test_a_star_reads_every_item() -> None:
    reader = project({"type": "array", "items": SIGNAL}, [ReadPath(path="/*/ticker")])
    assert accepts(reader, [])
    assert accepts(reader, [{"ticker": "A"}])
    assert not accepts(reader, [{"ticker": "A"}, {}])


def test_a_path_through_alternatives_takes_the_whole_place_as_read() -> None:
    schema: Schema = {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["b"]}]}}}
    reader = project(schema, [ReadPath(path="/a/b", required=False)])
    assert accepts(reader, {"a": "text"})
    assert not accepts(reader, {"a": 5})


def test_recursive_schemas_are_projected_with_their_references() -> None:
    tree: Schema = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}, "name": {"type": "string"}},
    }
    reader = project(tree, [ReadPath(path="/kids", required=False)])
    assert accepts(reader, {"name": 5, "kids": [{"name": "x"}]})
    assert not accepts(reader, {"kids": [{"name": 5}]})


def test_items_and_documents_are_brought_to_one_level() -> None:
    writer, reader = aligned({"type": "object"}, True, {"type": "array", "minItems": 1}, False)
    assert accepts(writer, [{}])
    assert not accepts(writer, {})
    assert reader == {"type": "array", "minItems": 1}


def test_a_removed_property_is_no_longer_promised() -> None:
    patch = Change(resource="x", patch=({"op": "remove", "path": "/properties/score"},))
    after = schema_after(patch, SIGNAL)
    assert isinstance(after, dict)
    assert after["required"] == ["ticker"]


def test_a_moved_property_is_promised_at_its_new_place() -> None:
    nest = (
        {"op": "add", "path": "/properties/data", "value": {"type": "object", "properties": {}}},
        {"op": "move", "from": "/properties/score", "path": "/properties/data/properties/score"},
    )
    after = schema_after(Change(resource="x", patch=nest), SIGNAL)
    assert isinstance(after, dict)
    assert after["required"] == ["ticker"]
    assert after["properties"]["data"]["required"] == ["score"]
    assert isinstance(SIGNAL, dict)
    assert "score" in SIGNAL["properties"]


def test_a_patch_may_speak_of_the_short_form() -> None:
    terms: Schema = {"required_fields": ["ticker", "score"], "format": "JSON array"}
    after = schema_after(Change(resource="x", patch=({"op": "remove", "path": "/required_fields/1"},)), terms)
    assert isinstance(after, dict)
    assert after["required"] == ["ticker"]


def test_a_patch_that_does_not_fit_says_so() -> None:
    with pytest.raises(InvalidArgument) as refused:
        schema_after(Change(resource="x", patch=({"op": "remove", "path": "/properties/gone"},)), SIGNAL)
    assert refused.value.path == "/patch"
    with pytest.raises(InvalidArgument):
        schema_after(Change(resource="x", patch=({"op": "rename", "path": "/a"},)), SIGNAL)


def test_a_patch_against_another_schema_is_refused() -> None:
    change = Change(resource="x", merge_patch={"title": "t"}, base_hash="0" * 16)
    with pytest.raises(Refused) as refused:
        schema_after(change, SIGNAL)
    assert refused.value.details["present_hash"] == schema_hash(SIGNAL)
    current = Change(resource="x", merge_patch={"title": "t"}, base_hash=schema_hash(SIGNAL))
    assert schema_after(current, SIGNAL) == {**SIGNAL, "title": "t"}  # type: ignore[dict-item]  # SIGNAL is an object


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_merging_the_same_patch_twice_changes_nothing_more(target: object, patch: object) -> None:
    once = merged(target, patch)
    assert merged(once, patch) == once


@given(JSON)
def test_an_empty_merge_patch_leaves_an_object_alone(target: object) -> None:
    if isinstance(target, dict):
        assert merged(target, {}) == target
