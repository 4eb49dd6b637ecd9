"""Random schemas over a small vocabulary, so that pairs of them meet, and documents to try them on."""

from functools import partial
from random import Random
from typing import Any

from server.conflicts.containment.dialect import Draft, Schema

URIS = {
    Draft.D4: "http://json-schema.org/draft-04/schema#",
    Draft.D6: "http://json-schema.org/draft-06/schema#",
    Draft.D7: "http://json-schema.org/draft-07/schema#",
    Draft.D2019: "https://json-schema.org/draft/2019-09/schema",
    Draft.D2020: "https://json-schema.org/draft/2020-12/schema",
}
NAMES = ("a", "b", "ab", "c1")
PATTERNS = ("^a", "b$", "^[a-c]$", "[0-9]", "^(a|b)*$", "^.{2}$", "^a?b", "^(?!ab)")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, -1, 0.5, 1.0, "", "a", "ab", "b1", [], [0], [False], ["a"], [1, 1], {}, {"a": 1}, {"b": None},
)  # fmt: skip
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_DEFINED = ("d0", "d1")


class SchemaMaker:
    """Makes schemas of one draft."""

    def __init__(self, random: Random, draft: Draft) -> None:
        self.random = random
        self.draft = draft

    def document(self, depth: int = 3) -> Schema:
        """A whole schema, with definitions that its parts may refer to."""
        schema = self.schema(depth)
        if isinstance(schema, bool):
            return schema
        definitions = {name: self.schema(depth - 1) for name in _DEFINED}
        word = "$defs" if self.draft >= Draft.D2019 else "definitions"
        if self.draft <= Draft.D7 and "$ref" in schema:
            return {"$schema": URIS[self.draft], "allOf": [schema], word: definitions}
        return {"$schema": URIS[self.draft], **schema, word: definitions}

    def schema(self, depth: int) -> Schema:
        """A schema nested at most so deep."""
        if self.random.random() < 0.07 and (self.draft > Draft.D4 or depth < 0):
            return self.random.random() < 0.6
        result: dict[str, Any] = {}
        if self.random.random() < 0.5:
            result["type"] = self.types()
        words = self.words(depth)
        for word in self.random.sample(words, self.random.choice((0, 1, 1, 2, 3))):
            result.update(self.keyword(word, depth - 1))
        return result

    def types(self) -> Any:
        if self.random.random() < 0.7:
            return self.random.choice(TYPES)
        return self.random.sample(TYPES, 2)

    def words(self, depth: int) -> list[str]:
        """The keywords to choose from."""
        words = """enum minimum maximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems
        required minProperties maxProperties""".split()
        if self.draft >= Draft.D6:
            words += ["const", "exclusiveMinimum", "exclusiveMaximum"]
        if depth > 0:
            words += """properties properties properties patternProperties additionalProperties items items tuple
            allOf anyOf oneOf not $ref""".split()
            words += ["dependencies"] if self.draft <= Draft.D7 else ["dependentRequired", "dependentSchemas"]
            if self.draft >= Draft.D6:
                words += ["contains", "propertyNames"]
            if self.draft >= Draft.D7:
                words += ["if"]
            if self.draft >= Draft.D2019:
                words += ["unevaluatedProperties", "unevaluatedItems", "counted"]
        return words

    def keyword(self, word: str, depth: int) -> dict[str, Any]:
        """The keyword with a value, and those that go with it."""
        pick = self.random
        if word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            return {word: pick.choice((-1, 0, 0.5, 1, 2, 3))}
        if word.startswith(("min", "max")):
            return {word: pick.choice((0, 1, 1, 2, 3))}
        simple: dict[str, Any] = {
            "enum": lambda: pick.sample(VALUES, pick.choice((1, 2, 3))),
            "const": lambda: pick.choice(VALUES),
            "multipleOf": lambda: pick.choice((1, 2, 3, 0.5)),
            "pattern": lambda: pick.choice(PATTERNS),
            "uniqueItems": lambda: pick.random() < 0.8,
            "required": lambda: pick.sample(NAMES, pick.choice((1, 1, 2))),
            "$ref": lambda: ("#/$defs/" if self.draft >= Draft.D2019 else "#/definitions/") + pick.choice(_DEFINED),
            "dependentRequired": lambda: {pick.choice(NAMES): [pick.choice(NAMES)]},
        }
        if word in simple:
            return {word: simple[word]()}
        return self.applicator(word, depth)

    def applicator(self, word: str, depth: int) -> dict[str, Any]:
        """A keyword that holds schemas, with those that go with it."""
        pick, one = self.random, partial(self.schema, depth)
        match word:
            case "properties":
                return {word: {name: one() for name in pick.sample(NAMES, pick.choice((1, 2)))}}
            case "patternProperties":
                return {word: {pick.choice(PATTERNS): one()}}
            case "dependencies":
                return {word: {pick.choice(NAMES): one() if pick.random() < 0.5 else [pick.choice(NAMES)]}}
            case "dependentSchemas":
                return {word: {pick.choice(NAMES): one()}}
            case "allOf" | "anyOf" | "oneOf":
                return {word: [one() for _ in range(pick.choice((1, 2, 2, 3)))]}
            case "if":
                return {"if": one(), "then": one(), "else": one()}
            case "counted":
                return {"contains": one(), "minContains": pick.choice((0, 1, 2)), "maxContains": pick.choice((1, 2))}
            case "tuple":
                items = [one() for _ in range(pick.choice((1, 2)))]
                if self.draft >= Draft.D2020:
                    return {"prefixItems": items, "items": one()} if pick.random() < 0.5 else {"prefixItems": items}
                return {"items": items, "additionalItems": one()} if pick.random() < 0.5 else {"items": items}
            case "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems":
                return {word: False if pick.random() < 0.5 else one()}
            case _:
                return {word: one()}

    def neighbour(self, schema: Any, depth: int = 2) -> Any:
        """The same schema but for a small change somewhere."""
        if not isinstance(schema, dict) or not schema or self.random.random() < 0.3:
            return self._changed(schema, depth)
        word = self.random.choice(list(schema))
        value = schema[word]
        if word in ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions") and value:
            name = self.random.choice(list(value))
            return {**schema, word: {**value, name: self.neighbour(value[name], depth - 1)}}
        if word in ("allOf", "anyOf", "oneOf", "prefixItems") or (word == "items" and isinstance(value, list)):
            at = self.random.randrange(len(value))
            return {**schema, word: [*value[:at], self.neighbour(value[at], depth - 1), *value[at + 1 :]]}
        if word in ("items", "not", "additionalProperties", "contains", "if", "then", "else") and isinstance(
            value, dict
        ):
            return {**schema, word: self.neighbour(value, depth - 1)}
        return self._changed(schema, depth)

    def _changed(self, schema: Any, depth: int) -> Any:
        if not isinstance(schema, dict):
            return self.schema(max(depth, 0))
        kept = ("$schema", "definitions", "$defs", "$ref")
        removable = [word for word in schema if word not in kept]
        result = dict(schema)
        if removable and self.random.random() < 0.5:
            del result[self.random.choice(removable)]
        else:
            result.update(self.keyword(self.random.choice(self.words(depth)), depth - 1))
        return result


def documents(random: Random, count: int) -> list[Any]:
    """Documents over the same vocabulary."""
    return [document(random, 3) for _ in range(count)] + list(VALUES)


def document(random: Random, depth: int) -> Any:
    """A document nested at most so deep."""
    kind = random.random()
    if depth == 0 or kind < 0.3:
        return random.choice((*VALUES, 4, 1.5, 6, "abc", "c1", "aab", "1"))
    if kind < 0.6:
        return [document(random, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3)))]
    names = random.sample((*NAMES, "x", "b2", "aa"), random.choice((0, 1, 2, 3)))
    return {name: document(random, depth - 1) for name in names}
