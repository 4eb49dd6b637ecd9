"""Canonical names of resources, and when two of them mean the same data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.registry.accesses import AccessIndex
from server.registry.resources import ancestors, canonical_name, globs_meet, overlaps, takes_in, without_credentials

HOME = "/home/ada"


def name(resource: str, root: str = "") -> str:
    return canonical_name(resource, home=HOME, root=root)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("~/cache/market_data/", "/home/ada/cache/market_data"),
        ("/home/ada//cache/./market_data", "/home/ada/cache/market_data"),
        ("$HOME/cache/../out.json", "/home/ada/out.json"),
        ("file:///home/ada/my%20file", "/home/ada/my file"),
        ("~/out/{date}/x-*.json", "/home/ada/out/*/x-*.json"),
        ("`~/out.json`", "/home/ada/out.json"),
        ("./data/../out.json", "out.json"),
        ("C:\\Users\\ada\\out.json", "C:/Users/ada/out.json"),
        ("sqlite:///~/app.db#Orders", "sqlite:///home/ada/app.db#orders"),
        ("sqlite:////home/ada/app.db", "sqlite:///home/ada/app.db"),
        ("postgresql://ada:secret@DB.example:5432/shop#orders", "postgresql://db.example/shop#public.orders"),
        ("postgres://db.example/shop#sales.orders", "postgresql://db.example/shop#sales.orders"),
        ("HTTPS://Api.Example:443/v1/", "https://api.example/v1"),
        ("service://cart", "service://cart"),
        ("kafka:orders", "kafka:orders"),
    ],
)
def test_one_resource_has_one_canonical_name(written: str, canonical: str) -> None:
    assert name(written) == canonical
    assert name(name(written)) == canonical


def test_a_relative_path_is_taken_from_the_systems_own_folder() -> None:
    assert name("out/x.json", root="~/app") == "/home/ada/app/out/x.json"


def test_symlinks_are_resolved_up_to_the_first_glob() -> None:
    resolve = {"/home/ada/link": "/data/real"}.get
    found = canonical_name("~/link/*.json", home=HOME, resolve=lambda path: resolve(path, path))
    assert found == "/data/real/*.json"


def test_credentials_are_never_kept() -> None:
    assert without_credentials("https://ada:secret@api.example/v1?x=a@b") == "https://api.example/v1?x=a@b"
    assert "secret" not in name("redis://:secret@cache/0")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("/a/b.json", "/a/b.json", True),
        ("/a", "/a/b.json", True),
        ("/a/b", "/a/bc", False),
        ("/a/*.json", "/a/x.json", True),
        ("/a/*.json", "/a/x.csv", False),
        ("/a/*.json", "/a/x/y.json", False),
        ("/a/**/y.json", "/a/x/z/y.json", True),
        ("/a/*.json", "/a", True),
        ("/a/*.json", "/b", False),
        ("/a/*.json", "/a/x*", True),
        ("/a/*.json", "/a/*.csv", False),
        ("sqlite:///a/b.db#t", "/a/b.db", True),
        ("sqlite:///a/b.db#t", "sqlite:///a/b.db#u", False),
        ("https://h/v1", "https://h/v1/items", True),
        ("service://a", "service://ab", False),
    ],
)
def test_names_overlap_where_they_can_mean_the_same_data(one: str, other: str, meet: bool) -> None:
    assert overlaps(one, other) is meet
    assert overlaps(other, one) is meet


SEGMENT = st.sampled_from(["a", "b", "ab", "a.json", "b.json"])
GLOB_SEGMENT = st.sampled_from(["*", "**", "a*", "*.json", "?", "a", "b.json"])
PATH = st.lists(SEGMENT, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
GLOB = st.lists(GLOB_SEGMENT, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(GLOB, GLOB, PATH)
def test_two_globs_that_match_one_path_meet(one: str, other: str, path: str) -> None:
    if globs_meet(one, path) and globs_meet(other, path):
        assert globs_meet(one, other)


@given(st.lists(st.one_of(PATH, GLOB), max_size=12), st.one_of(PATH, GLOB))
def test_the_index_finds_what_comparing_with_every_name_finds(names: list[str], wanted: str) -> None:
    index = AccessIndex()
    index.add("sys", names)
    assert index.overlapping(wanted) == {other for other in names if overlaps(wanted, other)}


@given(st.lists(st.one_of(PATH, GLOB), max_size=8), st.one_of(PATH, GLOB))
def test_what_is_removed_from_the_index_leaves_no_trace(names: list[str], wanted: str) -> None:
    index = AccessIndex()
    index.add("sys", names)
    index.add("other", [wanted])
    index.remove("sys", names)
    assert index.systems(wanted) == {"other"}
    assert set(index.names()) == {wanted}


def test_ancestors_go_from_the_nearest_up() -> None:
    assert list(ancestors("/a/b/c")) == ["/a/b", "/a", "/"]
    assert list(ancestors("https://h/a/b")) == ["https://h/a", "https://h"]
    assert list(ancestors("service://cart")) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/out/x.json", "/out/x.json", True),
        ("/out", "/out/x.json", True),
        ("/out", "/out/deep/x.json", True),
        ("/out", "/outer/x.json", False),
        ("/out/x.json", "/out", False),
        ("/out/*.json", "/out/x.json", True),
        ("/out/*.json", "/out/x.csv", False),
        ("/out/*.json", "/out", False),
        ("/out", "/out/*.json", True),
        ("/out/deep", "/out/*/x.json", False),
        ("/out/*.json", "/out/*.json", True),
        ("/out/**", "/out/*.json", False),
        ("sqlite:///a.db", "sqlite:///a.db#t", True),
        ("sqlite:///a.db#t", "sqlite:///a.db", False),
    ],
)
def test_a_name_takes_in_what_lies_in_it_as_a_whole(one: str, other: str, expected: bool) -> None:
    assert takes_in(one, other) is expected
    if expected:
        assert overlaps(one, other)
