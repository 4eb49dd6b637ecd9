"""Looking for the names that one may be a slip for finds what difflib finds, in a fraction of the time."""

import difflib
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from server.registry.likeness import CUTOFF, most_alike

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
    assert most_alike(wanted, names) == tuple(difflib.get_close_matches(wanted, sorted(names), 5, CUTOFF))


def test_an_empty_name_is_like_none() -> None:
    assert most_alike("", ["", "/x"]) == ()


def test_of_many_in_one_folder_the_nearest_come_first() -> None:
    names = [f"/data/feed_{number:04}.json" for number in range(3_000)]
    assert most_alike("/data/feed_0042_.json", names)[0] == "/data/feed_0042.json"
