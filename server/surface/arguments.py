"""What a tool takes: a frozen model per tool, and the flat JSON Schema that every client can read.

Flat means: properties of one plain type with one line of description each, nothing composed, nothing referenced. Several
clients drop a whole server for one schema with `anyOf`, `$ref`, tuples or lists of types; so deeper shapes are checked here
and described in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

JsonType = Literal["string", "integer", "number", "boolean", "object", "array"]


@dataclass(frozen=True)
class Member:
    """One member of an object that is listed inline in a schema."""

    type: JsonType
    description: str
    choices: tuple[str, ...] = ()
    """Allowed strings; empty = any."""
    items: JsonType = "object"
    """Of an array: the type of its items."""

    def schema(self) -> dict[str, Any]:
        """The member as a flat schema."""
        described: dict[str, Any] = {"type": self.type, "description": self.description}
        if self.choices:
            described["enum"] = list(self.choices)
        if self.type == "array":
            described["items"] = {"type": self.items}
        return described


def string(description: str, *choices: str) -> Member:
    """A member that is text, or one of the choices."""
    return Member("string", description, choices)


def integer(description: str) -> Member:
    """A member that is a whole number."""
    return Member("integer", description)


def number(description: str) -> Member:
    """A member that is a number."""
    return Member("number", description)


def boolean(description: str) -> Member:
    """A member that is true or false."""
    return Member("boolean", description)


def obj(description: str) -> Member:
    """A member that is an object."""
    return Member("object", description)


def array(description: str, items: JsonType = "object") -> Member:
    """A member that is a list."""
    return Member("array", description, items=items)


class Members:
    """Annotates an argument that is an object, or a list of objects, with the members its schema lists inline.

    `changes: Annotated[tuple[Change, ...], Members(resource=string("…"), new_schema=obj("…"))] = argument("…", ())`.
    The annotated type still decides what is accepted; the members are what a model is told, in their order.
    """

    def __init__(self, **members: Member) -> None:
        self.members = members

    def schema(self) -> dict[str, Any]:
        """The object as a flat schema."""
        return {"type": "object", "properties": {name: member.schema() for name, member in self.members.items()}}


@dataclass(frozen=True, eq=False)
class Shape:
    """Annotates an argument that is an open object with the value that is made of it later.

    The object keeps members that nobody knows; but where the model leaves no doubt of what was meant, spelling (readsFrom)
    and shape (one access where a list is wanted) are mended, and said so.
    """

    model: type[BaseModel]
    also_called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other names that models use for its members."""


class JsonText:
    """Annotates a text argument that usually holds JSON: an object sent in its place is taken as its JSON text."""


@dataclass(frozen=True)
class Lift:
    """Names the argument that members given beside it, at the top level of a call, belong to."""

    into: str
    """An argument that is an object, or a list of objects (then only a single element can be meant)."""
    carry: tuple[str, ...] = ()
    """Arguments of the tool's own that move along, when something is lifted: they are members of the element too."""
    rest: bool = False
    """The object keeps members that nobody knows: once a known member was lifted, unknown ones follow."""


class Arguments(BaseModel):
    """The arguments of one tool: frozen, unknown ones refused. An argument with a default is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Other names that models use for an argument, per argument."""
    also_means: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Other words that models use for a choice, per argument: {"decision": {"APPROVE": "ACCEPT"}}."""
    lift: ClassVar[Lift | None] = None
    judged_singly: ClassVar[str] = ""
    """The array whose items the tool judges one by one: a value that no call may hold costs its item alone, not the call."""

    def filters(self) -> dict[str, Any]:
        """The arguments that decide which items a list has: all but `limit` and `cursor`."""
        return self.model_dump(mode="json", exclude={"limit", "cursor"})


def argument(description: str, default: Any = ..., **constraints: Any) -> Any:
    """A pydantic field with its one-line description; without a default it is required.

    `constraints` are pydantic's: ge, le, max_length, pattern, …
    """
    return Field(default, description=description, **constraints)


Limit = Annotated[int, Field(ge=1, le=50, description="At most 50.")]
Cursor = Annotated[str, Field(max_length=4_000, description="`next_cursor` of the page before.")]
IdempotencyKey = Annotated[str, Field(max_length=200, description="Same key: done once.")]
ExpectedVersion = Annotated[int, Field(ge=0, description="Version you saw; 0 = any.")]


@cache
def flat_schema(arguments: type[Arguments]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments: one object, flat, in the order of the fields.

    What may be left out has a default. Bounds are told in words where they matter, and held when the call is read.
    """
    generated = arguments.model_json_schema()
    properties: dict[str, Any] = {}
    for name, described in generated.get("properties", {}).items():
        members = next((m for m in arguments.model_fields[name].metadata if isinstance(m, Members)), None)
        properties[name] = _flat_property(described, members, generated.get("$defs", {}))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required := generated.get("required"):
        schema["required"] = required
    schema["additionalProperties"] = False
    return schema


def _flat_property(
    described: Mapping[str, Any], members: Members | None, definitions: Mapping[str, Any]
) -> dict[str, Any]:
    plain = _resolved(described, definitions)
    description = str(described.get("description", ""))
    flat: dict[str, Any] = {"type": plain.get("type"), "description": description}
    choices = plain.get("enum", [plain["const"]] if "const" in plain else [])
    if "" in choices:
        # Some model APIs refuse an empty string in an enum, and others demand a value for every argument: plain text suits both.
        # A description that says itself what the empty string means names the choices, too.
        told = '""' in description
        flat["description"] = description if told else f'{description} {", ".join(filter(None, choices))}; "" = any.'
    elif choices:
        flat["enum"] = list(choices)
    if described.get("default") is not None:
        flat["default"] = described["default"]
    if flat["type"] == "array":
        flat["items"] = members.schema() if members else _flat_items(plain.get("items", {}), definitions)
    elif members:
        flat["properties"] = members.schema()["properties"]
    return flat


def _flat_items(items: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    plain = _resolved(items, definitions)
    flat: dict[str, Any] = {"type": plain.get("type", "object")}
    if "enum" in plain:
        flat["enum"] = plain["enum"]
    if flat["type"] == "array":
        flat["items"] = _flat_items(plain.get("items", {}), definitions)
    return flat


def _resolved(described: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with a reference followed, and with `null` taken out of a choice of two."""
    if "$ref" in described:
        return _resolved(definitions[described["$ref"].rsplit("/", 1)[1]], definitions)
    alternatives = [one for one in described.get("anyOf", ()) if one.get("type") != "null"]
    return _resolved(alternatives[0], definitions) if alternatives else described
