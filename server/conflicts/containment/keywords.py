"""What each keyword means, as a formula: one reader a keyword, with the drafts that have it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.conflicts.containment.dialect import Draft
from server.conflicts.containment.exact import ARRAY, JSON_TYPES, NUMBER, OBJECT, STRING, Exact, NotJson, exact, key_of
from server.conflicts.containment.formula import Formula
from server.conflicts.containment.references import Scope

if TYPE_CHECKING:
    from server.conflicts.containment.compile import Compiler

Read = Callable[["Compiler", dict[str, Any], Scope], Formula]


class Malformed(ValueError):
    """A keyword's value is not what the keyword takes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a keyword is read, and in which drafts it is one."""

    read: Read
    since: Draft
    until: Draft


READERS: dict[str, Reader] = {}


def keyword(*words: str, since: Draft = Draft.D4, until: Draft = Draft.D2020) -> Callable[[Read], Read]:
    """Enters the reader of these keywords in the table."""

    def enter(read: Read) -> Read:
        READERS.update(dict.fromkeys(words, Reader(read, since, until)))
        return read

    return enter


def expect(value: Any, kind: type | tuple[type, ...], what: str) -> Any:
    """The value, if it is of the type; raises Malformed otherwise."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Malformed(f"{what} is expected")
    return value


def number_of(value: Any) -> Exact:
    """A number, exactly; raises Malformed otherwise."""
    try:
        return exact(expect(value, (int, float), "a number"))
    except NotJson as error:
        raise Malformed(str(error)) from None


def count_of(value: Any) -> int:
    """A whole number that is not negative; raises Malformed otherwise."""
    number = number_of(value)
    if not isinstance(number, int) or number < 0:
        raise Malformed("a whole number of at least 0 is expected")
    return number


def names_of(value: Any) -> list[str]:
    """A list of names; raises Malformed otherwise."""
    return [str(expect(name, str, "a name")) for name in expect(value, list, "a list of names")]


def schemas_in(compiler: "Compiler", value: Any, scope: Scope) -> list[Formula]:
    """The formulas of a list of schemas."""
    return [compiler.read(one, scope) for one in expect(value, list, "a list of schemas")]


@keyword("type")
def _type(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    wanted = schema["type"]
    names = [wanted] if isinstance(wanted, str) else names_of(wanted)
    mask = 0
    for name in names:
        if name not in JSON_TYPES and name != "integer":
            raise Malformed(f"{name!r} is no type")
        mask |= 0 if name == "integer" else 1 << JSON_TYPES.index(name)
    made = compiler.formulas
    if "integer" not in names or mask >> NUMBER & 1:
        return made.types(mask)
    whole = made.all_of([made.types(1 << NUMBER), made.multiple(1)])
    return made.any_of([made.types(mask), whole])


@keyword("enum")
def _enum(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.one_of_values([key_of(value) for value in expect(schema["enum"], list, "a list")])


@keyword("const", since=Draft.D6)
def _const(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.one_of_values([key_of(schema["const"])])


@keyword("minimum")
def _minimum(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    exclusive = (
        expect(schema.get("exclusiveMinimum", False), bool, "a boolean") if compiler.draft is Draft.D4 else False
    )
    return compiler.formulas.at_least(number_of(schema["minimum"]), exclusive)


@keyword("maximum")
def _maximum(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    exclusive = (
        expect(schema.get("exclusiveMaximum", False), bool, "a boolean") if compiler.draft is Draft.D4 else False
    )
    return compiler.formulas.at_most(number_of(schema["maximum"]), exclusive)


@keyword("exclusiveMinimum", since=Draft.D6)
def _above(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.at_least(number_of(schema["exclusiveMinimum"]), True)


@keyword("exclusiveMaximum", since=Draft.D6)
def _below(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.at_most(number_of(schema["exclusiveMaximum"]), True)


@keyword("multipleOf")
def _multiple(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    number = number_of(schema["multipleOf"])
    if number <= 0:
        raise Malformed("a number above 0 is expected")
    return compiler.formulas.multiple(number)


def _size(word: str, kind: int, smallest: bool) -> None:
    def read(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
        count = count_of(schema[word])
        return compiler.formulas.size_min(kind, count) if smallest else compiler.formulas.size_max(kind, count)

    keyword(word)(read)


for _noun, _kind in (("Length", STRING), ("Items", ARRAY), ("Properties", OBJECT)):
    _size(f"min{_noun}", _kind, smallest=True)
    _size(f"max{_noun}", _kind, smallest=False)


@keyword("pattern")
def _pattern(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.pattern(expect(schema["pattern"], str, "a pattern"))


@keyword("uniqueItems")
def _unique(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.unique() if expect(schema["uniqueItems"], bool, "a boolean") else compiler.formulas.true


@keyword("items")
def _items(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    items, made = schema["items"], compiler.formulas
    if compiler.draft >= Draft.D2020:
        if isinstance(items, list):
            raise Malformed("a list of items is written `prefixItems` since 2020-12")
        first = len(expect(schema.get("prefixItems", []), list, "a list of schemas"))
        return made.every_item(first, None, compiler.read(items, scope))
    if not isinstance(items, list):
        return made.every_item(0, None, compiler.read(items, scope))
    parts = [made.every_item(i, i, compiler.read(item, scope)) for i, item in enumerate(items)]
    parts.append(made.every_item(len(items), None, compiler.read(schema.get("additionalItems", True), scope)))
    return made.all_of(parts)


@keyword("prefixItems", since=Draft.D2020)
def _prefix(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    items = schemas_in(compiler, schema["prefixItems"], scope)
    return made.all_of([made.every_item(i, i, item) for i, item in enumerate(items)])


@keyword("contains", since=Draft.D6)
def _contains(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made, such = compiler.formulas, compiler.read(schema["contains"], scope)
    if compiler.draft < Draft.D2019:
        return made.count_min(such, 1)
    parts = [made.count_min(such, count_of(schema.get("minContains", 1)))]
    if "maxContains" in schema:
        parts.append(made.count_max(such, count_of(schema["maxContains"])))
    return made.all_of(parts)


def named(compiler: "Compiler", name: str) -> Formula:
    """The formula of exactly this member name."""
    return compiler.formulas.one_of_values([(STRING, name)])


@keyword("properties")
def _properties(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    members = expect(schema["properties"], dict, "an object of schemas").items()
    return made.all_of([made.every_member(named(compiler, name), compiler.read(one, scope)) for name, one in members])


@keyword("patternProperties")
def _pattern_properties(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    members = expect(schema["patternProperties"], dict, "an object of schemas").items()
    return made.all_of([made.every_member(made.pattern(text), compiler.read(one, scope)) for text, one in members])


def names_besides(compiler: "Compiler", schema: dict[str, Any]) -> Formula:
    """The member names that neither `properties` nor `patternProperties` speaks of."""
    made = compiler.formulas
    names = expect(schema.get("properties", {}), dict, "an object of schemas")
    patterns = expect(schema.get("patternProperties", {}), dict, "an object of schemas")
    others = [made.negate(made.pattern(text)) for text in patterns]
    return made.all_of([made.none_of_values([(STRING, name) for name in names]), *others])


@keyword("additionalProperties")
def _additional(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    value = compiler.read(schema["additionalProperties"], scope)
    return compiler.formulas.every_member(names_besides(compiler, schema), value)


@keyword("propertyNames", since=Draft.D6)
def _names(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    return made.every_member(made.negate(compiler.read(schema["propertyNames"], scope)), made.false)


@keyword("required")
def _required(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    return made.all_of([made.some_member(named(compiler, name), made.true) for name in names_of(schema["required"])])


def where_present(compiler: "Compiler", name: str, then: Formula) -> Formula:
    """Holds unless the member is there and the other formula does not hold."""
    made = compiler.formulas
    return made.any_of([made.every_member(named(compiler, name), made.false), then])


def _dependent(word: str, since: Draft, until: Draft) -> None:
    def read(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
        made = compiler.formulas
        parts = []
        for name, needs in expect(schema[word], dict, "an object").items():
            if isinstance(needs, list):
                then = made.all_of([made.some_member(named(compiler, other), made.true) for other in names_of(needs)])
            else:
                then = compiler.read(needs, scope)
            parts.append(where_present(compiler, name, then))
        return made.all_of(parts)

    keyword(word, since=since, until=until)(read)


_dependent("dependencies", Draft.D4, Draft.D7)
_dependent("dependentRequired", Draft.D2019, Draft.D2020)
_dependent("dependentSchemas", Draft.D2019, Draft.D2020)


@keyword("allOf")
def _all_of(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.all_of(schemas_in(compiler, schema["allOf"], scope))


@keyword("anyOf")
def _any_of(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.any_of(schemas_in(compiler, schema["anyOf"], scope))


@keyword("oneOf")
def _one_of(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.exactly_one(schemas_in(compiler, schema["oneOf"], scope))


@keyword("not")
def _not(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.formulas.negate(compiler.read(schema["not"], scope))


@keyword("if", since=Draft.D7)
def _if(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    made = compiler.formulas
    then, otherwise = (compiler.read(schema.get(word, True), scope) for word in ("then", "else"))
    if then is made.true and otherwise is made.true:
        return made.true
    condition = compiler.read(schema["if"], scope)
    return made.all_of([made.any_of([made.negate(condition), then]), made.any_of([condition, otherwise])])


@keyword("$ref", since=Draft.D2019)
def _reference(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.follow(schema["$ref"], scope)


@keyword("$dynamicRef", since=Draft.D2020)
def _dynamic(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.follow(schema["$dynamicRef"], scope)


@keyword("$recursiveRef", since=Draft.D2019, until=Draft.D2019)
def _recursive(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    return compiler.follow_recursive(scope)


@keyword("unevaluatedProperties", since=Draft.D2019)
def _unevaluated_members(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    from server.conflicts.containment.unevaluated import unevaluated_members  # it reads keywords itself

    return unevaluated_members(compiler, schema, scope)


@keyword("unevaluatedItems", since=Draft.D2019)
def _unevaluated_items(compiler: "Compiler", schema: dict[str, Any], scope: Scope) -> Formula:
    from server.conflicts.containment.unevaluated import unevaluated_items  # it reads keywords itself

    return unevaluated_items(compiler, schema, scope)
