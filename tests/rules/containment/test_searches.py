"""The search for arrays and objects, held against a search through every small one there is."""

from collections.abc import Callable
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from server.conflicts.containment.budget import Budget, Exceeded, Meter
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.exact import ARRAY, OBJECT, STRING, key_of
from server.conflicts.containment.formula import Formula, Formulas
from server.conflicts.containment.outcome import Found, Nothing, Open
from server.conflicts.containment.solver import Solver
from server.conflicts.containment.texts import Texts

VALUES = (0, 1, 2)
ARRAYS = [list(items) for length in range(6) for items in product(VALUES, repeat=length)]
NAMES = ("a", "b", "ab", "ba", "c")
OBJECTS = [
    dict(zip(names, values, strict=True))
    for count in range(4)
    for names in combinations(NAMES, count)
    for values in product((0, 1), repeat=count)
]
BLOCKS = range(3)


class World:
    """Formulas, a solver for them, and a judge that shares nothing with its search."""

    def __init__(self) -> None:
        meter = Meter(Budget(steps=15_000))
        self.made = Formulas(meter)
        self.solver = Solver(self.made, meter)
        self.judge = Evaluator(Texts(Meter(Budget(steps=10**9))), Meter(Budget(steps=10**9)))

    def values(self, *values: Any) -> Formula:
        return self.made.one_of_values([key_of(value) for value in values])

    def check(self, goal: list[Formula], among: list[Any]) -> str:
        """What was found, after it was compared with what is among the documents."""
        outcome = self.solver.solve(goal)
        if isinstance(outcome, Found):
            assert all(self.judge.holds(formula, outcome.value) for formula in goal), (goal, outcome)
        else:
            assert isinstance(outcome, Nothing), (goal, outcome)
            assert not any(all(self.judge.holds(formula, one) for formula in goal) for one in among), goal
        return type(outcome).__name__


def array_atom(world: World, random: Random) -> Formula:
    made = world.made
    some = world.values(*random.sample(VALUES, random.choice((1, 1, 2))))
    first = random.choice((0, 0, 1, 2))
    last = random.choice((None, None, first, first + 1))
    choices: list[Callable[[], Formula]] = [
        lambda: made.size_min(ARRAY, random.choice((1, 2, 3))),
        lambda: made.size_max(ARRAY, random.choice((1, 2, 3, 4))),
        lambda: made.every_item(first, last, some),
        lambda: made.every_item(first, last, made.false),
        lambda: made.some_item(first, last, some),
        lambda: made.some_item(first, last, some),
        lambda: made.count_min(some, random.choice((2, 3))),
        lambda: made.count_max(some, random.choice((1, 2))),
        lambda: made.count_max(some, random.choice((1, 2))),
        made.unique,
        lambda: made.dual(made.unique()),
    ]
    return random.choice(choices)()


@pytest.mark.parametrize("block", BLOCKS)
def test_an_array_is_found_exactly_where_there_is_one(block: int) -> None:
    outcomes = set()
    for seed in range(block * 1_000, block * 1_000 + 60):
        random, world = Random(seed), World()
        goal = [world.made.types(1 << ARRAY), world.made.every_item(0, None, world.values(*VALUES))]
        goal += [array_atom(world, random) for _ in range(random.choice((2, 3, 4, 5)))]
        outcomes.add(world.check(goal, ARRAYS))
    assert outcomes == {"Found", "Nothing"}


def object_atom(world: World, random: Random) -> Formula:
    made = world.made
    name = random.choice(
        [
            made.one_of_values([key_of(random.choice(NAMES))]),
            made.one_of_values([key_of(one) for one in random.sample(NAMES, 2)]),
            made.none_of_values([key_of(one) for one in random.sample(NAMES, 2)]),
            made.pattern(random.choice(("^a", "b$", "^.$", "c"))),
            made.negate(made.pattern(random.choice(("a", "^b")))),
            made.size_min(STRING, 2),
        ]
    )
    value = random.choice([world.values(0), world.values(1), made.true, made.false, world.values(0, 1)])
    choices: list[Callable[[], Formula]] = [
        lambda: made.size_min(OBJECT, random.choice((1, 2, 3))),
        lambda: made.size_max(OBJECT, random.choice((1, 2))),
        lambda: made.every_member(name, value),
        lambda: made.every_member(name, value),
        lambda: made.some_member(name, value),
        lambda: made.some_member(name, value),
    ]
    return random.choice(choices)()


