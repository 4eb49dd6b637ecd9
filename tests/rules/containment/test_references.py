"""Where references lead, held against the library; what documents have in common; and what can't be followed."""

from typing import Any

import pytest
from jsonschema import validators
from referencing import Registry

from server.conflicts.containment import decide
from server.conflicts.containment.budget import Budget, Meter, Remote, Undecidable
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.dialect import Draft, dialect_of
from server.conflicts.containment.disjoint import Look, are_disjoint
from server.conflicts.containment.evaluate import Evaluator
from server.conflicts.containment.exact import ARRAY, NUMBER, STRING, key_of
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.references import References
from server.conflicts.containment.sharing import shared_references
from server.conflicts.containment.texts import Texts

D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D6 = {"$schema": "http://json-schema.org/draft-06/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
D2019 = {"$schema": "https://json-schema.org/draft/2019-09/schema"}
NUMBER_, TEXT = {"type": "number"}, {"type": "string"}
ROOT = "http://t.example/root"
TREE = {"type": "object", "properties": {"n": {"$ref": "#"}, "v": NUMBER_}, "additionalProperties": False}
DOCUMENTS: list[Any] = [
    1, 2, "x", "xx", None, [], [1], ["x"], [[1]], [["x"]], {}, {"v": 1}, {"v": "x"}, {"n": {"v": 1}}, {"n": {"v": "x"}}, {"n": {"n": {}}},
    {"n": {"n": 1}}, {"a": 1}, {"a": "x"}, {"n": {"a": 1}}, {"n": [1]}, {"a": [1]}, {"a": ["x"]}, {"n": ["x"]},
]  # fmt: skip

SCHEMAS: dict[str, dict[str, Any]] = {
    "root": {"properties": {"n": {"$ref": "#"}}, "type": "object"},
    "tree": TREE,
    "empty reference": {"properties": {"n": {"$ref": ""}}, "type": "object"},
    "definition": {"$ref": "#/$defs/a", "$defs": {"a": NUMBER_}},
    "escaped": {"$ref": "#/$defs/a~1b~0%22c", "$defs": {'a/b~"c': NUMBER_}},
    "into a list": {"$ref": "#/allOf/1", "allOf": [True, NUMBER_]},
    "into properties": {"properties": {"a": NUMBER_, "v": {"$ref": "#/properties/a"}}},
    "chain": {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": NUMBER_}},
    "to true": {"$ref": "#/$defs/a", "$defs": {"a": True}},
    "to false": {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": False}},
    "beside others": {"$ref": "#/$defs/a", "minimum": 2, "$defs": {"a": NUMBER_}},
    "beside others in draft 7": {**D7, "$ref": "#/definitions/a", "minimum": 2, "definitions": {"a": NUMBER_}},
    "anchor": {"$ref": "#n", "$defs": {"a": {"$anchor": "n", **NUMBER_}}},
    "own name": {"$id": ROOT, "$ref": "#/$defs/a", "$defs": {"a": NUMBER_}},
    "absolute": {"$id": ROOT, "$ref": ROOT + "#/$defs/a", "$defs": {"a": NUMBER_}},
    "relative": {"$id": ROOT, "$ref": "other", "$defs": {"a": {"$id": "other", **NUMBER_}}},
    "relative inside": {
        "$id": ROOT,
        "$ref": "one/two",
        "$defs": {
            "a": {"$id": "one/two", "properties": {"v": {"$ref": "three"}}, "$defs": {"b": {"$id": "three", **NUMBER_}}},
            "c": {"$id": "three", **TEXT},
        },
    },
    "pointer into a named part": {"$id": ROOT, "$ref": "other#/$defs/b", "$defs": {"a": {"$id": "other", "$defs": {"b": NUMBER_}}}},
    "root of a named part": {"$id": ROOT, "properties": {"n": {"$id": "other", "properties": {"n": {"$ref": "#"}}, "type": "object"}}},
    "id of draft 4": {**D4, "id": ROOT, "$ref": "other", "definitions": {"a": {"id": "other", **NUMBER_}}},
    "id of draft 6": {**D6, "$id": ROOT, "$ref": "other", "definitions": {"a": {"$id": "other", **NUMBER_}}},
    "fragment id of draft 7": {**D7, "$ref": "#n", "definitions": {"a": {"$id": "#n", **NUMBER_}}},
    "published": {**D7, "$ref": "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"},
    "dynamic": {"$dynamicRef": "#n", "$defs": {"a": {"$dynamicAnchor": "n", **NUMBER_}}},
    "dynamic from outside": {
        "$id": ROOT,
        "$ref": "list",
        "$defs": {
            "s": {"$dynamicAnchor": "T", **TEXT},
            "list": {"$id": "list", "items": {"$dynamicRef": "#T"}, "$defs": {"d": {"$dynamicAnchor": "T"}}},
        },
    },
    "dynamic, twice": {
        "$id": ROOT,
        "properties": {"n": {"$ref": "texts"}, "a": {"$ref": "numbers"}},
        "$defs": {
            "list": {"$id": "list", "items": {"$dynamicRef": "#T"}, "$defs": {"d": {"$dynamicAnchor": "T"}}},
            "texts": {"$id": "texts", "$ref": "list", "$defs": {"s": {"$dynamicAnchor": "T", **TEXT}}},
            "numbers": {"$id": "numbers", "$ref": "list", "$defs": {"s": {"$dynamicAnchor": "T", **NUMBER_}}},
        },
    },
    "recursive": {**D2019, "$recursiveAnchor": True, "type": "object", "properties": {"n": {"$recursiveRef": "#"}}},
    "recursive from outside": {
        **D2019,
        "$id": ROOT,
        "$recursiveAnchor": True,
        "$ref": "tree",
        "required": ["n"],
        "$defs": {"t": {"$id": "tree", "$recursiveAnchor": True, "properties": {"n": {"$recursiveRef": "#"}}}},
    },
    "recursive without anchor": {
        **D2019,
        "$id": ROOT,
        "$recursiveAnchor": True,
        "$ref": "tree",
        "required": ["n"],
        "$defs": {"t": {"$id": "tree", "type": "object", "properties": {"n": {"$recursiveRef": "#"}}}},
    },
    "words of no draft": {**D4, "const": 5, "if": True, "then": False, "contains": False, "propertyNames": False},
    "words of a later draft": {**D7, "dependentRequired": {"a": ["z"]}, "prefixItems": [False], "minContains": 3, "contains": NUMBER_},
    "words of an earlier draft": {"dependencies": {"a": ["z"]}, "additionalItems": False, "$recursiveRef": "#/nowhere"},
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_references_lead_where_the_library_follows_them(name: str) -> None:
    schema = SCHEMAS[name]
    meter = Meter(Budget(steps=10**7))
    formulas = Formulas(meter)
    formula = Compiler(schema, dialect_of(schema), formulas, meter.step).compile()
    library = validators.validator_for(schema, default=validators.Draft202012Validator)(schema, registry=Registry())
    for one in DOCUMENTS:
        assert Evaluator(Texts(meter), meter).holds(formula, one) is library.is_valid(one), one
    assert decide(schema, {**schema, "title": "t"}).verdict == "SAFE"


@pytest.mark.parametrize(
    ("schema", "reference", "says"),
    [
        ({}, "#/nowhere", "leads nowhere inside the schema"),
        ({"allOf": [{}]}, "#/allOf/1", "leads nowhere inside the schema"),
        ({"allOf": [{}]}, "#/allOf/a", "leads nowhere inside the schema"),
        ({"type": "string"}, "#/type/a", "leads nowhere inside the schema"),
        ({}, "#name", "leads nowhere inside the schema"),
        ({}, 5, "5 is no string"),
        ({"$defs": {"a": {"$anchor": "n"}}}, "#nowhere", "leads out|leads nowhere"),
        ({"$defs": {"a": {"$id": "b"}}}, "#/nowhere", "leads nowhere inside the schema"),
    ],
)
def test_a_reference_that_leads_nowhere_is_said_to(schema: dict[str, Any], reference: Any, says: str) -> None:
    references = References(schema, Draft.D2020)
    with pytest.raises(Undecidable, match=says) as refused:
        references.follow(references.root(), reference)
    assert "anchor" in str(schema) or not isinstance(refused.value, Remote)


def test_a_reference_that_leads_away_is_never_fetched() -> None:
    references = References({"$ref": "https://elsewhere.example/x"}, Draft.D2020)
    with pytest.raises(Remote, match="never fetched"):
        references.follow(references.root(), "https://elsewhere.example/x")


def test_whether_parts_have_names_is_seen_at_any_depth() -> None:
    for schema, named, dynamic in (
        ({}, False, False),
        ({"$id": ROOT, "id": "x"}, False, False),
        ({"$anchor": "a"}, True, False),
        ({"not": {"$id": "x"}}, True, False),
        ({"allOf": [[], {"items": {"id": "x"}}]}, True, False),
        ({"properties": {"id": {"type": "string"}}}, False, False),
        ({"$ref": "#/$defs/a"}, False, False),
        ({"$ref": "other"}, True, False),
        ({"allOf": [{"$dynamicRef": "#a"}]}, True, True),
        ({"allOf": [{"$recursiveRef": "#"}, {}]}, True, True),
    ):
        references = References(schema, Draft.D2020)
        references.root()
        assert (references.named, references.dynamic) == (named, dynamic), schema


def test_con_12_a_relative_name_counts_once() -> None:
    inner = {"$id": "one/two", "properties": {"v": {"$ref": "three"}}, "$defs": {"b": {"$id": "three", **NUMBER_}}}
    writer = {"$id": ROOT, "$ref": "one/two", "$defs": {"a": inner, "c": {"$id": "one/one/three", **TEXT}}}
    assert decide(writer, {"properties": {"v": TEXT}}).verdict == "BREAKS"
    assert decide(writer, {"properties": {"v": NUMBER_}}).verdict == "SAFE"


def test_con_12_a_part_of_another_dialect_is_read_in_that_dialect() -> None:
    leaf = {"properties": {"a": {**D7, "type": "integer"}}}
    assert decide(leaf, {"properties": {"a": NUMBER_}}).verdict == "SAFE"
    assert decide({**D7, **leaf}, {"properties": {"a": NUMBER_}}).verdict == "SAFE"
    assert decide({**D7, "type": "integer"}, {**D4, "type": "number"}).verdict == "SAFE"
    old = {"$defs": {"old": {**D7, "items": [{"type": "integer"}], "additionalItems": False}}}
    writer = {"type": "array", "allOf": [{"$ref": "#/$defs/old"}], **old}
    assert decide(writer, {"prefixItems": [{"type": "integer"}], "items": False}).verdict == "SAFE"
    assert decide({"type": "array", "prefixItems": [{"type": "integer"}]}, writer).verdict == "BREAKS"
    meta = {"$ref": D7["$schema"]}
    assert decide({"const": {"minLength": 1}}, meta).verdict == "SAFE"
    assert decide({"const": {"minLength": -1}}, meta).verdict == "BREAKS"


def test_what_an_old_part_keeps_silent_about_is_asked_for_again_where_the_document_refers_to_it() -> None:
    count = {"allOf": [{"minimum": 1, "exclusiveMinimum": True}]}
    reader = {"properties": {"a": {**D4, **count}, "b": {"$ref": "#/properties/a/allOf/0"}}}
    assert decide({"const": {"a": 1}}, reader).verdict == "BREAKS"
    assert decide({"const": {"a": 2}}, reader).verdict == "SAFE"
    assert decide({"const": {"a": 2, "b": 2}}, reader).verdict == "UNKNOWN"  # to the newest draft it is malformed


def test_a_part_of_a_dialect_that_is_not_known_is_left_open() -> None:
    part = {"properties": {"a": {"$schema": "https://own.example/meta", "type": "integer"}}}
    decision = decide({"const": {"a": 1}}, part)
    assert decision.verdict == "UNKNOWN"
    assert "dialect" in decision.reason
    assert decide({"$defs": {"n": {**D7, "properties": {"x": True}}}, "allOf": [{"$ref": "#/$defs/n"}],
                   "unevaluatedProperties": False, "type": "object"}, False).verdict == "UNKNOWN"  # fmt: skip


def shared(writer: Any, reader: Any) -> frozenset[str]:
    first, second = References(writer, Draft.D2020), References(reader, Draft.D2020)
    first.root(), second.root()
    return shared_references(first, second)


def test_definitions_are_shared_where_they_and_all_they_refer_to_are_equal() -> None:
    def document(a: Any, b: Any, **more: Any) -> dict[str, Any]:
        return {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}], "$defs": {"a": a, "b": b}, **more}

    to_b = {"not": {"$ref": "#/$defs/b"}}
    both, only_a = {"#/$defs/a", "#/$defs/b"}, {"#/$defs/a"}
    assert shared(document(NUMBER_, TEXT), document(NUMBER_, TEXT)) == both
    assert shared(document(NUMBER_, TEXT), document(NUMBER_, {})) == only_a
    assert shared(document(to_b, TEXT), document(to_b, {})) == frozenset()
    assert shared(document(to_b, TEXT), document(to_b, TEXT)) == both
    assert (
        shared(document(to_b, {"$ref": "#/$defs/c"}, title="x"), document(to_b, {"$ref": "#/$defs/c"})) == frozenset()
    )
    assert shared(document(NUMBER_, TEXT), {"$defs": {"a": NUMBER_}}) == only_a
    assert shared(document(NUMBER_, TEXT), True) == shared(False, document(NUMBER_, TEXT)) == frozenset()
    assert shared({"$anchor": "x", **document(NUMBER_, TEXT)}, document(NUMBER_, TEXT)) == frozenset()
    assert shared(document(NUMBER_, TEXT), {"$anchor": "x", **document(NUMBER_, TEXT)}) == frozenset()
    many = {f"a{n}": NUMBER_ for n in range(401)}
    for count, found in ((400, 400), (401, 0)):
        wide = {"allOf": [{"$ref": f"#/$defs/a{n}"} for n in range(count)], "$defs": many}
        assert len(shared(wide, wide)) == found


def test_definitions_of_the_same_name_that_differ_are_kept_apart() -> None:
    def tree(leaf: Any) -> dict[str, Any]:
        return {
            "$ref": "#/$defs/tree",
            "$defs": {
                "tree": {"type": "object", "properties": {"n": {"$ref": "#/$defs/tree"}, "v": {"$ref": "#/$defs/v"}}},
                "v": leaf,
            },
        }

    assert decide(tree({"type": "integer"}), tree(NUMBER_)).verdict == "SAFE"
    decision = decide(tree(NUMBER_), tree({"type": "integer"}))
    assert (decision.verdict, decision.witness) == ("BREAKS", {"v": 0.5})
    assert decide(tree(NUMBER_), {**tree(NUMBER_), "required": ["v"]}).rule == "schema.required-missing"


@pytest.mark.parametrize(
    ("writer", "reader", "verdict"),
    [
        ({"$ref": "#"}, {}, "SAFE"),
        ({"not": {"$ref": "#"}}, {"type": "null"}, "UNKNOWN"),
        ({"type": "object", "properties": {"n": {"$ref": "#"}}, "required": ["n"]}, False, "SAFE"),
        ({"type": "object", "properties": {"n": {"$ref": "#"}}}, False, "BREAKS"),
        ({"type": "array", "items": {"$ref": "#"}, "minItems": 1}, {"type": "null"}, "SAFE"),
        ({"type": "array", "items": {"$ref": "#"}, "maxItems": 1}, {"items": {"items": {"items": {"maxItems": 0}}}}, "BREAKS"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"type": "array", "items": {"$ref": "#/$defs/a"}}}},
            {"items": {"type": "array"}},
            "SAFE",
        ),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"type": "array", "items": {"$ref": "#/$defs/a"}}}},
            {"items": {"items": {"type": "array"}}},
            "BREAKS",
        ),
        ({"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#"}}]}, {"type": ["array", "null"]}, "SAFE"),
        ({"oneOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#"}}]}, {"items": {"type": ["array", "null"]}}, "SAFE"),
        ({**TREE, "required": ["v"]}, {**TREE, "properties": {"n": {"$ref": "#"}, "v": {}}, "title": "t"}, "SAFE"),
        ({**TREE, "minProperties": 1}, {**TREE, "minProperties": 2}, "BREAKS"),
        ({**TREE, "minProperties": 2}, {**TREE, "minProperties": 1}, "SAFE"),
        ({**TREE, "minProperties": 2}, {"type": "null"}, "SAFE"),
    ],
    ids=lambda _: None,
)  # fmt: skip
def test_recursive_schemas_are_decided_by_documents_of_finite_depth(writer: Any, reader: Any, verdict: str) -> None:
    decision = decide(writer, reader)
    assert decision.verdict == verdict, decision
    assert not decision.contradiction


