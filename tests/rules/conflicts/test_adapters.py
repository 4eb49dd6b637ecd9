"""Adapters: found from moves, proved by the engine, carried out on documents; and the proof tried on thousands of documents."""

import copy
from random import Random
from typing import Any

import jsonpatch
import pytest
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from server.conflicts.containment.dialect import Draft
from server.conflicts.engine import containment_engine
from server.conflicts.plans.adapters import Image, Search, Wanted, adapt, find_adapter
from server.conflicts.plans.adapters.search import MOST_QUESTIONS
from server.errors import InvalidArgument
from server.model.base import Json
from tests.rules.containment.random_schemas import NAMES, SchemaMaker, documents

ROUNDS = 300
ORACLE_FAILS = (RecursionError, Unresolvable, AttributeError, TypeError, ValidationError)


def valid(schema: Any, document: Any) -> bool:
    made = validators.validator_for(schema, default=Draft202012Validator)
    return bool(made(schema, registry=Registry()).is_valid(document))


def some_operation(random: Random) -> dict[str, Any]:
    """One operation over the names of the random schemas; each is skipped where its place is missing."""
    stars = ("*",) if random.random() < 0.2 else ()

    def place() -> str:
        return "".join("/" + name for name in (*stars, *random.sample(NAMES, random.choice((1, 1, 2)))))

    kind = random.random()
    if kind < 0.5:
        return {"op": "move", "from": place(), "path": place(), "if_present": True}
    if kind < 0.7:
        return {"op": "remove", "path": place(), "if_present": True}
    if kind < 0.85:
        return {"op": "add", "path": place(), "value": random.choice(({}, 1, "a", None))}
    if kind < 0.95:
        return {"op": "move", "from": "/" + random.choice(NAMES), "path": "", "if_present": True}
    return {"op": "wrap", "member": random.choice(NAMES)}


def is_inside_itself(operation: dict[str, Any]) -> bool:
    return bool(operation["op"] == "move" and (operation["path"] + "/").startswith(operation["from"] + "/"))


def test_con_04_every_adapted_document_fits_the_schema_that_the_proof_is_about() -> None:
    tried = 0
    for seed in range(ROUNDS):
        random = Random(seed)
        schema = SchemaMaker(random, random.choice(list(Draft))).document(3)
        operations = [one for one in (some_operation(random) for _ in range(3)) if not is_inside_itself(one)]
        image = Image(schema)
        for operation in operations:
            image.apply(operation)
        adapter = {"applies_to": "document", "operations": operations}
        try:
            for document in documents(random, 60):
                if "1.0" in repr(document) or not valid(schema, document):
                    continue  # draft 4, as the library reads it, takes 1.0 for no integer
                try:
                    adapted = adapt(adapter, document)
                except InvalidArgument:
                    continue
                tried += adapted != document
                assert valid(image.schema, adapted), (seed, document)
        except ORACLE_FAILS:
            continue
    assert tried > 1_000


def moving(source: str, target: str) -> dict[str, Any]:
    return {"op": "move", "from": source, "path": target, "if_present": True}


def taking(place: str) -> dict[str, Any]:
    return {"op": "remove", "path": place, "if_present": True}


