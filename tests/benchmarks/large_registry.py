"""A made-up registry of the size that is promised: systems in many teams, a few of whose outputs half the others read."""

import random
from dataclasses import dataclass
from typing import Any

FIELDS: dict[str, dict[str, Any]] = {
    "ticker": {"type": "string", "pattern": "^[A-Z]{1,5}$"},
    "score": {"type": "number", "minimum": 0, "maximum": 1},
    "at": {"type": "string", "minLength": 20, "maxLength": 32},
    "side": {"enum": ["BUY", "SELL", "HOLD"]},
    "quantity": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    "tags": {"type": "array", "items": {"type": "string", "maxLength": 40}, "maxItems": 20},
    "source": {
        "type": "object",
        "properties": {"feed": {"type": "string"}, "lag": {"type": "number"}},
        "required": ["feed"],
    },
    "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
    "comment": {"type": "string", "maxLength": 2_000},
    "region": {"enum": ["EU", "US", "APAC"]},
}
ALWAYS = ("ticker", "score", "at")
"""Required in every document; readers rely on them."""
TIERS = ("MISSION_CRITICAL", "PRODUCTION", "PRODUCTION", "EXPERIMENTAL")
TEAMS = 40
IN_TEAM = 0.9
"""The share of reads, hubs apart, that stay in the team."""
MOST_OUTPUTS = 6
HUB_EVERY = 40
MOST_READERS = 30
HUB_READERS = 15


@dataclass
class Written:
    """A resource with its writer and its readers."""

    resource: str
    writer: str
    schema: dict[str, Any]
    readers: list[str]

    @property
    def is_hub(self) -> bool:
        """Whether many read it."""
        return len(self.readers) >= HUB_READERS


@dataclass(frozen=True)
class LargeRegistry:
    """The file to import, and what is written in it."""

    document: dict[str, Any]
    written: list[Written]
    accesses: int
    """Reads and writes together."""


def large_registry(systems: int, accesses: int, seed: int = 7) -> LargeRegistry:
    """So many systems with so many reads and writes: most write 1 to 6 resources, of which some have up to 30 readers.

    Three of four resources have the writer's full schema; half of the reads have a contract of the reader's own.
    """
    chance = random.Random(seed)
    ids = [f"sys_{number:04}" for number in range(systems)]
    written: list[Written] = []
    for writer in ids:
        if len(written) >= accesses * 2 // 5:
            break
        for number in range(chance.randint(1, MOST_OUTPUTS)):
            written.append(Written(f"/data/{_team(writer)}/{writer}/out_{number}.json", writer, _schema(chance), []))
    _give_readers(written, ids, accesses - len(written), chance)
    documents = {system_id: _system(system_id, chance) for system_id in ids}
    for one in written:
        _agree(one, documents, chance)
    return LargeRegistry(
        {"systems": list(documents.values())}, written, len(written) + sum(len(one.readers) for one in written)
    )


def _team(system_id: str) -> str:
    return f"team_{_number(system_id) % TEAMS}"


def _number(system_id: str) -> int:
    return int(system_id.removeprefix("sys_"))


def _schema(chance: random.Random) -> dict[str, Any]:
    optional = chance.sample([name for name in FIELDS if name not in ALWAYS], chance.randint(2, 6))
    required = [*ALWAYS, *optional[: chance.randint(0, 2)]]
    return {"type": "object", "properties": {name: FIELDS[name] for name in (*ALWAYS, *optional)}, "required": required}


def _give_readers(written: list[Written], ids: list[str], reads: int, chance: random.Random) -> None:
    """Data flows on, to systems further down. Every fortieth resource is a hub, read by anybody; most others by the writer's team."""
    for one in written[::HUB_EVERY]:
        one.readers += chance.sample(ids[_number(one.writer) + 1 :], chance.randint(HUB_READERS, MOST_READERS))
    left = reads - sum(len(one.readers) for one in written)
    while left > 0:
        one = chance.choice(written)
        step = TEAMS if chance.random() < IN_TEAM else 1
        reader = chance.choice(ids[_number(one.writer) + step :: step])
        if not one.is_hub and reader not in one.readers:
            one.readers.append(reader)
            left -= 1


def _system(system_id: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": system_id,
        "name": f"Pipeline {system_id.removeprefix('sys_')}",
        "description": "Takes what others have written, adds to it, and writes it on for the next.",
        "owner": _team(system_id),
        "tier": chance.choice(TIERS),
        "reads_from": [],
        "writes_to": [],
        "contracts": [],
    }


def _agree(one: Written, documents: dict[str, dict[str, Any]], chance: random.Random) -> None:
    """The writer and the readers of the resource say so, and what they rely on."""
    writer = documents[one.writer]
    writer["writes_to"].append({"resource": one.resource, "schema_version": "1.2", "consumers": one.readers[:3]})
    if chance.random() < 0.75:
        writer["contracts"].append({"type": "PRODUCER", "resource": one.resource, "schema": one.schema})
    for reader in one.readers:
        documents[reader]["reads_from"].append({"resource": one.resource, "required": chance.random() < 0.8})
        if chance.random() < 0.5:
            entry = {"type": "CONSUMER", "counterparty": one.writer, "resource": one.resource}
            documents[reader]["contracts"].append({**entry, **_reading(one, chance)})


def _reading(one: Written, chance: random.Random) -> dict[str, Any]:
    """What a reader says that it reads: a schema, paths, or the short form."""
    used = chance.sample(list(one.schema["properties"]), 3)
    match chance.randrange(3):
        case 0:
            properties = {name: one.schema["properties"][name] for name in used}
            required = [name for name in used if name in one.schema["required"]]
            return {"schema": {"type": "object", "properties": properties, "required": required}}
        case 1:
            return {"reads": [f"/{name}" for name in used if name in one.schema["required"]] or ["/ticker"]}
        case _:
            return {"schema": {"required_fields": ["ticker", "score"]}}
