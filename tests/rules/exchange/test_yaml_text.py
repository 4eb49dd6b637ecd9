"""YAML that nobody vouches for: read as compose reads it, or refused with the place, in bounded time and memory."""

import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidArgument, TooLarge
from server.exchange.yaml_text import MOST_NODES, Tagged, read_yaml, scalar_of

# The library writes YAML 1.1, where text such as 0E0 needs no quotes; in the YAML 1.2 that compose reads it is a number.
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C"])).filter(lambda text: scalar_of(text) == text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc<", max_size=3), inner, max_size=4),
    max_leaves=20,
)


def one(text: str) -> object:
    (document,) = read_yaml(text, "the file").documents
    return document


@given(JSON_VALUES)
def test_what_the_library_writes_comes_back(value: object) -> None:
    assert one(yaml.safe_dump(value)) == value


def test_keys_and_words_stay_text() -> None:
    assert one("on: push\nyes: no\n8080: 22:22\ntrue: 1.5") == {
        "on": "push",
        "yes": "no",
        "8080": "22:22",
        "true": 1.5,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("true", True),
        ("010", 10),
        ("0x1f", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    assert scalar_of(text) == value


def test_merge_keys_give_way_to_what_is_written_and_earlier_ones_win() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  y: 3\n  <<: [*a, *b]\nd: {<<: *b, z: 4}"
    document = one(text)
    assert isinstance(document, dict)
    assert document["c"] == {"x": 1, "y": 3, "z": 2}
    assert document["d"] == {"y": 2, "z": 4}


def test_a_key_that_stands_twice_is_reported_with_its_line() -> None:
    read = read_yaml("a: 1\nb: 2\na: 3", "the file")
    assert read.documents == ({"a": 3, "b": 2},)
    assert read.duplicates == ("a (line 3)",)


def test_tags_of_compose_are_kept_and_objects_are_never_made() -> None:
    assert one("a: !reset null\nb: !override [x]") == {"a": Tagged("!reset", None), "b": Tagged("!override", ["x"])}
    assert one("a: !!python/object/apply:os.system ['echo hello']") == {"a": ["echo hello"]}


def test_an_alias_bomb_is_refused() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    with pytest.raises(TooLarge, match="aliases"):
        read_yaml(f"l0: &l0 [lol, lol, lol]\n{levels}", "the file")


def test_an_alias_of_what_it_stands_in_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="line 1"):
        read_yaml("a: &a [*a]", "the file")


@pytest.mark.parametrize("text", ["[" * 3_000 + "]" * 3_000, "{a: " * 3_000 + "}" * 3_000])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        read_yaml(text, "the file")


def test_a_long_list_is_refused_once_it_is_too_long() -> None:
    with pytest.raises(TooLarge):
        read_yaml("- a\n" * (MOST_NODES + 1), "the file")


def test_ten_megabytes_of_text_are_read() -> None:
    document = one("a: '" + "x" * 10_000_000 + "'")
    assert isinstance(document, dict)
    assert len(document["a"]) == 10_000_000


def test_tabs_are_refused_with_line_and_reason_and_without_the_text() -> None:
    with pytest.raises(InvalidArgument, match=r"line 2, column 1") as caught:
        read_yaml("a:\n\tPASSWORD: hunter2", "the file")
    assert "hunter2" not in str(caught.value.payload())
    assert "spaces" in caught.value.hint


def test_a_key_that_is_a_list_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="key"):
        read_yaml("? [a, b]\n: c", "the file")


def test_control_characters_are_refused() -> None:
    with pytest.raises(InvalidArgument):
        read_yaml("a: \x00", "the file")


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#\n \t?,<", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidArgument):
        assert isinstance(read_yaml(text, "the file").documents, tuple)
