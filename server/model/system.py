"""A system: an agent, a pipeline, a service; whatever reads and writes things that others depend on."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from server.model.base import (
    Identifier,
    JsonObject,
    Moment,
    Name,
    OpenValue,
    ResourceName,
    Seconds,
    Text,
    Value,
    WireEnum,
    as_timing,
)
from server.model.contract import Basis, Contract, contract_document
from server.model.tier import Tier

CONSUMERS_UNKNOWN = "consumers_unknown"
"""Registry rule 2: the flag of an output whose consumers nobody can name."""


_PEOPLE = frozenset({"users", "people", "humans", "customers", "public", "operators", "team"})


def is_people(consumer: str) -> bool:
    """Whether the consumer is people rather than a system: named to say who reads, held to no contract."""
    return consumer.strip().lower() in _PEOPLE


class Status(WireEnum):
    """Registry rule 5 of the scaling-layer document."""

    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"


class Timing(OpenValue):
    """When a system runs."""

    schedule: Name = ""
    """Cron expression."""
    timezone: Name = ""
    """IANA zone of the schedule, such as `Europe/Berlin`; UTC where none is given."""
    interval_seconds: Seconds | None = None
    """Time between two runs, in seconds, where there is no schedule."""
    enabled: bool = True
    """Whether it runs at all."""


class _Access(OpenValue):
    resource: ResourceName
    """Path, glob or URI, as the system writes it."""
    type: Name = ""
    """What kind of thing it is, such as `file` or `api`."""
    format: Text = ""
    """How it is laid out, such as `JSON array`."""
    schema_version: Name = ""
    """Version of the schema that the system writes or expects, such as `v2`."""
    basis: Basis = Basis.DECLARED
    """How this access is known."""
    evidence: Text = ""
    """What an observed or inferred access rests on."""


class Input(_Access):
    """One entry of `reads_from`."""

    required: bool = True
    """The system fails without it."""


class Output(_Access):
    """One entry of `writes_to`."""

    consumers: tuple[Name, ...] = ()
    """Systems that the writer names as readers."""
    consumers_unknown: bool = True
    """The writer can't name them, or not all of them. An explicit empty list says that nobody reads it."""

    @model_validator(mode="before")
    @classmethod
    def _read_consumers(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = data.get("consumers", CONSUMERS_UNKNOWN)
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list | tuple):
            return data
        known = [name for name in names if name not in ("", CONSUMERS_UNKNOWN)]
        flagged = bool(data.get("consumers_unknown")) or CONSUMERS_UNKNOWN in names or "" in names
        return {**data, "consumers": known, "consumers_unknown": flagged}


def _as_access(value: Any) -> Any:
    """An access may be written as its resource alone."""
    if not isinstance(value, list | tuple):
        return value
    return [{"resource": item} if isinstance(item, str) else item for item in value]


Inputs = Annotated[tuple[Input, ...], BeforeValidator(_as_access), Field(max_length=2_000)]
Outputs = Annotated[tuple[Output, ...], BeforeValidator(_as_access), Field(max_length=2_000)]
Contracts = Annotated[tuple[Contract, ...], Field(max_length=2_000)]


class System(OpenValue):
    """A registration as its owner writes it. Members that nobody defined are kept as they came."""

    id: Identifier
    """Identifier, unique in the registry."""
    name: Name = ""
    """For people."""
    description: Text = ""
    """What it does."""
    owner: Name = ""
    """Whom to ask about it."""
    tier: Tier
    """How much it matters; it decides how strictly changes are held."""
    status: Status = Status.UNKNOWN
    """Its health, as last reported."""
    last_health_check: Moment = ""
    """When its health was last looked at."""
    evolution_engine: bool = False
    """Whether it proposes changes to itself."""
    reads_from: Inputs = ()
    """What it reads; a name alone is the resource."""
    writes_to: Outputs = ()
    """What it writes; a name alone is the resource."""
    contracts: Contracts = ()
    """What it promises its readers and relies on itself."""
    dependencies: tuple[Name, ...] = ()
    """Declared ones; what accesses imply is added where the system is shown."""
    dependents: tuple[Name, ...] = ()
    """Ids of systems that declare to depend on it; what accesses imply is added where the system is shown."""

    timing: Annotated[Timing | None, BeforeValidator(as_timing)] = None
    """When it runs; a cron expression alone is its schedule."""
    status_file: Annotated[str, Field(max_length=2_000)] = ""
    """Path of the file in which it reports its health."""
    health_url: Annotated[str, Field(max_length=2_000)] = ""
    """Address at which its health can be asked for."""
    root: Annotated[str, Field(max_length=2_000)] = ""
    """The system's own folder."""
    parent: Name = ""
    """The system that it is a part of."""


class Vanished(Value):
    """An access that the system no longer declares."""

    mode: str
    """`read` or `write`."""
    resource: ResourceName
    canonical: str
    at: Moment


class StoredSystem(Value):
    """A system with what the registry keeps about it."""

    system: System
    version: int
    revision: int
    """Registry revision at which it was last written."""
    archived: bool = False
    archived_at: Moment = ""
    archive_reason: Text = ""
    source: Name = ""
    """The catalogue it was imported from; empty = registered by hand."""
    tier_basis: Basis = Basis.DECLARED
    """Inferred where an import had to choose the tier."""
    missing_since: Moment = ""
    """When its source stopped listing it; empty = still listed, or registered by hand."""
    vanished: tuple[Vanished, ...] = ()
    canonical: dict[str, str] = {}
    """Canonical name of every resource that the system's accesses and contracts name, by the name as written."""

    @property
    def id(self) -> str:
        """The system's id."""
        return self.system.id

    def canonical_of(self, resource: str) -> str:
        """The canonical name under which this system's resource is compared."""
        return self.canonical.get(resource, resource)


_EXTENSIONS: dict[str, Any] = {"timing": None, "status_file": "", "health_url": "", "root": "", "parent": ""}
_ACCESS_EXTENSIONS: dict[str, Any] = {"basis": "declared", "evidence": ""}


def system_document(
    system: System,
    *,
    dependencies: list[str] | None = None,
    dependents: list[str] | None = None,
    consumers: dict[str, list[str]] | None = None,
) -> JsonObject:
    """The system as `system_registry.json` writes it: the source's keys always, extensions only when set (REG-8).

    `dependencies`, `dependents` and `consumers` (by resource as written) replace the declared ones where given:
    they are what accesses imply together with what was declared.
    """
    document = system.model_dump(mode="json", by_alias=True)
    for name, default in _EXTENSIONS.items():
        if document[name] == default:
            del document[name]
    for access in [*document["reads_from"], *document["writes_to"]]:
        for name, default in _ACCESS_EXTENSIONS.items():
            if access[name] == default:
                del access[name]
    for output in document["writes_to"]:
        known = output["consumers"] if consumers is None else consumers.get(output["resource"], output["consumers"])
        flagged = output["consumers_unknown"] and (output["consumers"] or not known)
        output["consumers"] = [*known, CONSUMERS_UNKNOWN] if flagged else known
        del output["consumers_unknown"]
    document["contracts"] = [contract_document(contract) for contract in system.contracts]
    if dependencies is not None:
        document["dependencies"] = dependencies
    if dependents is not None:
        document["dependents"] = dependents
    return document
