"""A contract: what a consumer relies on in a resource."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from server.model.base import Json, JsonObject, Moment, Name, OpenValue, ResourceName, Seconds, Text, Value, WireEnum


class ContractType(WireEnum):
    """Which side of the agreement wrote the entry."""

    PRODUCER = "PRODUCER"
    CONSUMER = "CONSUMER"


class Basis(WireEnum):
    """How we know: said by an owner, seen in real data, or guessed from traces. Strongest first."""

    DECLARED = "declared"
    OBSERVED = "observed"
    INFERRED = "inferred"


_LONGEST_PATH = 1_000


class ReadPath(Value):
    """One place of the document that the consumer reads."""

    path: Annotated[str, Field(max_length=_LONGEST_PATH)]
    """JSON Pointer; `*` stands for every item of an array or every member of an object."""
    required: bool = True
    """The consumer fails without it."""


class Meaning(Value):
    """What the values at one place mean."""

    path: Annotated[str, Field(max_length=1_000)]
    """Which values, as a JSON Pointer; `*` stands for every item of an array or every member of an object."""
    unit: Name = ""
    """Such as `USD`, `cents` or `ms`; empty = not said."""
    meaning: Text = ""
    """What the value says, in words."""
    timezone: Name = ""
    """IANA zone in which times there are written, such as `Europe/Berlin`."""
    enum_meanings: dict[str, Text] = {}
    """What each value of an enumeration stands for, by value."""
    version: Name = ""
    """Of what the values mean, for those who number that; another one says that something changed."""
    note: Text = ""
    """Anything else that a person should know; it decides nothing."""


def _as_read_paths(value: Any) -> Any:
    """`reads` may be plain paths; a bare field name is the pointer to it."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(_as_read_path(item) for item in value)


def _as_read_path(item: Any) -> Any:
    """A value already, as strict validation takes no object in its place once a list was touched."""
    if isinstance(item, str) and len(item) <= _LONGEST_PATH:
        return ReadPath(path=pointer_to(item))
    if isinstance(item, dict) and set(item) <= set(ReadPath.model_fields):
        try:
            return ReadPath.model_validate(item)
        except ValidationError:
            return item  # told with its place by the one who validates the list
    return item


def pointer_to(text: str) -> str:
    """The JSON Pointer that a person meant: `ticker` and `a.b` are read as `/ticker` and `/a/b`."""
    if not text or text.startswith("/"):
        return text
    return "/" + text.removeprefix("$.").replace(".", "/")


ReadPaths = Annotated[tuple[ReadPath, ...], BeforeValidator(_as_read_paths)]


class Contract(OpenValue):
    """One entry of a system's `contracts` (the source's fields, then ours)."""

    contract_id: Name = ""
    """`CTR-…`; given out by the server where it is empty."""
    type: ContractType
    """PRODUCER where its writer states the entry, CONSUMER where its reader does."""
    counterparty: Name = ""
    """The system on the other side; empty where nobody is named."""
    resource: ResourceName
    """The path, glob or URI that it is about."""
    terms: Annotated[JsonObject | bool, Field(alias="schema")] = {}
    """The source's short form {required_fields, format} or a full JSON Schema."""
    established: Moment = ""
    """Since when it holds."""
    last_validated: Moment = ""
    """When real data was last seen to keep it."""

    reader_schema: JsonObject | bool | None = None
    """What the consumer accepts, as a JSON Schema."""
    reads: ReadPaths | None = None
    """The places that the consumer reads; what is not listed may change."""
    strict: bool = False
    """The consumer rejects fields it does not know."""
    accepts: tuple[Name, ...] = ()
    """Formats that the consumer can read."""
    freshness_seconds: Seconds | None = None
    """How old the data may be when it is read, in seconds; as `max_age_seconds`, in the source's words."""
    max_age_seconds: Seconds | None = None
    """How old the data may be when it is read, in seconds."""
    timestamp_field: Name = ""
    """Where the data says when it is from: a member of each record, or a JSON Pointer such as `/*/updated_at`."""
    needs_by: Name = ""
    """The time of day by which it must be there, such as `06:00 Europe/Berlin`."""
    semantics: tuple[Meaning, ...] = ()
    """What the values mean, place by place."""
    capacity: dict[Name, Json] = {}
    """Agreed amounts by name, such as `max_bytes` (bytes), `max_rows` or `reads_per_hour`; the name says the unit."""
    view: JsonObject | None = None
    """How data that is not JSON is read as JSON."""
    basis: Basis = Basis.DECLARED
    """How this entry is known."""


EXTENSIONS = (
    "reader_schema",
    "reads",
    "strict",
    "accepts",
    "freshness_seconds",
    "max_age_seconds",
    "timestamp_field",
    "needs_by",
    "semantics",
    "capacity",
    "view",
    "basis",
)
"""Members that are written only where they are set."""


def contract_document(contract: Contract) -> JsonObject:
    """The entry as the source's files write it: its keys always, extensions only when set."""
    document = contract.model_dump(mode="json", by_alias=True, exclude_unset=False)
    defaults = {name: field.get_default() for name, field in Contract.model_fields.items()}
    for name in EXTENSIONS:
        if getattr(contract, name) == defaults[name]:
            del document[name]
    return document


def schema_hash(schema: Json) -> str:
    """A short name for exactly this schema, whatever the order of its members: 16 hex digits of SHA-256."""
    return text_hash(schema_text(schema))


def schema_text(schema: Json) -> str:
    """The schema as JSON that is the same for the same schema, whatever the order of its members."""
    return json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_hash(text: str) -> str:
    """The short name of the schema with this text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