@pytest.mark.parametrize("block", BLOCKS)
def test_an_object_is_found_exactly_where_there_is_one(block: int) -> None:
    outcomes = set()
    for seed in range(block * 1_000, block * 1_000 + 60):
        random, world = Random(seed), World()
        goal = [world.made.types(1 << OBJECT), world.made.every_member(world.made.true, world.values(0, 1))]
        goal += [object_atom(world, random) for _ in range(random.choice((2, 3, 4, 5)))]
        outcomes.add(world.check(goal, OBJECTS))
    assert outcomes == {"Found", "Nothing"}


@pytest.mark.parametrize("block", BLOCKS)
def test_alternatives_are_searched_through(block: int) -> None:
    exceeded = 0
    for seed in range(block * 1_000, block * 1_000 + 30):
        random, world = Random(seed), World()
        made = world.made
        atom, among = (array_atom, ARRAYS) if random.random() < 0.5 else (object_atom, OBJECTS)
        inner = world.values(*VALUES[:2])
        bound = made.every_item(0, None, inner) if atom is array_atom else made.every_member(made.true, inner)
        goal = [made.types(1 << (ARRAY if atom is array_atom else OBJECT)), bound]
        for _ in range(random.choice((1, 2, 3))):
            parts = [
                made.all_of([atom(world, random) for _ in range(random.choice((1, 1, 2)))])
                for _ in range(random.choice((2, 3, 4)))
            ]
            one = made.exactly_one(parts) if random.random() < 0.3 else made.any_of(parts)
            goal.append(made.negate(one) if random.random() < 0.3 else one)
        try:
            world.check(goal, among)
        except Exceeded:
            exceeded += 1
    assert exceeded <= 1


def array(world: World, *atoms: Formula) -> Any:
    outcome = world.solver.solve([world.made.types(1 << ARRAY), *atoms])
    return outcome.value if isinstance(outcome, Found) else outcome


def test_arrays_are_as_short_and_as_plain_as_they_can_be() -> None:
    world = World()
    made, one, two = world.made, world.values(1), world.values(2)
    assert array(world) == []
    assert array(world, made.size_min(ARRAY, 2)) == [None, None]
    assert array(world, made.some_item(2, None, one)) == [None, None, 1]
    assert array(world, made.some_item(0, None, one), made.some_item(0, None, two)) == [2, 1]
    assert array(world, made.count_min(one, 3), made.count_max(one, 3), made.size_min(ARRAY, 4)) == [1, 1, 1, None]
    assert array(world, made.every_item(0, 1, one), made.some_item(0, None, two)) == [1, 1, 2]
    assert array(world, made.some_item(0, 1, one), made.every_item(0, 0, two)) == [2, 1]
    assert array(world, made.dual(made.unique())) == [None, None]
    assert array(world, made.unique(), made.size_min(ARRAY, 3)) == [True, False, None]
    assert array(world, made.dual(made.unique()), made.count_max(made.true, 1)) == Nothing()
    assert array(world, made.unique(), made.dual(made.unique())) == Nothing()
    assert array(world, made.every_item(2, 2, made.false), made.size_min(ARRAY, 3)) == Nothing()
    assert array(world, made.every_item(2, 2, made.false), made.some_item(2, None, one)) == Nothing()


def test_no_more_items_are_such_than_may_be() -> None:
    for most in (1, 2, 3, 4):
        for length in (1, 2, 3, 4, 5):
            world = World()
            made, one = world.made, world.values(1)
            ones = made.every_item(0, None, one)
            found = array(world, made.count_max(one, most), ones, made.size_min(ARRAY, length))
            assert found == ([1] * length if length <= most else Nothing())
            twins = array(
                world, made.count_max(one, most), ones, made.size_min(ARRAY, length), made.dual(made.unique())
            )
            assert twins == ([1] * max(length, 2) if max(length, 2) <= most else Nothing())


def test_arrays_too_large_to_deal_out_or_to_write_down_are_left_open() -> None:
    world = World()
    made, one = world.made, world.values(1)
    assert len(array(world, made.count_min(one, 300), made.size_max(ARRAY, 300))) == 300
    too_large = array(world, made.count_min(one, 301))
    assert isinstance(too_large, Open)
    assert "301 items with conditions" in too_large.reason
    assert len(array(world, made.size_min(ARRAY, 20_000))) == 20_000
    too_large = array(world, made.size_min(ARRAY, 20_001))
    assert isinstance(too_large, Open)
    assert "20,001 items is too large to be written down" in too_large.reason


def test_more_distinct_items_than_sixty_are_left_open() -> None:
    world = World()
    numbers = world.values(*range(70))
    sixty = array(world, world.made.unique(), world.made.size_min(ARRAY, 60), world.made.every_item(0, None, numbers))
    assert sorted(sixty) == sorted(set(sixty))
    assert len(sixty) == 60
    more = array(world, world.made.unique(), world.made.size_min(ARRAY, 61), world.made.every_item(0, None, numbers))
    assert isinstance(more, Open)
    assert "more than 60 distinct items" in more.reason


