"""No call is larger, deeper or stranger than what every part behind the surface can take."""

import json
from typing import Any

import pytest

from server.errors import ConcordError, InvalidArgument, TooLarge
from server.surface.bounds import Bounds, check_bounds
from server.surface.reading import read_arguments
from tests.surface.kernel.toys import Alter

SMALL = Bounds(call_bytes=2_000, string_bytes=1_000, items=50, depth=8)


def nested(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


@pytest.mark.parametrize(
    ("came", "kind", "path", "said"),
    [
        ({"a": {"b": "x" * 1_001}}, TooLarge, "/a/b", "1,001 characters"),
        ({"a": ["x" * 900] * 3}, TooLarge, "", "bytes; at most 2,000"),
        ({"a": [[]] * 51}, TooLarge, "/a", "51 members"),
        ({"a": nested(8)}, TooLarge, "/a/0/0/0", "deeper than 8 levels"),
        ({"a": nested(500)}, TooLarge, "/a/0/0/0", "deeper than 8 levels"),
        ({"a/b": {"~": float("nan")}}, InvalidArgument, "/a~1b/~0", "nan"),
        ({"a": float("-inf")}, InvalidArgument, "/a", "-inf"),
        ({"a": 10**400}, InvalidArgument, "/a", "308 digits"),
        ({"a": 10**9_000}, InvalidArgument, "/a", "308 digits"),
        ({"a": "x\0y"}, InvalidArgument, "/a", "NUL"),
        ({"x\0y": 1}, InvalidArgument, "/x\\x00y", "NUL"),
        ({"a": "\ud83d"}, InvalidArgument, "/a", "surrogate"),
        ({"\ud83d": 1}, InvalidArgument, "/\\ud83d", "surrogate"),
        ({"a": {1, 2}}, InvalidArgument, "/a", "no JSON value"),
    ],
)
def test_sur_12_what_is_beyond_bounds_is_refused_with_its_place(
    came: Any, kind: type[ConcordError], path: str, said: str
) -> None:
    with pytest.raises(kind) as raised:
        check_bounds(came, SMALL)
    assert raised.value.path == path
    assert said in raised.value.message
    json.dumps(raised.value.payload(), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "came",
    [
        {"a": nested(7)},
        {"a": "x" * 1_000},
        {"a": [0] * 50},
        {"a": 10**300, "b": "1" * 400, "c": "\\u0000", "d": "😀", "e": -1.5e300},
    ],
)
def test_what_is_within_bounds_comes_back_as_utf_8_json(came: Any) -> None:
    assert json.loads(check_bounds(came, SMALL)) == came


def test_sur_12_a_json_string_cannot_carry_in_what_is_beyond_bounds() -> None:
    for hidden in ('{"a": NaN}', '{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"a": ' + "[" * 70 + "]" * 70 + "}"):
        with pytest.raises(InvalidArgument):
            read_arguments("alter_toy", Alter, {"toy_id": "t", "extra": hidden})


def test_a_megabyte_of_text_is_taken_and_more_is_not() -> None:
    assert read_arguments("alter_toy", Alter, {"toy_id": "t", "note": "x" * 1_000_000}).notes == ()
    with pytest.raises(TooLarge):
        read_arguments("alter_toy", Alter, {"toy_id": "t", "note": "x" * 1_000_001})
