"""Formulas judged on documents: what each says, its opposite, and what is left of it for one type."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from server.conflicts.containment.budget import Budget, Meter, Undecidable
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.exact import ARRAY, BOOLEAN, JSON_TYPES, NULL, NUMBER, OBJECT, STRING, key_of, type_of
from server.conflicts.containment.formula import ALL_TYPES, Formula, Formulas, Kind, Target
from server.conflicts.containment.texts import Texts
from server.conflicts.containment.typed import Typed

METER = Meter(Budget(steps=10**8))
MADE = Formulas(METER)
TYPED = Typed(MADE, METER)
JUDGE = Evaluator(Texts(METER), METER)
DOCUMENTS: list[Any] = [
    None, True, False, -2, -1, 0, 1, 1.0, 1.5, 2, 3, 4, "", "a", "b", "ab", "abc",
    [], [0], [1], [2], [0, 0], [1, 1], [0, 1], [1, 0], [1, 2], [1, 1, 1], [0, 1, 2], [1, 0, 1], ["a"], [[1]], [None, None],
    {}, {"a": 0}, {"a": 1}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": 1}, {"ab": [1]}, {"a": {"a": 1}},
]  # fmt: skip
ONE = MADE.one_of_values([key_of(1)])
NAME_A = MADE.one_of_values([key_of("a")])
NAMES_AB = MADE.pattern("a|b")


def numbers(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda one: isinstance(one, bool) or not isinstance(one, int | float) or test(one)


def texts(test: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda one: not isinstance(one, str) or test(one)


def lists(test: Callable[[list[Any]], bool]) -> Callable[[Any], bool]:
    return lambda one: not isinstance(one, list) or test(one)


def objects(test: Callable[[dict[str, Any]], bool]) -> Callable[[Any], bool]:
    return lambda one: not isinstance(one, dict) or test(one)


def is_one(value: Any) -> bool:
    return value == 1 and not isinstance(value, bool)


def distinct(items: list[Any]) -> bool:
    return all(key_of(x) != key_of(y) for at, x in enumerate(items) for y in items[at + 1 :])


def ones(items: list[Any]) -> int:
    return sum(map(is_one, items))


def at_least(count: Callable[[Any], int], least: int) -> Callable[[Any], bool]:
    return lambda one: count(one) >= least


def at_most(count: Callable[[Any], int], most: int) -> Callable[[Any], bool]:
    return lambda one: count(one) <= most


ATOMS: list[tuple[Formula, Callable[[Any], bool]]] = [
    (MADE.true, lambda _: True),
    (MADE.false, lambda _: False),
    (MADE.types(1 << NULL), lambda one: one is None),
    (MADE.types(1 << BOOLEAN | 1 << STRING), lambda one: isinstance(one, bool | str)),
    (MADE.types(1 << NUMBER), lambda one: isinstance(one, int | float) and not isinstance(one, bool)),
    (MADE.types(1 << ARRAY), lambda one: isinstance(one, list)),
    (MADE.types(1 << OBJECT), lambda one: isinstance(one, dict)),
    (ONE, is_one),
    (MADE.one_of_values(map(key_of, (True, "a", [1], {"a": 1}))), lambda one: one is True or one in ("a", [1], {"a": 1})),
    (MADE.one_of_values(map(key_of, (True, False, None))), lambda one: one is None or isinstance(one, bool)),
    (MADE.none_of_values([key_of(None), key_of(False)]), lambda one: one is not None and one is not False),
    (MADE.none_of_values(map(key_of, ([], [1, 1], {}, {"a": 1}))), lambda one: one not in ([], [1, 1], {}, {"a": 1})),
    (MADE.none_of_values([key_of(1), key_of("ab")]), lambda one: not is_one(one) and one != "ab"),
    (MADE.none_of_values([key_of(True), key_of(False)]), lambda one: not isinstance(one, bool)),
    (MADE.at_least(1, False), numbers(lambda one: one >= 1)),
    (MADE.at_least(1, True), numbers(lambda one: one > 1)),
    (MADE.at_most(1, False), numbers(lambda one: one <= 1)),
    (MADE.at_most(1, True), numbers(lambda one: one < 1)),
    (MADE.multiple(2), numbers(lambda one: one % 2 == 0)),
    *((MADE.size_min(STRING, n), texts(at_least(len, n))) for n in range(4)),
    *((MADE.size_max(STRING, n), texts(at_most(len, n))) for n in range(-1, 3)),
    *((MADE.size_min(ARRAY, n), lists(at_least(len, n))) for n in range(4)),
    *((MADE.size_max(ARRAY, n), lists(at_most(len, n))) for n in range(-1, 3)),
    *((MADE.size_min(OBJECT, n), objects(at_least(len, n))) for n in range(4)),
    *((MADE.size_max(OBJECT, n), objects(at_most(len, n))) for n in range(-1, 3)),
    (MADE.pattern("^a"), texts(lambda one: one.startswith("a"))),
    (MADE.every_member(NAME_A, ONE), objects(lambda one: is_one(one.get("a", 1)))),
    (MADE.every_member(NAME_A, MADE.false), objects(lambda one: "a" not in one)),
    (MADE.every_member(MADE.true, ONE), objects(lambda one: all(map(is_one, one.values())))),
    (MADE.every_member(MADE.false, ONE), lambda _: True),
    (MADE.every_member(NAMES_AB, MADE.true), lambda _: True),
    (MADE.some_member(NAME_A, ONE), objects(lambda one: is_one(one.get("a")))),
    (MADE.some_member(NAMES_AB, ONE), objects(lambda one: any(map(is_one, one.values())))),
    (MADE.some_member(MADE.false, ONE), lambda one: not isinstance(one, dict)),
    (MADE.some_member(NAME_A, MADE.false), lambda one: not isinstance(one, dict)),
    (MADE.every_item(0, None, ONE), lists(lambda one: all(map(is_one, one)))),
    (MADE.every_item(1, None, ONE), lists(lambda one: all(map(is_one, one[1:])))),
    (MADE.every_item(1, 1, ONE), lists(lambda one: all(map(is_one, one[1:2])))),
    (MADE.every_item(0, 1, ONE), lists(lambda one: all(map(is_one, one[:2])))),
    (MADE.every_item(2, 1, ONE), lambda _: True),
    (MADE.every_item(0, None, MADE.true), lambda _: True),
    (MADE.some_item(0, None, ONE), lists(lambda one: any(map(is_one, one)))),
    (MADE.some_item(1, None, ONE), lists(lambda one: any(map(is_one, one[1:])))),
    (MADE.some_item(0, 0, ONE), lists(lambda one: any(map(is_one, one[:1])))),
    (MADE.some_item(1, 0, ONE), lambda one: not isinstance(one, list)),
    (MADE.some_item(0, None, MADE.false), lambda one: not isinstance(one, list)),
    *((MADE.count_min(ONE, n), lists(at_least(ones, n))) for n in range(-1, 4)),
    *((MADE.count_max(ONE, n), lists(at_most(ones, n))) for n in range(-1, 3)),
    *((MADE.count_min(MADE.true, n), lists(at_least(len, n))) for n in range(3)),
    *((MADE.count_max(MADE.true, n), lists(at_most(len, n))) for n in range(-1, 3)),
    (MADE.count_max(MADE.false, 0), lambda _: True),
    (MADE.count_min(MADE.false, 1), lambda one: not isinstance(one, list)),
    (MADE.unique(), lists(distinct)),
]  # fmt: skip
NUMBERED = range(len(ATOMS))


def held(formula: Formula) -> list[bool]:
    return [JUDGE.holds(formula, one) for one in DOCUMENTS]


@pytest.mark.parametrize("at", NUMBERED)
def test_a_formula_holds_for_exactly_the_documents_that_it_speaks_of(at: int) -> None:
    formula, says = ATOMS[at]
    assert held(formula) == [says(one) for one in DOCUMENTS]


@pytest.mark.parametrize("at", NUMBERED)
def test_the_opposite_holds_exactly_where_the_formula_does_not(at: int) -> None:
    formula = ATOMS[at][0]
    assert held(MADE.negate(formula)) == [not one for one in held(formula)]
    assert held(MADE.negate(MADE.negate(formula))) == held(formula)
    assert MADE.negate(formula) is MADE.negate(formula)


@pytest.mark.parametrize("at", NUMBERED)
def test_what_is_left_for_a_type_says_the_same_of_its_documents(at: int) -> None:
    formula, says = ATOMS[at]
    for kind in range(len(JSON_TYPES)):
        left, opposite = TYPED.restrict(formula, kind), TYPED.restrict(MADE.negate(formula), kind)
        dual = TYPED.dual(left, kind)
        for one in DOCUMENTS:
            if type_of(one) == kind:
                assert JUDGE.holds(left, one) is says(one)
                assert JUDGE.holds(dual, one) is JUDGE.holds(opposite, one) is not says(one)
        assert left.about in (kind, -1)
        if kind in (NULL, BOOLEAN) and all(says(one) for one in DOCUMENTS if type_of(one) == kind):
            assert left is MADE.true
        if kind in (NULL, BOOLEAN) and not any(says(one) for one in DOCUMENTS if type_of(one) == kind):
            assert left is MADE.false


@pytest.mark.parametrize("at", NUMBERED)
def test_and_or_and_exactly_one_combine_what_their_parts_say(at: int) -> None:
    first = ATOMS[at][0]
    for second, third in (
        (ATOMS[(at + 7) % len(ATOMS)][0], ATOMS[(at + 20) % len(ATOMS)][0]),
        (first, ONE),
        (MADE.true, ONE),
    ):
        parts = [first, second, third]
        columns = list(zip(*map(held, parts), strict=True))
        combined = [
            (MADE.all_of(parts), [all(one) for one in columns]),
            (MADE.any_of(parts), [any(one) for one in columns]),
            (MADE.exactly_one(parts), [sum(one) == 1 for one in columns]),
        ]
        for formula, expected in combined:
            assert held(formula) == expected
            assert held(MADE.negate(formula)) == [not one for one in expected]
            for kind in range(len(JSON_TYPES)):
                left = TYPED.restrict(formula, kind)
                dual = TYPED.dual(left, kind)
                for one, wanted in zip(DOCUMENTS, expected, strict=True):
                    if type_of(one) == kind:
                        assert JUDGE.holds(left, one) is wanted
                        assert JUDGE.holds(dual, one) is not wanted


def test_equal_formulas_are_the_same_object() -> None:
    x, y = ATOMS[14][0], ATOMS[16][0]
    assert MADE.all_of([x, y]) is MADE.all_of([y, x, x]) is MADE.all_of([MADE.all_of([x, y]), MADE.true])
    assert MADE.any_of([x, y]) is MADE.any_of([MADE.any_of([y, x]), MADE.false])
    assert MADE.all_of([]) is MADE.true
    assert MADE.any_of([]) is MADE.false
    assert MADE.all_of([x]) is MADE.any_of([x]) is x
    assert MADE.all_of([x, MADE.false, y]) is MADE.false
    assert MADE.any_of([x, MADE.true, y]) is MADE.true
    assert MADE.types(ALL_TYPES) is MADE.true
    assert MADE.types(0) is MADE.one_of_values([]) is MADE.false
    assert MADE.none_of_values([]) is MADE.true
    assert (
        MADE.exactly_one([]) is MADE.exactly_one([MADE.false]) is MADE.exactly_one([MADE.true, MADE.true]) is MADE.false
    )
    assert MADE.exactly_one([x, MADE.false]) is x
    assert MADE.exactly_one([x, x]).kind is Kind.EXACTLY_ONE
    assert MADE.exactly_one([MADE.true, x]) is MADE.negate(x)
    assert MADE.count_min(ONE, 1) is MADE.some_item(0, None, ONE)
    assert MADE.count_max(ONE, 0) is MADE.every_item(0, None, MADE.negate(ONE))
    assert MADE.count_max(MADE.false, 0) is MADE.count_min(ONE, 0) is MADE.count_min(ONE, -1) is MADE.true
    assert MADE.count_max(MADE.true, 2) is MADE.size_max(ARRAY, 2)
    assert MADE.count_min(MADE.true, 2) is MADE.size_min(ARRAY, 2)
    assert MADE.size_min(STRING, 0) is MADE.size_min(ARRAY, -1) is MADE.true
    assert MADE.every_item(0, None, MADE.true) is MADE.every_item(1, 0, ONE) is MADE.true
    assert MADE.every_item(0, 0, MADE.false) is not MADE.true
    assert MADE.every_member(NAME_A, MADE.true) is MADE.every_member(MADE.false, ONE) is MADE.true
    assert MADE.some_item(0, None, MADE.false) is MADE.some_item(2, 1, ONE) is MADE.types(ALL_TYPES & ~(1 << ARRAY))
    assert MADE.some_member(NAME_A, MADE.false) is MADE.types(ALL_TYPES & ~(1 << OBJECT))
    assert MADE.size_max(STRING, -1) is MADE.types(ALL_TYPES & ~(1 << STRING))
    assert MADE.size_max(STRING, 0).kind is Kind.SIZE_MAX
    assert MADE.count_max(ONE, -1) is MADE.types(ALL_TYPES & ~(1 << ARRAY))
    assert MADE.negate(MADE.true) is MADE.false
    assert MADE.negate(MADE.false) is MADE.true
    assert repr(MADE.types(2)) == "TYPES(2,)"


def test_a_link_says_what_it_leads_to_and_is_open_until_then() -> None:
    target = Target("0")
    link = MADE.link(target)
    with pytest.raises(Undecidable, match="without end"):
        JUDGE.holds(link, 1)
    with pytest.raises(Undecidable, match="without end"):
        TYPED.restrict(link, STRING)
    target.formula = ONE
    assert held(link) == held(ONE)
    assert held(MADE.negate(link)) == held(MADE.negate(ONE))
    assert TYPED.restrict(link, NUMBER) is TYPED.restrict(ONE, NUMBER)
    assert TYPED.restrict(MADE.negate(link), NULL) is MADE.true


def test_a_link_that_leads_only_to_itself_is_left_open() -> None:
    target = Target("1")
    link = MADE.link(target)
    target.formula = MADE.any_of([link, ONE])
    assert JUDGE.holds(target.formula, 1) is True
    for judged in (lambda: JUDGE.holds(target.formula, 2), lambda: TYPED.restrict(link, NUMBER)):
        with pytest.raises(Undecidable, match="without end"):
            judged()


def test_what_is_opaque_matters_only_where_nothing_else_decides() -> None:
    opaque = MADE.opaque("a reason", "key")
    assert MADE.opaque("a reason", "key") is opaque
    assert JUDGE.holds(MADE.any_of([opaque, ONE]), 1) is True
    assert JUDGE.holds(MADE.all_of([opaque, ONE]), 2) is False
    for formula, one in product((opaque, MADE.negate(opaque)), (None, 1)):
        with pytest.raises(Undecidable, match="a reason"):
            JUDGE.holds(formula, one)
        assert TYPED.restrict(formula, NUMBER) is formula
    for formula, one in ((MADE.any_of([opaque, ONE]), 2), (MADE.all_of([opaque, ONE]), 1)):
        with pytest.raises(Undecidable, match="a reason"):
            JUDGE.holds(formula, one)
    assert TYPED.dual(TYPED.dual(opaque, NUMBER), NUMBER) is opaque


def test_exactly_one_of_very_many_is_left_open() -> None:
    many = [MADE.size_min(STRING, n) for n in range(1, 152)]
    assert TYPED.restrict(MADE.exactly_one(many[:150]), STRING) is not None
    with pytest.raises(Undecidable, match="more than 150"):
        TYPED.restrict(MADE.exactly_one(many), STRING)


def test_judging_costs_a_step_for_every_fourth_question() -> None:
    meter = Meter(Budget())
    judge = Evaluator(Texts(meter), meter)
    for _ in range(12):
        judge.holds(MADE.true, 1)
    assert meter.steps == 3