def instance(world: World, *atoms: Formula) -> Any:
    outcome = world.solver.solve([world.made.types(1 << OBJECT), *atoms])
    return outcome.value if isinstance(outcome, Found) else outcome


def test_objects_are_as_small_and_as_plain_as_they_can_be() -> None:
    world = World()
    made, one = world.made, world.values(1)
    a, b, some = world.values("a"), world.values("b"), made.pattern("^[ab]$")
    assert instance(world) == {}
    assert instance(world, made.size_min(OBJECT, 2)) == {"": None, "a": None}
    assert instance(world, made.some_member(a, one), made.size_min(OBJECT, 2)) == {"a": 1, "": None}
    assert instance(world, made.some_member(a, one), made.some_member(some, one)) == {"a": 1}
    assert instance(world, made.some_member(some, one), made.some_member(some, world.values(2))) == {"a": 2, "b": 1}
    assert instance(world, made.every_member(a, made.false), made.some_member(some, one)) == {"b": 1}
    growing = [made.some_member(some, world.values(*range(least, 5))) for least in (1, 2, 3, 4)]
    assert instance(world, *growing, made.size_max(OBJECT, 1)) == {"a": 4}
    apart = [made.some_member(made.pattern("^.$"), world.values(value)) for value in (1, 2, 3, 4)]
    found = instance(world, *apart, made.size_max(OBJECT, 4))
    assert sorted(found.values()) == [1, 2, 3, 4]
    assert instance(world, *apart, made.size_max(OBJECT, 3)) == Nothing()
    assert instance(world, made.some_member(a, one), made.some_member(b, one), made.size_max(OBJECT, 1)) == Nothing()
    assert instance(world, made.size_min(OBJECT, 3), made.every_member(made.negate(some), made.false)) == Nothing()


def test_objects_too_large_or_with_too_many_conditions_are_left_open() -> None:
    world = World()
    made = world.made
    too_large = instance(world, made.size_min(OBJECT, 20_001))
    assert isinstance(too_large, Open)
    assert "20,001 members is too large to be written down" in too_large.reason
    names = [made.every_member(made.pattern(f"^{sign}"), world.values(at)) for at, sign in enumerate("abcdefghijk")]
    assert isinstance(instance(world, made.size_min(OBJECT, 1), *names[:10]), dict)
    too_many = instance(world, made.size_min(OBJECT, 1), *names)
    assert isinstance(too_many, Open)
    assert "more than 10 conditions on member names" in too_many.reason


def test_what_is_opaque_leaves_open_whatever_it_does_not_decide() -> None:
    world = World()
    made, opaque = world.made, world.made.opaque("a reason")
    for outcome in (array(world, opaque), instance(world, made.some_member(world.values("a"), opaque))):
        assert outcome == Open("a reason")
    assert array(world, made.some_item(0, None, opaque)) == Open("a reason")
    assert array(world, made.every_item(0, None, opaque)) == []
    assert array(world, opaque, made.false) == Nothing()
    assert array(world, opaque, made.unique(), made.dual(made.unique())) == Nothing()
    assert array(world, made.unique(), made.size_min(ARRAY, 2), made.every_item(1, None, opaque)) == Open("a reason")
    assert instance(world, made.some_member(made.pattern("(?<=a)b"), made.true)) != Nothing()


def test_what_is_opaque_behind_the_first_items_leaves_longer_arrays_open() -> None:
    for limited in (False, True):
        world = World()
        made, one = world.made, world.values(1)
        later = made.every_item(2, None, made.opaque("a reason"))
        needed = [made.some_item(0, None, world.values(value)) for value in (1, 2, 3)]
        more = [made.count_max(one, 1)] if limited else []
        assert array(world, later, *needed, *more) == Open("a reason")
        assert sorted(array(world, later, *needed[:2], *more)) == [1, 2]
        assert array(world, later, made.size_min(ARRAY, 3), *more) == Open("a reason")
        assert array(world, later, made.size_max(ARRAY, 2), *needed, *more) == Nothing()


def test_a_document_is_nested_no_deeper_than_the_budget_says() -> None:
    world = World()
    nested = world.values(1)
    for _ in range(39):
        nested = world.made.all_of([world.made.types(1 << ARRAY), world.made.some_item(0, 0, nested)])
    assert isinstance(world.solver.solve([nested]), Found)
    deeper = world.made.all_of([world.made.types(1 << ARRAY), world.made.some_item(0, 0, nested)])
    outcome = Solver(world.made, Meter(Budget())).solve([deeper])
    assert isinstance(outcome, Open)
    assert "nested more than 40 deep" in outcome.reason
