"""Laws that containment obeys whatever the schemas say: the same question in other words gets the same answer."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from server.conflicts.containment import Decision, Schema, decide
from server.conflicts.containment.dialect import Draft
from tests.rules.containment.random_schemas import SchemaMaker

ROOT_WORDS = ("$schema", "$defs", "definitions")
SEEDS = 220
MOST_OPEN = 0.05
"""So many of the questions may be left open in one wording or another."""


def _pairs(salt: int) -> Iterator[tuple[int, Draft, dict[str, Any], dict[str, Any]]]:
    for seed in range(SEEDS):
        random = Random(f"{salt} {seed}")
        draft = random.choice(list(Draft))
        maker = SchemaMaker(random, draft)
        one = maker.document(2)
        other = maker.neighbour(one) if random.random() < 0.6 else maker.document(2)
        if isinstance(one, dict) and isinstance(other, dict):
            yield seed, draft, one, other


def _within(schema: dict[str, Any], around: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The schema put into another one, its definitions left where references find them."""
    kept = {word: schema[word] for word in ROOT_WORDS if word in schema}
    return {**kept, **around({word: value for word, value in schema.items() if word not in ROOT_WORDS})}


def _reversed(value: Any) -> Any:
    """The same schema written backwards: members, alternatives, names and values in the other order."""
    if isinstance(value, dict):
        backwards = {word: _reversed(one) for word, one in reversed(value.items())}
        for word in ("allOf", "anyOf", "oneOf", "enum", "required", "type"):
            if isinstance(value.get(word), list):
                backwards[word] = list(reversed(backwards[word]))
        return backwards
    return [_reversed(one) for one in value] if isinstance(value, list) else value


WORDINGS: dict[str, Callable[[dict[str, Any]], Schema]] = {
    "in allOf": lambda schema: _within(schema, lambda body: {"allOf": [body]}),
    "as the one alternative": lambda schema: _within(schema, lambda body: {"oneOf": [body, {"not": {}}]}),
    "twice in anyOf": lambda schema: _within(schema, lambda body: {"anyOf": [body, {"allOf": [body, {}]}]}),
    "not not": lambda schema: _within(schema, lambda body: {"not": {"not": body}}),
    "backwards": _reversed,
}


@pytest.mark.parametrize("wording", list(WORDINGS))
def test_a_schema_is_inside_itself_in_other_words(wording: str) -> None:
    verdicts: list[str] = []
    for seed, _, schema, _ in _pairs(1):
        again = WORDINGS[wording](schema)
        found = decide(schema, again).verdict, decide(again, schema).verdict
        assert "BREAKS" not in found, seed
        verdicts += found
    assert verdicts.count("UNKNOWN") <= MOST_OPEN * len(verdicts)


def _agree(first: Decision, second: Decision) -> bool:
    return "UNKNOWN" in (first.verdict, second.verdict) or first.verdict == second.verdict


PLACES: dict[str, tuple[Callable[[Any], dict[str, Any]], bool]] = {
    "items of a list": (lambda body: {"type": "array", "items": body}, False),
    "a member": (lambda body: {"type": "object", "required": ["m"], "properties": {"m": body}}, False),
    "every other member": (lambda body: {"type": "object", "additionalProperties": body}, False),
    "forbidden": (lambda body: {"not": body}, True),
}


@pytest.mark.parametrize("place", list(PLACES))
def test_what_holds_of_two_schemas_holds_of_them_in_the_same_place(place: str) -> None:
    around, turned = PLACES[place]
    verdicts: list[str] = []
    for seed, _, one, other in _pairs(2):
        plain = decide(one, other)
        inner = _within(one, around), _within(other, around)
        placed = decide(inner[1], inner[0]) if turned else decide(*inner)
        assert _agree(plain, placed), (seed, plain.verdict, placed.verdict)
        verdicts.append(placed.verdict)
    assert verdicts.count("UNKNOWN") <= MOST_OPEN * len(verdicts)
    assert min(verdicts.count("SAFE"), verdicts.count("BREAKS")) > 0.1 * len(verdicts)


def test_a_witness_alone_is_inside_the_writer_and_breaks_the_reader() -> None:
    broken = 0
    for seed, draft, one, other in _pairs(3):
        decision = decide(one, other)
        if decision.verdict == "BREAKS":
            broken += 1
            alone = {"$schema": one["$schema"], "enum": [decision.witness]}
            assert decide(alone, one).verdict == "SAFE", seed
            again = decide(alone, other)
            assert (again.verdict, again.witness) == ("BREAKS", decision.witness), (seed, draft)
    assert broken > SEEDS // 4


def test_two_schemas_inside_a_third_are_so_together_and_what_breaks_alone_breaks_among_others() -> None:
    compared = 0
    for seed, draft, one, other in _pairs(4):
        maker = SchemaMaker(Random(f"third {seed}"), draft)
        third = {**one, **maker.keyword("enum", 0)}
        parts = {"first": one, "second": third, "whole": other}
        named = {
            "$schema": one["$schema"],
            **{word: one[word] for word in ROOT_WORDS if word in one},
        }
        if any(parts[name].get(word) != named.get(word) for name in parts for word in ROOT_WORDS):
            continue
        bodies = {name: _within(part, lambda body: {"allOf": [body]})["allOf"][0] for name, part in parts.items()}
        either = {**named, "anyOf": [bodies["first"], bodies["second"]]}
        verdicts = decide(one, other).verdict, decide(third, other).verdict
        together = decide(either, other).verdict
        if "BREAKS" in verdicts:
            assert together != "SAFE", seed
        elif "UNKNOWN" not in verdicts:
            assert together != "BREAKS", seed
        compared += 1
    assert compared > SEEDS // 5