def nested(word: str, depth: int, leaf: dict[str, Any]) -> dict[str, Any]:
    schema = leaf
    for _ in range(depth):
        schema = {word: schema}
    return schema


def test_schemas_nested_deeper_than_is_read_at_once_are_read_all_the_same() -> None:
    for depth in (22, 23, 24, 25, 35):
        writer, reader = nested("items", depth, {"minimum": 5}), nested("items", depth, {"minimum": 4})
        assert decide(writer, reader).verdict == "SAFE"
        assert decide(reader, writer).verdict == "BREAKS"


def test_two_formulas_exclude_each_other_where_types_values_or_a_shared_member_do() -> None:
    made = Formulas(Meter(Budget()))

    def values(*keys: Any) -> Any:
        return made.one_of_values([key_of(key) for key in keys])

    def member(value: Any, name: str = "k", needed: bool = True) -> Any:
        atom = made.every_member(values(name), value)
        return made.all_of([atom, made.some_member(values(name), made.true)]) if needed else atom

    number, text = made.types(1 << NUMBER), made.types(1 << STRING)
    both = made.types(1 << NUMBER | 1 << ARRAY)
    for one, other, apart in (
        (number, text, True),
        (number, both, False),
        (values(1, 2), values(3), True),
        (values(1, 2), values(2), False),
        (made.all_of([values(1, 2), values(2, 3)]), values(1), True),
        (made.all_of([both, made.types(1 << ARRAY | 1 << STRING)]), number, True),
        (made.all_of([both, made.at_least(1, False)]), number, False),
        (member(values(1)), member(values(2)), True),
        (member(values(1)), member(values(1, 2)), False),
        (member(values(1), needed=False), member(values(2)), True),
        (member(values(1)), member(values(2), needed=False), True),
        (member(values(1), needed=False), member(values(2), needed=False), False),
        (member(values(1)), member(values(2), name="l"), False),
        (member(number), member(text), True),
        (made.true, made.true, False),
        (made.any_of([number, values("x")]), text, False),
    ):
        assert are_disjoint(Look(one), Look(other)) is apart, (one, other)
        assert are_disjoint(Look(other), Look(one)) is apart, (one, other)
