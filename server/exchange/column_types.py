"""What a column's type, as databases and engines write it, means as a JSON Schema."""

import re

from server.model.base import JsonObject

_DATE_TIME = {"type": "string", "format": "date-time"}
_SCALARS: dict[str, JsonObject] = {
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "uuid": {"type": "string", "format": "uuid"},
}
_WORDS: tuple[tuple[JsonObject, str], ...] = (
    (
        {"type": "string"},
        "string str varchar nvarchar char nchar bpchar character text ntext tinytext mediumtext longtext clob nclob citext name "
        "utf8 enum set binary varbinary bytea bytes blob longblob mediumblob tinyblob fixed raw long_varchar inet cidr macaddr "
        "interval xml geography geometry varchar2 nvarchar2 keyword "
        "uniqueidentifier objectid rowid bit_varying ltree",
    ),
    (
        {"type": "integer"},
        "int integer bigint smallint tinyint mediumint int2 int4 int8 int16 int32 int64 int128 int256 uint8 uint16 uint32 uint64 "
        "uint long short byte byteint hugeint serial bigserial smallserial year oid unsigned_int unsigned_bigint",
    ),
    (
        {"type": "number"},
        "number numeric decimal dec bignumeric bigdecimal float float4 float8 float16 float32 float64 double double_precision real "
        "money smallmoney half_float fixed_decimal decfloat binary_float binary_double",
    ),
    ({"type": "boolean"}, "boolean bool"),
    (
        _DATE_TIME,
        "timestamp timestamptz timestamp_ntz timestamp_ltz timestamp_tz datetime datetime2 datetimeoffset smalldatetime "
        "timestamp_without_time_zone timestamp_with_time_zone timestamp_with_local_time_zone datetime64 timestamp_s timestamp_ms "
        "timestamp_us timestamp_ns",
    ),
    ({"type": "string", "format": "time"}, "timetz time_without_time_zone time_with_time_zone time_ntz"),
    ({"type": "array"}, "array list repeated"),
    ({"type": "object"}, "object struct record row map json_object nested tuple"),
    ({}, "json jsonb variant super any super_type dynamic"),
)
_SCALARS.update((word, schema) for schema, words in _WORDS for word in words.split())
_DEEPEST = 16


def schema_of_type(text: str) -> JsonObject | None:
    """The JSON Schema of a type such as `varchar(20)`, `array<struct<a:int>>` or `Nullable(Int64)`; None = not known.

    Lengths become `maxLength`, a scale of 0 an integer; nothing else is claimed of the values.
    """
    return _read(text, 0)


def nullable(schema: JsonObject) -> JsonObject:
    """The same schema with null let in, where it says anything of the type."""
    kind = schema.get("type")
    if not isinstance(kind, str) or kind == "null":
        return schema
    loosened: JsonObject = {**schema, "type": [kind, "null"]}
    if "enum" in schema and None not in schema["enum"]:
        loosened["enum"] = [*schema["enum"], None]
    return loosened


def _read(text: str, depth: int) -> JsonObject | None:
    plain = text.strip().strip('"`')
    lowered = plain.lower()
    if not plain or depth > _DEEPEST:
        return None
    for mark in ("nullable(", "lowcardinality(", "optional<"):
        if lowered.startswith(mark):
            return _read(plain[len(mark) : -1], depth + 1)
    if lowered.endswith("[]"):
        return _array(_read(plain[:-2], depth + 1))
    head, inside = _head(plain)
    word = re.sub(r"[\s-]+", "_", head.lower().strip())
    if inside is not None:
        if word in ("array", "list", "repeated"):
            return _array(_read(inside, depth + 1))
        if word in ("map",):
            parts = _split(inside)
            found = _read(parts[-1], depth + 1) if len(parts) == 2 else None
            return {"type": "object", "additionalProperties": found} if found else {"type": "object"}
        if word in ("struct", "row", "record", "object", "tuple", "nested"):
            return _struct(inside, depth)
    return _scalar(word, inside)


def _scalar(word: str, inside: str | None) -> JsonObject | None:
    if word in ("tinyint",) and inside == "1":
        return {"type": ["integer", "boolean"]}
    if word == "bit":
        return {"type": "boolean"} if inside in (None, "1") else {"type": "string"}
    word = re.sub(r"^unsigned_|_unsigned$|_varying$|_large_object$", "", word)
    found = _SCALARS.get(word)
    if found is None:
        return None
    numbers = [int(part) for part in re.findall(r"\d+", inside or "")][:2]
    if found.get("type") == "string" and len(found) == 1 and numbers and ("char" in word or word == "string"):
        return {**found, "maxLength": numbers[0]}
    if word in ("number", "numeric", "decimal", "dec") and (len(numbers) == 2 and numbers[1] == 0):
        return {"type": "integer"}
    return dict(found)


def _array(items: JsonObject | None) -> JsonObject:
    return {"type": "array", "items": nullable(items)} if items else {"type": "array"}


def _struct(inside: str, depth: int) -> JsonObject:
    properties: JsonObject = {}
    for part in _split(inside):
        name, _, kind = (
            part.strip().partition(":") if re.match(r"\s*[`\"]?[\w$-]+[`\"]?\s*:", part) else _by_space(part)
        )
        found = _read(kind, depth + 1)
        if name:
            properties[name.strip().strip('`"')] = nullable(found) if found else {}
    return {"type": "object", "properties": properties} if properties else {"type": "object"}


def _by_space(part: str) -> tuple[str, str, str]:
    return part.strip().partition(" ")


def _head(text: str) -> tuple[str, str | None]:
    """`varchar(20)` → (`varchar`, `20`); what follows the bracket, as in `timestamp(6) with time zone`, joins the head."""
    opening = re.search(r"[(<]", text)
    if opening is None:
        return text, None
    closing = text.rfind(")" if opening[0] == "(" else ">")
    if closing < opening.start():
        return text[: opening.start()], None
    return text[: opening.start()] + text[closing + 1 :], text[opening.end() : closing]


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in "<([":
            depth += 1
        elif character in ">)]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part for part in (*parts, text[start:]) if part.strip()]
