"""What a contract that was exported from a registry brings back beyond the standard: its system, and what that reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.exchange.documents import mapping, sequence, words
from server.model.base import JsonObject

SYSTEM = "concordSystem"
NAME = "concordName"
READS = "concordReads"
WRITES = "concordWrites"
DEPENDENCIES = "concordDependencies"
TIER = "concordTier"
RESOURCE = "concordResource"
"""Names of custom properties; `concordResource` is an object's, the others the contract's."""


@dataclass(frozen=True)
class OwnFacts:
    """What the export said of the system."""

    system_id: str = ""
    name: str = ""
    reads: tuple[JsonObject, ...] = ()
    writes: tuple[JsonObject, ...] = ()
    dependencies: tuple[str, ...] = ()


def own_facts(contract: Mapping[str, Any]) -> OwnFacts:
    """What the contract's custom properties say, as far as an export wrote them."""
    stated = {
        words(mapping(one).get("property")): mapping(one).get("value")
        for one in sequence(contract.get("customProperties"))
    }
    return OwnFacts(
        words(stated.get(SYSTEM)),
        words(stated.get(NAME)),
        _accesses(stated.get(READS)),
        _accesses(stated.get(WRITES)),
        tuple(words(one) for one in sequence(stated.get(DEPENDENCIES)) if words(one)),
    )


def _accesses(value: Any) -> tuple[JsonObject, ...]:
    """Each a resource, or a JSON object with one in its text."""
    found: list[JsonObject] = []
    for one in sequence(value):
        try:
            access = json.loads(one) if isinstance(one, str) and one[:1] == "{" else one
        except (ValueError, RecursionError):
            access = one
        if isinstance(access, Mapping) and words(access.get("resource")):
            found.append(dict(access))
        elif words(access):
            found.append({"resource": words(access)})
    return tuple(found)