KEYWORDS: list[tuple[str, Any, dict[str, Any], Json]] = [
    ("a pattern describes what stays", {"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False},
     moving("/ab", "/b"), {"ab": "", "aa": ""}),
    ("a pattern matches the new place", {"properties": {"b": {"type": "number"}}, "patternProperties": {"^a": {"type": "string"}}},
     moving("/b", "/a"), {"b": 1}),
    ("only a pattern describes the place", {"patternProperties": {"^a": {}}}, moving("/ab", "/b"), {"ab": 1}),
    ("additional members have a type", {"additionalProperties": {"type": "number"}, "properties": {"a": {}}},
     moving("/a", "/b"), {"a": ""}),
    ("not", {"not": {"required": ["a"]}}, moving("/b", "/a"), {"b": 1}),
    ("if", {"if": {"required": ["b"]}, "then": {"required": ["c1"]}, "else": False}, moving("/b", "/a"), {"b": 1, "c1": 1}),
    ("dependentRequired", {"dependentRequired": {"a": ["c1"]}}, moving("/b", "/a"), {"b": 1}),
    ("dependentSchemas", {"dependentSchemas": {"b": {"required": ["c1"]}, "a": False}}, moving("/b", "/a"), {"b": 1, "c1": 1}),
    ("required", {"required": ["a", "b"]}, moving("/a", "/b"), {"a": 1, "b": 2}),
    ("required, and taken", {"required": ["a"]}, taking("/a"), {"a": 1}),
    ("minProperties", {"minProperties": 2}, moving("/a", "/b"), {"a": 1, "b": 2}),
    ("maxProperties", {"maxProperties": 1}, {"op": "add", "path": "/a", "value": 1}, {"b": 1}),
    ("propertyNames", {"propertyNames": {"const": "b"}}, moving("/b", "/a"), {"b": 1}),
    ("unevaluatedProperties", {"properties": {"b": {}}, "allOf": [{"properties": {"c1": {}}}], "unevaluatedProperties": False},
     moving("/b", "/a"), {"b": 1, "c1": 1}),
    ("enum", {"enum": [{"b": 1}, 5]}, moving("/b", "/a"), {"b": 1}),
    ("const", {"const": {"b": 1}}, moving("/b", "/a"), {"b": 1}),
    ("anyOf", {"anyOf": [{"required": ["a"]}, {"required": ["c1"]}]}, moving("/a", "/b"), {"a": 1}),
    ("oneOf", {"oneOf": [{"required": ["a"], "properties": {"a": {"const": 1}}}, {"required": ["b"]}]}, moving("/a", "/b"), {"a": 1}),
    ("allOf", {"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "number"}}}]}, moving("/a", "/b"), {"a": 1}),
    ("a reference", {"$ref": "#/$defs/x", "$defs": {"x": {"required": ["a"], "properties": {"in": {"$ref": "#"}}}}},
     moving("/a", "/b"), {"a": 1, "in": {"a": 2}}),
    ("a reference with neighbours", {"$ref": "#/$defs/x", "maxProperties": 1, "$defs": {"x": {"required": ["a"]}}},
     {"op": "add", "path": "/b", "value": 1}, {"a": 1}),
    ("it may be no object", {"type": ["object", "null"]}, moving("/a", "/b"), None),
    ("uniqueItems", {"type": "array", "uniqueItems": True}, taking("/*/a"), [{"a": 1}, {"a": 2}]),
    ("contains", {"contains": {"required": ["a"]}, "maxContains": 1}, taking("/*/a"), [{"a": 1}, {"b": 1}]),
    ("prefixItems", {"prefixItems": [{"required": ["a"]}], "items": {"required": ["b"]}}, moving("/*/a", "/*/b"), [{"a": 1}, {"b": 1}]),
    ("items of draft 7",
     {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"required": ["a"]}], "additionalItems": {"required": ["b"]}},
     moving("/*/a", "/*/b"), [{"a": 1}, {"b": 1}]),
    ("a place inside", {"properties": {"a": {"minProperties": 1}}, "required": ["a"]}, moving("/a/b", "/c1"), {"a": {"b": 1}}),
    ("the whole", {"required": ["a"], "properties": {"a": {"type": "string"}}}, moving("/a", ""), {"a": "x"}),
    ("the whole, where it may be missing", {"properties": {"a": {"type": "string"}}}, moving("/a", ""), {"b": 1}),
    ("a member around it", {"type": "string"}, {"op": "wrap", "member": "a"}, "x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "operation", "document"), [row[1:] for row in KEYWORDS], ids=[row[0] for row in KEYWORDS]
)
def test_con_04_no_adapted_document_is_left_out_whatever_the_schema_says_of_it(
    schema: Any, operation: dict[str, Any], document: Json
) -> None:
    image = Image(schema)
    image.apply(operation)
    assert valid(schema, document)
    adapted = adapt({"applies_to": "document", "operations": [operation]}, document)
    assert valid(image.schema, adapted)


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def obj(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


SCORE = {"type": "number", "minimum": 0, "maximum": 100}
SIGNAL = obj("ticker score", ticker=text(), score=SCORE, note=text())
RATED = obj("ticker rating", ticker=text(), rating=SCORE, note=text())


def found(before: Any, after: Any, accepts: Any, *patch: dict[str, Any], of_items: bool = False) -> Search:
    wanted = Wanted(before=before, after=after, accepts=accepts, of_items=of_items, patch=patch, patched_items=False)
    return find_adapter(wanted, containment_engine().decide)


def renaming(old: str, new: str) -> dict[str, Any]:
    return {"op": "move", "from": f"/properties/{old}", "path": f"/properties/{new}"}


def listing(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


CASES: dict[str, tuple[Any, Any, Any, Json]] = {
    "a member has another name": (SIGNAL, RATED, SIGNAL, {"ticker": "A", "rating": 1}),
    "a member of each item has another name": (
        listing(SIGNAL), listing(RATED), listing(SIGNAL), [{"ticker": "A", "rating": 1}, {"ticker": "B", "rating": 2}],
    ),
    "a member moves into an object": (
        SIGNAL, obj("ticker data", ticker=text(), data=obj("score", score=SCORE)), SIGNAL,
        {"ticker": "A", "data": {"score": 2}, "note": 5},
    ),
    "a member moves out of an object": (
        obj("ticker data", ticker=text(), data=obj("score", score=SCORE)), SIGNAL,
        obj("ticker data", ticker=text(), data=obj("score", score=SCORE)), {"ticker": "A", "score": 2},
    ),
    "everything moves into an object": (SIGNAL, obj("data", data=SIGNAL), SIGNAL, {"data": {"ticker": "A", "score": 1}}),
    "everything moves out of an object": (
        obj("data", data=SIGNAL), SIGNAL, obj("data", data=SIGNAL), {"ticker": "A", "score": 1},
    ),
    "a list gets an envelope": (
        listing(SIGNAL), obj("signals", signals=listing(SIGNAL)), listing(SIGNAL), {"signals": [{"ticker": "A", "score": 1}]},
    ),
    "a list below a member, and the member of its items": (
        obj("signals", signals=listing(SIGNAL)), obj("signals", signals=listing(RATED)), obj("signals", signals=listing(SIGNAL)),
        {"signals": [{"ticker": "A", "rating": 3}]},
    ),
    "a member that always had one value goes": (
        obj("ticker currency", ticker=text(), currency={"const": "USD"}), obj("ticker", ticker=text()),
        obj("ticker currency", ticker=text(), currency=text()), {"ticker": "A"},
    ),
    "a number for a text": (SIGNAL, obj("ticker score", ticker={"type": "integer"}, score=SCORE), SIGNAL, {"ticker": 7, "score": 1}),
    "a text for a number": (
        SIGNAL, obj("ticker score", ticker=text(), score=text(pattern="^[0-9]{1,2}$")),
        obj("score", score={"type": "number"}), {"ticker": "A", "score": "07"},
    ),
    "one more member than a strict reader takes": (
        SIGNAL, {**obj("ticker score extra", ticker=text(), score=SCORE, extra={}), "additionalProperties": False},
        {**SIGNAL, "additionalProperties": False}, {"ticker": "A", "score": 1, "extra": [1]},
    ),
    "a reference stands in the new schema": (
        SIGNAL, {**obj("ticker data", ticker={"$ref": "#/$defs/text"}, data={"$ref": "#/$defs/inner"}),
                 "$defs": {"text": text(), "inner": obj("score", score=SCORE)}},
        SIGNAL, {"ticker": "A", "data": {"score": 3}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_con_04_an_adapter_is_found_proved_and_carried_out(case: str) -> None:
    before, after, accepts, document = CASES[case]
    adapter = found(before, after, accepts).adapter
    assert adapter is not None
    assert valid(after, document)
    assert not valid(accepts, document)
    unchanged = copy.deepcopy(document)
    assert valid(accepts, adapt(adapter, document))
    assert document == unchanged
    if adapter["rfc6902"]:
        whole = adapter["applies_to"] == "document"
        patch = jsonpatch.JsonPatch(adapter["operations"])
        by_any_library = patch.apply(document) if whole else [patch.apply(item) for item in document]
        assert by_any_library == adapt(adapter, document)


def test_con_04_a_move_of_the_patch_is_taken_back_and_an_optional_one_only_where_it_is_there() -> None:
    renamed = [renaming("score", "rating"), renaming("note", "remark")]
    after = obj("ticker rating", ticker=text(), rating=SCORE, remark=text())
    adapter = found(SIGNAL, after, SIGNAL, *renamed).adapter
    assert adapter is not None
    assert (adapter["basis"], adapter["rfc6902"], adapter["applies_to"]) == ("declared", False, "document")
    assert adapt(adapter, {"ticker": "A", "rating": 1, "note": 4}) == {"ticker": "A", "score": 1}
    assert adapt(adapter, {"ticker": "A", "rating": 1, "remark": "x"}) == {"ticker": "A", "score": 1, "note": "x"}


def test_con_04_a_chain_of_moves_is_taken_back_in_the_reverse_order() -> None:
    before = obj("a b", a=text(), b={"type": "number"})
    after = obj("b c", b=text(), c={"type": "number"})
    chain = [renaming("b", "c"), renaming("a", "b")]
    adapter = found(before, after, before, *chain).adapter
    assert adapter is not None
    assert adapt(adapter, {"b": "x", "c": 1}) == {"a": "x", "b": 1}


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (obj("ticker one two", ticker=text(), one=SCORE, two=SCORE), "two places could be meant"),
        (obj("ticker", ticker=text(), rating=SCORE), "what takes its place may be missing"),
        (obj("ticker score", ticker=text(), score=text()), "a text need not be the text of a number"),
        (obj("ticker rating", ticker=text(), rating={"type": "number"}), "it may be beyond what is accepted"),
        (obj("ticker", ticker=text()), "nothing takes its place"),
        (
            obj("ticker a b", ticker=text(), a=obj("score", score=SCORE), b=obj("score", score=SCORE)),
            "two have its name",
        ),
        (obj("one two", one=SIGNAL, two=SIGNAL), "two could be the whole"),
        (
            obj("ticker score", ticker={"type": "string"}, score=text(pattern="^[0-9]+$")),
            "the number may be beyond all bounds",
        ),
    ],
)
def test_con_04_what_is_not_proved_or_could_be_meant_otherwise_is_no_adapter(after: Any, why: str) -> None:
    search = found(SIGNAL, after, SIGNAL)
    assert search.adapter is None, why
    assert "proved" in search.reason


def test_con_04_what_the_old_form_had_at_another_place_is_not_taken_for_what_has_gone() -> None:
    before = obj("ticker score inner", ticker=text(), score=SCORE, inner=SIGNAL)
    assert found(before, obj("inner", inner=SIGNAL), SIGNAL).adapter is None


def test_con_04_only_what_holds_all_of_the_old_form_is_taken_for_the_whole_of_it() -> None:
    after = obj("owner", owner=obj("score", score=SCORE))
    adapter = found(SIGNAL, after, obj("score", score=SCORE)).adapter
    assert adapter is not None
    assert adapter["operations"] == [{"op": "move", "from": "/owner/score", "path": "/score"}]


def test_con_04_a_text_of_digits_without_end_is_not_taken_for_a_number() -> None:
    reader = obj("score", score={"type": "number"})
    assert found(SIGNAL, obj("score", score=text(pattern="^[0-9]+$")), reader).adapter is None
    assert found(SIGNAL, obj("score", score=text(pattern="^[0-9]{1,9}$")), reader).adapter is not None


def test_con_04_an_object_that_is_only_sometimes_there_is_not_overwritten() -> None:
    before = obj("data", data=obj("score", score=SCORE, unit=text()))
    after = obj("score", score=SCORE, data=obj("unit", unit=text()))
    assert found(before, after, before).adapter is None


def test_con_04_a_document_is_made_the_only_member_of_an_object_for_a_strict_reader() -> None:
    strict = {**obj("data", data=listing(SIGNAL)), "additionalProperties": False}
    adapter = found(strict, listing(SIGNAL), strict).adapter
    assert adapter is not None
    assert adapter["operations"] == [{"op": "wrap", "member": "data"}]


def test_an_adapter_says_where_it_is_asked_to_adapt_something_else() -> None:
    adapter = found(SIGNAL, RATED, SIGNAL).adapter
    assert adapter is not None
    with pytest.raises(InvalidArgument, match="/rating"):
        adapt(adapter, {"ticker": "A"})
    with pytest.raises(InvalidArgument, match="lists"):
        adapt({**adapter, "applies_to": "each item"}, {"ticker": "A"})


def test_con_04_adapters_found_between_random_schemas_make_what_the_reader_accepts() -> None:
    adapters = adapted = 0
    for seed in range(ROUNDS):
        random = Random(seed)
        maker = SchemaMaker(random, Draft.D2020)
        kept, other = maker.schema(1), maker.schema(1)
        old, new = random.sample(("a", "b", "ab"), 2)
        nested = random.random() < 0.4
        before = obj(f"{old} c1", **{old: kept, "c1": other})
        after = obj(f"{new} c1", **{new: kept, "c1": other})
        if nested:
            after = obj("c1 in", c1=other, **{"in": obj(old, **{old: kept})})
        definitions = {"$defs": {name: maker.schema(0) for name in ("d0", "d1")}}
        before, after = before | definitions, after | definitions
        adapter = found(before, after, before).adapter
        if adapter is None:
            continue
        adapters += 1
        for one in documents(random, 40):
            for two in documents(random, 5)[:5]:
                document = {"c1": two, "in": {old: one}} if nested else {"c1": two, new: one}
                if "1.0" not in repr(document) and valid(after, document):
                    adapted += 1
                    assert valid(before, adapt(adapter, document)), seed
    assert adapters > 100
    assert adapted > 1_000


def asked(before: Any, after: Any, accepts: Any) -> tuple[Search, int]:
    """What came of a search, and how many pairs it had decided."""
    pairs: list[None] = []

    def decide(writer: Any, reader: Any) -> Any:
        pairs.append(None)
        return containment_engine().decide(writer, reader)

    wanted = Wanted(before=before, after=after, accepts=accepts, of_items=False, patch=(), patched_items=False)
    return find_adapter(wanted, decide), len(pairs)


def members(letter: str, count: int, **each: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {f"{letter}{number}": each for number in range(count)}}


def test_con_04_no_adapter_is_looked_for_between_schemas_that_are_too_large() -> None:
    reader = members("p", 40, type="string")
    for before, after in (
        ({"type": "object"}, members("q", 10_000, type="string")),
        (members("q", 10_000, type="string"), {"type": "object"}),
    ):
        search, pairs = asked(before, after, reader)
        assert (search.adapter, pairs) == (None, 0)
        assert "too large to look for an adapter" in search.reason
    assert "too large to look for an adapter" in asked(reader, reader, members("q", 2_000, type="string"))[0].reason


def test_con_04_a_search_for_an_adapter_decides_so_many_pairs_and_no_more() -> None:
    held = obj("x", x={"type": "integer"})
    search, pairs = asked(members("p", 200, **held), members("q", 200, **held), members("p", 40, **held))
    assert search.adapter is None
    assert pairs <= MOST_QUESTIONS
    assert "too large to look for an adapter" in search.reason


def test_con_04_a_document_that_could_be_any_of_many_members_is_moved_from_none() -> None:
    search, pairs = asked({"type": "object"}, members("q", 400, type="object"), members("p", 40, type="string"))
    assert search.adapter is None
    assert pairs <= MOST_QUESTIONS


def test_con_04_without_anything_to_try_the_place_of_the_break_is_named() -> None:
    after = obj("ticker score", ticker=text(), score={"type": "number", "minimum": 0, "maximum": 200}, note=text())
    wanted = Wanted(
        before=None, after=after, accepts=SIGNAL, of_items=False, patch=(), patched_items=False, broken_at="/score"
    )
    assert "after which /score is proved" in find_adapter(wanted, containment_engine().decide).reason
    of_all = found(None, obj("score", score=text()), {"not": {"required": ["score"]}})
    assert "after which the document is proved" in of_all.reason
