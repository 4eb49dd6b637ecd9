"""The schema of an ODCS contract as the JSON Schema of one row, message or document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.exchange.column_types import nullable, schema_of_type
from server.exchange.documents import Document, mapping, sequence, words
from server.exchange.imported import Remarks
from server.model.base import JsonObject

Where = tuple[str | int, ...]

_LOGICAL: dict[str, JsonObject] = {
    "string": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "object": {"type": "object"},
    "array": {"type": "array"},
    "boolean": {"type": "boolean"},
}
_USUAL_FORMATS = frozenset(
    {"yyyy-mm-dd", "date", "date-time", "iso8601", "iso 8601", "hh:mm:ss", "yyyy-mm-dd't'hh:mm:ssxxx"}
)
_SAME_NAME = frozenset(
    {
        *("minLength", "maxLength", "pattern", "multipleOf", "minItems", "maxItems", "uniqueItems"),
        *("minProperties", "maxProperties", "enum"),
    }
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_BITS = {"8": 8, "16": 16, "32": 32, "64": 64, "128": 128}
_READ = frozenset(
    {
        *("id", "name", "physicalName", "logicalType", "physicalType", "logicalTypeOptions", "required", "primaryKey"),
        *("unique", "description", "businessName", "properties", "items", "quality", "relationships", "examples"),
        *("transformSourceObjects", "primaryKeyPosition", "partitionKeyPosition"),
    }
)
"""Members that become part of the schema, or are looked at elsewhere."""
_FREE = ""
"""As a format: the type's own one does not hold either."""
_DEEPEST = 16


@dataclass
class Reading:
    """What is gathered while the schema of one object is read."""

    document: Document
    remarks: Remarks
    unique: list[str] = field(default_factory=list)
    references: list[JsonObject] = field(default_factory=list)
    made_of: dict[str, str] = field(default_factory=dict)
    """Objects that the transformation of some property uses, with the place that says so."""


def item_schema(element: Mapping[str, Any], where: Where, reading: Reading) -> JsonObject:
    """The schema of one item of an object of the contract; empty where it lists no property."""
    return _object(element.get("properties"), (*where, "properties"), reading, 0, "")


def _object(properties: Any, where: Where, reading: Reading, depth: int, path: str) -> JsonObject:
    if not isinstance(properties, list) or not properties:
        return {}
    if depth > _DEEPEST:
        reading.remarks.unmapped(reading.document.at(*where), "nested too deeply")
        return {}
    schemas: JsonObject = {}
    required: list[str] = []
    for position, stated in enumerate(properties):
        element = mapping(stated)
        name = words(element.get("physicalName")) or words(element.get("name"))
        if not name:
            reading.remarks.unmapped(reading.document.at(*where, position), "a property without a name")
            continue
        holds = element.get("required") is True or element.get("primaryKey") is True
        schema = _element(element, (*where, position), reading, depth, f"{path}/{name}")
        quality = _of_quality(element, (*where, position), reading, f"{path}/{name}")
        holds = holds or bool(quality.pop("required", False))
        schemas[name] = {**schema, **quality} if holds else nullable({**schema, **quality})
        if holds:
            required.append(name)
    found: JsonObject = {"type": "object", "properties": schemas}
    return {**found, "required": required} if required else found


def _element(element: Mapping[str, Any], where: Where, reading: Reading, depth: int, path: str) -> JsonObject:
    typed = _typed(element, where, reading)
    options = _options(element, typed, where, reading)
    if options.get("format") == _FREE:
        del options["format"]
        typed.pop("format", None)
    schema = {**typed, **options}
    kind = schema.get("type")
    if kind == "object" or (not kind and element.get("properties")):
        nested = _object(element.get("properties"), (*where, "properties"), reading, depth + 1, path)
        required = [*nested.get("required", ()), *schema.get("required", ())]
        schema = {**schema, **nested, **({"required": list(dict.fromkeys(required))} if required else {})}
    if kind == "array" and isinstance(element.get("items"), Mapping):
        items = _element(element["items"], (*where, "items"), reading, depth + 1, f"{path}/*")
        schema = {**schema, "items": items if element["items"].get("required") is True else nullable(items)}
    if element.get("unique") is True:
        reading.unique.append(path)
    for position, relation in enumerate(sequence(element.get("relationships"))):
        to = mapping(relation).get("to")
        reading.references.append(
            {"from": path, "to": to, "at": reading.document.at(*where, "relationships", position)}
        )
    for position, name in enumerate(sequence(element.get("transformSourceObjects"))):
        if words(name):
            reading.made_of.setdefault(words(name), reading.document.at(*where, "transformSourceObjects", position))
    for member in element:
        if member not in _READ:
            reading.remarks.unmapped(reading.document.at(*where, member), "says nothing of the data's form")
    said = {
        "title": words(element.get("businessName"), 200) or _other_name(element),
        "description": words(element.get("description"), 1_000),
    }
    return {**schema, **{name: text for name, text in said.items() if text}}


