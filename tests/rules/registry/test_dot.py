"""The graph as DOT text: what it says, and that names stay names."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.model.system import StoredSystem, System
from server.registry.dot import dot, quoted
from server.registry.map import RegistryMap


def stored(system_id: str, **members: Any) -> StoredSystem:
    document = {"id": system_id, "tier": "PRODUCTION", **members}
    return StoredSystem(system=System.model_validate(document), version=1, revision=1)


REGISTRY = RegistryMap(
    [
        stored("feed", name='A "feed"\\N', tier="MISSION_CRITICAL", writes_to=["/p"]),
        stored("board", tier="EXPERIMENTAL", reads_from=["/p"]),
        stored("guess", reads_from=[{"resource": "/p", "basis": "inferred"}]),
        stored("old", reads_from=["/p"]).model_copy(update={"archived": True}),
    ]
)


def test_dot_says_who_feeds_whom_with_what_in_one_order() -> None:
    assert dot(REGISTRY).splitlines() == [
        "digraph registry {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
        '  "board" [label="board", shape=ellipse];',
        '  "feed" [label="A \\"feed\\"\\\\N", shape=octagon];',
        '  "guess" [label="guess", shape=box];',
        '  "feed" -> "board" [label="/p"];',
        '  "feed" -> "guess" [label="/p", style=dashed];',
        "}",
    ]


def test_dot_of_some_systems_has_only_the_edges_between_them() -> None:
    text = dot(REGISTRY, ["feed", "guess", "unknown"])
    assert '"feed" -> "guess"' in text
    assert "board" not in text


@given(st.text())
def test_a_quoted_name_is_one_string_whatever_is_in_it(name: str) -> None:
    written = quoted(name)
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', written)
    assert "\n" not in written
