"""Random pairs of schemas against an oracle that shares nothing with the engine: the library, and documents thrown at it."""

import os
from random import Random
from typing import Any

import pytest
from jsonschema import validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from server.conflicts.containment import Schema, decide
from server.conflicts.containment.budget import Budget, Meter, Undecidable
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import Draft, dialect_of
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.exact import key_of
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.texts import Texts
from tests.rules.containment.random_schemas import URIS, SchemaMaker, documents

PAIRS = int(os.environ.get("CONCORD_TEST_PAIRS", "1200"))
BLOCKS = 6
ORACLE_FAILS = (RecursionError, Unresolvable, AttributeError, TypeError, ValidationError)
"""What the library raises on schemas that refer to themselves without end, or are malformed."""


def _valid(schema: Schema, document: Any) -> bool:
    """Whether the library finds the document valid, in the dialect that the schema names or else shows."""
    made = validators.validator_for({"$schema": URIS[dialect_of(schema).draft]})
    try:
        return bool(made(schema, registry=Registry()).is_valid(document))
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # where the stack overflows inside the library's compiled parts
            raise RecursionError from None
        raise


def _is_misread(schema: Schema) -> bool:
    """Whether the library may overlook, in draft 2019-09, that `additionalProperties` has looked at every member."""
    written = repr(schema)
    return all(word in written for word in ("2019-09", "'additionalProperties'", "'unevaluatedProperties'"))


def _pair(seed: int) -> tuple[Schema, Schema]:
    random = Random(seed)
    draft = random.choice(list(Draft))
    maker = SchemaMaker(random, draft)
    writer = maker.document(random.choice((1, 2, 3)))
    if random.random() < 0.6:
        reader = maker.neighbour(writer)
    else:
        other = draft if random.random() < 0.8 else random.choice(list(Draft))
        reader = SchemaMaker(random, other).document(random.choice((1, 2, 3)))
    return (reader, writer) if random.random() < 0.5 else (writer, reader)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_con_12_no_pair_with_a_counterexample_is_safe_and_every_witness_is_one(block: int) -> None:
    verdicts = {"SAFE": 0, "BREAKS": 0, "UNKNOWN": 0}
    for seed in range(block * 1_000_000, block * 1_000_000 + PAIRS // BLOCKS):
        writer, reader = _pair(seed)
        decision = decide(writer, reader)
        verdicts[decision.verdict] += 1
        assert not decision.contradiction, seed
        try:
            if decision.verdict == "BREAKS":
                assert _valid(writer, decision.witness), (seed, decision)
                assert not _valid(reader, decision.witness), (seed, decision)
            elif decision.verdict == "SAFE" and not _is_misread(reader):
                for document in documents(Random(seed), 25):
                    if "1.0" in repr(document):
                        continue  # draft 4, as the library reads it, takes 1.0 for no integer; to us it is the integer 1
                    assert not _valid(writer, document) or _valid(reader, document), (seed, document)
        except ORACLE_FAILS:
            continue
    assert verdicts["UNKNOWN"] <= 0.05 * sum(verdicts.values())
    assert min(verdicts["SAFE"], verdicts["BREAKS"]) > 0.1 * sum(verdicts.values())


def test_a_formula_holds_for_exactly_the_documents_that_the_library_finds_valid() -> None:
    compared = 0
    for seed in range(400):
        random = Random(seed)
        schema = SchemaMaker(random, random.choice(list(Draft))).document(3)
        meter = Meter(Budget(steps=10**7))
        formulas = Formulas(meter)
        dialect = dialect_of(schema)
        formula = Compiler(schema, dialect, formulas, meter.step).compile()
        evaluator = Evaluator(Texts(meter), meter)
        for document in documents(random, 12):
            if dialect.draft is Draft.D4 and "1.0" in repr(document):
                continue  # to draft 4, as the library reads it, 1.0 is no integer; to us it is the integer 1
            try:
                expected, found = _valid(schema, document), evaluator.holds(formula, document)
            except (*ORACLE_FAILS, Undecidable):
                continue
            assert found is expected, (seed, schema, document)
            compared += 1
    assert compared > 5_000


def test_what_is_proved_is_transitive() -> None:
    proved = 0
    for seed in range(150):
        random = Random(seed)
        maker = SchemaMaker(random, Draft.D2020)
        first = maker.document(2)
        second, third = maker.neighbour(first), maker.neighbour(first)
        if decide(first, second).verdict == decide(second, third).verdict == "SAFE":
            proved += 1
            assert decide(first, third).verdict != "BREAKS", seed
    assert proved > 10


def test_all_of_narrows_and_any_of_widens() -> None:
    for seed in range(150):
        random = Random(seed)
        maker = SchemaMaker(random, Draft.D2020)
        one, other = maker.schema(2), maker.schema(2)
        named: dict[str, Schema] = {"d0": {"type": "integer"}, "d1": {"minLength": 1}, "one": one, "other": other}
        named |= {"both": {"allOf": [one, other]}, "either": {"anyOf": [one, other]}}
        base, both, either = ({"$ref": f"#/$defs/{name}", "$defs": named} for name in ("one", "both", "either"))
        assert (decide(both, base).verdict, decide(base, either).verdict) == ("SAFE", "SAFE"), seed


def test_renaming_definitions_changes_nothing() -> None:
    for seed in range(200):
        writer, reader = _pair(seed)
        renamed = _renamed(reader)
        decision, again = decide(writer, reader), decide(writer, renamed)
        assert decision.verdict == again.verdict, seed
        assert key_of(decision.witness) == key_of(again.witness), seed


def _renamed(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("/d0", "/renamed") if value.startswith("#/") else value
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if isinstance(value, dict):
        named = {word: _renamed(item) for word, item in value.items()}
        for word in ("$defs", "definitions"):
            if isinstance(named.get(word), dict):
                named[word] = {"renamed" if name == "d0" else name: item for name, item in named[word].items()}
        return named
    return value


def test_the_same_question_gets_the_same_answer() -> None:
    for seed in range(60):
        writer, reader = _pair(seed)
        assert decide(writer, reader) == decide(writer, reader)