def _other_name(element: Mapping[str, Any]) -> str:
    """The property's name where the data has it under another, physical one."""
    name = words(element.get("name"))
    return name if words(element.get("physicalName")) not in ("", name) else ""


def _typed(element: Mapping[str, Any], where: Where, reading: Reading) -> JsonObject:
    logical, physical = words(element.get("logicalType")), words(element.get("physicalType"))
    if logical in _LOGICAL:
        return dict(_LOGICAL[logical])
    found = schema_of_type(physical) if physical else None
    found = found if found is not None or not logical else schema_of_type(logical)
    if found is not None:
        return found
    if logical or physical:
        member = "logicalType" if logical else "physicalType"
        reading.remarks.unmapped(
            reading.document.at(*where, member),
            f"{(logical or physical)[:80]} is no type that is known; any value may stand there",
        )
    return {}


def _options(element: Mapping[str, Any], schema: JsonObject, where: Where, reading: Reading) -> JsonObject:
    """The options of a logical type as keywords; what JSON Schema can't say, such as the earliest date, is listed."""
    found: JsonObject = {}
    numeric = schema.get("type") in ("number", "integer")
    for name, value in mapping(element.get("logicalTypeOptions")).items():
        place = reading.document.at(*where, "logicalTypeOptions", name)
        if name in _SAME_NAME or (
            name in _BOUNDS and numeric and isinstance(value, int | float) and not isinstance(value, bool)
        ):
            found[name] = value
        elif name in _BOUNDS:
            reading.remarks.unmapped(place, f"a JSON Schema can't hold a {name} for a {schema.get('format', 'value')}")
        elif name == "required" and isinstance(value, list):
            found["required"] = [words(one) for one in value if words(one)]
        elif name == "format":
            found.update(_formatted(words(value), schema, place, reading))
        else:
            reading.remarks.unmapped(place, "an option without a counterpart in JSON Schema")
    return found


def _formatted(form: str, schema: JsonObject, place: str, reading: Reading) -> JsonObject:
    kind = schema.get("type")
    if kind == "integer" and form[:1] in ("i", "u") and form[1:] in _BITS:
        bits = _BITS[form[1:]]
        low, high = (0, 2**bits - 1) if form[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        # beyond 53 bits readers differ on what a number is, and a bound tells nobody anything
        return {"minimum": low, "maximum": high} if bits <= 32 else ({"minimum": 0} if low == 0 else {})
    if kind == "number":
        return {}  # how wide a float is says nothing that a value could break
    if kind == "string" and "format" in schema:
        if form.lower() in _USUAL_FORMATS:
            return {}
        reading.remarks.unmapped(
            place, f"times written as {form[:60]}: a JSON Schema only knows ISO 8601; any text may stand there"
        )
        return {"format": _FREE}
    return {"format": form[:100]} if form else {}


def _of_quality(element: Mapping[str, Any], where: Where, reading: Reading, path: str) -> JsonObject:
    """What rules of the standard's library demand of every value; any other rule is listed."""
    found: JsonObject = {}
    for position, stated in enumerate(sequence(element.get("quality"))):
        rule = mapping(stated)
        metric = words(rule.get("metric")) or words(rule.get("rule"))
        none_allowed = rule.get("mustBe") == 0 and not isinstance(rule.get("mustBe"), bool)
        arguments = mapping(rule.get("arguments"))
        valid, pattern = arguments.get("validValues", rule.get("validValues")), words(arguments.get("pattern"))
        if none_allowed and metric in ("nullValues", "nullCheck"):
            found["required"] = True
        elif none_allowed and metric in ("duplicateValues", "uniqueCheck", "duplicateCount"):
            reading.unique.append(path)
        elif none_allowed and metric in ("invalidValues", "validValues") and (isinstance(valid, list) or pattern):
            found.update({"enum": valid} if isinstance(valid, list) else {"pattern": pattern})
        else:
            reading.remarks.unmapped(
                reading.document.at(*where, "quality", position),
                f"the rule {metric or words(rule.get('type')) or 'without a name'} says nothing that a schema of an item could hold",
            )
    return found
