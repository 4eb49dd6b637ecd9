"""Looking for the names that one may be a slip for finds what difflib finds, in a fraction of the time."""

import difflib
from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from server.model.system import StoredSystem, System
from server.registry.likeness import CUTOFF, Names
from server.registry.map import RegistryMap
from server.registry.naming import close_resources

PLAIN = (
    "/data/team_1/sys_0001/out_1.json",
    "/data/team_2/sys_0011/out_1.json",
    "~/outputs/signals.json",
    "signals.json",
    "/x",
)


def _mistyped(chance: Random) -> str:
    name = list(chance.choice(PLAIN))
    for _ in range(chance.randrange(7)):
        at = chance.randrange(len(name))
        name[at : at + chance.randrange(2)] = chance.choice(("", "a", "/", "_", "0", "."))
        name = name or ["/"]
    return "".join(name)


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_the_same_names_are_found_as_difflib_finds(chance: Random, count: int) -> None:
    names = {_mistyped(chance) for _ in range(count)}
    wanted = _mistyped(chance)
    assert [*Names(names).alike(wanted)] == difflib.get_close_matches(wanted, sorted(names), 50, CUTOFF)
    assert [*islice(Names(names).alike(wanted), 5)] == difflib.get_close_matches(wanted, sorted(names), 5, CUTOFF)


def test_an_empty_name_is_like_none() -> None:
    assert [*Names(["", "/x"]).alike("")] == []


def test_of_many_in_one_folder_the_nearest_come_first() -> None:
    names = [f"/data/feed_{number:04}.json" for number in range(3_000)]
    assert next(Names(names).alike("/data/feed_0042_.json")) == "/data/feed_0042.json"


def test_what_begins_alike_for_ever_is_looked_through_all_the_same() -> None:
    names = ["/a" * length for length in range(1, 1_500)]
    found = [*islice(Names(names).alike("/a" * 200), 5)]
    assert found == ["/a" * length for length in (200, 201, 199, 202, 198)]


def test_what_the_registry_looks_through_is_what_is_accessed_now() -> None:
    def version(number: int, **accesses: list[str]) -> StoredSystem:
        system = System.model_validate({"id": "sys_a", "tier": "PRODUCTION", **accesses})
        return StoredSystem(system=system, version=number, revision=number)

    registry = RegistryMap()
    assert close_resources(registry, "/data/orders.json") == ()
    for number, accesses, found in (
        (1, {"reads_from": ["/data/order.json"]}, ("/data/order.json",)),
        (
            2,
            {"reads_from": ["/data/order.json"], "writes_to": ["/data/orders2.json"]},
            ("/data/orders2.json", "/data/order.json"),
        ),
        (3, {"writes_to": ["/data/orders2.json"]}, ("/data/orders2.json",)),
        (4, {"writes_to": ["/data/orders2.json"]}, ("/data/orders2.json",)),
        (5, {}, ()),
    ):
        registry.apply(version(number, **accesses))
        assert sorted(close_resources(registry, "/data/orders.json")) == sorted(found)
