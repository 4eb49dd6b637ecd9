"""What is not decided at one place leaves the rest of the question decided."""

from typing import Any

import pytest

from server.conflicts.containment import decide

AWAY: Any = {"$ref": "https://elsewhere.example/schema"}
"""A reference that is never fetched."""
ONE: Any = {"enum": ["one"]}
SAME: Any = {"type": "string", "pattern": "^one$"}
"""The same in other words, for texts."""


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ({"required": ["id"], "properties": {"id": AWAY, "word": SAME}}, {"properties": {"id": AWAY, "word": ONE}}),
        (
            {"oneOf": [{"required": ["id"]}, {"required": ["name"]}], "properties": {"id": AWAY, "word": SAME}},
            {"oneOf": [{"required": ["id"]}, {"required": ["name"]}], "properties": {"id": AWAY, "word": ONE}},
        ),
        ({"prefixItems": [AWAY, SAME], "minItems": 2}, {"prefixItems": [AWAY, ONE]}),
        ({"prefixItems": [AWAY, False], "type": "array", "minItems": 2}, False),
        ({"anyOf": [AWAY, {"type": "integer"}], "maximum": 3}, {"anyOf": [{"multipleOf": 1}, AWAY]}),
        ({"allOf": [AWAY], "type": ["string", "null"]}, {"anyOf": [{"allOf": [AWAY]}, {"type": "array"}]}),
    ],
)
def test_con_10_a_pair_is_safe_whatever_an_unread_part_says(writer: Any, reader: Any) -> None:
    assert decide({"type": "object", **writer} if "required" in writer else writer, reader).verdict == "SAFE"


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ({"type": "object", "properties": {"id": AWAY, "n": {"type": "integer"}}}, {"properties": {"n": {"minimum": 0}}}),
        ({"type": ["integer", "string"]}, {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {"id": AWAY}}]}),
        ({"type": "array", "prefixItems": [{"type": "integer"}, AWAY]}, {"prefixItems": [{"minimum": 0}]}),
    ],
)  # fmt: skip
def test_con_12_a_pair_breaks_beside_an_unread_part(writer: Any, reader: Any) -> None:
    assert decide(writer, reader).verdict == "BREAKS"


def test_con_10_what_hangs_on_an_unread_part_is_not_decided() -> None:
    decision = decide({"type": "object", "required": ["id"], "properties": {"id": AWAY}}, {"maxProperties": 0})
    assert decision.verdict == "UNKNOWN"
    assert "never fetched" in decision.reason
    assert decide({"prefixItems": [AWAY], "minItems": 1, "type": "array"}, {"maxItems": 0}).verdict == "UNKNOWN"
