"""Definitions that lead to each other: whether a document of finite depth satisfies them, held against a least fixed point."""

from random import Random
from typing import Any

import pytest

from server.conflicts.containment import confirm, decide
from server.conflicts.containment.budget import Budget, Meter
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import dialect_of
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.outcome import Found, Nothing
from server.conflicts.containment.solver import Solver

NAMES = ("d0", "d1", "d2", "d3", "d4")
Grammar = dict[str, list[tuple[str, ...]]]
"""By definition: alternatives, each with its kind and the definitions of its parts."""


def grammar(random: Random) -> Grammar:
    made: Grammar = {}
    for name in NAMES:
        alternatives = []
        for _ in range(random.choice((1, 1, 2, 3))):
            kind = random.choice(("array", "array", "object", "object", "tuple", "null"))
            parts = {"array": 1, "object": random.choice((1, 2)), "tuple": 2, "null": 0}[kind]
            alternatives.append((kind, *random.choices(NAMES, k=parts)))
        made[name] = alternatives
    return made


def inhabited(made: Grammar) -> set[str]:
    """The definitions that some finite document satisfies."""
    found: set[str] = set()
    while True:
        more = {name for name in NAMES if any(found.issuperset(parts) for _, *parts in made[name])}
        if more == found:
            return found
        found = more


def written(kind: str, *parts: str) -> dict[str, Any]:
    references = [{"$ref": f"#/$defs/{part}"} for part in parts]
    if kind == "array":
        return {"type": "array", "items": references[0], "minItems": 1}
    if kind == "tuple":
        return {"type": "array", "prefixItems": references, "minItems": 2}
    if kind == "object":
        return {
            "type": "object",
            "properties": dict(zip("xy", references, strict=False)),
            "required": list("xy")[: len(parts)],
        }
    return {"type": "null"}


def definitions(made: Grammar) -> dict[str, Any]:
    return {name: {"anyOf": [written(*one) for one in made[name]]} for name in NAMES}


def solved(schema: dict[str, Any]) -> Any:
    """What the search alone finds."""
    meter = Meter(Budget())
    formulas = Formulas(meter)
    return Solver(formulas, meter).solve([Compiler(schema, dialect_of(schema), formulas, meter.step).compile()])


@pytest.mark.parametrize("block", range(4))
def test_con_12_a_definition_is_satisfied_exactly_where_a_finite_document_is(block: int) -> None:
    seen = set()
    for seed in range(block * 1_000, block * 1_000 + 50):
        random = Random(seed)
        made = grammar(random)
        defined, found = definitions(made), inhabited(made)
        for name in NAMES:
            schema = {"$ref": f"#/$defs/{name}", "$defs": defined}
            outcome = solved(schema)
            assert isinstance(outcome, Found if name in found else Nothing), (seed, name, outcome)
            seen.add(name in found)
            if isinstance(outcome, Found):
                assert confirm(schema, outcome.value)
    assert seen == {True, False}


@pytest.mark.parametrize("block", range(4))
def test_con_12_what_was_refuted_under_an_assumption_is_searched_again_without_it(block: int) -> None:
    for seed in range(block * 1_000, block * 1_000 + 50):
        random = Random(seed)
        made = grammar(random)
        found = sorted(inhabited(made))
        random.shuffle(found)
        members = {f"m{at}": {"$ref": f"#/$defs/{name}"} for at, name in enumerate([*found, *found[:1]])}
        schema = {"type": "object", "properties": members, "required": list(members), "$defs": definitions(made)}
        outcome = solved(schema)
        assert isinstance(outcome, Found), seed
        assert confirm(schema, outcome.value)
        if len(found) < len(NAMES):
            empty = next(name for name in NAMES if name not in found)
            members["last"] = {"$ref": f"#/$defs/{empty}"}
            assert solved({**schema, "required": list(members)}) == Nothing(), seed


def test_definitions_that_ask_for_each_other_without_end_are_satisfied_by_nothing() -> None:
    first = {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/b"}}}
    second = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/a"}}
    endless = {"$ref": "#/$defs/a", "$defs": {"a": first, "b": second}}
    assert decide(endless, {"type": "null"}).verdict == "SAFE"
    ended = {"$ref": "#/$defs/a", "$defs": {"a": first, "b": {"anyOf": [second, {"type": "boolean"}]}}}
    decision = decide(ended, {"type": "null"})
    assert (decision.verdict, decision.witness) == ("BREAKS", {"n": False})


def test_con_12_a_refusal_that_leaned_on_an_outer_goal_is_forgotten_when_that_is_met_otherwise() -> None:
    first = {"anyOf": [{"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/b"}}, {"type": "object"}]}
    second = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/a"}}
    both = {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/b"}}
    writer = {"type": "object", "properties": both, "required": ["a", "b"], "$defs": {"a": first, "b": second}}
    outcome = solved(writer)
    assert isinstance(outcome, Found)
    assert outcome.value == {"a": {}, "b": [{}]}
    assert decide(writer, {"type": "null"}).verdict == "BREAKS"
